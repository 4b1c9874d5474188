/**
 * From an allocation outwards: the loops and callbacks around it that repeat it, up to where a batch would no longer do. See
 * `loop-allocations.ts` for the theory.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { loopsAround, type NaturalLoop } from "../dataflow/natural-loops.ts";
import { ELEMENT, type Origin, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import { sameLocation } from "../dataflow/locations.ts";
import { isFrameBoundary, isPartOfFrame } from "../knowledge/lifetime-apis.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import { FrameRun, reach } from "./frame-run.ts";
import { KnownSizes } from "./known-sizes.ts";
import { LoopRounds, type Rounds } from "./loop-rounds.ts";
import type { Candidate } from "./made-in-calls.ts";
import { movesFrames, Repetitions, type Repeat } from "./repetitions.ts";
import { changesWithRounds } from "./changing-arguments.ts";
import type { Step, ValueFates } from "./value-fates.ts";

export interface Ways {
  readonly most: number | null;
  readonly exact: boolean;
  readonly loops: readonly Location[];
  /** The loop right around the call, in its own function. */
  readonly innermost: NaturalLoop | null;
}

interface Place {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly block: BlockId;
  /** What allocates, as this function knows it; null where that is not followed. */
  readonly allocator: Origin | null;
}

interface Collected {
  readonly rounds: readonly Rounds[];
  readonly loops: readonly Location[];
  /** Something on the way stops at what was collected so far. */
  readonly ended: boolean;
}

const MAX_CALLBACKS = 4;

export class RoundsOutwards {
  readonly fates: ValueFates;
  readonly #result: FrameAnalysis;
  readonly #repetitions: Repetitions;
  readonly #rounds: LoopRounds;
  readonly #held = new WeakMap<NaturalLoop, ReadonlySet<Origin>>();
  readonly #broken = new WeakMap<NaturalLoop, boolean>();
  readonly #counts = new WeakMap<NaturalLoop, { readonly rounds: Rounds | null }>();

  constructor(result: FrameAnalysis, fates: ValueFates) {
    this.#result = result;
    this.fates = fates;
    this.#repetitions = new Repetitions(result);
    const { program, names } = result.analysis;
    let calls: ReturnType<typeof callers> | null = null;
    this.#rounds = new LoopRounds(new KnownSizes(program, names, (fn) => (calls ??= callers(result)).get(fn) ?? []));
  }

