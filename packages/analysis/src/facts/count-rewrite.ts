/**
 * A list that is emptied by `length = 0` and filled again, with a count beside it instead:
 *
 *     hits.length = 0;                            hitsCount = 0;
 *     hits.push(hit);                             hits[hitsCount++] = hit;
 *     for (const hit of hits) hit.show();         for (let i = 0; i < hitsCount; i++) { const hit = hits[i]; ... }
 *
 * Theory: must, by all uses of the list in the project, which are all rewritten together: a constant of the module that is not exported, or a field that is declared with an empty list and never given
 * another. It is emptied, pushed to (one value, as a statement), asked for its length, walked by `for-of`, and read by an index that a loop counts up to its length; anything else, and nothing is offered. What was in
 * the list lives on until it is overwritten.
 * Known misses: lists of functions, lists that are handed on, sorted, or filled in one class and read in another.
 */
import { valueUses } from "../dataflow/value-uses.ts";
import type { TextEdit } from "../diagnostic.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, MemberIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { namesMember } from "../source/module-ops.ts";
import { loopStatement, moduleText } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import { isOfAnother } from "./kept-places.ts";
import { hasComment, isNamedAgain, isTypeScript, type Rewrite, type RewriteContext, type RewriteSite, textOf } from "./rewrite-site.ts";
import { callStatement } from "./loop-rewrite.ts";
import { definition } from "./scratch-objects.ts";

/** The list, and each operation that reads it. */
interface List {
  /** `hits`, `this.hits` */
  readonly text: string;
  readonly name: string;
  readonly member: MemberIR | null;
  readonly variable: VariableId | null;
  readonly reads: readonly { readonly fn: FunctionIR; readonly temp: Temp }[];
}

export function countRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, fn, op } = site;
  if (op.op !== "set" || op.key !== "length") return null;
  const made = definition(fn, op.object);
  const list = made?.op === "load" ? ofConstant(module, made.variable) : made?.op === "get" && made.key !== null ? ofField(context, site, made.object, made.key) : null;
  const counter = list === null ? null : declared(context, module, list);
  if (list === null || counter === null) return null;
  const edits = list.reads.flatMap(({ fn: each, temp }): readonly (TextEdit | null)[] => new Uses(context.program, module, each, list, counter.text).of(temp));
  if (edits.includes(null)) return null;
  const distinct = new Map(edits.flatMap((edit) => (edit === null ? [] : [[`${edit.at.span.start}:${edit.at.span.end}`, edit]])));
  return { title: `count in \`${counter.text}\` instead of emptying the list`, safe: false, edits: [counter.edit, ...distinct.values()] };
}

function ofConstant(module: ModuleIR, variable: VariableId): List | null {
  const of = module.variables[variable];
  const stores = module.functions.flatMap(({ blocks }) => blocks.flatMap(({ ops }) => ops.filter((op) => op.op === "store" && op.variable === variable)));
  const [only] = stores;
  if (of === undefined || of.owner !== 0 || of.reassigned || stores.length !== 1 || only?.op !== "store" || module.exports.some((each) => each.kind === "local" && each.variable === variable)) return null;
  const [body] = module.functions;
  if (body === undefined || !isEmptyList(body, only.src)) return null;
  const reads = module.functions.flatMap((fn) => fn.blocks.flatMap(({ ops }) => ops.flatMap((op) => (op.op === "load" && op.variable === variable ? [{ fn, temp: op.dst }] : []))));
  return { text: of.name, name: of.name, member: null, variable, reads };
}

function ofField(context: RewriteContext, { module, fn }: RewriteSite, object: Temp, key: string): List | null {
  const holder = context.program.tracer.typeOf(module, fn, object);
  const member = holder.kind === "instance" && holder.module === module ? holder.class.members.find((each) => each.kind === "field" && each.name === key && !each.static) : undefined;
  const initial = member?.function == null ? undefined : module.functions[member.function];
  const given = initial?.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []))[0];
  if (holder.kind !== "instance" || member === undefined || initial === undefined || given === undefined || !isEmptyList(initial, given)) return null;
  const reads: { readonly fn: FunctionIR; readonly temp: Temp }[] = [];
  for (const each of context.program.modules) {
    if (each.role !== "project" || !namesMember(each, key)) continue;
    for (const inner of each.functions) {
      for (const op of inner.blocks.flatMap(({ ops }) => ops)) {
        if ((op.op !== "get" && op.op !== "set") || op.key !== key || isOfAnother(context.program, each, inner, op.object, holder.class)) continue;
        if (op.op === "set" || each !== module || definition(inner, op.object)?.op !== "this") return null;
        reads.push({ fn: inner, temp: op.dst });
      }
    }
  }
  return { text: `this.${key}`, name: key, member, variable: null, reads };
}

