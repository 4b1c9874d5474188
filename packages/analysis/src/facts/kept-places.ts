/**
 * A variable or field that is given a new value of the same kind again and again, and nobody else has the old one: what is made for it could be written into the value that it holds.
 *
 *     let visible: Body[] = [];                    private aim = new Vector3();
 *     visible = bodies.filter((b) => b.shown);     this.aim = new Vector3(x, y, 0);
 *
 * Theory: must, by all uses in the project. The variable is of the module, or of a function around, and not exported; a field counts by its name wherever the object may be of the class. It holds such a value
 * from the start, is stored nothing but new ones, and what reads it lets it go at once: looks into it, walks it, hands it to functions that do no more. Held in a constant it may be while nothing that runs
 * meanwhile stores anew.
 * Known misses: members that are read by a computed name or by code outside of the project; values chosen by a condition; nulls meanwhile.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { isVisitor } from "../knowledge/borrowing-apis.ts";
import { type ValueUse, valueUses } from "../dataflow/value-uses.ts";
import type { Program } from "../program.ts";
import type { ClassIR, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { namesMember } from "../source/module-ops.ts";
import { moduleText } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import type { TracedType } from "../source/traced-type.ts";
import { givenTo } from "./function-values.ts";
import { type RewriteContext, type RewriteSite, textOf } from "./rewrite-site.ts";
import { definition } from "./scratch-objects.ts";

export interface KeptPlace {
  /** As it is written: `visible`, `this.aim`. */
  readonly text: string;
  /** The whole assignment, with its semicolon: a statement of its own. */
  readonly statement: Span;
  /** What stands in front of the statement on its line: blanks alone; null where it stands behind something else. */
  readonly indent: string | null;
  readonly variable: VariableId | null;
  readonly key: string | null;
}

/** A place in some function where a value is stored, or read into a temp. */
interface At {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly temp: Temp;
}

/** What a use of the value may do: `at` says where. */
export type MayUse = (at: At) => boolean;
/** Whether a stored value is one of the kind, made there. */
export type IsMade = (at: At, op: Op) => boolean;

/** Null when the value goes anywhere else, or the place is not owned so. */
export function keptPlace(context: RewriteContext, site: RewriteSite, result: Temp, isMade: IsMade, mayUse: MayUse): KeptPlace | null {
  const { module, fn } = site;
  const uses = valueUses(fn).of(result);
  const [store, ...others] = fn.blocks.flatMap(({ ops }) => ops.filter((op): op is Op & { readonly op: "store" | "set" } => (op.op === "store" || op.op === "set") && op.src === result));
  if (uses.length !== 1 || store === undefined || others.length > 0 || fn.kind === "module" || fn.async || fn.generator) return null;
  const found = store.op === "store" ? ofVariable(context.program, module, fn, store.variable) : store.key === null ? null : ofField(context.program, site, store, store.key);
  const statement = statementOf(site, store.span);
  if (found === null || statement === null || found.initial.length === 0 || !found.initial.some(isGivenFirst)) return null;
  const made = (at: At): boolean => { const op = definition(at.fn, at.temp); return op !== undefined && isOnlyThere(at.fn, op) && isMade(at, op); };
  if (![...found.initial, ...found.stored].every(made) || !found.read.every((at) => mayUse(at) && !isCompared(at) && !isHeldMeanwhile(context, at, fn))) return null;
  return { ...statement, variable: store.op === "store" ? store.variable : null, key: store.op === "set" ? store.key : null };
}

/** Given wherever it is declared; or by the constructor on each of its ways, before that hands its object to anybody. */
function isGivenFirst({ fn, temp }: At): boolean {
  const exit = fn.blocks.find(({ terminal }) => terminal.kind === "exit");
  const block = fn.blocks.find(({ ops }) => ops.some((op) => (op.op === "set" || op.op === "store") && op.src === temp));
  const store = block?.ops.find((op) => op.op === "set" && op.src === temp);
  if (fn.kind !== "constructor" || block === undefined || store === undefined) return fn.kind !== "constructor" && (store === undefined || store.op !== "set");
  const isThis = (each: Temp): boolean => definition(fn, each)?.op === "this";
  const hands = (op: Op): boolean => op.span.end <= store.span.start && (((op.op === "call" || op.op === "new") && op.args.some((arg) => isThis(arg.temp))) || (op.op === "call" && op.receiver !== null && isThis(op.receiver)));
  return exit !== undefined && dominatorsOf(fn).dominates(block.id, exit.id) && !fn.blocks.some(({ ops }) => ops.some(hands));
}

/** `this.a = this.b = []` is one list in two places. */
function isOnlyThere(fn: FunctionIR, op: Op): boolean {
  return "dst" in op && op.dst !== null && valueUses(fn).of(op.dst).filter(({ role }) => role !== "read-from" && role !== "written-to").length === 1;
}

interface Found {
  readonly initial: readonly At[];
  readonly stored: readonly At[];
  readonly read: readonly At[];
}

