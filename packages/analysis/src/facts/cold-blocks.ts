/**
 * Blocks of a function that do not run every time it runs, seen from the function alone: garbage there is not made every frame.
 *
 * Cold is a block that
 *   - always ends in a throw, or is entered by an exception alone (catch handlers);
 *   - runs in development only (`process.env.NODE_ENV`, `import.meta.env.DEV`, a constant named `DEBUG`, `__DEV__`, `_ASSERT`), or in the frame in which a key is pressed;
 *   - stands in for a built-in that every engine has (`built-in-tests.ts`);
 *   - is for values that the declared type of a parameter excludes (`excluded-types.ts`);
 *   - stands in where a length is zero by which is divided otherwise (`zero-lengths.ts`);
 *   - complains: every way through its branch calls `console.error`, `warn`, `assert` or `trace`, or makes an error, or it tells listeners that something begins or ends (`announcements.ts`);
 *   - puts an end to its own condition: `if (!this.x) this.x = ...` (first use, also `??=`, a cache or pool miss, an early return on a
 *     `ready` flag), `if (this.dirty) { this.dirty = false; ... }`, `if (this.width !== width) { this.width = width; ... }`,
 *     `if (items.length < n) items = new ...`; the assignment may stand in a callee, two levels deep, or beside the branch (`before = now`); of a branch that
 *     ends itself on some ways only, those are cold;
 *   - ends what a function or a flag of the call says to be stale (`stale-answers.ts`);
 *   - starts what goes on by itself: a sound, a tween, a timer (`one-shots.ts`), or puts off the time that it waits for (`timed-waits.ts`);
 *   - goes over to another state: it replaces the object that runs (`state-machines.ts`), or is a part of a branch that ends the state which the branch asks for (`state-changes.ts`);
 *   - is guarded by a flag of this call that cold code alone raises (`local-flags.ts`), or a difference that the branch ends;
 *   - shows something (`if (options.showStats)`) that is off wherever it is said (`off-settings.ts`);
 *   - supplies a missing value (`a ?? new B()`), or resizes (`setSize` under a comparison);
 *   - runs in frames that rare code marked (`stamps.ts`), or makes a copy of its own of what was shared (`own-copies.ts`);
 *   - makes a place the constant that it must not be yet (`settled-places.ts`), or starts a count anew that no hot code adds to (`if (this.wasted > limit) { compact(); this.wasted = 0; }`);
 *   - waits for a member that holds something only while some other function runs (`bracketed-members.ts`), or a variable that does while this one runs (`own-brackets.ts`);
 *   - is the body of a loop over what has changed, which is emptied then (`drained-lists.ts`), or empties the list that it waits for (`emptied-lists.ts`);
 *   - is left over when all of these are taken away.
 * Of several ways in (`a || b`) one must be such, and the others at least ask whether something is stale.
 * A branch that supplies a missing *parameter* is cold only while every caller passes it: `withoutArgument` says which parameter.
 *
 * Theory: must. An assignment counts when no path through the branch goes round it (paths that throw aside). The judgement is one of
 * frequency, not of truth: a flag that someone sets every frame makes its branch hot, and that is missed.
 */
import { successors } from "../cfg/order.ts";
import { type Place, type Places, placesOf } from "../dataflow/places.ts";
import { type Regions, regionsOf } from "../dataflow/regions.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { BlockId, FunctionIR, ModuleIR } from "../source/ir.ts";
import { kept } from "../source/kept-facts.ts";
import { Answers } from "../source/reads.ts";
import { BranchEffects } from "./branch-effects.ts";
import { NO_BUILT_IN } from "./built-in-tests.ts";
import { type Condition, placesIn } from "./cold-tests.ts";
import { drainedLoops } from "./drained-lists.ts";
import { isRaisedByColdCode } from "./local-flags.ts";
import { addedTo, emptiesList, listAsked } from "./emptied-lists.ts";
import { emptiedSince } from "./held-at-first.ts";
import { isExcludedByType } from "./excluded-types.ts";
import { hasNothingToDo } from "./nothing-to-do.ts";
import { ANOTHER_STATE, type Occasion, occasions } from "./occasions.ts";
import { ownCopy } from "./own-copies.ts";
import { asksWhatIsMadeAnew, isInWhatIsMadeAnew } from "./made-anew.ts";
import { isEmptyAtFirst } from "./own-brackets.ts";
import { isWithinCold, partsThatEnd } from "./parts-of-branches.ts";
import { suppliedParameter } from "./supplied-parameters.ts";
import { missesPool, takesNext } from "./pool-misses.ts";
import { type ScanNeeds, scanNeeds } from "./scan-needs.ts";
import { settledBy } from "./settled-places.ts";
import type { Staleness } from "./stale-answers.ts";
import { stateChanges } from "./state-changes.ts";
import { isOfNoLength } from "./zero-lengths.ts";
import { TIME_IS_OVER } from "./timed-waits.ts";
import { conditionsOn, type Side, waysInto } from "./ways-in.ts";

