/**
 * A value that is the same in every call, made once at module level: a regular expression, a literal of constants that nobody writes, a function that takes
 * nothing of the call with it.
 *
 * Theory: must. Nobody may see that it is one object now: it is gone when the call ends (`borrowed-values.ts`), nobody writes into it, and a function is
 * called and nothing else. A regular expression keeps no state without the flags `g` and `y`. In TypeScript it has to mean the same without the type that
 * its place asks for: parameters are annotated, arrays only read.
 * Known misses: function declarations, classes, literals of other modules' constants.
 */
import { definition } from "./scratch-objects.ts";
import type { FunctionIR, Op, Temp } from "../source/ir.ts";
import { atModuleLevel, isAlone, isTypeScript, type Rewrite, type RewriteContext, type RewriteSite, textOf } from "./rewrite-site.ts";

export function hoistRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, op } = site;
  const name = nameOf(context, site);
  const needs = name === null || !isAlone(site) ? null : atModuleLevel(site, op.span);
  if (name === null || needs === null) return null;
  // A function reads its variables when it is called, and everything is declared by then.
  const constant = context.hoisted.declare(module, { name, value: outdented(site), needs: op.op === "function" ? [] : needs });
  if (constant === null) return null;
  const use = { at: { file: module.file, span: op.span }, text: constant.name };
  return { title: `make it once, in \`${constant.name}\` of the module`, safe: false, edits: [constant.edit, use] };
}

/** Its text as it stands at the left margin; as it is, where a line of it may be part of a text. */
function outdented(site: RewriteSite): string {
  const text = textOf(site, site.op.span);
  const before = textOf(site, { start: 0, end: site.op.span.start });
  const margin = /^[^\S\n]*/.exec(before.slice(before.lastIndexOf("\n") + 1))?.[0] ?? "";
  return margin === "" || /[`\\]/.test(text) ? text : text.replaceAll(`\n${margin}`, "\n");
}

/** What it is called when it is such a value; null when it is not. */
function nameOf(context: RewriteContext, site: RewriteSite): string | null {
  const { module, fn, op } = site;
  switch (op.op) {
    case "const": return op.type === "regexp" && !/[gy][a-z]*$/.test(String(op.value).slice(String(op.value).lastIndexOf("/"))) && !isSeen(context, site, op.dst) ? "pattern" : null;
    case "function": return isSameFunction(context, site, op) ? functionName(module.functions[op.function]?.name ?? "") : null;
    case "object": case "array": {
      if (!isConstant(fn, op)) return null;
      const used = context.borrowed.of(module, fn, op.dst, "value");
      return used === null || used.isWritten || (isTypeScript(site) && !meansTheSame(site, op)) ? null : op.op === "array" ? "constants" : "constant";
    }
    default: return null;
  }
}

/** Of a pattern: whether anybody but the methods of strings and patterns sees it. */
function isSeen(context: RewriteContext, { module, fn }: RewriteSite, temp: Temp): boolean {
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "call" && op.receiver === temp && (op.key === "test" || op.key === "exec")) return false;
      if (op.op === "call" && op.args[0]?.temp === temp && op.receiver !== null && /^(?:match|replace|search|split)$/.test(op.key ?? "") && context.program.tracer.typeOf(module, fn, op.receiver).kind === "primitive") return false;
    }
  }
  return true;
}

/** Written in place as an expression, it takes nothing of the call with it, and is only called. */
function isSameFunction({ borrowed }: RewriteContext, site: RewriteSite, op: Op & { readonly op: "function" }): boolean {
  const { module, fn } = site;
  const body = module.functions[op.function];
  if (body === undefined || body.opaque || (body.kind !== "arrow" && body.kind !== "function")) return false;
  const before = textOf(site, { start: 0, end: op.span.start }).trimEnd();
  if (!/[(,=]$/.test(before)) return false;
  if (isTypeScript(site) && (body.params.some(({ type, name }) => type === null || name === "") || !givesScalars(body))) return false;
  return borrowed.of(module, fn, op.dst, "function") !== null;
}

/** Its result has the same type wherever it is written. */
function givesScalars(fn: FunctionIR): boolean {
  return fn.returnType !== null || fn.blocks.every(({ terminal }) => {
    if (terminal.kind !== "return" || terminal.value === null) return true;
    const value = definition(fn, terminal.value);
    return value?.op === "binary" || value?.op === "unary" || (value?.op === "const" && value.type === "number") || value?.op === "call";
  });
}

function functionName(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name !== "default" ? name : "callback";
}

/** Literals of literals of primitive constants; no holes, spreads, accessors or methods. */
function isConstant(fn: FunctionIR, op: Op): boolean {
  const isPart = (temp: Temp): boolean => { const made = definition(fn, temp); return made !== undefined && isConstant(fn, made); };
  switch (op.op) {
    case "const": return op.type !== "regexp";
    case "unary": return op.operator === "-" && isPart(op.src);
    case "object": return op.parts.length > 0 && op.parts.every((part) => part.kind === "value" && part.key !== null && part.key !== "__proto__" && isPart(part.value));
    case "array": return op.elements.length > 0 && op.elements.every((element) => element !== null && !element.spread && isPart(element.temp));
    default: return false;
  }
}

/** Its type does not hang on what its place asks for: a tuple, one of some words, `as const`. */
function meansTheSame({ module, fn }: RewriteSite, made: Op & { readonly op: "object" | "array" }): boolean {
  const isPlain = made.op === "object" && made.parts.every(({ value }) => { const of = definition(fn, value); return of?.op !== "const" || of.type === "number"; });
  const isFree = (temp: Temp): boolean => fn.blocks.every((block) => block.ops.every((op) => {
    if (op.op === "cast") return op.src !== temp;
    // A literal may be asked for any text where it is written, a constant may not.
    if (op.op === "get" && op.object === temp && op.key === null) return false;
    if (op.op === "store" && op.src === temp) return module.variables[op.variable]?.type === null;
    if (op.op === "copy" && op.src === temp) return isFree(op.dst);
    return isPlain || op.op !== "call" || op.args.every((arg) => arg.temp !== temp);
  }));
  return isFree(made.dst);
}
