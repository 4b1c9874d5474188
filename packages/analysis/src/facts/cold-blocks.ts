/**
 * Blocks of a function that do not run every time it runs, seen from the function alone: garbage there is not made every frame.
 *
 * Cold is a block that
 *   - always ends in a throw, or is entered by an exception alone (catch handlers);
 *   - runs in development only (`process.env.NODE_ENV`, `import.meta.env.DEV`, a constant named `DEBUG`, `__DEV__`, `_ASSERT`);
 *   - complains: every way through its branch calls `console.error`, `warn`, `assert` or `trace`;
 *   - puts an end to its own condition: `if (!this.x) this.x = ...` (first use, also `??=`, a cache or pool miss, an early return on a
 *     `ready` flag), `if (this.dirty) { this.dirty = false; ... }`, `if (this.width !== width) { this.width = width; ... }`,
 *     `if (items.length < n) items = new ...`; the assignment may stand in a callee, two levels deep, or beside the branch (`before = now`); of a branch that
 *     ends itself on some ways only, those are cold;
 *   - is guarded by a flag of this call that cold code alone raises (`local-flags.ts`);
 *   - supplies a missing value (`a ?? new B()`), or resizes (`setSize` under a comparison);
 *   - is left over when all of these are taken away.
 * Of several ways in (`a || b`) one must be such, and the others at least ask whether something is stale.
 * A branch that supplies a missing *parameter* is cold only while every caller passes it: `withoutArgument` says which parameter.
 *
 * Theory: must. An assignment counts when no path through the branch goes round it (paths that throw aside). The judgement is one of
 * frequency, not of truth: a flag that someone sets every frame makes its branch hot, and that is missed; so is a timer's branch.
 * Longer than 300 lines: one judgement a branch, whose parts all ask the same few questions of one function.
 */
import { successors } from "../cfg/order.ts";
import { type Place, type Places, placesOf } from "../dataflow/places.ts";
import { type Regions, regionsOf } from "../dataflow/regions.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { type Condition, conditionOf } from "./cold-tests.ts";
import { complains } from "./complaints.ts";
import { holderOf, lookups, lookupsOf } from "./lookups.ts";
import { isRaisedByColdCode } from "./local-flags.ts";
import { lookedUp, type PlaceWrite, PlaceWrites } from "./place-writes.ts";

export interface ColdCode {
  /** Computed once a function; anew when something in `raised` is a flag of it: members that code which runs all the time puts something into. */
  of(module: ModuleIR, fn: FunctionIR, raised?: ReadonlySet<string>): ColdBlocks;
}

export interface ColdBlocks {
  /** Cold block -> why, for `fa why`. */
  readonly cold: ReadonlyMap<BlockId, string>;
  /** Block that runs only when this parameter (by position) was not passed. */
  readonly withoutArgument: ReadonlyMap<BlockId, number>;
  /** Names of the members that blocks are cold by while they are empty most of the time: `pending` of `if (this.pending !== null) { ...; this.pending = null; }`. */
  readonly flags: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING_COLD: ColdBlocks = { cold: new Map(), withoutArgument: new Map(), flags: NONE };
/** How far conditions that must hold are looked for above a branch. */
const CONJUNCTS = 4;
/** Past this many blocks only throws and handlers are looked at; generated code is that large. */
const MAX_BLOCKS = 3000;
const RESIZES: ReadonlySet<string> = new Set(["setSize", "resize", "setPixelRatio", "onResize", "handleResize"]);
const TAKES_FROM_POOL: ReadonlySet<string> = new Set(["pop()", "shift()"]);

export const coldCode: Fact<ColdCode> = defineFact("cold-code", (program) => {
  const known = new Map<FunctionIR, ColdBlocks>();
  const knownRaised = new Map<string, Map<FunctionIR, ColdBlocks>>();
  const writes = new PlaceWrites(program);
  const scan = (module: ModuleIR, fn: FunctionIR, raised: ReadonlySet<string>): ColdBlocks => (fn.blocks.length < 2 && fn.blocks[0]?.terminal.kind !== "throw" ? NOTHING_COLD : new ColdScan(writes, module, fn, raised).run());
  return {
    of(module, fn, raised = NONE) {
      let cold = known.get(fn);
      if (cold === undefined) known.set(fn, (cold = scan(module, fn, NONE)));
      if (raised.size === 0 || ![...cold.flags].some((flag) => raised.has(flag))) return cold;
      const key = [...raised].sort().join(" ");
      const ofKey = knownRaised.get(key) ?? new Map<FunctionIR, ColdBlocks>();
      knownRaised.set(key, ofKey);
      let again = ofKey.get(fn);
      if (again === undefined) ofKey.set(fn, (again = scan(module, fn, raised)));
      return again;
    },
  };
});

class ColdScan {
  readonly #calleeWrites: PlaceWrites;
  readonly #fn: FunctionIR;
  readonly #places: Places;
  readonly #regions: Regions;
  readonly #writes = new Map<BlockId, readonly PlaceWrite[]>();
  #writers: Map<string, { readonly block: BlockId; readonly write: PlaceWrite }[]> | null = null;
  readonly #cold = new Map<BlockId, string>();
  readonly #withoutArgument = new Map<BlockId, number>();

