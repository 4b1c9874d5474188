/**
 * A scratch object of its own for a function whose value a callee overwrites: the constant, or the field of the class, is declared once more, and the function uses that one.
 *
 * Theory: must. The object is a constant of the same module, or a field of the function's own class; the function names it directly and nothing inside it does; the function does not run again
 * before it is done, and is not who overwrites it. Every function writes a scratch object before it reads it, so no value is lost between them.
 * Known misses: scratch of other modules and classes, under a name of the function's own; what is held across a wait, returned or kept.
 */
import type { TextEdit } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import type { Location } from "../source/span.ts";
import { type Rewrite, type RewriteContext, rewriteContext } from "./rewrite-site.ts";
import type { FieldPlace } from "./scratch-fields.ts";
import { type ScratchAlias, scratchAliases } from "./scratch-aliases.ts";

/** By the finding; those without a rewrite are not in it. */
export type SecondScratch = ReadonlyMap<ScratchAlias, Rewrite>;

export const secondScratch: Fact<SecondScratch> = defineFact("second-scratch", (program, get) => {
  const context = get(rewriteContext);
  const byFunction = new Map<FunctionIR, Map<string, Rewrite | null>>();
  const found = new Map<ScratchAlias, Rewrite>();
  for (const alias of get(scratchAliases)) {
    const module = program.modules.find(({ file }) => file === alias.at.file);
    const fn = module === undefined ? undefined : innermost(module, alias.at);
    if (module === undefined || fn === undefined || (alias.kind !== "overwritten" && alias.kind !== "argument")) continue;
    // Two calls that overwrite one object ask for one rewrite.
    let known = byFunction.get(fn);
    if (known === undefined) byFunction.set(fn, (known = new Map()));
    let rewrite = known.get(alias.object.name);
    if (rewrite === undefined) known.set(alias.object.name, (rewrite = rewriteOf(context, module, fn, alias)));
    if (rewrite !== null) found.set(alias, rewrite);
  }
  return found;
});

function rewriteOf(context: RewriteContext, module: ModuleIR, fn: FunctionIR, alias: ScratchAlias): Rewrite | null {
  const { object, by } = alias;
  if (object.module !== module || fn.kind === "module" || context.mayRunTwice(module, fn)) return null;
  if (by !== null && by.at.file === module.file && isIn(by.at, fn)) return null;
  return object.field === null ? withConstant(context, module, fn, alias) : withField(context, module, fn, object.field);
}

/** A field of the same kind beside it. */
function withField(context: RewriteContext, module: ModuleIR, fn: FunctionIR, { class: class_, member, name }: FieldPlace): Rewrite | null {
  const source = moduleText(module);
  const declared = source?.text.slice(member.span.start, member.span.end) ?? "";
  const named = new RegExp(`^((?:[a-z]+\\s+)*)${name.replace(/[$#]/g, "\\$&")}(?![\\w$])`).exec(declared);
  const indent = source === null ? undefined : /(?:^|\n)([^\S\n]*)$/.exec(source.text.slice(0, member.span.start))?.[1];
  if (source === null || named === null || indent === undefined || fn.class !== class_.id) return null;
  const isOf = (op: Op): op is Op & { readonly op: "get" } => op.op === "get" && op.key === name;
  if (module.functions.some((inner) => inner !== fn && fn.span.start <= inner.span.start && inner.span.end <= fn.span.end && inner.blocks.some(({ ops }) => ops.some(isOf)))) return null;
  const { file } = module;
  const fresh = `${name.startsWith("#") ? "#" : ""}${context.hoisted.freshName(module, `${name.replace("#", "")}2`)}`;
  const uses = new Map<number, TextEdit>();
  for (const op of fn.blocks.flatMap(({ ops }) => ops.filter(isOf))) {
    if (source.text.slice(op.keySpan.start, op.keySpan.end) !== name || op.pattern) return null;
    uses.set(op.keySpan.start, { at: { file, span: op.keySpan }, text: fresh });
  }
  const at = member.span.end + (source.text[member.span.end] === ";" ? 1 : 0);
  const made: TextEdit = { at: { file, span: { start: at, end: at } }, text: `\n${indent}${named[1] ?? ""}${fresh}${declared.slice(named[0].length)}${declared.endsWith(";") ? "" : ";"}`, beside: true };
  return uses.size === 0 ? null : { title: `use \`${fresh}\`, a scratch object of its own`, safe: false, edits: [made, ...uses.values()] };
}

function withConstant(context: RewriteContext, module: ModuleIR, fn: FunctionIR, { object }: ScratchAlias): Rewrite | null {
  const variable = module.variables.find(({ owner, span, name }) => owner === 0 && name === object.name && span.start === object.span.start);
  const declared = variable === undefined ? undefined : module.functions[0]?.blocks.flatMap((block) => block.ops).find((op) => op.op === "store" && op.init && op.variable === variable.id);
  const source = moduleText(module);
  const statement = declared === undefined ? undefined : source?.statements.find(({ start, end, kind }) => kind === "VariableDeclaration" && start <= declared.span.start && declared.span.end <= end);
  if (variable === undefined || declared === undefined || source === null || statement === undefined) return null;
  if (module.functions.some((inner) => inner !== fn && inner.kind !== "module" && fn.span.start <= inner.span.start && inner.span.end <= fn.span.end && inner.captures.includes(variable.id))) return null;
  const text = source.text.slice(declared.span.start, declared.span.end);
  if (!text.startsWith(object.name)) return null;
  const name = context.hoisted.freshName(module, object.name);
  const { file } = module;
  const uses = new Map<number, TextEdit>();
  for (const op of fn.blocks.flatMap((block) => block.ops)) {
    if (op.op !== "load" || op.variable !== variable.id) continue;
    // `{ scratch }` is a name and a value at once.
    if (source.text.slice(op.span.start, op.span.end) !== object.name || /[{,]\s*$/.test(source.text.slice(0, op.span.start)) && /^\s*\}/.test(source.text.slice(op.span.end))) return null;
    uses.set(op.span.start, { at: { file, span: op.span }, text: name });
  }
  if (uses.size === 0) return null;
  const made: TextEdit = { at: { file, span: { start: statement.end, end: statement.end } }, text: `\nconst ${name}${text.slice(object.name.length)};`, beside: true };
  return { title: `use \`${name}\`, a scratch object of its own`, safe: false, edits: [made, ...uses.values()] };
}

function isIn({ span }: Location, fn: FunctionIR): boolean {
  return fn.span.start <= span.start && span.end <= fn.span.end;
}

function innermost({ functions }: ModuleIR, at: Location): FunctionIR | undefined {
  let found: FunctionIR | undefined;
  for (const fn of functions) if (isIn(at, fn) && (found === undefined || fn.span.end - fn.span.start <= found.span.end - found.span.start)) found = fn;
  return found;
}
