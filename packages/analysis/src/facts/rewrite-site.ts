/**
 * What the rewrites of garbage ask of the place that makes it: its text, what it would mean elsewhere, and whether its function may run again before it is done.
 *
 * Theory: a function may run twice when the call edges lead back to it (may); an expression means the same at module level when all that it names is
 * there (must). Known misses: calls that cannot be resolved are taken not to lead back.
 */
import { defineFact, type Fact } from "../fact.ts";
import type { Fix } from "../diagnostic.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import { VALUE_MEMBERS } from "../knowledge/scratch-makers.ts";
import { type Borrowed, BorrowedValues } from "./borrowed-values.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { HoistedConstants, isOfModule } from "./hoisted-constant.ts";
import { QuotedFunctions } from "./quoted-functions.ts";

/** An operation that makes garbage, in a module whose text is at hand. */
export interface RewriteSite {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly op: Op;
}

export type Rewrite = Fix;

export const rewriteContext: Fact<RewriteContext> = defineFact("rewrite-context", (program, get) => new RewriteContext(program, get(callEdges)));

export class RewriteContext {
  readonly program: Program;
  readonly hoisted: HoistedConstants;
  readonly borrowed: BorrowedValues;
  readonly quoted: QuotedFunctions;
  readonly #edges: CallEdges;
  readonly #reentrant = new Map<FunctionIR, boolean>();

  constructor(program: Program, edges: CallEdges) {
    this.program = program;
    this.hoisted = new HoistedConstants(program);
    this.#edges = edges;
    this.borrowed = new BorrowedValues(program);
    this.quoted = new QuotedFunctions(program);
  }

  /** Whether a second run may begin while one is under way: recursion, a wait, a `yield`. */
  mayRunTwice(module: ModuleIR, fn: FunctionIR): boolean {
    if (fn.async || fn.generator) return true;
    let known = this.#reentrant.get(fn);
    if (known === undefined) this.#reentrant.set(fn, (known = this.#callsItself(module, fn)));
    return known;
  }

  #callsItself(module: ModuleIR, fn: FunctionIR): boolean {
    return this.leadsTo(module, fn, fn, () => true);
  }

  /** Whether one function may enter the other before it is done, by a call that stands in such a block. */
  leadsTo(module: ModuleIR, fn: FunctionIR, target: FunctionIR, from: (block: BlockId) => boolean): boolean {
    return this.#reached(module, fn, target, from) === null;
  }

  /** The same, where a call that nobody can name may enter any function: what is called is handed in by somebody, or heard of by him. */
  mayLeadTo(module: ModuleIR, fn: FunctionIR, target: FunctionIR, from: (block: BlockId) => boolean): boolean {
    const reached = this.#reached(module, fn, target, from);
    return reached === null || [...reached].some(([each, of]) => each.blocks.some(({ id, ops }) => (each !== fn || from(id)) && ops.some((op) => (op.op === "call" || op.op === "new") && this.#isUnnamed(of, each, op.dst))));
  }

  #isUnnamed(module: ModuleIR, fn: FunctionIR, called: Temp): boolean {
    const { functions, apis } = this.program.tracer.targets(module, fn, called);
    return functions.length === 0 && apis.length === 0;
  }

  /** Every function that is entered, the first among them; null where the target is one of them. */
  #reached(module: ModuleIR, fn: FunctionIR, target: FunctionIR, from: (block: BlockId) => boolean): ReadonlyMap<FunctionIR, ModuleIR> | null {
    const seen = new Map<FunctionIR, ModuleIR>([[fn, module]]);
    for (const [each, of] of seen) {
      for (const edge of this.#edges.of(of, each)) {
        if (each === fn && !from(edge.block)) continue;
        if (edge.target === target) return null;
        if (!seen.has(edge.target)) seen.set(edge.target, edge.module);
      }
    }
    return seen;
  }
}

export function textOf({ module }: Pick<RewriteSite, "module">, { start, end }: Span): string {
  return moduleText(module)?.text.slice(start, end) ?? "";
}

export function hasComment({ module }: Pick<RewriteSite, "module">, { start, end }: Span): boolean {
  return moduleText(module)?.comments.some((comment) => comment.start < end && start < comment.end) ?? false;
}

/** The only operation of its kind at its place: what a `finally` block holds is there once for each way out. */
export function isAlone({ fn, op }: RewriteSite): boolean {
  return !fn.blocks.some((block) => block.ops.some((other) => other !== op && other.op === op.op && other.span.start === op.span.start && other.span.end === op.span.end));
}

