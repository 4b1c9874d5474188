/** A second begin in an open frame. */
import { frameRegions } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";
import { contains, isFunction, nodesIn } from "../syntax-tree.ts";

export const operators: readonly Pattern[] = [
  {
    name: "begun twice",
    *plant(program) {
      for (const { kind, allocator, tree, body, call } of frameRegions(program)) {
        const begin = call.effect.kind === "begin" ? tree.textOf(call.node) : `${allocator}.beginFrame()`;
        for (const statement of body) yield { what: `begin once more before \`${tree.textOf(statement).slice(0, 40)}\` (${kind})`, edits: [insert(tree.file, statement.start, `${begin}; `)] };
      }
    },
  },
  {
    name: "begun in a callee",
    *plant(program) {
      for (const region of frameRegions(program)) {
        for (const inner of program.calls) {
          // A function that a frame of this one calls, and that has the allocator by some name.
          if (inner.effect.kind !== "alloc" || inner.effect.memory !== "frame" || inner.fn === region.call.fn) continue;
          const isCalled = region.call.fn.blocks.some((block) => block.ops.some((op) => op.op === "call" && region.body.some((statement) => contains(statement, op.span)) && program.linked.tracer.targets(region.call.module, region.call.fn, op.dst).functions.some((target) => target.function === inner.fn)));
          const node = isCalled ? [...nodesIn(inner.tree.program)].find((each) => isFunction(each) && each.start === inner.fn.span.start) : undefined;
          if (node === undefined || !isFunction(node) || node.body?.type !== "BlockStatement") continue;
          const name = inner.receiver.replace(/[^\w$].*$/s, "");
          const declaration = node.body.body.find((statement) => statement.type === "VariableDeclaration" && statement.declarations.some(({ id }) => [...nodesIn(id)].some((each) => each.type === "Identifier" && each.name === name)));
          yield { what: `begin in \`${inner.fn.name}\`, called in a frame`, edits: [insert(inner.tree.file, declaration?.end ?? node.body.start + 1, ` ${inner.receiver}.beginFrame();`)] };
        }
      }
    },
  },
];
