/**
 * What a branch of a function does about its own condition: which places every way through it writes, what it puts into containers, and what the function writes
 * elsewhere. `cold-blocks.ts` asks, and says what follows.
 *
 * Theory: must, over the ways through a branch that do not lead into cold code. A write counts by its place (`places.ts`), of callees two levels deep.
 */
import { type Place, type Places, placesOf } from "../dataflow/places.ts";
import { type Regions, regionsOf } from "../dataflow/regions.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { isBitOf } from "./bit-flags.ts";
import { endsLifeOf } from "./endings.ts";
import { holderOf, lookups, lookupsOf } from "./lookups.ts";
import { alwaysMeets, isOnOneWay } from "./ways-past.ts";
import { isChance, lookedUp, type PlaceWrite, type PlaceWrites } from "./place-writes.ts";
import { type PlacedWrite, WrittenPlaces } from "./written-places.ts";

/** How deep the parts of a comparison are looked into, and how far a value is followed through copies. */
const MAX_DEPTH = 4;

export class BranchEffects {
  readonly #calleeWrites: PlaceWrites;
  readonly #fn: FunctionIR;
  readonly #places: Places;
  readonly #regions: Regions;
  /** Of the scan that asks; it grows meanwhile. */
  readonly #cold: ReadonlyMap<BlockId, string>;
  readonly #written: WrittenPlaces;
  #memberStores: readonly { readonly variable: VariableId; readonly place: string; readonly block: BlockId }[] | null = null;

  constructor(calleeWrites: PlaceWrites, module: ModuleIR, fn: FunctionIR, cold: ReadonlyMap<BlockId, string>) {
    this.#calleeWrites = calleeWrites;
    this.#fn = fn;
    this.#places = placesOf(module, fn);
    this.#regions = regionsOf(fn);
    this.#cold = cold;
    this.#written = new WrittenPlaces(calleeWrites, this.#places);
  }

  /** Whether anybody empties a member of that name: asked before all else, it costs nothing. */
  mayEmpty(place: string): boolean {
    return this.#calleeWrites.mayEmpty(this.#places.module, place);
  }

