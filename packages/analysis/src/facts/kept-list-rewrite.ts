/**
 * A copy of a list for a variable or field that holds a list of its own: that one is filled again.
 *
 *     this.names = items.map((item) => item.name);      for (let i = 0; i < items.length; i++) {
 *                                                         const item = items[i];
 *                                                         this.names[i] = item.name;
 *                                                       }
 *                                                       this.names.length = items.length;
 *
 * `filter` writes what it keeps one behind the other, also into the very list that it reads; `slice()` and `[...items]` copy.
 * Theory: must, where `kept-places.ts` says that nobody else has the list. What is read is an array with a name; the callback is an arrow function of one plain parameter that gives an expression, and
 * neither it nor what it calls touches the list that is filled. Holes, which `map` and `filter` pass over, are read as undefined, and a callback that throws
 * leaves the list half filled: a suggestion.
 */
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { TracedType } from "../source/traced-type.ts";
import { moduleText } from "../source/module-text.ts";
import { type KeptPlace, keptPlace, looksIntoList } from "./kept-places.ts";
import { hasComment, indentUnit, isAlone, isNamedAgain, isTypeScript, type Rewrite, type RewriteContext, type RewriteSite, textOf } from "./rewrite-site.ts";
import { definition } from "./scratch-objects.ts";

/** What the new list is made of. */
interface Copy {
  readonly source: Temp;
  /** `items` */
  readonly text: string;
  readonly form: "map" | "filter" | "copy";
  readonly callback: { readonly body: FunctionIR; readonly param: string; readonly result: string } | null;
}

const PATH = /^(?:this\.)?[\p{ID_Start}$_#][\p{ID_Continue}$]*(?:\.#?[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u;
const MAKES_LISTS: ReadonlySet<string> = new Set(["map", "filter", "slice", "concat"]);

export function keptListRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, op } = site;
  const copy = isAlone(site) ? copyOf(context, site) : null;
  if (copy === null || (op.op !== "call" && op.op !== "array")) return null;
  const place = keptPlace(context, site, op.dst, (_, made) => isNewList(made), (at) => looksIntoList(context.program, at));
  if (place === null || hasComment(site, place.statement) || (copy.form !== "filter" && copy.text === place.text)) return null;
  if (copy.callback !== null && (touches(context, module, copy.callback.body, place) || hides(site, copy.callback.body, [copy.text, place.text]))) return null;
  const text = loopText(context, site, copy, place);
  return { title: `fill \`${place.text}\` again`, safe: false, edits: [{ at: { file: module.file, span: place.statement }, text }] };
}

function isNewList(op: Op): boolean {
  return op.op === "array" || (op.op === "call" && op.key !== null && MAKES_LISTS.has(op.key));
}

function copyOf(context: RewriteContext, site: RewriteSite): Copy | null {
  const { op } = site;
  if (op.op === "array") {
    const [only, ...others] = op.elements;
    return only?.spread === true && others.length === 0 ? sourceOf(context, site, only.temp, textOf(site, only.span).replace(/^\.\.\.\s*/, ""), "copy", null) : null;
  }
  if (op.op !== "call" || op.receiver === null || op.key === null) return null;
  const receiver = textOf(site, op.calleeSpan).replace(new RegExp(`\\s*\\.\\s*${op.key}$`), "");
  if (op.key === "slice") return op.args.length === 0 ? sourceOf(context, site, op.receiver, receiver, "copy", null) : null;
  const [arg, ...more] = op.args;
  if ((op.key !== "map" && op.key !== "filter") || arg === undefined || arg.spread || more.length > 0) return null;
  const callback = callbackOf(site, arg.temp, op.key);
  return callback === null ? null : sourceOf(context, site, op.receiver, receiver, op.key, callback);
}

function sourceOf({ program }: RewriteContext, { module, fn }: RewriteSite, source: Temp, text: string, form: Copy["form"], callback: Copy["callback"]): Copy | null {
  const isList = isArray(program.tracer.typeOf(module, fn, source));
  return isList && PATH.test(text) ? { source, text, form, callback } : null;
}

function isArray(type: TracedType): boolean {
  if (type.kind === "union") return type.members.every(isArray);
  if (type.kind === "literal") return definition(type.function, type.temp)?.op === "array";
  return type.kind === "external" && type.package === "global" && type.side === "instance" && (type.path === "Array" || type.path === "ReadonlyArray");
}

