/** Frame values kept where they outlive their frame. */
import type * as ES from "@oxc-project/types";
import { frameRegions } from "../frame-regions.ts";
import { type FrameValue, frameValues, startOfLife } from "../frame-values.ts";
import { type Edit, insert, type Pattern } from "../mutant.ts";
import type { SyntaxTree } from "../syntax-tree.ts";

/** After the imports, where a variable of the module may be declared. */
function topOf(tree: SyntaxTree): number {
  return tree.program.body.find((statement) => statement.type !== "ImportDeclaration")?.start ?? tree.text.length;
}

function annotated({ file }: SyntaxTree, name: string, type: string): string {
  return file.endsWith("ts") ? `${name}: ${type}` : name;
}

/** Declares something at the module's top and keeps the value there as soon as it is made. */
function kept(value: FrameValue, declaration: string, statement: string): [Edit, Edit] {
  const { tree } = value;
  return [insert(tree.file, startOfLife(value), ` ${statement}`), insert(tree.file, topOf(tree), `${declaration}\n`)];
}

/** `return x;` in place of the return there is, or at the end. */
function returned(tree: SyntaxTree, name: string, last: ES.Statement, following: ES.Statement | undefined): Edit | null {
  if (following === undefined) return insert(tree.file, last.end, ` return ${name};`);
  return following.type === "ReturnStatement" ? { file: tree.file, span: following, text: `return ${name};` } : null;
}

export const operators: readonly Pattern[] = [
  {
    name: "kept in a module variable",
    *plant(program) {
      for (const value of frameValues(program)) {
        yield { what: `\`${value.name}\` in a module variable`, edits: kept(value, `let ${annotated(value.tree, "keptValue", "unknown")} = null; void keptValue;`, `keptValue = ${value.name};`) };
      }
    },
  },
  {
    name: "pushed to an outer array",
    *plant(program) {
      for (const value of frameValues(program)) {
        yield { what: `\`${value.name}\` pushed to an outer array`, edits: kept(value, `const ${annotated(value.tree, "keptValues", "unknown[]")} = [];`, `keptValues.push(${value.name});`) };
      }
    },
  },
  {
    name: "kept in a field",
    *plant(program) {
      for (const value of frameValues(program)) {
        const { tree, fn, name } = value;
        const class_ = fn === null ? null : tree.classAround(fn);
        const member = fn === null ? null : tree.parentOf(fn);
        if (class_ === null || member?.type !== "MethodDefinition" || member.static) continue;
        yield { what: `\`${name}\` in a field`, edits: [insert(tree.file, startOfLife(value), ` this.keptValue = ${name};`), insert(tree.file, class_.body.start + 1, ` ${annotated(tree, "keptValue", "unknown")} = null;`)] };
      }
    },
  },
  {
    name: "returned out of the frame",
    *plant(program) {
      const values = frameValues(program);
      for (const region of frameRegions(program)) {
        const { tree, body, list, end, fn } = region;
        const declared = values.filter((value) => value.tree === tree && value.list === list && body.includes(value.list[value.index] as ES.Statement));
        for (const { name, index } of declared) {
          const last = end ?? list[list.length - 1];
          if (last === undefined || (region.kind === "pair" && (fn?.body?.type !== "BlockStatement" || fn.body.body !== list))) continue;
          const at = list.indexOf(last);
          const edit = end === null && last.type === "ReturnStatement" && at > index ? { file: tree.file, span: last, text: `return ${name};` } : returned(tree, name, last, list[at + 1]);
          if (edit !== null) yield { what: `\`${name}\` returned`, edits: [edit] };
        }
      }
    },
  },
];