  /** Null when nothing repeats it. */
  of(candidate: Candidate): Ways | null {
    const { fn, step, site } = candidate;
    const module = this.#result.analysis.moduleOf(fn);
    const innermost = loopsAround(fn, step.block)[0] ?? null;
    const { rounds, loops } = this.#follow({ module, fn, block: step.block, allocator: site.allocator }, { at: site.at, is: (origin) => isExactly(origin, site) }, { at: site.at, is: (origin) => isMadeAt(origin, site) }, 0);
    // The second question costs a look through the function: few get so far.
    if (rounds.length === 0 || changesWithRounds(this.#result, candidate, innermost)) return null;
    let most: number | null = 1;
    for (const each of rounds) most = most === null || each.most === null ? null : most * each.most;
    return { most, exact: rounds.every((each) => each.exact), loops, innermost };
  }

  /** `is` tells the value in the function of the allocation, `isOuter` in those around it. */
  #follow(place: Place, is: Test, isOuter: Test, depth: number): Collected {
    const inside = this.#throughLoops(place, is);
    if (inside.ended || depth > MAX_CALLBACKS || place.fn.async || isParameterOf(place.allocator, place.fn)) return inside;
    let best: Collected = inside;
    for (const repeat of this.#repetitions.of(place.fn)) {
      if (this.#neededApart(place.fn, repeat, is)) continue;
      const more = this.#throughRepeat(repeat, isOuter, depth);
      const all: Collected = { rounds: [...inside.rounds, ...more.rounds], loops: [...inside.loops, ...more.loops], ended: true };
      if (isMore(all, best)) best = all;
    }
    return best;
  }

  #throughRepeat(repeat: Repeat, is: Test, depth: number): Collected {
    const first: { rounds: Rounds[]; loops: Location[] } = { rounds: [], loops: [] };
    if (repeat.each !== null) {
      first.rounds.push({ most: this.#rounds.elements({ module: repeat.module, fn: repeat.fn, temp: repeat.each }), exact: false });
      first.loops.push(repeat.at);
    }
    const around = repeat.inside === null ? null : this.#throughLoops({ ...repeat.inside, allocator: null }, is);
    if (around?.ended === true) return { ...first, ...around, ended: true };
    const outer = this.#follow({ ...repeat, allocator: null }, is, is, depth + 1);
    return { rounds: [...first.rounds, ...(around?.rounds ?? []), ...outer.rounds], loops: [...first.loops, ...(around?.loops ?? []), ...outer.loops], ended: outer.ended };
  }

  #throughLoops(place: Place, is: Test): Collected {
    const rounds: Rounds[] = [];
    const loops: Location[] = [];
    for (const loop of loopsAround(place.fn, place.block)) {
      let counted = this.#counts.get(loop);
      if (counted === undefined) this.#counts.set(loop, (counted = { rounds: this.#rounds.of(place.module, place.fn, loop) }));
      const each = counted.rounds;
      if (each === null || this.#isBroken(place.fn, loop) || this.#isOfOneRound(place, loop) || isMadeInRound(place.allocator, place.fn, loop) || this.#isNeededApart(place.fn, loop, is)) return { rounds, loops, ended: true };
      rounds.push(each);
      loops.push(locationOf(place.fn, loop));
    }
    return { rounds, loops, ended: false };
  }

  /** Rounds with a frame, or a part of one, of their own, or spread over time. */
  #isBroken(fn: FunctionIR, loop: NaturalLoop): boolean {
    let broken = this.#broken.get(loop);
    if (broken === undefined) this.#broken.set(loop, (broken = this.#findsBreak(fn, loop)));
    return broken;
  }

  #findsBreak(fn: FunctionIR, loop: NaturalLoop): boolean {
    for (const id of loop.blocks) if (fn.blocks[id]?.ops.some((op) => op.op === "await" || op.op === "yield") === true) return true;
    return this.fates.steps(fn).some((step) => loop.blocks.has(step.block) && (step.apis.some((api) => isFrameBoundary(api) || isPartOfFrame(api)) || [...step.functions].some((callee) => this.#movesFrames(callee))));
  }

  #movesFrames(callee: FunctionIR): boolean {
    const summary = this.#result.solved.get(callee)?.summary;
    return summary !== undefined && movesFrames(summary);
  }

  /** `if (i === 0) ...`: the branch is taken in one of the rounds. */
  #isOfOneRound({ fn, block }: Place, loop: NaturalLoop): boolean {
    const dominators = dominatorsOf(fn);
    for (const id of loop.blocks) {
      const terminal = fn.blocks[id]?.terminal;
      if (terminal?.kind !== "branch" || terminal.on !== "truthy") continue;
      const equal = this.#rounds.comparesCounter(fn, loop, terminal.test);
      const entered = equal === null ? null : equal ? terminal.then : terminal.else;
      if (entered !== null && fn.blocks[entered]?.predecessors.length === 1 && dominators.dominates(entered, block)) return true;
    }
    return false;
  }

  /** Whether the values of several rounds are alive together, given back one by one, or given away. */
  #isNeededApart(fn: FunctionIR, loop: NaturalLoop, is: Test): boolean {
    return this.#isTakenApart(fn, (step) => loop.blocks.has(step.block), is) || this.#isKept(fn, loop, is);
  }

  #isTakenApart(fn: FunctionIR, within: (step: Step) => boolean, is: Test): boolean {
    return this.fates.stepsWith(fn, is.at).some((step) => within(step) && (this.fates.releases(step, is.is) || this.fates.handsOver(step, is.is)));
  }