function isEmptyList(fn: FunctionIR, temp: Temp): boolean {
  const op = definition(fn, temp);
  return op?.op === "array" && op.elements.length === 0;
}

/** The count, declared beside the list. */
function declared(context: RewriteContext, module: ModuleIR, { name, member, variable }: List): { readonly text: string; readonly edit: TextEdit } | null {
  const wanted = `${name.replace("#", "")}Count`;
  if (member === null) {
    const found = context.hoisted.declare(module, { name: wanted, value: "0", needs: variable === null ? [] : [variable], keyword: "let" });
    return found === null ? null : { text: found.name, edit: found.edit };
  }
  const source = moduleText(module);
  const indent = source === null ? undefined : /(?:^|\n)([^\S\n]*)$/.exec(source.text.slice(0, member.span.start))?.[1];
  if (source === null || indent === undefined) return null;
  const rest = /^;?/.exec(source.text.slice(member.span.end))?.[0] ?? "";
  const modifier = /^(?:(?:public|private|protected)\s+)?/.exec(textOf({ module }, member.span))?.[0] ?? "";
  const fresh = `${name.startsWith("#") ? "#" : ""}${context.hoisted.freshName(module, wanted)}`;
  const at = member.span.end + rest.length;
  return { text: `this.${fresh}`, edit: { at: { file: module.file, span: { start: at, end: at } }, text: `\n${indent}${modifier}${fresh} = 0;`, beside: true } };
}

/** What becomes of each use of the list in a function: null for one that cannot be rewritten. */
class Uses {
  readonly #program: Program;
  readonly #site: { readonly module: ModuleIR; readonly fn: FunctionIR };
  readonly #list: List;
  readonly #count: string;

  constructor(program: Program, module: ModuleIR, fn: FunctionIR, list: List, count: string) {
    this.#program = program;
    this.#site = { module, fn };
    this.#list = list;
    this.#count = count;
  }

