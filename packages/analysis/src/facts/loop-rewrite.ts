/**
 * A `forEach` whose callback captures what the call holds, as a loop:
 *
 *     values.forEach((value) => {           for (let i = 0, n = values.length; i < n; i++) {
 *                                             if (!(i in values)) continue;
 *       total += value;                       const value = values[i];
 *     });                                     total += value;
 *                                           }
 *
 * Theory: must, and to the letter: the length is that of the start, holes are passed over, `return` goes on with the next one. The receiver is an array, a typed array
 * (which has no holes) or a set (`for-of` sees what is added meanwhile, as `forEach` does); the callback an arrow function with a block, plain parameters and no
 * `var`; no `return` gives a value or stands in a loop of its own. Where the callback has a variable of the list's name, the list gets another. The call is a statement: read as text, since the intermediate form knows no statements.
 */
import type { TextEdit } from "../diagnostic.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import { hasComment, holdsName, isAlone, isNamedAgain, isTypeScript, type Rewrite, type RewriteContext, type RewriteSite, textOf } from "./rewrite-site.ts";
import { definition } from "./scratch-objects.ts";

type Call = Op & { readonly op: "call" };
type Receiver = "array" | "typed array" | "set";

const PLAIN = /^\(?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;

export function loopRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, fn, op } = site;
  const body = op.op === "function" ? module.functions[op.function] : undefined;
  const call = callWith(fn, op);
  if (op.op !== "function" || body === undefined || call === null || !isAlone(site) || !isPlainArrow(module, body)) return null;
  const receiver = receiverOf(context, site, call);
  const statement = callStatement(site, call);
  const returns = returnsOf(module, body);
  if (receiver === null || statement === null || returns === null) return null;
  const head = headOf(site, call, body, receiver);
  if (head === null) return null;
  const { file } = module;
  const brace = bodyBrace(module, body);
  if (brace === null || hasComment(site, { start: statement.start, end: brace }) || hasComment(site, { start: body.span.end, end: statement.end })) return null;
  const edits: TextEdit[] = [
    { at: { file, span: { start: statement.start, end: brace + 1 } }, text: head },
    ...returns.map((span) => ({ at: { file, span }, text: "continue;" })),
    { at: { file, span: { start: body.span.end, end: statement.end } }, text: "" },
  ];
  return { title: "write it as a loop", safe: false, edits };
}

function callWith(fn: FunctionIR, made: Op): Call | null {
  if (made.op !== "function") return null;
  for (const block of fn.blocks) {
    for (const op of block.ops) if (op.op === "call" && op.key === "forEach" && op.args.length === 1 && op.args[0]?.temp === made.dst && op.receiver !== null) return op;
  }
  return null;
}

function isPlainArrow(module: ModuleIR, body: FunctionIR): boolean {
  if (body.kind !== "arrow" || body.opaque || body.async || body.params.length > 2) return false;
  if (body.params.some(({ rest, optional, name }) => rest || optional || name === "")) return false;
  return !module.variables.some(({ owner, kind }) => owner === body.id && (kind === "var" || kind === "function" || kind === "using"));
}