function ofVariable(program: Program, module: ModuleIR, fn: FunctionIR, variable: VariableId): Found | null {
  const declared = module.variables[variable];
  const isGiven = module.exports.some((each) => each.kind === "local" && each.variable === variable);
  if (declared === undefined || declared.kind !== "let" || declared.owner === fn.id || isGiven || isUnclear(module, declared.type, declared.span, program.tracer.typeOfVariable(module, variable))) return null;
  const initial: At[] = [];
  const stored: At[] = [];
  const read: At[] = [];
  for (const each of module.functions) {
    for (const { ops } of each.blocks) {
      for (const op of ops) {
        if (op.op === "store" && op.variable === variable) (op.init ? initial : stored).push({ module, fn: each, temp: op.src });
        else if (op.op === "load" && op.variable === variable) read.push({ module, fn: each, temp: op.dst });
      }
    }
  }
  return { initial, stored, read };
}

function ofField(program: Program, { module, fn }: RewriteSite, store: Op & { readonly op: "set" }, key: string): Found | null {
  const holder = program.tracer.typeOf(module, fn, store.object);
  if (holder.kind !== "instance" || definition(fn, store.object)?.op !== "this") return null;
  const member = holder.class.members.find((each) => each.kind === "field" && each.name === key && !each.static);
  if (member !== undefined && isUnclear(holder.module, member.type, member.span, program.tracer.member(holder, key))) return null;
  const initial = givenTo(holder.module, holder.class, key).map(({ function: each, temp }) => ({ module: holder.module, fn: each, temp }));
  const stored: At[] = [];
  const read: At[] = [];
  for (const each of program.modules) {
    if (each.role !== "project" || !namesMember(each, key)) continue;
    for (const inner of each.functions) {
      for (const { ops } of inner.blocks) {
        for (const op of ops) {
          if ((op.op !== "set" && op.op !== "get") || op.key !== key || isOfAnother(program, each, inner, op.object, holder.class)) continue;
          if (op.op === "set") stored.push({ module: each, fn: inner, temp: op.src });
          else read.push({ module: each, fn: inner, temp: op.dst });
        }
      }
    }
  }
  return { initial, stored, read };
}

/** An object that is known to be of a class that has nothing to do with this one. */
export function isOfAnother(program: Program, module: ModuleIR, fn: FunctionIR, object: Temp, class_: ClassIR): boolean {
  const type = program.tracer.typeOf(module, fn, object);
  if (type.kind === "literal" || type.kind === "namespace" || type.kind === "external") return true;
  if (type.kind !== "instance" || type.class === class_) return false;
  const related = (one: ModuleIR, of: ClassIR, other: ClassIR): boolean => program.tracer.subclasses(one, of).some((each) => each.class === other);
  return !related(type.module, type.class, class_) && !program.modules.some((each) => each.classes.includes(class_) && related(each, class_, type.class));
}

/** Declared to be something else at times, not to be written into, or with a decorator, which may ask to be told of a new value. */
function isUnclear(module: ModuleIR, type: { readonly kind: string } | null, span: Span, traced: TracedType): boolean {
  if (isDecorated(module, span)) return true;
  if (traced.kind === "interface" && (traced.declaration.extends.length > 0 || /\breadonly\b/.test(textOf(traced, traced.declaration.span)))) return true;
  const line = /^[^=;]*/.exec(textOf({ module }, { start: span.start, end: span.end + 200 }).replace(/=>/g, "  "))?.[0] ?? "";
  return type?.kind === "union" || /:.*\breadonly\b|\bReadonly/s.test(line);
}

