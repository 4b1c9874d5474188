/**
 * How often a loop goes round: by a counter that each round moves, by the elements it walks, by a length that it empties.
 *
 * Theory: only tests that every round passes count. The rounds are an upper bound, exact when one test alone ends the loop and all its figures are
 * known; `most` is null when the loop counts and its figures are not known (a length, a size, a parameter). A loop without a count has none:
 * `while (true)`, `while (running)`, a walk along `next`.
 * Known misses: counters in fields whose limits are constants; tests of which either may end the loop (`a || b`).
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { loopsAround, type NaturalLoop } from "../dataflow/natural-loops.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { KnownSizes, Quantity } from "./known-sizes.ts";

export interface Rounds {
  /** Null: as many as there are elements. */
  readonly most: number | null;
  readonly exact: boolean;
}

interface Test {
  readonly temp: Temp;
  /** The truth of it that goes on with the round. */
  readonly stays: boolean;
}

/** A number that each round moves by a constant, or by something unknown. */
interface Counter {
  readonly variable: VariableId | null;
  readonly step: number | null;
  readonly factor: number | null;
}

const MIRRORED: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };
const NEGATED: Readonly<Record<string, string>> = { "<": ">=", ">": "<=", "<=": ">", ">=": "<", "===": "!==", "!==": "===", "==": "!=", "!=": "==" };
const UNKNOWN_ROUNDS: Rounds = { most: null, exact: false };

export class LoopRounds {
  readonly #sizes: KnownSizes;

  constructor(sizes: KnownSizes) {
    this.#sizes = sizes;
    sizes.roundsAround = (at, block, depth) => this.#around(at, block, depth);
  }

  /** Null for a loop without a count. */
  of(module: ModuleIR, fn: FunctionIR, loop: NaturalLoop): Rounds | null {
    return this.#of({ module, fn, temp: 0 }, loop, 0);
  }

  /** The elements at most that a callback is called for. */
  elements(at: Quantity): number | null {
    return this.#sizes.size(at);
  }

  /** For a test of a loop's counter for one value: the truth of it that holds in that round alone. Null for any other test. */
  comparesCounter(fn: FunctionIR, loop: NaturalLoop, test: Temp): boolean | null {
    const op = this.#defined(fn, test);
    if (op?.op === "unary" && op.operator === "!") {
      const inner = this.comparesCounter(fn, loop, op.src);
      return inner === null ? null : !inner;
    }
    if (op?.op !== "binary" || !/^[=!]==?$/.test(op.operator)) return null;
    return this.#counter(fn, loop, op.left) === null && this.#counter(fn, loop, op.right) === null ? null : op.operator.startsWith("=");
  }

