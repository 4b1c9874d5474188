/**
 * Which allocations V8's optimising compiler removes, because the value never leaves the function: they cost nothing.
 *
 * Theory: must, flow-insensitive, by the uses of the value; anything not listed lets it escape. It stays when it is read and written by
 * constant keys, compared, taken apart by a pattern, held in a variable that is stored once, placed in another value that stays itself, or
 * handed (as receiver, argument, callee) to functions with a body in sight that are small enough to be inlined and in which it stays, too.
 * What `tools/measure-costs.ts` found decides the rest (`REMOVED_BYTES`): a value chosen by a condition (but that of a default), made anew in a loop and carried over, read by a
 * variable index, iterated, or passed to a large function is *not* removed (a list of constants is, `constant-lists.ts`), nor a closure over local variables that is called in a loop; a closure handed to `forEach some every find reduce map filter` is,
 * unless it is large or captures a variable that is assigned again. A closure whose body still makes a call when it is taken in, or assigns an outer variable, is not (`outward-calls.ts`).
 *
 * `returned` is the verdict for a value whose only way out is `return`: it is removed where the callers take it apart.
 * In a function whose calls are together far above the compiler's budget for inlining, a value that is handed to any but the smallest of them escapes.
 * Bounded by DEPTH_LIMIT calls; recursion escapes. Known misses: that budget where it is nearly used up, code that never
 * gets hot enough to be optimised: both make garbage that is not reported.
 */
import { type ValueUse, valueUses } from "../dataflow/value-uses.ts";
import { functionIndex } from "../source/function-index.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { isConstantList, SEARCHES } from "./constant-lists.ts";
import type { FunctionValue } from "./function-values.ts";
import { assignsOuter, callsOut } from "./outward-calls.ts";

export type Verdict = "stays" | "returned" | "escapes";

/** About 460 bytes of bytecode (`--max-inlined-bytecode-size`), at some 4.6 bytes an operation. */
export const INLINED_OPS = 100;
/** Calls with more targets than that are not inlined. */
const INLINED_TARGETS = 4;
const DEPTH_LIMIT = 4;
/** Twice what V8 takes into one function by inlining (`--max-inlined-bytecode-size-cumulative`, 920 bytes); smaller functions than `TINY_OPS` are always taken in. */
const CROWDED_OPS = 400;
const TINY_OPS = 6;
/** Array methods that V8 inlines together with their callback. */
const INLINED_WITH_CALLBACK: ReadonlySet<string> = new Set(["forEach", "some", "every", "find", "findIndex", "reduce", "reduceRight", "map", "filter"]);

export class RemovedAllocations {
  readonly #program: Program;
  /** The value under judgement is a closure over variables of a call: then a call in a loop keeps it. */
  #capturing = false;
  /** It is a list of constants. */
  #constants = false;
  /** It is an `arguments` object, which is there to be read whether it is made or not. */
  #arguments = false;

  constructor(program: Program) {
    this.#program = program;
  }

  /** What becomes of the value that an operation makes. */
  verdict(module: ModuleIR, fn: FunctionIR, temp: Temp): Verdict {
    const made = this.#closureIn(module, fn, temp);
    this.#capturing = made !== null && made.captures.some((variable) => module.functions[module.variables[variable]?.owner ?? 0]?.kind !== "module");
    this.#constants = isConstantList(this.#program, module, fn, temp);
    const read = functionIndex(fn).operation(temp);
    this.#arguments = read?.op === "load" && module.variables[read.variable]?.kind === "arguments";
    const verdict = this.#value(module, fn, temp, 0);
    return verdict === "stays" && made !== null && this.#isKeptByBody(module, fn, temp, made) ? "escapes" : verdict;
  }