export interface ColdCode {
  /** Computed once a function; anew when something in `raised` is a flag of it: members that code which runs all the time puts something into. */
  of(module: ModuleIR, fn: FunctionIR, raised?: ReadonlySet<string>): ColdBlocks;
}

export interface ColdBlocks {
  /** Cold block -> why, for `fa why`. */
  readonly cold: ReadonlyMap<BlockId, string>;
  /** Block that runs only when this parameter (by position) was not passed. */
  readonly withoutArgument: ReadonlyMap<BlockId, number>;
  /** Names of the members that blocks are cold by while they are empty most of the time: `pending` of `if (this.pending !== null) { ...; this.pending = null; }`; `pending[]` and `pending[+]` of a list, `pending=` of what a function holds there while it runs. */
  readonly flags: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING_COLD: ColdBlocks = { cold: new Map(), withoutArgument: new Map(), flags: NONE };
/** Past this many blocks only throws and handlers are looked at; generated code is that large. */
const MAX_BLOCKS = 3000;
/** Members that say that the life of what has them is over, or will be after this once. */
const ENDED: ReadonlySet<string> = new Set(["isDisposed", "disposed", "_isDisposed", "_disposed", "isDestroyed", "destroyed", "_destroyed", "_isDestroyed", "once", "_once", "isOnce"]);
const FIRST_TIME = "runs when a value is made for the first time";
const RESIZES: ReadonlySet<string> = new Set(["setSize", "resize", "setPixelRatio", "onResize", "handleResize"]);

export const coldCode: Fact<ColdCode> = defineFact("cold-code", (program, get) => {
  const known = new Answers<FunctionIR, ColdBlocks>();
  const knownRaised = new Map<string, Answers<FunctionIR, ColdBlocks>>();
  const needs = scanNeeds(program, get(occasions));
  const scan = (module: ModuleIR, fn: FunctionIR, raised: ReadonlySet<string>): ColdBlocks => (fn.blocks.length < 2 && fn.blocks[0]?.terminal.kind !== "throw" ? NOTHING_COLD : new ColdScan(needs, module, fn, raised).run());
  const find = (module: ModuleIR, fn: FunctionIR): ColdBlocks => known.add(fn, () => kept("cold-code", fn, () => scan(module, fn, NONE)));
  return {
    of(module, fn, raised = NONE) {
      const cold = known.get(fn)?.value ?? find(module, fn);
      if (raised.size === 0 || ![...cold.flags].some((flag) => raised.has(flag))) return cold;
      const key = [...raised].sort().join(" ");
      const ofKey = knownRaised.get(key) ?? new Answers<FunctionIR, ColdBlocks>();
      knownRaised.set(key, ofKey);
      return ofKey.of(fn, () => kept(`cold-code ${key}`, fn, () => scan(module, fn, raised)));
    },
  };
});

class ColdScan {
  readonly #fn: FunctionIR;
  readonly #places: Places;
  readonly #regions: Regions;
  readonly #branch: BranchEffects;
  readonly #cold = new Map<BlockId, string>();
  readonly #withoutArgument = new Map<BlockId, number>();
  readonly #flags = new Set<string>();
  readonly #raised: ReadonlySet<string>;
  readonly #needs: ScanNeeds;
  #occasions: readonly Occasion[] | null = null;

  constructor(needs: ScanNeeds, module: ModuleIR, fn: FunctionIR, raised: ReadonlySet<string>) {
    this.#needs = needs;
    this.#raised = raised;
    this.#fn = fn;
    this.#places = placesOf(module, fn);
    this.#regions = regionsOf(fn);
    this.#branch = new BranchEffects(needs.writes, module, fn, this.#cold);
  }