  /** The product over all loops around a block; 1 outside loops, null when one of them is not known. */
  #around(at: Quantity, block: BlockId, depth: number): number | null {
    let product = 1;
    for (const loop of loopsAround(at.fn, block)) {
      const most = depth > MAX_DEPTH ? null : this.#of(at, loop, depth)?.most ?? null;
      if (most === null) return null;
      product *= most;
    }
    return product;
  }

  #of(at: Quantity, loop: NaturalLoop, depth: number): Rounds | null {
    const head = at.fn.blocks[loop.head];
    const found: Rounds[] = [];
    if (head?.terminal.kind === "next") {
      const most = this.#sizes.size({ ...at, temp: head.terminal.iterator }, depth + 1);
      found.push({ most, exact: false });
    }
    const { tests, others } = this.#exits(at.fn, loop);
    let counted = found.length;
    for (const test of tests) {
      const rounds = this.#counted(at, loop, test, depth);
      if (rounds === null) continue;
      counted += 1;
      found.push(rounds);
    }
    if (counted === 0) return null;
    const alone = tests.length + (head?.terminal.kind === "next" ? 1 : 0) === 1 && !others;
    const known = found.flatMap((each) => each.most ?? []);
    return known.length === 0 ? UNKNOWN_ROUNDS : { most: Math.min(...known), exact: alone && found.every((each) => each.exact) };
  }

  /** The tests that every round passes and one way of which leaves the loop; whether it may be left otherwise. */
  #exits(fn: FunctionIR, loop: NaturalLoop): { readonly tests: readonly Test[]; readonly others: boolean } {
    const dominators = dominatorsOf(fn);
    const tests: Test[] = [];
    let others = false;
    for (const id of loop.blocks) {
      const terminal = fn.blocks[id]?.terminal;
      if (terminal?.kind !== "branch") continue;
      const stays = loop.blocks.has(terminal.then);
      if (stays === loop.blocks.has(terminal.else)) continue;
      if (terminal.on === "truthy" && loop.latches.every((latch) => dominators.dominates(id, latch))) tests.push({ temp: terminal.test, stays });
      else others = true;
    }
    return { tests, others };
  }

  #counted(at: Quantity, loop: NaturalLoop, test: Test, depth: number): Rounds | null {
    const op = this.#defined(at.fn, test.temp);
    if (op === null) return null;
    if (op.op === "unary" && op.operator === "!") return this.#counted(at, loop, { temp: op.src, stays: !test.stays }, depth);
    if (op.op === "binary") {
      const operator = test.stays ? op.operator : NEGATED[op.operator] ?? "";
      const counter = this.#counter(at.fn, loop, op.left);
      if (counter !== null) return this.#rounds(at, loop, counter, operator, op.right, depth);
      const mirrored = this.#counter(at.fn, loop, op.right);
      if (mirrored !== null) return this.#rounds(at, loop, mirrored, MIRRORED[operator] ?? operator, op.left, depth);
      return this.#isLength(at.fn, op.left) || this.#isLength(at.fn, op.right) ? UNKNOWN_ROUNDS : null;
    }
    // `while (n--)`, `while (queue.length)`
    const counter = test.stays ? this.#counter(at.fn, loop, test.temp) : null;
    if (counter !== null) return this.#rounds(at, loop, counter, "!==", null, depth);
    return test.stays && this.#isLength(at.fn, test.temp) ? UNKNOWN_ROUNDS : null;
  }

  #rounds(at: Quantity, loop: NaturalLoop, counter: Counter, operator: string, limit: Temp | null, depth: number): Rounds | null {
    const up = operator === "<" || operator === "<=" || operator === "!==" || operator === "!=";
    const down = operator === ">" || operator === ">=" || operator === "!==" || operator === "!=";
    if (!up && !down) return null;
    if (counter.variable === null) return UNKNOWN_ROUNDS;
    const start = this.#start(at.fn, loop, counter.variable);
    const span = this.#span(at, start, limit, counter, depth);
    if (span === null) return UNKNOWN_ROUNDS;
    const { distance, exact } = span;
    const inclusive = operator === "<=" || operator === ">=" ? 1 : 0;
    if (counter.step === null || counter.step === 0) return UNKNOWN_ROUNDS;
    return { most: Math.max(0, Math.ceil((distance + inclusive) / Math.abs(counter.step))), exact: exact && Number.isInteger(distance) };
  }

  /** How far the counter goes: from its start to the limit. A start that is not known is taken for 0 when the counter goes up. */
  #span(at: Quantity, start: Temp | null, limit: Temp | null, counter: Counter, depth: number): { readonly distance: number; readonly exact: boolean } | null {
    const end = limit === null ? 0 : this.#sizes.number({ ...at, temp: limit }, depth + 1);
    const from = start === null ? null : this.#sizes.number({ ...at, temp: start }, depth + 1);
    const constant = (temp: Temp | null): boolean => temp === null || this.#sizes.isConstant({ ...at, temp });
    if (counter.factor !== null) return counter.factor > 1 && end !== null && from !== null && from > 0 ? { distance: Math.ceil(Math.log(end / from) / Math.log(counter.factor)), exact: false } : null;
    if (counter.step === null) return null;
    const offset = start === null || limit === null ? null : this.#offset(at.fn, start, limit);
    if (offset !== null) return { distance: Math.abs(offset), exact: true };
    const exact = start !== null && constant(start) && constant(limit);
    if (counter.step < 0) return from === null ? null : { distance: from - (end ?? 0), exact };
    return end === null ? null : { distance: end - (start !== null && constant(start) ? from ?? 0 : 0), exact };
  }

  /** `for (let i = first; i < first + 4; i++)` */
  #offset(fn: FunctionIR, start: Temp, limit: Temp): number | null {
    const from = this.#defined(fn, start);
    const to = this.#defined(fn, limit);
    if (from?.op !== "load" || to?.op !== "binary" || to.operator !== "+") return null;
    const left = this.#defined(fn, to.left);
    const right = this.#defined(fn, to.right);
    const [base, added] = left?.op === "load" ? [left, right] : [right, left];
    return base?.op === "load" && base.variable === from.variable && added?.op === "const" && typeof added.value === "number" ? added.value : null;
  }

  /** What the variable holds when the loop is entered, as far as one store says it. */
  #start(fn: FunctionIR, loop: NaturalLoop, variable: VariableId): Temp | null {
    const [store, ...others] = functionIndex(fn).stores(variable).filter(({ block }) => !loop.blocks.has(block));
    return store !== undefined && others.length === 0 ? store.op.src : null;
  }

  /** The counter that a temp reads, before or after it is moved. */
  #counter(fn: FunctionIR, loop: NaturalLoop, temp: Temp): Counter | null {
    const op = this.#defined(fn, temp);
    if (op?.op === "load") return this.#moved(fn, loop, op.variable);
    if (op?.op === "get") return op.key !== null && this.#fieldMoves(fn, loop, op.key) ? { variable: null, step: null, factor: null } : null;
    if (op?.op !== "binary") return null;
    for (const id of loop.blocks) for (const each of fn.blocks[id]?.ops ?? []) if (each.op === "store" && each.src === op.dst) return this.#moved(fn, loop, each.variable);
    return null;
  }

  /** How a variable moves in a round: every store in the loop must be a step from its own value. */
  #moved(fn: FunctionIR, loop: NaturalLoop, variable: VariableId): Counter | null {
    const steps: { readonly operator: string; readonly by: number | null }[] = [];
    for (const id of loop.blocks) {
      for (const op of fn.blocks[id]?.ops ?? []) {
        if (op.op !== "store" || op.variable !== variable) continue;
        const step = this.#step(fn, op.src, variable);
        if (step === null) return null;
        steps.push(step);
      }
    }
    const [only] = steps;
    if (only === undefined) return null;
    if (steps.length > 1 || only.by === null) return { variable, step: null, factor: null };
    if (only.operator === "*") return { variable, step: 1, factor: only.by };
    return { variable, step: only.operator === "-" ? -only.by : only.operator === "+" ? only.by : null, factor: null };
  }

  #step(fn: FunctionIR, src: Temp, variable: VariableId): { readonly operator: string; readonly by: number | null } | null {
    const op = this.#defined(fn, src);
    if (op?.op !== "binary" || !STEPS.has(op.operator)) return null;
    const left = this.#defined(fn, op.left);
    const right = this.#defined(fn, op.right);
    const [own, by] = left?.op === "load" && left.variable === variable ? [left, right] : [right, left];
    if (own?.op !== "load" || own.variable !== variable) return null;
    return { operator: op.operator, by: by?.op === "const" && typeof by.value === "number" ? by.value : null };
  }

  #fieldMoves(fn: FunctionIR, loop: NaturalLoop, key: string): boolean {
    for (const id of loop.blocks) {
      for (const op of fn.blocks[id]?.ops ?? []) {
        if (op.op !== "set" || op.key !== key) continue;
        const value = this.#defined(fn, op.src);
        if (value?.op === "binary" && STEPS.has(value.operator)) return true;
      }
    }
    return false;
  }

  #isLength(fn: FunctionIR, temp: Temp): boolean {
    const op = this.#defined(fn, temp);
    return op?.op === "get" && (op.key === "length" || op.key === "size");
  }

  /** The only operation that writes a temp, copies and casts looked through. */
  #defined(fn: FunctionIR, temp: Temp): Op | null {
    const index = functionIndex(fn);
    if (index.definitions(temp) !== null) return null;
    const op = index.definition(temp);
    if (op === undefined || !("op" in op)) return null;
    return op.op === "copy" || op.op === "cast" ? this.#defined(fn, op.src) : op;
  }
}

const MAX_DEPTH = 10;
const STEPS: ReadonlySet<string> = new Set(["+", "-", "*", "/", ">>", ">>>", "<<"]);
