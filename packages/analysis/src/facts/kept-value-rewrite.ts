/**
 * A new value for a variable or field that holds one of the same kind: that one is overwritten.
 *
 *     this.aim = new Vector3(x, y, 0);      this.aim.set(x, y, 0);
 *     this.home = at.clone();               this.home.copy(at);
 *     size = { width: w, height: h };       size.width = w; size.height = h;
 *     best = new Score(points, time);       best.points = points; best.time = time;
 *
 * Theory: must, where `kept-places.ts` says that nobody else has the value. An engine's class is written by the member that does what its constructor does (`knowledge/scratch-makers.ts`). A literal has the fields
 * that the one has which is there from the start, a class of the project's a constructor that puts each parameter, or a constant, into a field and does nothing else; what is written into them is evaluated
 * before in the same order, reads nothing of what is overwritten, and cannot fail half way.
 * Known misses: classes that extend others, or whose constructors compute; literals with methods, spreads or other literals in them.
 */
import type { ApiKey, TracedType } from "../source/traced-type.ts";
import { clonedInPlace, madeInPlace } from "../knowledge/scratch-makers.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { classKeys } from "./class-keys.ts";
import { type KeptPlace, keptPlace, type MayUse } from "./kept-places.ts";
import { FIELD_NAME, plainConstructor } from "./plain-constructor.ts";
import { hasComment, isAlone, type Rewrite, type RewriteContext, type RewriteSite, textOf, writesOnly, writesOwn } from "./rewrite-site.ts";
import { mayBeNothing } from "./absent-values.ts";
import { definition } from "./scratch-objects.ts";

export function keptValueRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { op } = site;
  if (!isAlone(site)) return null;
  if (op.op === "object") return ofLiteral(context, site, op);
  if (op.op === "call") return op.key === "clone" && op.args.length === 0 && op.receiver !== null ? ofEngine(context, site, op) : null;
  if (op.op !== "new" || op.args.some(({ spread }) => spread)) return null;
  return ofEngine(context, site, op) ?? ofClass(context, site, op);
}

/** The class of an engine that an operation makes an instance of: `three:Vector3`. */
function madeClass({ program }: RewriteContext, module: ModuleIR, fn: FunctionIR, op: Op): ApiKey | null {
  if (op.op !== "new" && op.op !== "call") return null;
  const { apis, functions } = program.tracer.targets(module, fn, op.dst);
  const [api] = apis;
  if (api !== undefined && apis.length === 1 && functions.length === 0) return op.op === "new" ? api : classOfClone(api);
  const type = program.tracer.typeOf(module, fn, op.dst);
  return op.op === "new" && type.kind === "instance" ? classKeys(program, type.module, type.class)[0] ?? null : null;
}

function classOfClone(api: ApiKey): ApiKey | null {
  const cloned = clonedInPlace(api);
  return cloned === null ? null : `${cloned.package}:${cloned.name}`;
}

function ofEngine(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "new" | "call" }): Rewrite | null {
  const { module, fn } = site;
  const class_ = madeClass(context, module, fn, op);
  if (class_ === null) return null;
  const made = op.op === "new" ? madeInPlace(class_, op.args.length) : null;
  const cloned = op.op === "call" ? clonedInPlace(`${class_}#clone`) : null;
  const scalar = (made ?? cloned)?.scalar;
  if (scalar === undefined) return null;
  if (made?.keepsArguments === true && op.args.some(({ temp }) => mayBeNothing(context.program, module, fn, temp))) return null;
  const mayUse: MayUse = (at) => {
    const kept = context.borrowed.of(at.module, at.fn, at.temp, scalar ? "holder" : "value", class_);
    return kept !== null && writesOwn(kept);
  };
  const place = keptPlace(context, site, op.dst, (at, each) => madeClass(context, at.module, at.fn, each) === class_, mayUse);
  const [first] = op.args;
  // What is said among the arguments stays.
  if (place === null || hasComment(site, { start: place.statement.start, end: first?.span.start ?? place.statement.end })) return null;
  const text = made !== null ? newText(site, op, made, place) : cloneText(site, op, cloned?.copy ?? "copy", place);
  return text === null ? null : rewriteOf(site, place, `${text};`);
}