/**
 * Whether an expression means the same at module level, and the variables whose values it reads; null when it does not: it reads what a call holds, `this`, a
 * private name, or names a type that is declared in a function or is a parameter of one.
 */
export function atModuleLevel(site: RewriteSite, span: Span): readonly VariableId[] | null {
  const { module, fn } = site;
  const text = textOf(site, span);
  if (text === "" || /(?<![\w$.])new\s*\.\s*target(?![\w$])/.test(text) || /#[\w$]/.test(text.replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/gs, "")) || namesInnerType(module, fn, text, span)) return null;
  const needs = new Set<VariableId>();
  for (const op of fn.blocks.flatMap((block) => block.ops)) {
    if (op.span.start < span.start || op.span.end > span.end) continue;
    if (op.op === "this" || op.op === "super" || op.op === "meta" || op.op === "await" || op.op === "yield" || op.op === "class" || op.op === "opaque" || op.op === "jsx") return null;
    if (op.op === "store" && !(module.variables[op.variable]?.kind === "function")) return null;
    if (op.op === "load") needs.add(op.variable);
    if (op.op === "function") {
      const body = module.functions[op.function];
      if (body === undefined || (body.kind === "arrow" && body.usesThis) || body.captures.some((variable) => !isOfModule(module, variable))) return null;
    }
  }
  return [...needs].every((variable) => isOfModule(module, variable)) ? [...needs] : null;
}

/** A type parameter of a function or class around it, or a type declared in a function. */
function namesInnerType(module: ModuleIR, fn: FunctionIR, text: string, span: Span): boolean {
  if (module.language !== "ts" && module.language !== "tsx") return false;
  const names = new Set(module.types.filter(({ span: at }) => module.functions.some(({ kind, span: of }) => kind !== "module" && of.start <= at.start && at.end <= of.end)).map(({ name }) => name));
  for (let at: FunctionIR | undefined = fn; at !== undefined && at.kind !== "module"; at = at.parent === null ? undefined : module.functions[at.parent]) {
    for (const name of [...at.typeParameters, ...(at.class === null ? [] : module.classes[at.class]?.typeParameters ?? [])]) names.add(name);
  }
  // `typeof` of a value is no read of it where a type stands.
  for (const [, name] of text.matchAll(/(?<![\w$.])typeof\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)) {
    if (name !== undefined && module.variables.some((variable) => variable.name === name && !isOfModule(module, variable.id) && (variable.span.start < span.start || variable.span.end > span.end))) return true;
  }
  return [...names].some((name) => new RegExp(`(?<![\\w$.])${name.replace(/\$/g, "\\$")}(?![\\w$])`).test(text));
}

export function isTypeScript({ module }: Pick<RewriteSite, "module">): boolean {
  return module.language === "ts" || module.language === "tsx";
}

/** Whether a variable of that name is declared inside: what is written there may mean that one. */
export function isNamedAgain({ module }: Pick<RewriteSite, "module">, name: string, { start, end }: Span): boolean {
  return module.variables.some((variable) => variable.name === name && variable.span.start >= start && variable.span.end <= end);
}

/** Whether a text holds a name as a word of its own, members aside. */
export function holdsName(text: string, name: string): boolean {
  return name !== "" && new RegExp(`(?<![\\w$.])${name.replace(/\$/g, "\\$")}(?![\\w$])`).test(text);
}

/** Whether no other member is written into the value than those that are written anew each time: any other would stay. */
export function writesOnly({ written }: Borrowed, members: readonly string[]): boolean {
  return [...written].every((key) => key !== null && members.includes(key));
}

/** The same of an engine's value: what is computed or a number is taken for one of its own. */
export function writesOwn({ written }: Borrowed): boolean {
  return [...written].every((key) => key === null || /^\d+$/.test(key) || VALUE_MEMBERS.has(key));
}

/** How far a block stands in, as the module's text has it: a tab where the line has one, else the fewest spaces that a line begins with. */
export function indentUnit({ module }: Pick<RewriteSite, "module">, indent: string): string {
  if (indent.includes("\t")) return "\t";
  let unit = Infinity;
  for (const [, spaces = ""] of moduleText(module)?.text.matchAll(/^( +)[^\s*]/gm) ?? []) if (spaces.length > 1 && spaces.length < unit) unit = spaces.length;
  return " ".repeat(unit === Infinity ? 2 : unit);
}