function receiverOf({ program }: RewriteContext, { module, fn }: RewriteSite, call: Call): Receiver | null {
  const { apis, functions, complete } = program.tracer.targets(module, fn, call.dst);
  if (!complete || functions.length > 0 || apis.length === 0) return null;
  if (apis.every((api) => /^global:(?:Readonly)?Array#/.test(api))) return "array";
  if (apis.every((api) => /^global:(?:Float|Int|Uint|BigInt|BigUint)\d+(?:Clamped)?Array#/.test(api))) return "typed array";
  return apis.every((api) => /^global:(?:Readonly)?Set#/.test(api)) ? "set" : null;
}

/** From the call's first character to its semicolon, where it is a statement of its own. */
export function callStatement({ module, fn }: Pick<RewriteSite, "module" | "fn">, call: Call): { readonly start: number; readonly end: number } | null {
  const source = moduleText(module);
  if (source === null || valueUses(fn).of(call.dst).length > 0) return null;
  const { start, end } = call.span;
  const before = source.text.slice(0, start).trimEnd();
  const rest = /^\s*;/.exec(source.text.slice(end))?.[0];
  const isEnded = rest !== undefined || /^[^\S\n]*(?:\r?\n|\}|$)/.test(source.text.slice(end));
  return isEnded && (before === "" || /[;{})]$/.test(before)) ? { start, end: end + (rest?.length ?? 0) } : null;
}

/** The spans of the callback's `return`s; null when one gives a value, or leaves a loop inside. */
function returnsOf(module: ModuleIR, body: FunctionIR): readonly { readonly start: number; readonly end: number }[] | null {
  const spans = new Map<number, { readonly start: number; readonly end: number }>();
  for (const { terminal, loopDepth } of body.blocks) {
    if (terminal.kind !== "return" || terminal.implicit) continue;
    if (terminal.value !== null || loopDepth > 0 || !/^return\s*;?$/.test(textOf({ module }, terminal.span))) return null;
    spans.set(terminal.span.start, terminal.span);
  }
  return [...spans.values()];
}

/** Of an arrow function with a block. */
function bodyBrace(module: ModuleIR, body: FunctionIR): number | null {
  const last = body.params.at(-1);
  const from = last === undefined ? body.span.start : last.span.end;
  const arrow = /^[^]*?=>\s*\{/.exec(textOf({ module }, { start: from, end: body.span.end }))?.[0];
  if (arrow === undefined || (body.returnType !== null && !/^[\s)]*:\s*void\s*=>\s*\{$/.test(arrow)) || (body.returnType === null && !/^[\s,()]*=>\s*\{$/.test(arrow))) return null;
  return from + arrow.length - 1;
}

/** What stands in place of `values.forEach((value) => {`. */
function headOf(site: RewriteSite, call: Call, body: FunctionIR, receiver: Receiver): string | null {
  const { module, fn } = site;
  const list = textOf(site, call.calleeSpan).replace(/\s*\.\s*forEach$/, "");
  if (list === textOf(site, call.calleeSpan) || list.endsWith("?") || list.includes("?.")) return null;
  const inside = textOf(site, call.span);
  const [item, index] = body.params;
  const keyword = (param: typeof item): string => (param !== undefined && module.variables[param.variable]?.reassigned === true ? "let" : "const");
  // The head's own names hide those that the list is read by.
  const own = receiver === "set" ? item : index;
  if (own !== undefined && holdsName(list, nameOf(site, own.span))) return null;
  if (receiver === "set") return item === undefined || index !== undefined ? null : `for (${keyword(item)} ${nameOf(site, item.span)} of ${list}) {`;
  if (index !== undefined && keyword(index) === "let") return null;
  const fresh = (name: string): string => { let at = name; for (let count = 2; new RegExp(`(?<![\\w$])${at}(?![\\w$])`).test(inside); count++) at = `${name}${count}`; return at; };
  const i = index === undefined ? fresh("i") : nameOf(site, index.span);
  const n = fresh("n");
  const made = call.receiver === null ? undefined : definition(fn, call.receiver);
  const isKept = made?.op === "load" && module.variables[made.variable]?.reassigned === false && module.variables[made.variable]?.name === list && !isNamedAgain(site, list, body.span);
  const values = isKept ? list : fresh("list");
  const indent = indentOf(site, call);
  const line = (text: string): string => (indent === null ? ` ${text}` : `\n${indent}${text}`);
  const holes = receiver === "array" ? line(`if (!(${i} in ${values})) continue;`) : "";
  const read = item === undefined ? "" : line(`${keyword(item)} ${textOf(site, item.span)} = ${values}[${i}]${isTypeScript(site) ? "!" : ""};`);
  return `for (let ${i} = 0, ${isKept ? "" : `${values} = ${list}, `}${n} = ${values}.length; ${i} < ${n}; ${i}++) {${holes}${read}`;
}

function nameOf(site: RewriteSite, span: { readonly start: number; readonly end: number }): string {
  return PLAIN.exec(textOf(site, span))?.[1] ?? "";
}

/** How far the callback's first statement stands in, when it has a line of its own. */
function indentOf(site: RewriteSite, call: Call): string | null {
  return /=>\s*\{[^\S\n]*(?:\/\/[^\n]*)?\r?\n([^\S\n]*)\S/.exec(textOf(site, call.span))?.[1] ?? null;
}