  run(): ColdBlocks {
    this.#markThrowing();
    if (this.#fn.blocks.length <= MAX_BLOCKS) {
      for (const id of this.#needs.builtIns.blocksWithout(this.#places.module, this.#fn)) this.#cold.set(id, NO_BUILT_IN);
      for (const id of stateChanges(this.#fn, this.#places, this.#regions, (place) => this.#branch.outlives(place))) this.#cold.set(id, ANOTHER_STATE);
      for (const block of this.#fn.blocks) this.#judgeArm(block.id);
      for (const { body, place } of drainedLoops(this.#places)) if (this.#isRarelySet(`${place}[]`)) this.#cold.set(body, "runs for what has changed");
    }
    this.#markUnreached();
    return { cold: this.#cold, withoutArgument: this.#withoutArgument, flags: this.#flags };
  }

  /** Backwards: a block all of whose ways end in a throw. */
  #markThrowing(): void {
    for (const block of [...this.#fn.blocks].reverse()) {
      const to = successors(block.terminal);
      const throws = block.terminal.kind === "throw" || block.ops.some((op) => op.op === "leave" && op.kind === "throw");
      if (throws || (to.length > 0 && to.every((next) => this.#cold.has(next) && next > block.id))) this.#cold.set(block.id, "ends in a throw");
    }
  }

  /** What no path reaches without passing a cold block, handlers of exceptions included. */
  #markUnreached(): void {
    const seen = new Set<BlockId>([0]);
    const work: BlockId[] = this.#cold.has(0) ? [] : [0];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      for (const next of successors(this.#branch.block(at).terminal)) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (!this.#cold.has(next)) work.push(next);
      }
    }
    for (const block of this.#fn.blocks) {
      if (!seen.has(block.id) && !this.#cold.has(block.id)) this.#cold.set(block.id, this.#regions.dominators.reachable(block.id) ? "follows cold code alone" : "handles an exception");
    }
  }

  /** An arm is a block that only branches lead to; what they say on the way there must be undone by what it dominates. */
  #judgeArm(id: BlockId): void {
    const block = this.#branch.block(id);
    if (id === 0 || this.#cold.has(id) || block.terminal.kind === "exit" || block.predecessors.length === 0) return;
    const sides = waysInto(this.#places, id);
    if (sides === null) return;
    const ways = sides.map((way) => conditionsOn(this.#places, way));
    this.#occasions ??= this.#needs.occasions.of(this.#places.module, this.#fn);
    for (const [blocks, why] of this.#occasions) if (this.#branch.mustPass(id, (at) => blocks.has(at))) return void this.#cold.set(id, why);
    if (sides.every((way) => isExcludedByType(this.#needs.program, this.#places, way))) return void this.#cold.set(id, "runs for what its type excludes");
    if (sides.every((way) => isOfNoLength(this.#needs.program, this.#places, id, way))) return void this.#cold.set(id, "stands in where a length is zero");
    if (hasNothingToDo(this.#places, this.#branch.block(id))) return void this.#cold.set(id, "there is nothing to do");
    if (ways.every((way) => way.some((condition) => condition.kind === "full" && (this.#isBracketed(condition.place) || isEmptyAtFirst(this.#needs.program, this.#places, condition.place))))) return void this.#cold.set(id, "runs while something else is under way");
    const parameters = new Set(ways.map((way) => way.map((condition) => suppliedParameter(this.#branch, this.#places, id, condition)).find((position) => position !== null) ?? null));
    const [parameter] = parameters;
    if (parameters.size === 1 && parameter !== undefined && parameter !== null) {
      for (const inner of this.#regions.inside(id)) this.#withoutArgument.set(inner, parameter);
      return;
    }
    const whys = ways.map((way, index) => way.map((condition) => this.#whyCold(id, condition)).find((why) => why !== null) ?? (this.#seesChange(way) || this.#endsWhatIsAsked(id, sides[index] ?? []) ? "runs when a value has changed" : null));
    const found = whys.find((why) => why !== null);
    // Beside what ends itself, a test of staleness: `if (!data.ready || data.version !== version) ...`; not `if (always || changed)`.
    if (found !== undefined && found !== null && whys.every((why, index) => why !== null || this.#needs.answers.areAsked(this.#places, id, sides[index]))) this.#cold.set(id, found);
    else this.#judgeInside(id, ways);
  }

  /** `if (pressed && !state.pressed) ...`, and beside it `state.pressed = pressed`. */
  #seesChange(way: readonly Condition[]): boolean {
    return way.some((one) => one.kind === "full" && way.some((other) => other.kind === "empty" && this.#branch.isRecorded([one.place, other.place])));
  }

  /** `if (needsUpdate(geometry)) update(geometry)`, `const stale = a !== b || ...; if (stale) ...` */
  #endsWhatIsAsked(id: BlockId, way: readonly Side[]): boolean {
    return way.some(({ branch, taken }) => {
      const asked = branch.on === "truthy" ? this.#needs.answers.of(this.#places, branch.test, taken) : null;
      const isEnded = (each: Staleness): boolean => this.#isEnded(id, each);
      return asked?.some(isEnded) === true && asked.every((each) => each.kind !== "full" || isEnded(each));
    });
  }

  #isEnded(id: BlockId, { kind, places }: Staleness): boolean {
    if (kind === "differ") return this.#branch.isRecorded(places) || places.some((place) => this.#branch.undone(id, place, () => true));
    if (kind === "empty") return places.some((place) => !isInWhatIsMadeAnew(this.#branch, this.#places, this.#regions, id, place) && this.#branch.undone(id, place, (write) => !write.empties));
    return kind === "full" && places.every((place) => this.#isRarelySet(place) && (this.#branch.undone(id, place, (write) => write.empties) || this.#branch.isConsumed(id, place)));
  }

  #judgeInside(id: BlockId, [way, ...others]: readonly (readonly Condition[])[]): void {
    for (const condition of way === undefined || others.length > 0 ? [] : way) {
      for (const inner of this.#needs.waits.partsThatWait(this.#branch, this.#places, id, condition)) this.#cold.set(inner, TIME_IS_OVER);
      if (condition.kind === "empty" && asksWhatIsMadeAnew(this.#branch, this.#places, this.#regions, id, condition.place, condition.temp)) continue;
      for (const inner of partsThatEnd(this.#branch, this.#regions, id, condition, (place) => this.#isRarelySet(place))) this.#cold.set(inner, condition.kind === "empty" ? FIRST_TIME : "runs when a flag was set");
    }
  }

  #whyCold(id: BlockId, condition: Condition): string | null {
    const inLoopTest = this.#branch.block(id).predecessors.some((from) => this.#branch.block(from).role === "loop-head");
    if (condition.kind === "never-in-production") return condition.why;
    if (!inLoopTest && this.#needs.waits.areLong(this.#branch, this.#places, id, condition)) return TIME_IS_OVER;
    if (condition.kind === "below") return this.#whyBelow(id, condition, inLoopTest);
    if (inLoopTest) return null;
    if (condition.kind === "empty") {
      if (asksWhatIsMadeAnew(this.#branch, this.#places, this.#regions, id, condition.place, condition.temp)) return null;
      if (this.#branch.fills(id, condition.place, condition.temp)) return FIRST_TIME;
      if (this.#branch.fillsList(id, condition.place) || this.#branch.marks(id, condition.place, false)) return FIRST_TIME;
      if (this.#branch.supplies(id, condition.temp) || this.#branch.makesOtherwise(id, condition.place, condition.temp)) return "supplies a missing value";
      return missesPool(this.#places, id, condition.place) || (this.#branch.outlives(condition.place) && takesNext(this.#places, id, condition.place)) ? "runs when a pool is empty" : null;
    }
    if (condition.kind === "full") {
      const flag = this.#places.variableOf(condition.place);
      if (flag !== null && isRaisedByColdCode(this.#places, flag, (at) => isWithinCold(this.#branch, this.#regions, this.#fn, at, id) || this.#regions.dominators.dominates(id, at) || this.#isEndedBy(id, at))) return "runs when a value has changed";
      const held = flag === null ? null : emptiedSince(this.#branch, this.#places, id, flag);
      if (held !== null && this.#isRarelySet(held)) return "runs when a flag was set";
      if (this.#needs.settings.areOff(condition.place)) return "shows what nobody asked for";
      const flags = flag === null ? null : this.#branch.emptiesAllOf(id, flag);
      if (flags?.every((each) => this.#isRarelySet(each)) === true) return "runs when a flag was set";
      if (this.#branch.marks(id, condition.place, true) || ENDED.has(condition.place?.slice(condition.place.lastIndexOf(".") + 1) ?? "")) return "runs when something ends";
      const list = listAsked(condition.place);
      if (list !== null && !this.#isLowered(addedTo(this.#places, list) ?? "")) return null;
      if (list !== null && emptiesList(this.#branch, this.#places, id, list)) return "runs for what has changed";
      return (this.#branch.undone(id, condition.place, (write) => write.empties) || this.#branch.isConsumed(id, condition.place)) && this.#isRarelySet(condition.place) ? "runs when a flag was set" : null;
    }
    if (condition.kind === "other") {
      const flag = settledBy(this.#branch, this.#places.module, this.#fn, id, condition.place, condition.text);
      return flag !== null && this.#isLowered(flag) ? "runs when a value has changed" : null;
    }
    if (condition.kind === "meet") {
      if (condition.places.some((place) => this.#branch.isRaised(id, place) && this.#isRarelySet(place))) return "grows what is full";
      const own = condition.places.map((place) => ownCopy(this.#branch, this.#places, id, place)).find((place) => place !== null);
      if (own !== undefined && this.#isRarelySet(own)) return "makes a copy of its own";
      const stamp = this.#needs.stamps.among(condition.places);
      return stamp !== null && this.#isLowered(stamp.counter) && this.#isLowered(stamp.mark) ? "runs in frames that were marked" : null;
    }
    if (this.#branch.comparesWithBefore(condition.temps)) return "runs when a value has changed";
    const resizes = this.#branch.block(id).ops.some((op) => op.op === "call" && op.key !== null && RESIZES.has(op.key));
    if (this.#branch.isRecorded(condition.places) || this.#branch.replaces(id, condition.places) || this.#branch.setsWhatItGot(id, condition.temps)) return "runs when a value has changed";
    return resizes || condition.places.some((place) => this.#branch.undone(id, place, () => true)) ? "runs when a value has changed" : null;
  }

  /** `if (made.version !== version) stale = true; ... if (stale) remake();`: what the flag leads to ends what raised it. */
  #isEndedBy(id: BlockId, raising: BlockId): boolean {
    const ways = raising === 0 ? null : waysInto(this.#places, raising);
    return ways !== null && ways.length > 0 && ways.every((way) => conditionsOn(this.#places, way).some((condition) => placesIn(condition).some((place) => place?.includes(".") === true && this.#branch.undone(id, place, () => true))));
  }

  #isBracketed(place: Place): boolean {
    const key = /\.([\w$#]+)$/.exec(place ?? "")?.[1];
    return key !== undefined && this.#needs.brackets.has(key) && this.#isRarelySet(`.${key}=`);
  }

  /** Unless somebody who runs all the time puts something there. */
  #isRarelySet(place: Place): boolean {
    const key = /\.([\w$#]+(?:\[\]|=)?)$/.exec(place ?? "")?.[1];
    return key === undefined || this.#isLowered(key);
  }

  #isLowered(flag: string): boolean {
    this.#flags.add(flag);
    return !this.#raised.has(flag);
  }

  #whyBelow(id: BlockId, { small, large, temps }: Condition & { readonly kind: "below" }, inLoopTest: boolean): string | null {
    if (this.#branch.grows(id, small, inLoopTest)) return "grows what is too small";
    if (missesPool(this.#places, id, large) || missesPool(this.#places, id, small)) return "runs when a pool is empty";
    const piled = large?.replace(/\.size$/, "[-]") ?? null;
    if (!inLoopTest && this.#branch.outlives(large) && this.#branch.mustPass(id, (at) => this.#branch.changes(at, piled, true)) && this.#isRarelySet(`${large}=`)) return "runs when enough has piled up";
    // `const made = cache.get(x); if (made.version < x.version) cache.set(x, make(x))`
    const isOlder = !inLoopTest && small?.includes(".get().") === true && large?.includes(".") === true && this.#branch.undone(id, small, () => true);
    return isOlder || (!inLoopTest && this.#branch.comparesWithBefore(temps)) ? "runs when a value has changed" : null;
  }
}
