/**
 * How often an operation runs for one run of the loops around it, where these count from a constant to a constant.
 *
 * Theory: must. A loop that can be left early, is not passed in every round, or begins and ends frames itself counts once.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { headsAround, loopBlocks } from "../dataflow/loops.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ConstantSizes } from "./constant-sizes.ts";

export class CountedRounds {
  readonly #program: Program;
  readonly #sizes: ConstantSizes;
  readonly #known = new Map<FunctionIR, ReadonlyMap<BlockId, number>>();
  readonly #least = new Map<FunctionIR, ReadonlyMap<BlockId, number>>();
  readonly #blocks = new Map<FunctionIR, ReadonlyMap<string, BlockId>>();

  constructor(program: Program, sizes: ConstantSizes) {
    this.#program = program;
    this.#sizes = sizes;
  }

  /** The rounds of an operation, in loops that do not contain any of `begun`, where the frame at hand was opened. */
  of(module: ModuleIR, fn: FunctionIR, at: Location, begun: readonly Location[]): number {
    const block = this.#countsOf(module, fn).size === 0 ? null : this.#blockOf(fn, at);
    return block === null ? 1 : this.ofBlock(module, fn, block, begun);
  }

  /** The same of a block. */
  ofBlock(module: ModuleIR, fn: FunctionIR, block: BlockId, begun: readonly Location[] = []): number {
    const counted = this.#countsOf(module, fn);
    if (counted.size === 0 || fn.blocks[block]?.loop === null) return 1;
    const dominators = dominatorsOf(fn);
    let rounds = 1;
    for (const [at, head] of headsAround(fn, block).entries()) {
      const count = counted.get(head);
      const inside = loopBlocks(fn, head);
      if (count === undefined || begun.some((place) => inside.has(this.#blockOf(fn, place) ?? -1))) continue;
      const backs = [...inside].filter((id) => goesBack(fn.blocks[id], head));
      // Every round passes it, or the outermost of the loops in between, which all count as well.
      const between = headsAround(fn, block).slice(at + 1);
      const passed = between[0] ?? block;
      if (between.every((id) => counted.has(id)) && backs.every((id) => dominators.dominates(passed, id))) rounds *= count;
    }
    return rounds;
  }

  #blockOf(fn: FunctionIR, { file, span }: Location): BlockId | null {
    if (file !== fn.file) return null;
    let known = this.#blocks.get(fn);
    if (known === undefined) this.#blocks.set(fn, (known = new Map(fn.blocks.flatMap((block) => block.ops.map((op) => [`${op.span.start}:${op.span.end}`, block.id] as const)))));
    return known.get(`${span.start}:${span.end}`) ?? null;
  }

  /** How many rounds a loop goes at least when nothing ends it early, up to 2: 0 where that is not known. */
  leastRounds(module: ModuleIR, fn: FunctionIR, head: BlockId): 0 | 1 | 2 {
    let known = this.#least.get(fn);
    if (known === undefined) {
      const heads = fn.blocks.filter(({ role }) => role === "loop-head");
      known = new Map(heads.map(({ id }) => [id, this.#count(module, fn, id) ?? 0]));
      this.#least.set(fn, known);
    }
    const rounds = known.get(head) ?? 0;
    return rounds >= 2 ? 2 : rounds === 1 ? 1 : 0;
  }

  /** The only way that a loop's test can go, given the heads of loops that went round before; null for both. */
  wayAt(module: ModuleIR, fn: FunctionIR, { id, role, terminal }: Block, went: ReadonlySet<BlockId>): boolean | null {
    const least = role === "loop-head" && terminal.kind === "branch" ? this.leastRounds(module, fn, id) : 0;
    if (least === 0 || terminal.kind !== "branch") return null;
    const isRound = loopBlocks(fn, id).has(terminal.then);
    if (!went.has(id)) return isRound;
    return least === 1 ? !isRound : null;
  }

  /** Whether it is known how often the loop with this head runs, and that is at least twice. */
  isCounted(module: ModuleIR, fn: FunctionIR, head: BlockId): boolean {
    return this.#countsOf(module, fn).has(head);
  }

  #countsOf(module: ModuleIR, fn: FunctionIR): ReadonlyMap<BlockId, number> {
    let known = this.#known.get(fn);
    if (known === undefined) this.#known.set(fn, (known = this.#counts(module, fn)));
    return known;
  }

  #counts(module: ModuleIR, fn: FunctionIR): ReadonlyMap<BlockId, number> {
    const counts = new Map<BlockId, number>();
    for (const head of fn.blocks) {
      if (head.role !== "loop-head") continue;
      const ops = [...loopBlocks(fn, head.id)].flatMap((id) => fn.blocks[id]?.ops ?? []);
      if (ops.some((op) => op.op === "leave" && op.kind !== "continue") || ops.some((op) => op.op === "call" && this.#movesFrame(module, fn, op.dst))) continue;
      const count = this.#count(module, fn, head.id);
      if (count !== null && count > 1) counts.set(head.id, count);
    }
    return counts;
  }

  #movesFrame(module: ModuleIR, fn: FunctionIR, dst: Temp): boolean {
    return this.#program.tracer.targets(module, fn, dst).apis.some((api) => MOVES.has(runtimeEffect(api)?.kind ?? ""));
  }

  /** `for (let i = a; i < b; i += c)` with constants. */
  #count(module: ModuleIR, fn: FunctionIR, head: BlockId): number | null {
    const index = functionIndex(fn);
    const terminal = fn.blocks[head]?.terminal;
    const test = terminal?.kind === "branch" ? index.definition(terminal.test) : undefined;
    if (test === undefined || !("op" in test) || test.op !== "binary" || (test.operator !== "<" && test.operator !== "<=")) return null;
    const counter = loaded(index, test.left);
    if (counter === null) return null;
    const stores = index.stores(counter);
    const inside = loopBlocks(fn, head);
    const [first, ...others] = stores.filter(({ op }) => op.init).map(({ op }) => op);
    const [step, ...further] = stores.filter(({ block }) => inside.has(block)).map(({ op }) => op);
    if (first === undefined || step === undefined || others.length + further.length > 0 || module.variables[counter]?.captured === true) return null;
    const added = index.definition(step.src);
    if (added === undefined || !("op" in added) || added.op !== "binary" || added.operator !== "+" || loaded(index, added.left) !== counter) return null;
    const value = (temp: Temp): number | null => this.#sizes.number({ module, fn, temp });
    const [start, end, by] = [value(first.src), value(test.right), value(added.right)];
    if (start === null || end === null || by === null || by <= 0) return null;
    return Math.max(0, Math.ceil((end - start + (test.operator === "<=" ? 1 : 0)) / by));
  }
}

function goesBack(block: Block | undefined, head: BlockId): boolean {
  return block?.terminal.kind === "goto" && block.terminal.back && block.terminal.to === head;
}

const MOVES: ReadonlySet<string> = new Set(["begin", "end", "with-frame", "frame-scope", "sub-frame", "rollback"]);

function loaded(index: FunctionIndex, temp: Temp): number | null {
  const op = index.definition(temp);
  if (op === undefined || !("op" in op)) return null;
  if (op.op === "copy" || op.op === "cast") return loaded(index, op.src);
  return op.op === "load" ? op.variable : null;
}
