/** Whether a branch makes something because a pool has nothing to give: elsewhere in the function the pool is taken from. May, syntactic, by places. */
import type { Place, Places } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import type { BlockId, Op, Temp } from "../source/ir.ts";

/** The member by which what is free is chained. */
const NEXT = /^_?next/i;
const TAKES_FROM_POOL: ReadonlySet<string> = new Set(["pop()", "shift()"]);

/** `pool.length > 0 ? pool.pop() : new T()`: the other arm takes from what this one found empty. */
export function missesPool(places: Places, id: BlockId, place: Place): boolean {
  const last = place?.slice(place.lastIndexOf(".") + 1) ?? "";
  if (TAKES_FROM_POOL.has(last)) return true;
  if (last !== "length" && last !== "size" && last !== "count") return false;
  const holder = place?.slice(0, -last.length - 1) ?? "";
  const shrinks = (op: Op): boolean => op.op === "set" && op.key === last && places.of(op.object) === holder && places.origin(op.src)?.op === "binary";
  return isDoneElsewhere(places, id, (op) => shrinks(op) || (op.op === "call" && TAKES_FROM_POOL.has(`${op.key ?? ""}()`) && op.receiver !== null && places.of(op.receiver) === holder));
}

/** `if (this.free) { made = this.free; this.free = made.next; } else made = new T()`: a pool that is a chain, at a place that outlives the call. */
export function takesNext(places: Places, id: BlockId, place: Place): boolean {
  return place !== null && isDoneElsewhere(places, id, (op) => op.op === "set" && place === places.memberSet(op) && readsNext(places, op.src));
}

function readsNext(places: Places, temp: Temp): boolean {
  const op = places.origin(temp);
  return op?.op === "get" && op.key !== null && NEXT.test(op.key);
}

function isDoneElsewhere(places: Places, id: BlockId, isIt: (op: Op) => boolean): boolean {
  const { dominators } = regionsOf(places.fn);
  return places.fn.blocks.some((block) => block.id !== id && !dominators.dominates(id, block.id) && block.ops.some(isIt));
}