  /** `const before = this.x; this.x = next(); if (before !== this.x) ...`, also with a tolerance. */
  comparesWithBefore(temps: readonly Temp[]): boolean {
    return temps.some((temp, index) => {
      const held = this.#places.origin(temp);
      if (held?.op !== "load" || !this.#places.isLocal(held.variable)) return false;
      const place = this.#initialPlace(held.variable);
      if (place === null || this.#places.variableOf(place) !== null || place.startsWith("c:")) return false;
      const other = temps[1 - index];
      return other !== undefined && this.#mentions(other, place, 0) && this.writesTo(place).length > 0;
    });
  }

  #mentions(temp: Temp, place: string, depth: number): boolean {
    if (this.#places.of(temp) === place) return true;
    const op = this.#places.origin(temp);
    if (depth > MAX_DEPTH || op === null) return false;
    if (op.op === "binary") return this.#mentions(op.left, place, depth + 1) || this.#mentions(op.right, place, depth + 1);
    return op.op === "unary" && this.#mentions(op.src, place, depth + 1);
  }

  /** A flag that this function takes back on every way, or on every way to the branch, and never sets: somebody else asked for something once. */
  isConsumed(id: BlockId, place: Place): boolean {
    if (place === null || !place.includes(".") || !this.#calleeWrites.mayEmpty(this.#places.module, place)) return false;
    const exit = this.#fn.blocks.find((block) => block.terminal.kind === "exit");
    const writing = this.writesTo(place);
    const { dominators } = this.#regions;
    return writing.every(({ write }) => write.empties) && writing.some(({ block, write }) => !isChance(write) && (dominators.dominates(block, id) || (exit !== undefined && dominators.dominates(block, exit.id))));
  }

  /** `if (!x) x = ...`, `if (!cache.get(k)) cache.set(k, ...)`, `const v = cache[k]; if (!v) ...`. */
  fills(id: BlockId, place: Place, temp: Temp): boolean {
    if (this.undone(id, place, (write) => !write.empties && !write.constant)) return true;
    if (this.isReset(id, place)) return false;
    if (this.undone(id, place, (write) => !write.empties) || this.#filledAfterwards(id, place)) return true;
    const variable = this.#places.variableOf(place);
    const sources = variable === null ? lookups(this.#places, temp) : lookupsOf(this.#places, variable);
    const holders = sources.map((source) => holderOf(this.#places, source)).filter((holder) => holder === null || !this.#places.isMadeHere(holder));
    const isEmptied = place?.endsWith(".length") === true && this.#calleeWrites.mayEmpty(this.#places.module, place);
    if (!isEmptied && holders.some((holder) => this.#putsInto(id, holder))) return true;
    if (variable === null || holders.length === 0) return this.#fillsInside(id, place);
    return this.mustPass(id, (at) => this.writesIn(at).some((write) => write.place === `v${variable}`));
  }

  /** `if (!cache.has(k)) made++;`, and in any case `cache.set(k, v)` below; `if (!this.ready) make();`, and then `this.ready = true`. */
  #filledAfterwards(id: BlockId, place: Place): boolean {
    if (place === null || !this.outlives(place)) return false;
    const marks = (at: BlockId): boolean => this.writesIn(at).some((write) => write.place === place && write.constant && !write.empties && !isChance(write));
    const fills = place.endsWith(".has()") ? (at: BlockId): boolean => this.changes(at, place, false) : marks;
    return alwaysMeets(this.#fn, id, fills, (at) => this.#cold.has(at));
  }

  /** Whether every way through the branch puts something into the container. */
  #putsInto(id: BlockId, holder: string | null): boolean {
    return holder !== null && this.mustPass(id, (at) => this.#puts(at, holder));
  }

  #puts(at: BlockId, holder: string): boolean {
    return this.writesIn(at).some((write) => write.place === `${holder}[]` || write.place.startsWith(`${holder}[`));
  }

  /** `let made = cache.get(k); if (made === undefined) { ... cache.set(k, made); ... }`: whether the block puts something into what the variable was looked up in. */
  putsWhatWasMissed(at: BlockId, place: Place): boolean {
    const variable = this.#places.variableOf(place);
    const holders = variable === null ? [] : lookupsOf(this.#places, variable).map((source) => holderOf(this.#places, source));
    return holders.some((holder) => holder !== null && !this.#places.isMadeHere(holder) && this.#puts(at, holder));
  }

  /** `if (!this.has(k)) this.init(k)`, of a class that keeps its entries in a container of its own; `if (!o.hasOwnProperty("k")) o.k = ...`. */
  #fillsInside(id: BlockId, place: Place): boolean {
    const [, holder, by] = /^(.*)\.(has|hasOwnProperty)\(\)$/.exec(place ?? "") ?? [];
    return holder !== undefined && this.outlives(`${holder}.`) && this.mustPass(id, (at) => this.writesIn(at).some((write) => write.place.startsWith(`${holder}.`) && (by === "hasOwnProperty" || write.place.endsWith(".has()"))));
  }

  /** `const data = cache.get(k); if (data.version !== x.version) cache.set(k, make(x))` */
  replaces(id: BlockId, places: readonly Place[]): boolean {
    return places.some((place) => {
      const variable = this.#places.variableOf(/^v\d+(?=\.)/.exec(place ?? "")?.[0] ?? null);
      if (variable === null || !this.#places.isLocal(variable)) return false;
      return lookupsOf(this.#places, variable).some((source) => this.#putsInto(id, holderOf(this.#places, source)));
    });
  }

  /** `if (before !== now) ...`, and beside it `before = now`, which ends the difference. */
  isRecorded([one, other]: readonly Place[]): boolean {
    if (one === null || one === undefined || other === null || other === undefined) return false;
    const records = (to: string, from: string): boolean => this.outlives(to) && this.#written.writersOf(from).some(({ block, op }) => this.writesIn(block).some((write) => write.place === to && (op.op === "store" ? to === `v${op.variable}` : to.endsWith(op.key === null ? "]" : `.${op.key}`))));
    return records(one, other) || records(other, one);
  }

  /** `if (editor.getValue() !== value) editor.setValue(value)` */
  setsWhatItGot(id: BlockId, temps: readonly Temp[]): boolean {
    return temps.some((temp) => {
      const got = this.#lookedUp(temp);
      const name = got?.op === "call" ? /^get([A-Z].*)$/.exec(got.key ?? "")?.[1] : undefined;
      const receiver = got?.op === "call" && got.receiver !== null ? this.#places.of(got.receiver) : null;
      return name !== undefined && receiver !== null && this.mustPass(id, (at) => this.block(at).ops.some((op) => op.op === "call" && op.key === `set${name}` && op.receiver !== null && this.#places.of(op.receiver) === receiver));
    });
  }

  #lookedUp(temp: Temp): Op | undefined {
    const op = this.#places.origin(temp);
    return op?.op === "load" ? lookupsOf(this.#places, op.variable)[0] : op ?? undefined;
  }

  /** A mark that the same call takes off everything first (`visited = false`) is no first use; one that is taken off instead is a state. */
  isReset(id: BlockId, place: Place): boolean {
    const key = place === null ? undefined : /\.([\w$#]+)$/.exec(place)?.[1];
    return key !== undefined && this.#written.emptying(key).some((block) => !this.#cold.has(block) && isOnOneWay(this.#fn, block, id));
  }

  /** `t ?? make()`, `t || make()`: both arms write one temp, the other arm the tested value itself. */
  supplies(id: BlockId, tested: Temp): boolean {
    for (const at of this.#regions.inside(id)) {
      for (const op of this.block(at).ops) {
        if (op.op !== "copy") continue;
        const writers = this.#places.index.definitions(op.dst);
        if (writers !== null && this.#isValue(op.dst, 0) && writers.some((writer) => writer !== op && "op" in writer && writer.op === "copy" && this.#isOf(writer.src, tested))) return true;
      }
    }
    return false;
  }

  /** The tested value itself, `(v = tested) != null ? v : ...`, or a member of it. */
  #isOf(temp: Temp, tested: Temp): boolean {
    if (temp === tested) return true;
    const op = this.#places.origin(temp);
    if (op?.op === "load" && this.#places.storesOf(op.variable).some((store) => store.src === tested)) return true;
    const held = this.#places.of(tested);
    return held !== null && this.#places.variableOf(held) !== null && this.#places.of(temp)?.startsWith(`${held}.`) === true;
  }

  /** `if (!found) record = make(); else record = found.record;`: the other arm takes from what this one found missing. */
  makesOtherwise(id: BlockId, place: Place, temp: Temp): boolean {
    const tested = this.#places.origin(temp);
    if (place === null || (tested?.op === "load" ? lookupsOf(this.#places, tested.variable) : lookups(this.#places, temp)).length === 0) return false;
    // What a test by class finds is no less there.
    if (this.#regions.inside(id).some((at) => this.block(at).ops.some((op) => op.op === "get" && this.#places.of(op.object) === place))) return false;
    const isElsewhere = (at: BlockId): boolean => at !== id && !this.#regions.dominators.dominates(id, at);
    return this.#storesOfMembers().some((stored) => stored.place.startsWith(`${place}.`) && isElsewhere(stored.block) && this.mustPass(id, (at) => this.block(at).ops.some((op) => op.op === "store" && op.variable === stored.variable)));
  }

  /** Variables that take a member of some place, in the whole function. */
  #storesOfMembers(): readonly { readonly variable: VariableId; readonly place: string; readonly block: BlockId }[] {
    if (this.#memberStores !== null) return this.#memberStores;
    const stores: { variable: VariableId; place: string; block: BlockId }[] = [];
    for (const block of this.#fn.blocks) {
      for (const op of block.ops) {
        const place = op.op === "store" ? this.#places.of(op.src) : null;
        if (op.op === "store" && place?.includes(".") === true) stores.push({ variable: op.variable, place, block: block.id });
      }
    }
    return (this.#memberStores = stores);
  }

  /** `if (!list.length) for (...) list[i] = ...`, of a list that nobody empties. */
  fillsList(id: BlockId, place: Place): boolean {
    const holder = place?.endsWith(".length") === true ? place.slice(0, -".length".length) : null;
    if (holder === null || !this.outlives(holder) || this.#calleeWrites.mayEmpty(this.#places.module, `${holder}.length`) || this.isReset(id, holder)) return false;
    return this.#regions.inside(id).some((at) => this.writesIn(at).some((write) => write.place === `${holder}[]`));
  }

  /** `if (!entity.hasTag(t)) entity.addTag(t)`; `if (entity.hasTag(t)) entity.removeTag(t)` */
  marks(id: BlockId, place: Place, isFull: boolean): boolean {
    const [, receiver, what] = /^(.*)\.has([A-Z]\w*)\(\)$/.exec(place ?? "") ?? [];
    if (receiver === undefined || what === undefined) return false;
    const names = isFull ? [`remove${what}`, `delete${what}`, `clear${what}`] : [`add${what}`, `set${what}`];
    return this.mustPass(id, (at) => this.block(at).ops.some((op) => op.op === "call" && op.key !== null && names.includes(op.key) && op.receiver !== null && this.#places.of(op.receiver) === receiver));
  }

  /** `const dirty = scene.dirty || device.dirty; if (dirty) { ...; scene.dirty = false; device.dirty = false; }` */
  emptiesAllOf(id: BlockId, variable: VariableId): readonly string[] | null {
    const [store, ...others] = this.#places.storesOf(variable);
    if (store === undefined || others.length > 0 || !this.#places.isLocal(variable)) return null;
    const read = lookups(this.#places, store.src).map((op) => ("dst" in op ? this.#places.of(op.dst) : null));
    const places = read.filter((each) => each !== null);
    return places.length > 0 && places.length === read.length && places.every((each) => this.undone(id, each, (write) => write.empties)) ? places : null;
  }

  /** Somebody reads it: `paused || step()` as a statement, and a test by `||`, supply nothing. */
  #isValue(temp: Temp, depth: number): boolean {
    return depth <= MAX_DEPTH && valueUses(this.#fn).of(temp).some((use) => (use.role === "alias" ? this.#isValue(use.to, depth + 1) : use.role !== "compared"));
  }

  grows(id: BlockId, small: Place, inLoopTest: boolean): boolean {
    if (small === null) return false;
    const local = this.#places.variableOf(small);
    const place = local === null ? small : this.#initialPlace(local) ?? small;
    const holder = /^(.*)\.(length|size|byteLength|count|capacity)$/.exec(place)?.[1];
    if (holder !== undefined && this.mustPass(id, (at) => this.writesIn(at).some((write) => write.place === holder || write.place === `${holder}[]`))) return true;
    return !inLoopTest && this.isRaised(id, place);
  }

  /** A high-water mark: written in the branch and nowhere else, cold code aside, so that it is not the maximum of this one call. */
  isRaised(id: BlockId, place: Place): boolean {
    return this.undone(id, place, () => true) && this.writesTo(place).every(({ block }) => this.#regions.dominators.dominates(id, block) || this.#cold.has(block));
  }

  #initialPlace(variable: number): Place {
    const first = this.#places.storesOf(variable).find((store) => store.init);
    return first === undefined ? null : this.#places.of(first.src);
  }

  /** Every way through the branch writes the place, and the place outlives the call. */
  undone(id: BlockId, place: Place, counts: (write: PlaceWrite) => boolean): boolean {
    if (place === null || !this.outlives(place)) return false;
    // What replaces `this.list` replaces `this.list.count`, too; a callee may have looked up the same thing again.
    const again = lookedUp(place);
    const replaces = (write: PlaceWrite): boolean => isBitOf(place, write.place) ? counts(write) : place.startsWith(`${write.place}.`) && write.place.includes(".") && (write.within !== true || (counts(write) && !/[.[]/.test(place.slice(write.place.length + 1))));
    const writes = (at: BlockId): boolean => this.writesIn(at).some((write) => !isChance(write) && (((write.place === place || write.place === again) && counts(write)) || replaces(write)));
    const ends = (at: BlockId): boolean => this.block(at).ops.some((op) => endsLifeOf(this.#places, op, place));
    return this.mustPass(id, (at) => writes(at) || ends(at) || this.#writesIfHeld(at, place, writes));
  }

  /** `if (body.cache) body.cache.parts = made`: written unless there is nothing to write it to. */
  #writesIfHeld(id: BlockId, place: string, writes: (at: BlockId) => boolean): boolean {
    const { terminal } = this.block(id);
    if (terminal.kind !== "branch" || terminal.on !== "truthy") return false;
    const held = this.#places.of(terminal.test);
    return held !== null && place.startsWith(`${held}.`) && writes(terminal.then);
  }

  /** Whether it is still there when the function is called again. */
  outlives(place: Place): boolean {
    if (place === null || place.startsWith("c:")) return false;
    const variable = this.#places.variableOf(place);
    return (variable === null || !this.#places.isLocal(variable)) && !this.#places.isMadeHere(place);
  }

  /** Whether every way through the branch passes a block for which `hits` holds; ways into cold code aside. */
  mustPass(id: BlockId, hits: (at: BlockId) => boolean): boolean {
    return !this.#cold.has(id) && this.#regions.mustPass(id, hits, (at) => this.#cold.has(at));
  }

  /** Whether the block puts something into a place, or takes away what is there. */
  changes(id: BlockId, place: Place, empties: boolean): boolean {
    return this.writesIn(id).some((write) => write.place === place && write.empties === empties && !isChance(write));
  }

  writesIn(id: BlockId): readonly PlaceWrite[] {
    return this.#written.in(id);
  }

  /** In the whole function. */
  writesTo(place: Place): readonly PlacedWrite[] {
    return this.#written.to(place);
  }

  isCold(id: BlockId): boolean {
    return this.#cold.has(id);
  }

  block(id: BlockId): Block {
    // Ids come from the function's own blocks.
    return this.#fn.blocks[id] as Block;
  }
}