  /** Held when the next round begins, by anything but the round's own variables. */
  #isKept(fn: FunctionIR, loop: NaturalLoop, is: Test): boolean {
    let held = this.#held.get(loop);
    if (held === undefined) this.#held.set(loop, (held = this.#heldAt(fn, loop)));
    for (const origin of held) if (is.is(origin)) return true;
    return false;
  }

  #heldAt(fn: FunctionIR, loop: NaturalLoop): ReadonlySet<Origin> {
    const { analysis, solved } = this.#result;
    const run = new FrameRun(analysis, fn, "solve");
    const held = new Set<Origin>();
    for (const state of solved.get(fn)?.states.get(loop.head)?.values() ?? []) {
      for (const cell of state.cells.values()) {
        if (cell.base !== null && rootOf(cell.base).kind === "site") continue;
        if (cell.base === null && cell.module === run.module && isRoundsOwn(fn, loop, cell.variable)) continue;
        for (const origin of reach(run, state, cell.value)) held.add(origin);
      }
    }
    return held;
  }

  /** As `#isNeededApart`, where a round is a call of the callback. */
  #neededApart(fn: FunctionIR, repeat: Repeat, is: Test): boolean {
    if (this.#isTakenApart(fn, () => true, is)) return true;
    for (const exit of this.#result.solved.get(fn)?.summary.exits ?? []) {
      const held = new Set<Origin>(repeat.keepsResult ? exit.returns : []);
      const own: { readonly base: Origin; readonly value: Value }[] = [];
      for (const cell of exit.cells) {
        if (cell.base !== null && rootOf(cell.base).kind === "site") own.push({ base: cell.base, value: cell.value });
        else for (const origin of cell.value) held.add(origin);
      }
      // A set grows while it is walked: what is added is walked too.
      for (const origin of held) for (const cell of own) if (cell.base === origin) for (const more of cell.value) held.add(more);
      if ([...held].some(is.is)) return true;
    }
    return false;
  }
}

/** A value, by where it is made and how it is told from others made there. */
interface Test {
  readonly at: Location;
  readonly is: (origin: Origin) => boolean;
}

function isExactly(origin: Origin, site: Site): boolean {
  const root = rootOf(origin);
  return root.kind === "site" && sameLocation(root.site.at, site.at) && root.site.via.length === site.via.length && root.site.via.every((at, index) => sameLocation(at, site.via[index] ?? at));
}

function isMadeAt(origin: Origin, site: Site): boolean {
  const root = rootOf(origin);
  return root.kind === "site" && sameLocation(root.site.at, site.at);
}

/** Whether each call of the function may be given another allocator. */
function isParameterOf(allocator: Origin | null, fn: FunctionIR): boolean {
  if (allocator === null) return false;
  const root = rootOf(allocator);
  return root.kind === "param" && root.fn === fn;
}

/** Whether each round has an allocator of its own: one made in it, or an element of what is walked. */
function isMadeInRound(allocator: Origin | null, fn: FunctionIR, loop: NaturalLoop): boolean {
  for (let origin = allocator; origin !== null; origin = origin.kind === "field" ? origin.base : null) {
    if (origin.kind === "field" && origin.name === ELEMENT) return true;
    if (origin.kind !== "site") continue;
    const { at } = origin.site;
    for (const id of loop.blocks) if (fn.blocks[id]?.ops.some((op) => "dst" in op && sameLocation({ file: fn.file, span: op.span }, at)) === true) return true;
  }
  return false;
}

/** Declared in the loop and written nowhere else: made anew each round. */
function isRoundsOwn(fn: FunctionIR, loop: NaturalLoop, variable: number): boolean {
  const stores = functionIndex(fn).stores(variable);
  return stores.some(({ op }) => op.init) && stores.every(({ block }) => loop.blocks.has(block));
}

function locationOf(fn: FunctionIR, loop: NaturalLoop): Location {
  const head = fn.blocks[loop.head];
  const terminal = head?.terminal;
  const span = terminal !== undefined && "span" in terminal ? terminal.span : head?.ops[0]?.span ?? fn.nameSpan;
  return { file: fn.file, span };
}

/** Unknown rounds are the most. */
function isMore(a: Collected, b: Collected): boolean {
  const size = ({ rounds }: Collected): number => rounds.reduce((product, each) => product * (each.most ?? Number.POSITIVE_INFINITY), rounds.length === 0 ? 0 : 1);
  return size(a) > size(b);
}

type CallOf = { readonly module: ModuleIR; readonly fn: FunctionIR; readonly op: Op & { readonly op: "call" | "new" } };

/** The calls of each function, when the program is all there is. Who is asked once looks through all of it. */
function callers({ analysis: { program } }: FrameAnalysis): ReadonlyMap<FunctionIR, readonly CallOf[]> {
  const calls = new Map<FunctionIR, CallOf[]>();
  if (!program.settings.wholeProgram) return calls;
  for (const module of program.modules) {
    if (module.role !== "project") continue;
    for (const fn of module.functions) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op !== "call" && op.op !== "new") continue;
          for (const callee of new Set(program.tracer.targets(module, fn, op.dst).functions.map((target) => target.function))) {
            const known = calls.get(callee);
            if (known === undefined) calls.set(callee, [{ module, fn, op }]);
            else known.push({ module, fn, op });
          }
        }
      }
    }
  }
  return calls;
}
