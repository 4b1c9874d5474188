/**
 * A map in the frame arena: its keys have slots, and the value of slot `n` is element `n - 1`, read and written as those of a vec.
 *
 *   | keys: see key-table.ts | values |
 *                            ^ $ptr
 *
 * Longer than 60 lines: the one long function is a class, made for each kind of values.
 */
import { describeList } from "../types/describe-view.ts";
import { rebindView } from "../view.ts";
import { elementLane, type ElementLaneClass, type TakeObject, type VecElement } from "./element-lane.ts";
import { Cursor } from "./entry-order.ts";
import type { FrameHandle } from "./handle-list.ts";
import type { KeyTable } from "./key-table.ts";
import type { FrameMap } from "./map-interface.ts";
import type { RewindableArena } from "./rewindable-arena.ts";

/** @internal */
export interface FrameMapHandle extends FrameHandle {
  open(frameNumber: number, ptr: number, capacity: number): void;
}

/** @internal */
export type FrameMapClass = new (arena: RewindableArena, keys: KeyTable, element: VecElement, takeObject: TakeObject) => FrameMap<unknown, unknown> & FrameMapHandle;

const mapClasses: Map<ElementLaneClass, FrameMapClass> = /* @__PURE__ */ new Map();

/** @internal The class of maps with values of a type. */
export function frameMapClass(element: VecElement): FrameMapClass {
  const Lane = elementLane(element);
  let Table = mapClasses.get(Lane);
  if (Table === undefined) {
    Table = mapClass(Lane);
    mapClasses.set(Lane, Table);
  }
  return Table;
}

function mapClass(Base: ElementLaneClass): FrameMapClass {
  class Table extends Base implements FrameMap<unknown, unknown>, FrameMapHandle {
    private readonly arena: RewindableArena;
    private readonly table: KeyTable;
    /** Cursors of `forEach`, by how many of its calls are inside each other. */
    private readonly cursors: Cursor[] = [];
    private depth = 0;

    constructor(arena: RewindableArena, keys: KeyTable, element: VecElement, takeObject: TakeObject) {
      super(arena.memory, element, takeObject);
      this.arena = arena;
      this.table = keys;
    }

    open(frameNumber: number, ptr: number, capacity: number): void {
      this.table.open(frameNumber, ptr, capacity, this.arena.zeroing);
      this.$ptr = ptr + this.table.sizeBytes(capacity);
      this.newestMark = this.arena.newestMark;
    }

    release(): void {
      this.drop(0, this.table.fresh);
      this.table.close();
      this.depth = 0;
    }

    rebind(): void {
      rebindView(this);
      rebindView(this.table);
      this.rebindElements();
    }

    get isAlive(): boolean { return this.table.used >= 0; }
    get size(): number { return this.isAlive ? this.table.used : this.table.stale(); }
    get capacity(): number { return this.isAlive ? this.table.room : this.table.stale(); }

    // A value is not handed on to what is too long to be compiled into its caller, nor merged with `undefined`: either boxes fractions.
    set(key: unknown, value: unknown): this {
      const { table } = this;
      const before = table.used;
      const slot = table.take(key);
      const isNew = table.used !== before;
      try {
        if (isNew) this.renew(slot - 1, value);
        this.store(slot - 1, value);
      } catch (error) {
        // Where the value cannot be, neither can a new key.
        if (isNew) this.delete(key);
        throw error;
      }
      return this;
    }

    trySet(key: unknown, value: unknown): boolean {
      const { table } = this;
      if (this.size === table.room && table.isKey(key) && table.find(key) === 0) return false;
      this.set(key, value);
      return true;
    }

    get(key: unknown): unknown {
      const slot = this.table.find(key);
      return slot === 0 ? nothing() : this.load(slot - 1);
    }

    getOrInsert(key: unknown, value?: unknown): unknown {
      const { table } = this;
      const before = table.used;
      const slot = table.take(key);
      if (table.used !== before) this.fill(slot, key, value);
      return this.load(slot - 1);
    }

    has(key: unknown): boolean {
      return this.table.find(key) !== 0;
    }

    delete(key: unknown): boolean {
      const slot = this.table.remove(key);
      if (slot === 0) return false;
      this.drop(slot - 1, slot);
      return true;
    }

    clear(): void {
      const { fresh } = this.table;
      this.table.clear();
      this.drop(0, fresh);
    }

    forEach(fn: (value: unknown, key: unknown, map: this) => void): void {
      const { depth, table } = this;
      const cursor = (this.cursors[depth] ??= new Cursor());
      this.depth = depth + 1;
      table.enter(cursor);
      try {
        for (let slot = table.walk(cursor); slot !== 0; slot = table.walk(cursor)) fn(this.load(slot - 1), table.keyAt(slot), this);
      } finally {
        table.leave(cursor);
        this.depth = depth;
      }
    }

    iterate(fn: (value: unknown, key: unknown, map: this) => void): void {
      this.forEach(fn);
    }

    *keys(): Generator<unknown, void, undefined> {
      for (const slot of this.slots()) yield this.table.keyAt(slot);
    }

    *values(): Generator<unknown, void, undefined> {
      for (const slot of this.slots()) yield this.load(slot - 1);
    }

    *entries(): Generator<[unknown, unknown], void, undefined> {
      for (const slot of this.slots()) yield [this.table.keyAt(slot), this.load(slot - 1)];
    }

    [Symbol.iterator](): Generator<[unknown, unknown], void, undefined> {
      return this.entries();
    }

    private *slots(): Generator<number, void, undefined> {
      const { table } = this;
      const cursor = new Cursor();
      table.enter(cursor);
      try {
        for (let slot = table.walk(cursor); slot !== 0; slot = table.walk(cursor)) yield slot;
      } finally {
        table.leave(cursor);
      }
    }

    /** Gives a new key its value. */
    private fill(slot: number, key: unknown, value: unknown): void {
      try {
        if (value === undefined) this.blank(slot - 1, slot);
        else {
          this.renew(slot - 1, value);
          this.store(slot - 1, value);
        }
      } catch (error) {
        this.delete(key);
        throw error;
      }
    }
  }
  describeList(Table.prototype, "FrameMap");
  return Table;
}

/** For keys that are not there. A call that was never made tells the engine that there was none, and that a value is never undefined. */
function nothing(): undefined {
  return undefined;
}