  of(temp: Temp): readonly (TextEdit | null)[] {
    return valueUses(this.#site.fn).of(temp).flatMap((use): readonly (TextEdit | null)[] => {
      switch (use.role) {
        case "callee": return [];
        case "written-to": return [use.op.key === "length" && this.#isZero(use.op.src) ? this.#replace(use.op.span, `${this.#count} = 0`, /^[\w.#$]+\s*\.\s*length\s*=\s*0$/) : null];
        case "read-from": return use.op.key === "length" ? [this.#replace(use.op.span, this.#count, /^[\w.#$]+\s*\.\s*length$/)] : use.op.key === "push" || (use.op.key === null && this.#isCounted(use.op.index)) ? [] : [null];
        case "receiver": return this.#push(use.op);
        case "iterated": return this.#walk(temp);
        default: return [null];
      }
    });
  }

  #isZero(temp: Temp): boolean {
    const op = definition(this.#site.fn, temp);
    return op?.op === "const" && op.value === 0;
  }

  #replace(span: Span, text: string, written: RegExp): TextEdit | null {
    return written.test(textOf(this.#site, span)) ? { at: { file: this.#site.module.file, span }, text } : null;
  }

  /** An index that begins at a number and counts up while it is below the length. */
  #isCounted(temp: Temp | null): boolean {
    const { fn } = this.#site;
    const index = functionIndex(fn);
    const load = temp === null ? undefined : index.operation(temp);
    if (load?.op !== "load") return false;
    const isIt = (each: Temp): boolean => { const op = index.operation(each); return op?.op === "load" && op.variable === load.variable; };
    const isUp = (each: Temp): boolean => { const op = definition(fn, each); return op?.op === "const" ? typeof op.value === "number" && op.value >= 0 : op?.op === "binary" && op.operator === "+" && isIt(op.left) && this.#isOne(op.right); };
    const stores = fn.blocks.flatMap(({ ops }) => ops.filter((op): op is Op & { readonly op: "store" } => op.op === "store" && op.variable === load.variable));
    const declared = this.#site.module.variables[load.variable];
    if (declared?.owner !== fn.id || declared.captured || !stores.every(({ src }) => isUp(src))) return false;
    return fn.blocks.some(({ ops, terminal, role }) => role === "loop-head" && terminal.kind === "branch" && ops.some((op) => op.op === "binary" && op.operator === "<" && op.dst === terminal.test && isIt(op.left) && this.#isLength(op.right)));
  }

  #isOne(temp: Temp): boolean {
    const op = definition(this.#site.fn, temp);
    return op?.op === "const" && op.value === 1;
  }

  #isLength(temp: Temp): boolean {
    const op = definition(this.#site.fn, temp);
    return op?.op === "get" && op.key === "length" && textOf(this.#site, op.span).replace(/\s*\.\s*length$/, "") === this.#list.text;
  }

  #push(op: Op & { readonly op: "call" }): readonly (TextEdit | null)[] {
    const [value, ...others] = op.args;
    const { module, fn } = this.#site;
    const statement = callStatement({ module, fn }, op);
    if (op.key !== "push" || value === undefined || value.spread || others.length > 0 || statement === null || hasComment(this.#site, { start: op.span.start, end: value.span.start }) || this.#runsCode(value.span)) return [null];
    const { file } = module;
    const edit = (start: number, end: number, text: string): TextEdit => ({ at: { file, span: { start, end } }, text });
    const { start, end } = value.span;
    if (this.#isPlain(value.span)) return [edit(op.span.start, start, `${this.#list.text}[${this.#count}++] = `), edit(end, op.span.end, "")];
    // It is counted when it is there: making it may fail, or ask for the length.
    const before = textOf(this.#site, { start: 0, end: op.span.start }).trimEnd();
    const [open, close] = before.endsWith(")") ? ["{ ", " }"] : ["", ""];
    return [edit(op.span.start, start, `${open}${this.#list.text}[${this.#count}] = `), edit(end, statement.end, `; ${this.#count}++;${close}`)];
  }

  /** Names, numbers and members of `this`, and what is put together of them: it cannot fail, and does not look at the list. */
  #isPlain({ start, end }: Span): boolean {
    const { fn } = this.#site;
    const isList = (temp: Temp | null): boolean => this.#list.reads.some((read) => read.fn === fn && read.temp === temp);
    return fn.blocks.every(({ ops }) => ops.every((op) => {
      if (op.span.start < start || op.span.end > end) return true;
      switch (op.op) {
        case "const": case "this": case "object": case "array": case "binary": case "copy": return true;
        case "load": return !isList(op.dst);
        case "get": return !isList(op.dst) && definition(fn, op.object)?.op === "this";
        default: return false;
      }
    }));
  }

  /** The place in the list is taken before the value is made: what makes it must not push itself. */
  #runsCode({ start, end }: Span): boolean {
    const { module, fn } = this.#site;
    return fn.blocks.some(({ ops }) => ops.some((op) => {
      if (op.span.start < start || op.span.end > end) return false;
      if (op.op === "await" || op.op === "yield") return true;
      if (op.op !== "call" && op.op !== "new" && op.op !== "get") return false;
      const { functions, apis } = this.#program.tracer.targets(module, fn, op.dst);
      if (op.op === "new") return functions.some((target) => target.function.blocks.some((block) => block.ops.some((each) => each.op === "call")));
      return functions.length > 0 || (op.op === "call" && apis.length === 0);
    }));
  }

  /** `for (const hit of hits) {`, and without a brace. */
  #walk(temp: Temp): readonly (TextEdit | null)[] {
    const { module, fn } = this.#site;
    const source = moduleText(module);
    const iterate = fn.blocks.flatMap(({ ops }) => ops).find((op) => op.op === "iterate" && op.src === temp);
    const loop = fn.blocks.find(({ terminal }) => iterate?.op === "iterate" && terminal.kind === "next" && terminal.iterator === iterate.dst)?.loopSpan;
    const whole = loop == null ? null : loopStatement(loop);
    if (source === null || loop == null || whole === null || isNamedAgain(this.#site, this.#list.text, whole)) return [null];
    const text = source.text.slice(loop.start, fn.span.end);
    const list = this.#list.text.replace(/[.$]/g, "\\$&");
    const head = new RegExp(`^for\\s*\\(\\s*(const|let)\\s+([^=]*?)\\s+of\\s+${list}\\s*\\)\\s*(\\{)?(\\r?\\n[^\\S\\n]*)?`).exec(text);
    if (head === null) return [null];
    const [written, keyword = "", item = "", brace, line = " "] = head;
    let i = "i";
    for (let count = 2; new RegExp(`(?<![\\w$])${i}(?![\\w$])`).test(text); count++) i = `i${count}`;
    const begin = `for (let ${i} = 0; ${i} < ${this.#count}; ${i}++) {${line}${keyword} ${item} = ${this.#list.text}[${i}]${isTypeScript(this.#site) ? "!" : ""};`;
    const { file } = module;
    // Without a brace: one statement, on the same line.
    const body = brace === undefined ? /^[^\n;{}"'`/]*;/.exec(text.slice(written.length))?.[0] : "";
    if (body === undefined) return [null];
    const end = loop.start + written.length + body.length;
    if (brace === undefined) return [{ at: { file, span: { start: loop.start, end: loop.start + written.trimEnd().length } }, text: begin }, { at: { file, span: { start: end, end } }, text: " }" }];
    return [{ at: { file, span: { start: loop.start, end: loop.start + written.length } }, text: `${begin}${line === " " ? "" : line}` }];
  }
}
