/** What one function and its callees write, by block, by place and by what is emptied: asked for each condition of the function, and gathered when it is first asked for. */
import type { Place, Places } from "../dataflow/places.ts";
import { append } from "../source/append.ts";
import type { BlockId, Op } from "../source/ir.ts";
import type { PlaceWrite, PlaceWrites } from "./place-writes.ts";

export interface PlacedWrite {
  readonly block: BlockId;
  readonly write: PlaceWrite;
}

export interface Writer {
  readonly block: BlockId;
  readonly op: Op & { readonly op: "store" | "set" };
}

const NO_BLOCKS: readonly BlockId[] = [];
const NO_WRITERS: readonly Writer[] = [];
const NOT_WRITTEN: readonly PlacedWrite[] = [];

export class WrittenPlaces {
  readonly #calleeWrites: PlaceWrites;
  readonly #places: Places;
  readonly #byBlock = new Map<BlockId, readonly PlaceWrite[]>();
  #byPlace: ReadonlyMap<string, readonly PlacedWrite[]> | null = null;
  #emptying: ReadonlyMap<string, readonly BlockId[]> | null = null;
  #writers: ReadonlyMap<string, readonly Writer[]> | null = null;

  constructor(calleeWrites: PlaceWrites, places: Places) {
    this.#calleeWrites = calleeWrites;
    this.#places = places;
  }

  in(id: BlockId): readonly PlaceWrite[] {
    let writes = this.#byBlock.get(id);
    if (writes === undefined) this.#byBlock.set(id, (writes = this.#calleeWrites.of(this.#places, this.#places.fn.blocks[id]?.ops ?? [])));
    return writes;
  }

  to(place: Place): readonly PlacedWrite[] {
    if (place === null) return NOT_WRITTEN;
    if (this.#byPlace === null) {
      const found = new Map<string, PlacedWrite[]>();
      for (const { id } of this.#places.fn.blocks) for (const write of this.in(id)) append(found, write.place, { block: id, write });
      this.#byPlace = found;
    }
    return this.#byPlace.get(place) ?? NOT_WRITTEN;
  }

  /** The blocks that empty a place that ends in a member of this name. */
  emptying(key: string): readonly BlockId[] {
    if (this.#emptying === null) {
      const found = new Map<string, BlockId[]>();
      for (const { id } of this.#places.fn.blocks) {
        for (const { empties, place } of this.in(id)) {
          const dot = empties ? place.lastIndexOf(".") : -1;
          const name = place.slice(dot + 1);
          if (dot >= 0 && found.get(name)?.at(-1) !== id) append(found, name, id);
        }
      }
      this.#emptying = found;
    }
    return this.#emptying.get(key) ?? NO_BLOCKS;
  }

  /** Where what the place holds is written somewhere. */
  writersOf(from: string): readonly Writer[] {
    if (this.#writers === null) {
      const found = new Map<string, Writer[]>();
      for (const { id, ops } of this.#places.fn.blocks) {
        for (const op of ops) {
          const place = op.op === "store" || op.op === "set" ? this.#places.of(op.src) : null;
          if (place !== null && (op.op === "store" || op.op === "set")) append(found, place, { block: id, op });
        }
      }
      this.#writers = found;
    }
    return this.#writers.get(from) ?? NO_WRITERS;
  }
}
