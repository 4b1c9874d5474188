/** Calls that end the life of an object, by their names: made once an object, so that what is done beside them is, too. Syntactic, may. */
import type { Place, Places } from "../dataflow/places.ts";
import type { Op } from "../source/ir.ts";

/** Called once an object, whatever calls it. */
export const ENDS_A_LIFE: ReadonlySet<string> = new Set(["dispose", "destroy", "kill", "die", "despawn", "[Symbol.dispose]"]);

/** `this.destroy()` */
export function endsOwnLife(places: Places, op: Op): boolean {
  return ended(places, op) === "this";
}

/** `made.dispose()`, of a place that is a member of `made`: nobody asks for it again. */
export function endsLifeOf(places: Places, op: Op, place: string): boolean {
  const holder = ended(places, op);
  return holder !== null && holder !== "this" && place.startsWith(`${holder}.`);
}

/** Whose life the operation ends. */
function ended(places: Places, op: Op): Place {
  return op.op === "call" && op.key !== null && ENDS_A_LIFE.has(op.key) && op.receiver !== null ? places.of(op.receiver) : null;
}