/** `(item) => item.name`, as it is written. */
function callbackOf(site: RewriteSite, temp: Temp, form: "map" | "filter"): Copy["callback"] {
  const { module, fn } = site;
  const made = definition(fn, temp);
  const body = made?.op === "function" ? module.functions[made.function] : undefined;
  const [param, ...others] = body?.params ?? [];
  if (body === undefined || param === undefined || body.kind !== "arrow" || body.async || body.opaque || body.returnType !== null || others.length > 0 || param.rest || param.optional) return null;
  const written = textOf(site, param.span);
  const isName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\s*:[^=]*)?$/u.test(written);
  if (module.variables[param.variable]?.reassigned === true || (!isName && (form === "filter" || !/^[{[][^=]*[}\]]$/.test(written)))) return null;
  const rest = textOf(site, { start: param.span.end, end: body.span.end });
  const head = /^[\s,)]*=>\s*/.exec(rest)?.[0];
  const result = head === undefined ? "" : rest.slice(head.length);
  return result === "" || result.startsWith("{") || result.includes("\n") ? null : { body, param: written, result };
}

/** Whether a parameter of the callback is called what one of the lists is read from. */
function hides(site: RewriteSite, { span }: FunctionIR, lists: readonly string[]): boolean {
  return lists.some((text) => isNamedAgain(site, text.replace(/\..*$/s, ""), span));
}

/** Methods that make a list longer or shorter, or move what is in it. */
const CHANGES: ReadonlySet<string> = new Set("push pop shift unshift splice sort reverse fill copyWithin".split(" "));

/** Whether a callback, or a function that it calls, reads or writes the place, or changes any list: it could be the one that is read. */
function touches({ program }: RewriteContext, module: ModuleIR, body: FunctionIR, { variable, key }: KeptPlace): boolean {
  const seen = new Map<FunctionIR, ModuleIR>([[body, module]]);
  for (const [fn, of] of seen) {
    for (const op of fn.blocks.flatMap(({ ops }) => ops)) {
      if ((op.op === "load" || op.op === "store") && of === module && op.variable === variable) return true;
      if ((op.op === "get" || op.op === "set") && (op.key === key || op.key === null) && key !== null) return true;
      if ((op.op === "set" && op.key === "length") || (op.op === "call" && op.key !== null && CHANGES.has(op.key))) return true;
      if (op.op === "yield" || op.op === "await") return true;
      if (op.op === "function") return true;
      if (op.op === "call" || op.op === "new") for (const target of program.tracer.targets(of, fn, op.dst).functions) seen.set(target.function, target.module);
    }
  }
  return false;
}

function loopText(context: RewriteContext, site: RewriteSite, { text: list, form, callback }: Copy, { text: kept, indent, statement }: KeptPlace): string {
  const written = textOf(site, statement);
  let i = "i";
  for (let count = 2; new RegExp(`(?<![\\w$])${i}(?![\\w$])`).test(written); count++) i = `i${count}`;
  const newline = moduleText(site.module)?.text.includes("\r\n") === true ? "\r\n" : "\n";
  const unit = indentUnit(site, indent ?? "");
  const line = (depth: number, words: string): string => (indent === null ? ` ${words}` : `${newline}${indent}${unit.repeat(depth)}${words}`);
  const element = `${list}[${i}]${isTypeScript(site) ? "!" : ""}`;
  const head = `for (let ${i} = 0; ${i} < ${list}.length; ${i}++)`;
  if (form === "copy" || callback === null) return `${head} ${kept}[${i}] = ${element};${line(0, `${kept}.length = ${list}.length;`)}`;
  const read = line(1, `const ${callback.param} = ${element};`);
  if (form === "map") return `${head} {${read}${line(1, `${kept}[${i}] = ${callback.result};`)}${line(0, "}")}${line(0, `${kept}.length = ${list}.length;`)}`;
  // Other rewrites of the block have counts of their own.
  const count = context.hoisted.freshName(site.module, `${kept.replace(/^.*[.#]/, "")}Count`);
  const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(callback.param)?.[0] ?? "";
  return `let ${count} = 0;${line(0, head)} {${read}${line(1, `if (${callback.result}) ${kept}[${count}++] = ${name};`)}${line(0, "}")}${line(0, `${kept}.length = ${count};`)}`;
}