function newText(site: RewriteSite, op: Op & { readonly op: "new" | "call" }, { call, keepsArguments }: { readonly call: string; readonly keepsArguments: boolean }, place: KeptPlace): string | null {
  const [first] = op.args;
  if (!keepsArguments || first === undefined) return `${place.text}.${call}`;
  return `${place.text}.${call}(${textOf(site, { start: first.span.start, end: op.span.end })}`;
}

function cloneText(site: RewriteSite, op: Op & { readonly op: "new" | "call" }, copy: string, place: KeptPlace): string | null {
  const receiver = textOf(site, op.calleeSpan).replace(/\s*\.\s*clone$/, "");
  return receiver === textOf(site, op.calleeSpan) || receiver.includes("?") ? null : `${place.text}.${copy}(${receiver})`;
}

function rewriteOf({ module }: RewriteSite, place: KeptPlace, text: string): Rewrite {
  return { title: `overwrite what \`${place.text}\` holds`, safe: false, edits: [{ at: { file: module.file, span: place.statement }, text }] };
}

/** A field, and what is written into it; text is null for a constant of the class. */
interface Field {
  readonly name: string;
  readonly value: Temp;
  readonly text: string;
  /** Where its value ends. */
  readonly end: number;
}

const MOST_FIELDS = 8;

function ofLiteral(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "object" }): Rewrite | null {
  const fields: Field[] = [];
  for (const { kind, key, keyTemp, value, span } of op.parts) {
    if (kind !== "value" || key === null || keyTemp !== null || !FIELD_NAME.test(key) || key === "__proto__") return null;
    const text = textOf(site, span);
    const head = new RegExp(`^(?:${key.replace(/\$/g, "\\$")}|"${key}"|'${key}')\\s*:\\s*`).exec(text)?.[0] ?? (text === key ? "" : null);
    if (head === null) return null;
    fields.push({ name: key, value, text: text.slice(head.length), end: span.end });
  }
  const keysOf = (each: Op & { readonly op: "object" }): string => each.parts.map(({ kind, key }) => (kind === "value" && key !== null ? key : "?")).sort().join();
  return ofFields(context, site, op.dst, fields, (_, each) => each.op === "object" && keysOf(each) === keysOf(op));
}

function ofClass(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "new" }): Rewrite | null {
  const { module, fn } = site;
  const type = context.program.tracer.typeOf(module, fn, op.dst);
  const sets = type.kind !== "instance" || context.program.tracer.targets(module, fn, op.dst).functions.some(({ function: each }) => each.kind !== "constructor") ? null : plainConstructor(type.module, type.class);
  if (sets === null || type.kind !== "instance") return null;
  const fields: Field[] = [];
  for (const { name, slot, hasDefault } of sets) {
    const arg = op.args[slot];
    if (arg === undefined || (hasDefault && mayBeAbsent(context, module, fn, arg.temp))) return null;
    fields.push({ name, value: arg.temp, text: textOf(site, arg.span), end: arg.span.end });
  }
  if (op.args.length !== sets.length) return null;
  const inOrder = [...fields].sort((a, b) => op.args.findIndex(({ temp }) => temp === a.value) - op.args.findIndex(({ temp }) => temp === b.value));
  const isSame = (made: Op, at: { readonly module: ModuleIR; readonly fn: FunctionIR }): boolean => {
    const of = made.op === "new" ? context.program.tracer.typeOf(at.module, at.fn, made.dst) : null;
    return of?.kind === "instance" && of.class === type.class;
  };
  return ofFields(context, site, op.dst, inOrder, (at, made) => isSame(made, at));
}