function isDecorated(module: ModuleIR, { start }: Span): boolean {
  const text = moduleText(module)?.text ?? "";
  return text[start] === "@" || /(?:^|[\s;{])@[\w$.]+(?:\([^;{}]*\))?\s*$/.test(text.slice(Math.max(0, start - 200), start).replace(/\/\/.*$/gm, ""));
}

const EQUALITY: ReadonlySet<string> = new Set(["===", "!==", "==", "!="]);

/** Compared with another value: that it is a new one is how a change is seen. */
function isCompared({ fn, temp }: At): boolean {
  const aliases = new Set([temp]);
  for (const at of aliases) {
    for (const use of valueUses(fn).of(at)) {
      if (use.role === "alias") aliases.add(use.to);
      else if (use.role === "stored") for (const load of valueUses(fn).loadsOf(use.variable)) aliases.add(load);
    }
  }
  const isNothing = (other: Temp): boolean => { const op = definition(fn, other); return (op?.op === "const" && op.value === null) || (op?.op === "global" && op.name === "undefined"); };
  return fn.blocks.some(({ ops }) => ops.some((op) => op.op === "binary" && EQUALITY.has(op.operator) && ((aliases.has(op.left) && !isNothing(op.right)) || (aliases.has(op.right) && !isNothing(op.left)))));
}

/** Held in a variable, or walked, while something runs that stores anew: in the same function, or in one that leads there; a listener that is called may, too. */
function isHeldMeanwhile(context: RewriteContext, { module, fn, temp }: At, storing: FunctionIR): boolean {
  const uses = valueUses(fn).of(temp);
  const isHeld = uses.some(({ role }) => role === "stored" || role === "iterated");
  // Frames run while it waits.
  if (isHeld && (fn.async || fn.generator)) return true;
  const visits = uses.flatMap((use) => (use.role === "receiver" && use.op.key !== null && isVisitor(use.op.key) ? [use.op] : []));
  if (fn !== storing && visits.some((op) => context.mayLeadTo(module, fn, storing, (block) => fn.blocks[block]?.ops.includes(op) === true))) return true;
  if (uses.some(({ role }) => role === "stored") && (fn === storing || context.mayLeadTo(module, fn, storing, () => true))) return true;
  if (!uses.some(({ role }) => role === "iterated")) return false;
  const inLoop = (block: number): boolean => (fn.blocks[block]?.loopDepth ?? 0) > 0;
  return (fn === storing && isStoredInLoop(fn, temp)) || context.mayLeadTo(module, fn, storing, inLoop);
}

/** Whether a function stores what it walks, in a loop: the one that walks, as far as is asked. */
function isStoredInLoop(fn: FunctionIR, temp: Temp): boolean {
  const read = fn.blocks.flatMap(({ ops }) => ops).find((op) => "dst" in op && op.dst === temp);
  const stores = (op: Op): boolean => (op.op === "store" && read?.op === "load" && op.variable === read.variable) || (op.op === "set" && read?.op === "get" && op.key === read.key);
  return fn.blocks.some(({ loopDepth, ops }) => loopDepth > 0 && ops.some(stores));
}

/** From what is assigned to, to the semicolon, where that is a statement. */
function statementOf({ module, op }: RewriteSite, store: Span): Pick<KeptPlace, "text" | "statement" | "indent"> | null {
  const source = moduleText(module);
  const before = source?.text.slice(store.start, op.span.start) ?? "";
  const text = /^((?:this\.)?[\p{ID_Start}$_#][\p{ID_Continue}$]*)\s*=\s*$/u.exec(before)?.[1];
  if (source === null || text === undefined) return null;
  const rest = /^\s*;/.exec(source.text.slice(op.span.end))?.[0];
  let end = store.start;
  for (let comment = lastBefore(source.comments, source.text, end); comment !== undefined; comment = lastBefore(source.comments, source.text, end)) end = comment.start;
  if (rest === undefined || !/[;{}]\s*$/.test(source.text.slice(0, end))) return null;
  const indent = /(?:^|\n)([^\S\n]*)$/.exec(source.text.slice(0, store.start))?.[1] ?? null;
  return { text, statement: { start: store.start, end: op.span.end + rest.length }, indent };
}

function lastBefore(comments: readonly Span[], text: string, at: number): Span | undefined {
  return comments.find(({ start, end }) => end <= at && start < at && text.slice(end, at).trim() === "");
}

const DEPTH_LIMIT = 3;
/** Methods of arrays that give no alias of what they are called on. */
const LOOKS: ReadonlySet<string> = new Set(
  "forEach map filter some every find findIndex findLast findLastIndex reduce reduceRight indexOf lastIndexOf includes join at slice concat flat flatMap push pop shift unshift splice toSorted toReversed".split(" "),
);

/** Whether what reads a list only looks into it, walks it or changes it in place. */
export function looksIntoList(program: Program, { module, fn, temp }: At, depth = 0): boolean {
  return valueUses(fn).of(temp).every((use) => isLook(program, module, fn, use, temp, depth));
}

function isLook(program: Program, module: ModuleIR, fn: FunctionIR, use: ValueUse, temp: Temp, depth: number): boolean {
  switch (use.role) {
    case "compared": case "taken-apart": case "read-from": case "written-to": case "callee": case "iterated": case "text": return true;
    case "alias": return looksIntoList(program, { module, fn, temp: use.to }, depth);
    case "receiver": return use.op.key !== null && LOOKS.has(use.op.key);
    case "stored": {
      const declared = module.variables[use.variable];
      return declared !== undefined && declared.owner === fn.id && !declared.captured && !declared.reassigned && declared.kind === "const" && valueUses(fn).loadsOf(use.variable).every((load) => looksIntoList(program, { module, fn, temp: load }, depth));
    }
    case "argument": return use.spread || isLent(program, module, fn, use, depth);
    // A copy by spread.
    case "other": return fn.blocks.some(({ ops }) => ops.some((op) => op.op === "array" && op.elements.some((each) => each?.spread === true && each.temp === temp)));
    default: return false;
  }
}

function isLent(program: Program, module: ModuleIR, fn: FunctionIR, { op, slot }: ValueUse & { readonly role: "argument" }, depth: number): boolean {
  const { functions, apis, complete } = program.tracer.targets(module, fn, op.dst);
  if (depth >= DEPTH_LIMIT || !complete || apis.length > 0 || functions.length === 0 || op.op !== "call") return false;
  return functions.every((target) => {
    const param = target.function.params[slot];
    const declared = param === undefined ? undefined : target.module.variables[param.variable];
    if (declared === undefined || param?.rest === true || declared.captured || declared.reassigned || target.function.opaque || target.function.async || target.function.generator) return false;
    return valueUses(target.function).loadsOf(declared.id).every((load) => looksIntoList(program, { module: target.module, fn: target.function, temp: load }, depth + 1));
  });
}