  /** A closure that is called stays when its body, taken in, still makes a call or assigns an outer variable. */
  #isKeptByBody(module: ModuleIR, fn: FunctionIR, temp: Temp, body: FunctionIR): boolean {
    return valueUses(fn).of(temp).length > 0 && (assignsOuter(module, body) || callsOut(this.#program, module, body, (target) => this.isInlined(target)));
  }

  /** The same of the array of a rest parameter; passing it on by a spread costs nothing. */
  restParameter(module: ModuleIR, fn: FunctionIR, variable: VariableId): Verdict {
    const declared = module.variables[variable];
    if (declared === undefined || declared.captured || declared.reassigned) return "escapes";
    let verdict: Verdict = "stays";
    for (const load of valueUses(fn).loadsOf(variable)) {
      for (const use of valueUses(fn).of(load)) {
        const forwarded = use.role === "argument" && use.spread;
        const element = use.role === "read-from";
        if (!forwarded && !element) verdict = worse(verdict, this.#use(module, fn, load, use, 0));
      }
    }
    return verdict;
  }

  /** Whether all that becomes of a value is to be an argument of a `new`. */
  isOptionsOfNew(fn: FunctionIR, temp: Temp): boolean {
    const uses = valueUses(fn).of(temp);
    return uses.length > 0 && uses.every((use) => use.role === "argument" && use.op.op === "new" && !use.spread);
  }

  /** Whether a text goes straight into a longer one that is reported itself: a template or a concatenation; through conditional expressions, too. */
  isPartOfText(fn: FunctionIR, temp: Temp, depth = 0): boolean {
    const uses = valueUses(fn).of(temp);
    return uses.length > 0 && depth < DEPTH_LIMIT && uses.every((use) => use.role === "text" || (use.role === "alias" && this.isPartOfText(fn, use.to, depth + 1)));
  }

  /** Whether V8 inlines a call of it. */
  isInlined(fn: FunctionIR): boolean {
    return !fn.opaque && sizeOf(fn) <= INLINED_OPS;
  }

  /** Whether a function calls so much that V8 leaves some of it where it is. */
  isCrowded(module: ModuleIR, fn: FunctionIR): boolean {
    let known = this.#crowded.get(fn);
    if (known === undefined) this.#crowded.set(fn, (known = this.#opsInCalls(module, fn) > CROWDED_OPS));
    return known;
  }

  readonly #crowded = new Map<FunctionIR, boolean>();

  #opsInCalls(module: ModuleIR, fn: FunctionIR): number {
    let count = 0;
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call" && op.op !== "new") continue;
        const { functions } = this.#program.tracer.targets(module, fn, op.dst);
        if (functions.length <= INLINED_TARGETS) for (const target of functions) if (this.isInlined(target.function)) count += sizeOf(target.function);
      }
    }
    return count;
  }

  #value(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): Verdict {
    let verdict: Verdict = "stays";
    for (const use of valueUses(fn).of(temp)) {
      verdict = worse(verdict, this.#use(module, fn, temp, use, depth));
      if (verdict === "escapes") return verdict;
    }
    return verdict;
  }

  #use(module: ModuleIR, fn: FunctionIR, temp: Temp, use: ValueUse, depth: number): Verdict {
    switch (use.role) {
      case "compared": return "stays";
      case "taken-apart": return this.#arguments ? "escapes" : "stays";
      case "returned": return "returned";
      case "alias": return functionIndex(fn).definitions(use.to) === null || this.#isDefaulted(fn, temp, use.to, depth) ? this.#value(module, fn, use.to, depth) : "escapes";
      case "stored": return this.#stored(module, fn, use.variable, depth);
      case "iterated": return this.#constants ? "stays" : "escapes";
      case "read-from": return use.op.key === null && !this.#constants && !this.#arguments ? "escapes" : "stays";
      case "written-to": return use.op.key === null || this.#arguments ? "escapes" : "stays";
      case "placed": return this.#placed(module, fn, use.into, use.key, depth);
      case "callee": return use.op.receiver === null ? this.#called(module, fn, temp, use.op, depth) : "stays";
      case "receiver": return this.#constants && SEARCHES.has(use.op.key ?? "") ? "stays" : this.#handed(module, fn, use.op.dst, "this", depth);
      case "argument": return this.#argument(module, fn, temp, use, depth);
      case "text": case "other": return "escapes";
    }
  }

  /** `f({ a = 0 } = {})`: of a call that is taken in the compiler knows whether the argument is there, so that nothing is chosen. */
  #isDefaulted(fn: FunctionIR, temp: Temp, to: Temp, depth: number): boolean {
    const index = functionIndex(fn);
    const sources = (index.definitions(to) ?? []).map((each) => ("op" in each && each.op === "copy" ? each.src : -1));
    const passed = sources.find((source) => { const load = index.operation(source); return load?.op === "load" && fn.params.some(({ variable }) => variable === load.variable); });
    // What has a name is stored back where it came from, and that is not followed.
    if (passed === undefined || sources.length !== 2 || valueUses(fn).of(to).some(({ role }) => role === "stored") || !fn.blocks.some(({ terminal }) => terminal.kind === "branch" && terminal.on === "undefined" && terminal.test === passed)) return false;
    return temp === passed ? depth > 0 : this.isInlined(fn);
  }

  #stored(module: ModuleIR, fn: FunctionIR, variable: VariableId, depth: number): Verdict {
    const declared = module.variables[variable];
    if (declared === undefined || declared.owner !== fn.id || declared.reassigned || declared.captured || fn.kind === "module") return "escapes";
    return this.#variable(module, fn, variable, depth);
  }

  #variable(module: ModuleIR, fn: FunctionIR, variable: VariableId, depth: number): Verdict {
    const declared = module.variables[variable];
    if (declared === undefined || declared.captured || declared.reassigned) return "escapes";
    let verdict: Verdict = "stays";
    for (const load of valueUses(fn).loadsOf(variable)) verdict = worse(verdict, this.#value(module, fn, load, depth));
    return verdict;
  }

  /** Inside another literal of this function that stays: what is read back from there must stay as well. */
  #placed(module: ModuleIR, fn: FunctionIR, into: Temp, key: string | null, depth: number): Verdict {
    const index = functionIndex(fn);
    const uses = valueUses(fn);
    const holder = index.definition(into);
    // The elements of a list of lists are not shared.
    this.#constants = this.#arguments = false;
    if (key === null || holder === undefined || !("op" in holder) || (holder.op !== "object" && holder.op !== "array") || depth >= DEPTH_LIMIT) return "escapes";
    let verdict = this.#value(module, fn, into, depth + 1);
    for (const alias of this.#aliases(fn, into)) {
      for (const use of uses.of(alias)) {
        if (use.role === "read-from" && use.op.key === key) verdict = worse(verdict, this.#value(module, fn, use.op.dst, depth + 1));
      }
    }
    return verdict;
  }

  /** The temps that hold the same value: through casts, copies and variables. Complete for a value that stays. */
  #aliases(fn: FunctionIR, temp: Temp): ReadonlySet<Temp> {
    const uses = valueUses(fn);
    const found = new Set<Temp>([temp]);
    for (const at of found) {
      for (const use of uses.of(at)) {
        if (use.role === "alias") found.add(use.to);
        else if (use.role === "stored") for (const load of uses.loadsOf(use.variable)) found.add(load);
      }
    }
    return found;
  }

  /** A closure, or a parameter that holds one, called right here. */
  #called(module: ModuleIR, fn: FunctionIR, temp: Temp, call: Op, depth: number): Verdict {
    if (this.#capturing && fn.blocks.some((block) => block.loopDepth > 0 && block.ops.includes(call))) return "escapes";
    const body = this.#closureIn(module, fn, temp);
    if (body !== null) return this.isInlined(body) ? "stays" : "escapes";
    // The closure handed in was judged by its own size before.
    return depth > 0 ? "stays" : "escapes";
  }

  /** The function that a temp holds, made here or held in a variable that is stored once. */
  #closureIn(module: ModuleIR, fn: FunctionIR, temp: Temp): FunctionIR | null {
    const index = functionIndex(fn);
    let made = index.definition(temp);
    if (made !== undefined && "op" in made && made.op === "load") {
      const { variable } = made;
      const declared = module.variables[variable];
      if (declared === undefined || declared.reassigned || declared.owner !== fn.id) return null;
      const [store] = index.stores(variable);
      made = store === undefined ? undefined : index.definition(store.op.src);
    }
    return made !== undefined && "op" in made && made.op === "function" ? module.functions[made.function] ?? null : null;
  }

  #argument(module: ModuleIR, fn: FunctionIR, temp: Temp, use: ValueUse & { readonly role: "argument" }, depth: number): Verdict {
    if (use.spread) return "escapes";
    const body = this.#closureIn(module, fn, temp);
    if (body !== null && this.#runsInline(module, fn, use)) return this.isInlined(body) && !this.#capturesAssigned(module, body) ? "stays" : "escapes";
    return this.#handed(module, fn, use.op.dst, use.slot, depth);
  }

  /** The call is one that V8 inlines with its callback, or a scope of our runtime, which is written to be. */
  #runsInline(module: ModuleIR, fn: FunctionIR, use: ValueUse & { readonly role: "argument" }): boolean {
    const { op } = use;
    if (op.op !== "call" || op.key === null) return false;
    const targets = this.#program.tracer.targets(module, fn, op.dst);
    if (targets.apis.some((api) => { const kind = runtimeEffect(api)?.kind; return kind === "call-now" || kind === "with-frame"; })) return true;
    if (!INLINED_WITH_CALLBACK.has(op.key) || use.slot !== 0 || targets.functions.length > 0) return false;
    // A receiver that nobody can name is taken for an array: silence rather than a doubtful finding.
    return targets.apis.every((api) => api === `global:Array#${op.key ?? ""}` || api === `global:ReadonlyArray#${op.key ?? ""}`);
  }

  #capturesAssigned(module: ModuleIR, body: FunctionIR): boolean {
    return body.captures.some((variable) => {
      const declared = module.variables[variable];
      return declared !== undefined && declared.reassigned && declared.owner === body.parent && module.functions[declared.owner]?.kind !== "module";
    });
  }

  /** Handed to a call as `this` or as an argument; an alias when the callee gives it back. */
  #handed(module: ModuleIR, fn: FunctionIR, call: Temp, as: number | "this", depth: number): Verdict {
    if (depth >= DEPTH_LIMIT) return "escapes";
    const targets = this.#program.tracer.targets(module, fn, call);
    if (!targets.complete || targets.apis.length > 0 || targets.functions.length === 0 || targets.functions.length > INLINED_TARGETS) return "escapes";
    let verdict: Verdict = "stays";
    const crowded = depth === 0 && this.isCrowded(module, fn);
    for (const target of targets.functions) {
      if (crowded && sizeOf(target.function) > TINY_OPS) return "escapes";
      if (!this.isInlined(target.function) || target.function.generator || target.function.async) return "escapes";
      const inside = as === "this" ? this.#this(target.module, target.function, depth + 1) : this.#parameterAt(target.module, target.function, as, depth + 1);
      verdict = worse(verdict, inside === "returned" ? this.#value(module, fn, call, depth) : inside);
    }
    return verdict;
  }

  #this(module: ModuleIR, fn: FunctionIR, depth: number): Verdict {
    let verdict: Verdict = "stays";
    for (const temp of valueUses(fn).thisTemps) verdict = worse(verdict, this.#value(module, fn, temp, depth));
    return verdict;
  }

  #parameterAt(module: ModuleIR, fn: FunctionIR, position: number, depth: number): Verdict {
    const param = fn.params[position];
    // More arguments than parameters: nobody reads it, unless by `arguments`.
    if (param === undefined) return "stays";
    return param.rest ? "escapes" : this.#variable(module, fn, param.variable, depth);
  }

  /** Whether the constructors of a class let the new instance go, when `maker` makes it. */
  constructorKeeps(module: ModuleIR, fn: FunctionIR, maker: FunctionValue): boolean {
    if (sizeOf(fn) > TINY_OPS && this.isCrowded(maker.module, maker.function)) return false;
    return this.isInlined(fn) && this.#this(module, fn, 1) === "stays";
  }
}

function worse(a: Verdict, b: Verdict): Verdict {
  return a === "escapes" || b === "escapes" ? "escapes" : a === "returned" || b === "returned" ? "returned" : "stays";
}

function sizeOf(fn: FunctionIR): number {
  let count = 0;
  for (const block of fn.blocks) count += block.ops.length + 1;
  return count;
}