  readonly #flags = new Set<string>();
  readonly #raised: ReadonlySet<string>;

  constructor(calleeWrites: PlaceWrites, module: ModuleIR, fn: FunctionIR, raised: ReadonlySet<string>) {
    this.#raised = raised;
    this.#calleeWrites = calleeWrites;
    this.#fn = fn;
    this.#places = placesOf(module, fn);
    this.#regions = regionsOf(fn);
  }

  run(): ColdBlocks {
    this.#markThrowing();
    if (this.#fn.blocks.length <= MAX_BLOCKS) for (const block of this.#fn.blocks) this.#judgeArm(block.id);
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
      for (const next of successors(this.#block(at).terminal)) {
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
    const block = this.#block(id);
    if (id === 0 || this.#cold.has(id) || block.terminal.kind === "exit" || block.predecessors.length === 0) return;
    const ways = this.#waysInto(id);
    if (ways === null) return;
    if (this.#mustPass(id, (at) => this.#complains(at))) return void this.#cold.set(id, "reports a fault");
    if (this.#hasNothingToDo(id)) return void this.#cold.set(id, "there is nothing to do");
    const parameters = new Set(ways.map((way) => way.map((condition) => this.#missingParameter(id, condition)).find((position) => position !== null) ?? null));
    const [parameter] = parameters;
    if (parameters.size === 1 && parameter !== undefined && parameter !== null) {
      for (const inner of this.#regions.inside(id)) this.#withoutArgument.set(inner, parameter);
      return;
    }
    const whys = ways.map((way) => way.map((condition) => this.#whyCold(id, condition)).find((why) => why !== null) ?? null);
    const found = whys.find((why) => why !== null);
    // Beside what ends itself, a test of staleness: `if (!data.ready || data.version !== version) ...`; not `if (always || changed)`.
    if (found !== undefined && found !== null && whys.every((why, index) => why !== null || this.#asksForStaleness(this.#block(id).predecessors[index], id))) this.#cold.set(id, found);
    else this.#judgeInside(id, ways);
  }

  /** `if (points.length < 3) return [];` */
  #hasNothingToDo(id: BlockId): boolean {
    const { terminal, predecessors } = this.#block(id);
    const [made, ...more] = this.#block(id).ops.filter((op) => op.op !== "leave");
    if (more.length > 0 || made?.op !== "array" || made.elements.length > 0 || terminal.kind !== "return" || terminal.value !== made.dst) return false;
    return predecessors.every((from) => {
      const test = this.#block(from).terminal;
      return test.kind === "branch" && this.#isOfLength(test.test);
    });
  }

  #isOfLength(temp: Temp): boolean {
    const test = this.#places.origin(temp);
    if (test?.op === "get") return test.key === "length" || test.key === "size";
    if (test?.op === "unary" && test.operator === "!") return this.#isOfLength(test.src);
    return test?.op === "binary" && (this.#isOfLength(test.left) ? this.#places.origin(test.right)?.op === "const" : this.#isOfLength(test.right) && this.#places.origin(test.left)?.op === "const");
  }

  #asksForStaleness(from: BlockId | undefined, to: BlockId): boolean {
    const terminal = from === undefined ? undefined : this.#block(from).terminal;
    if (terminal?.kind !== "branch") return false;
    const condition = conditionOf(this.#places, terminal, terminal.then === to);
    if (condition?.kind === "differ") return condition.places.some((place) => place !== null && place.includes("."));
    return condition?.kind === "empty" && condition.place !== null && condition.place.includes(".");
  }

  /** `if (!this.done) { ...; if (late) { ...; this.done = true; } }`: the part of a branch that always ends in what ends the branch. */
  #judgeInside(id: BlockId, ways: readonly (readonly Condition[])[]): void {
    const [way, ...others] = ways;
    for (const condition of way === undefined || others.length > 0 ? [] : way) {
      if ((condition.kind !== "empty" && condition.kind !== "full") || !this.#outlives(condition.place)) continue;
      const ends = (at: BlockId): boolean => this.#writesIn(at).some((write) => write.place === condition.place && write.empties === (condition.kind === "full"));
      const all = this.#regions.inside(id);
      if (!all.some(ends) || (condition.kind === "empty" ? this.#isReset(condition.place) : !this.#isRarelySet(condition.place))) continue;
      for (const inner of all) {
        if (!this.#cold.has(inner) && inner !== id && this.#regions.mustPass(id, ends, (at) => this.#cold.has(at), inner)) this.#cold.set(inner, condition.kind === "empty" ? "runs when a value is made for the first time" : "runs when a flag was set");
      }
    }
  }

  /** For each way into the block what held on it; null when something else than a branch leads there. */
  #waysInto(id: BlockId): Condition[][] | null {
    const ways: Condition[][] = [];
    for (const from of this.#block(id).predecessors) {
      const way: Condition[] = [];
      if (!this.#addCondition(from, id, way)) return null;
      let inner = from;
      for (let depth = 0; depth < CONJUNCTS; depth++) {
        const [above, ...more] = this.#block(inner).predecessors;
        if (above === undefined || more.length > 0 || !this.#addCondition(above, inner, way)) break;
        inner = above;
      }
      ways.push(way);
    }
    return ways;
  }

  #addCondition(from: BlockId, to: BlockId, conditions: Condition[]): boolean {
    const { terminal } = this.#block(from);
    if (terminal.kind !== "branch" || terminal.then === terminal.else) return false;
    // What follows a loop runs whatever the loop's test says.
    if (this.#block(from).role === "loop-head" && this.#block(to).loopDepth < this.#block(from).loopDepth) return false;
    const condition = conditionOf(this.#places, terminal, terminal.then === to);
    if (condition !== null) conditions.push(condition);
    return true;
  }

  #whyCold(id: BlockId, condition: Condition): string | null {
    const inLoopTest = this.#block(id).predecessors.some((from) => this.#block(from).role === "loop-head");
    if (condition.kind === "never-in-production") return condition.why;
    if (condition.kind === "below") return this.#whyBelow(id, condition, inLoopTest);
    if (inLoopTest) return null;
    if (condition.kind === "empty") {
      if (this.#fills(id, condition.place, condition.temp)) return "runs when a value is made for the first time";
      if (this.#supplies(id, condition.temp)) return "supplies a missing value";
      return this.#missesPool(id, condition.place) ? "runs when a pool is empty" : null;
    }
    if (condition.kind === "full") {
      const flag = this.#places.variableOf(condition.place);
      if (flag !== null && isRaisedByColdCode(this.#places, flag, this.#cold)) return "runs when a value has changed";
    }
    if (condition.kind === "full") return (this.#undone(id, condition.place, (write) => write.empties) || this.#isConsumed(condition.place)) && this.#isRarelySet(condition.place) ? "runs when a flag was set" : null;
    if (condition.kind === "meet") return condition.places.some((place) => this.#isRaised(id, place)) ? "grows what is full" : null;
    if (this.#comparesWithBefore(condition.temps)) return "runs when a value has changed";
    const resizes = this.#block(id).ops.some((op) => op.op === "call" && op.key !== null && RESIZES.has(op.key));
    if (this.#isRecorded(condition.places) || this.#replaces(id, condition.places) || this.#setsWhatItGot(id, condition.temps)) return "runs when a value has changed";
    return resizes || condition.places.some((place) => this.#undone(id, place, () => true)) ? "runs when a value has changed" : null;
  }

  /** Unless somebody who runs all the time puts something there. */
  #isRarelySet(place: Place): boolean {
    const key = /\.([\w$#]+)$/.exec(place ?? "")?.[1];
    if (key === undefined) return true;
    this.#flags.add(key);
    return !this.#raised.has(key);
  }

  #whyBelow(id: BlockId, { small, large, temps }: Condition & { readonly kind: "below" }, inLoopTest: boolean): string | null {
    if (this.#grows(id, small, inLoopTest)) return "grows what is too small";
    if (this.#missesPool(id, large)) return "runs when a pool is empty";
    return !inLoopTest && this.#comparesWithBefore(temps) ? "runs when a value has changed" : null;
  }

  /** `const before = this.x; this.x = next(); if (before !== this.x) ...`, also with a tolerance. */
  #comparesWithBefore(temps: readonly Temp[]): boolean {
    return temps.some((temp, index) => {
      const held = this.#places.origin(temp);
      if (held?.op !== "load" || !this.#places.isLocal(held.variable)) return false;
      const place = this.#initialPlace(held.variable);
      if (place === null || this.#places.variableOf(place) !== null || place.startsWith("c:")) return false;
      const other = temps[1 - index];
      return other !== undefined && this.#mentions(other, place, 0) && this.#writesTo(place).length > 0;
    });
  }

  #mentions(temp: Temp, place: string, depth: number): boolean {
    if (this.#places.of(temp) === place) return true;
    const op = this.#places.origin(temp);
    if (depth > CONJUNCTS || op === null) return false;
    if (op.op === "binary") return this.#mentions(op.left, place, depth + 1) || this.#mentions(op.right, place, depth + 1);
    return op.op === "unary" && this.#mentions(op.src, place, depth + 1);
  }

  /** A flag that this function takes back on every way, outside of the branch, and never sets: somebody else asked for something once. */
  #isConsumed(place: Place): boolean {
    if (place === null || !place.includes(".") || !this.#calleeWrites.mayEmpty(place)) return false;
    const exit = this.#fn.blocks.find((block) => block.terminal.kind === "exit");
    const writing = this.#writesTo(place);
    return exit !== undefined && writing.every(({ write }) => write.empties) && writing.some(({ block }) => this.#regions.dominators.dominates(block, exit.id));
  }

  /** `if (!x) x = ...`, `if (!cache.get(k)) cache.set(k, ...)`, `const v = cache[k]; if (!v) ...`. */
  #fills(id: BlockId, place: Place, temp: Temp): boolean {
    if (this.#undone(id, place, (write) => !write.empties && !write.constant)) return true;
    if (this.#isReset(place)) return false;
    if (this.#undone(id, place, (write) => !write.empties)) return true;
    const variable = this.#places.variableOf(place);
    const sources = variable === null ? lookups(this.#places, temp) : lookupsOf(this.#places, variable);
    if (sources.some((source) => this.#putsInto(id, holderOf(this.#places, source)))) return true;
    if (variable === null || sources.length === 0) return this.#fillsInside(id, place);
    return this.#mustPass(id, (at) => this.#writesIn(at).some((write) => write.place === `v${variable}`));
  }

  /** Whether every way through the branch puts something into the container. */
  #putsInto(id: BlockId, holder: string | null): boolean {
    return holder !== null && this.#mustPass(id, (at) => this.#writesIn(at).some((write) => write.place === `${holder}[]` || write.place.startsWith(`${holder}[`)));
  }

  /** `if (!this.has(k)) this.init(k)`, of a class that keeps its entries in a container of its own. */
  #fillsInside(id: BlockId, place: Place): boolean {
    const holder = /^(.*)\.has\(\)$/.exec(place ?? "")?.[1];
    return holder !== undefined && this.#mustPass(id, (at) => this.#writesIn(at).some((write) => write.place.startsWith(`${holder}.`) && write.place.endsWith(".has()")));
  }

  /** `const data = cache.get(k); if (data.version !== x.version) cache.set(k, make(x))` */
  #replaces(id: BlockId, places: readonly Place[]): boolean {
    return places.some((place) => {
      const variable = this.#places.variableOf(/^v\d+(?=\.)/.exec(place ?? "")?.[0] ?? null);
      if (variable === null || !this.#places.isLocal(variable)) return false;
      return lookupsOf(this.#places, variable).some((source) => this.#putsInto(id, holderOf(this.#places, source)));
    });
  }

  /** `if (before !== now) ...`, and beside it `before = now`, which ends the difference. */
  #isRecorded([one, other]: readonly Place[]): boolean {
    if (one === null || one === undefined || other === null || other === undefined) return false;
    const records = (to: string, from: string): boolean => this.#outlives(to) && this.#fn.blocks.some((block) => block.ops.some((op) => (op.op === "store" || op.op === "set") && this.#places.of(op.src) === from && this.#writesIn(block.id).some((write) => write.place === to && (op.op === "store" ? to === `v${op.variable}` : op.key !== null && to.endsWith(`.${op.key}`)))));
    return records(one, other) || records(other, one);
  }

  /** `if (editor.getValue() !== value) editor.setValue(value)` */
  #setsWhatItGot(id: BlockId, temps: readonly Temp[]): boolean {
    return temps.some((temp) => {
      const got = this.#lookedUp(temp);
      const name = got?.op === "call" ? /^get([A-Z].*)$/.exec(got.key ?? "")?.[1] : undefined;
      const receiver = got?.op === "call" && got.receiver !== null ? this.#places.of(got.receiver) : null;
      return name !== undefined && receiver !== null && this.#mustPass(id, (at) => this.#block(at).ops.some((op) => op.op === "call" && op.key === `set${name}` && op.receiver !== null && this.#places.of(op.receiver) === receiver));
    });
  }

  #lookedUp(temp: Temp): Op | undefined {
    const op = this.#places.origin(temp);
    return op?.op === "load" ? lookupsOf(this.#places, op.variable)[0] : op ?? undefined;
  }

  /** A mark that the same function takes off everything first (`visited = false`) is no first use. */
  #isReset(place: Place): boolean {
    const key = place === null ? undefined : /\.([\w$#]+)$/.exec(place)?.[1];
    return key !== undefined && this.#fn.blocks.some((block) => !this.#cold.has(block.id) && this.#writesIn(block.id).some((write) => write.empties && write.place.endsWith(`.${key}`)));
  }

  /** `t ?? make()`, `t || make()`: both arms write one temp, the other arm the tested value itself. */
  #supplies(id: BlockId, tested: Temp): boolean {
    for (const at of this.#regions.inside(id)) {
      for (const op of this.#block(at).ops) {
        if (op.op !== "copy") continue;
        const writers = this.#places.index.definitions(op.dst);
        if (writers !== null && this.#isValue(op.dst, 0) && writers.some((writer) => writer !== op && "op" in writer && writer.op === "copy" && writer.src === tested)) return true;
      }
    }
    return false;
  }

  /** Somebody reads it: `paused || step()` as a statement, and a test by `||`, supply nothing. */
  #isValue(temp: Temp, depth: number): boolean {
    return depth <= CONJUNCTS && valueUses(this.#fn).of(temp).some((use) => (use.role === "alias" ? this.#isValue(use.to, depth + 1) : use.role !== "compared"));
  }

  /** `pool.length > 0 ? pool.pop() : new T()`: the other arm takes from what this one found empty. */
  #missesPool(id: BlockId, place: Place): boolean {
    const last = place?.slice(place.lastIndexOf(".") + 1) ?? "";
    if (TAKES_FROM_POOL.has(last)) return true;
    if (last !== "length" && last !== "size" && last !== "count") return false;
    const holder = place?.slice(0, -last.length - 1) ?? "";
    return this.#fn.blocks.some((block) => block.id !== id && !this.#regions.dominators.dominates(id, block.id) && block.ops.some((op) => op.op === "call" && TAKES_FROM_POOL.has(`${op.key ?? ""}()`) && op.receiver !== null && this.#places.of(op.receiver) === holder));
  }

  #grows(id: BlockId, small: Place, inLoopTest: boolean): boolean {
    if (small === null) return false;
    const local = this.#places.variableOf(small);
    const place = local === null ? small : this.#initialPlace(local) ?? small;
    const holder = /^(.*)\.(length|size|byteLength|count|capacity)$/.exec(place)?.[1];
    if (holder !== undefined && this.#mustPass(id, (at) => this.#writesIn(at).some((write) => write.place === holder || write.place === `${holder}[]`))) return true;
    return !inLoopTest && this.#isRaised(id, place);
  }

  /** A high-water mark: written in the branch and nowhere else, so that it is not the maximum of this one call. */
  #isRaised(id: BlockId, place: Place): boolean {
    return this.#undone(id, place, () => true) && this.#writesTo(place).every(({ block }) => this.#regions.dominators.dominates(id, block));
  }

  #initialPlace(variable: number): Place {
    const first = this.#places.storesOf(variable).find((store) => store.init);
    return first === undefined ? null : this.#places.of(first.src);
  }

  /** `function f(out = new V())`, `if (out === undefined) out = ...`, `out ?? new V()`. */
  #missingParameter(id: BlockId, condition: Condition): number | null {
    if (condition.kind !== "empty") return null;
    const variable = this.#places.variableOf(condition.place);
    const position = this.#fn.params.findIndex((param) => param.variable === variable && !param.rest);
    if (position < 0) return null;
    const fills = this.#mustPass(id, (at) => this.#writesIn(at).some((write) => write.place === condition.place));
    return fills || this.#supplies(id, condition.temp) ? position : null;
  }

  /** Every way through the branch writes the place, and the place outlives the call. */
  #undone(id: BlockId, place: Place, counts: (write: PlaceWrite) => boolean): boolean {
    if (place === null || !this.#outlives(place)) return false;
    // What replaces `this.list` replaces `this.list.count`, too; a callee may have looked up the same thing again.
    const again = lookedUp(place);
    const writes = (at: BlockId): boolean => this.#writesIn(at).some((write) => ((write.place === place || write.place === again) && counts(write)) || (place.startsWith(`${write.place}.`) && write.place.includes(".")));
    return this.#mustPass(id, (at) => writes(at) || this.#writesIfHeld(at, place, writes));
  }

  /** `if (body.cache) body.cache.parts = made`: written unless there is nothing to write it to. */
  #writesIfHeld(id: BlockId, place: string, writes: (at: BlockId) => boolean): boolean {
    const { terminal } = this.#block(id);
    if (terminal.kind !== "branch" || terminal.on !== "truthy") return false;
    const held = this.#places.of(terminal.test);
    return held !== null && place.startsWith(`${held}.`) && writes(terminal.then);
  }

  #outlives(place: Place): boolean {
    if (place === null || place.startsWith("c:")) return false;
    const variable = this.#places.variableOf(place);
    return variable === null || !this.#places.isLocal(variable);
  }

  /** Whether every way through the branch passes a block for which `hits` holds; ways into cold code aside. */
  #mustPass(id: BlockId, hits: (at: BlockId) => boolean): boolean {
    return !this.#cold.has(id) && this.#regions.mustPass(id, hits, (at) => this.#cold.has(at));
  }

  #writesIn(id: BlockId): readonly PlaceWrite[] {
    let writes = this.#writes.get(id);
    if (writes === undefined) this.#writes.set(id, (writes = this.#calleeWrites.of(this.#places, this.#block(id).ops)));
    return writes;
  }

  /** In the whole function. */
  #writesTo(place: Place): readonly { readonly block: BlockId; readonly write: PlaceWrite }[] {
    if (this.#writers === null) {
      this.#writers = new Map();
      for (const { id } of this.#fn.blocks) {
        for (const write of this.#writesIn(id)) {
          const known = this.#writers.get(write.place);
          if (known === undefined) this.#writers.set(write.place, [{ block: id, write }]);
          else known.push({ block: id, write });
        }
      }
    }
    return place === null ? [] : (this.#writers.get(place) ?? []);
  }

  #complains(id: BlockId): boolean {
    return this.#block(id).ops.some((op) => complains(this.#places, op));
  }

  #block(id: BlockId): Block {
    // Ids come from the function's own blocks.
    return this.#fn.blocks[id] as Block;
  }
}