/** Anything but what is computed, and variables that are known to hold a value: an optional parameter or field may be undefined, and then the default counts. */
function mayBeAbsent({ program }: RewriteContext, module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = definition(fn, temp);
  if (op?.op === "const") return op.value === null;
  if (op?.op === "binary" || op?.op === "unary") return op.op === "unary" && op.operator === "void";
  const declared = op?.op === "load" ? module.variables[op.variable] : undefined;
  const isOptional = module.functions[declared?.owner ?? -1]?.params.some(({ variable, optional }) => variable === declared?.id && optional) ?? true;
  return declared === undefined || isOptional || program.tracer.typeOf(module, fn, temp).kind !== "primitive";
}

function ofFields(context: RewriteContext, site: RewriteSite, result: Temp, fields: readonly Field[], isMade: Parameters<typeof keptPlace>[3]): Rewrite | null {
  if (fields.length === 0 || fields.length > MOST_FIELDS) return null;
  const mayUse: MayUse = (at) => {
    const kept = context.borrowed.of(at.module, at.fn, at.temp, "holder");
    return kept !== null && writesOnly(kept, fields.map(({ name }) => name));
  };
  const place = keptPlace(context, site, result, isMade, mayUse);
  if (place === null || hasComment(site, place.statement) || fields.some(({ text }) => text.includes("\n"))) return null;
  // The first is evaluated before anything is written.
  if (fields.length > 1 && (fields.slice(1).some(({ text }) => names(text, place)) || runsCode(context, site, place.statement) || mayFail(context, site, { start: fields[0]?.end ?? place.statement.start, end: place.statement.end }))) return null;
  const separator = place.indent === null || fields.length === 1 ? " " : `\n${place.indent}`;
  return rewriteOf(site, place, fields.map(({ name, text }) => `${place.text}.${name} = ${text};`).join(separator));
}

function names(text: string, place: KeptPlace): boolean {
  const name = place.text.replace(/^this\./, "");
  return new RegExp(`(?<![\\w$])${name.replace(/[$#]/g, "\\$&")}(?![\\w$])`).test(text);
}

/** Whether a member is read there of what may be nothing: not of `this`, of what is known to be there, or of what was read from before. What is half written would stay so. */
function mayFail({ program }: RewriteContext, site: RewriteSite, { start, end }: Span): boolean {
  const { module, fn } = site;
  const gets = fn.blocks.flatMap(({ ops }) => ops.filter((op) => op.op === "get"));
  return gets.some((op) => {
    if (op.span.start < start || op.span.end > end || definition(fn, op.object)?.op === "this" || isThere(program.tracer.typeOf(module, fn, op.object))) return false;
    const holder = definition(fn, op.object);
    const isSame = (other: Op): boolean => other.op === "load" && holder?.op === "load" && other.variable === holder.variable && module.variables[other.variable]?.reassigned === false;
    return !gets.some((other) => { const of = definition(fn, other.object); return other.span.end < op.span.start && of !== undefined && isSame(of); });
  });
}

function isThere(type: TracedType): boolean {
  return type.kind === "union" ? type.members.every(isThere) : type.kind === "primitive" ? type.name !== "null" && type.name !== "undefined" : type.kind !== "unknown";
}

/** Whether evaluating it runs a function of the project's or one that is not known, a getter, or waits: it might read what is half written. */
function runsCode({ program }: RewriteContext, { module, fn }: RewriteSite, { start, end }: Span): boolean {
  return fn.blocks.some(({ ops }) => ops.some((op) => {
    if (op.span.start < start || op.span.end > end) return false;
    if (op.op === "await" || op.op === "yield") return true;
    if (op.op !== "call" && op.op !== "get") return false;
    const { functions, apis } = program.tracer.targets(module, fn, op.dst);
    return functions.length > 0 || (op.op === "call" && apis.length === 0);
  }));
}
