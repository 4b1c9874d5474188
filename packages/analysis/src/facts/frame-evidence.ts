/**
 * How an allocation or an `endFrame` was reached, over all callers that the program shows: with the frame open, closed, or nobody knows.
 *
 * Theory: must over the callers. Where all that are known hold no frame, the place itself is at fault; where others are known to hold one, the innermost call that
 * no way with a frame (or with nobody knows what) goes through. Of several ways from one function to the place one is looked at.
 * Of an allocator that only an unknown call gave nobody can tell which it is: it says nothing against another way.
 * Misses: ways of more than eight calls; of a callee reached in two ways from one function, the other one.
 */
import { placeKey } from "../dataflow/locations.ts";
import { type Origin, rootOf } from "../dataflow/origin.ts";
import type { Location } from "../source/span.ts";
import type { Need } from "./summary.ts";

interface Way {
  /** The calls to the place, outermost first. */
  readonly chain: readonly Location[];
  /** Where the frame before it ended. */
  readonly ended: readonly Location[];
}

/** A call on which the place is always reached with the frame closed. */
export interface OutsideCall extends Way {
  readonly at: Location;
  /** All calls of the way, of which the chain is the part below. */
  readonly way: readonly Location[];
}

export class Evidence {
  readonly need: Need;
  open = false;
  unknown = false;
  /** The first way with the frame closed; null for none. */
  closed: Way | null = null;
  readonly #closed: Way[] = [];
  /** Calls on other ways. */
  readonly #others = new Set<string>();

  constructor(need: Need) {
    this.need = need;
  }

  noteClosed(way: Way, key: Origin): void {
    this.closed ??= way;
    if (isNamed(key)) this.#closed.push(way);
  }

  noteOther(how: "open" | "unknown", chain: readonly Location[]): void {
    this[how] = true;
    for (const call of chain) this.#others.add(placeKey(call));
  }

  /** Nobody who is known holds a frame. */
  get isOutside(): boolean {
    return this.closed !== null && !this.open && !this.unknown;
  }

  /** Where some hold one and some none: the calls that are outside, each once. */
  outsideCalls(): readonly OutsideCall[] {
    if (!this.open) return [];
    const found = new Map<string, OutsideCall>();
    for (const { chain, ended } of this.#closed) {
      const index = chain.findLastIndex((call) => !this.#others.has(placeKey(call)));
      const at = chain[index];
      if (at !== undefined && !found.has(placeKey(at))) found.set(placeKey(at), { at, way: chain, chain: chain.slice(index + 1), ended });
    }
    return [...found.values()];
  }
}

function isNamed(key: Origin): boolean {
  const root = rootOf(key);
  return root.kind === "site" ? root.site.kind !== "result" : root.kind !== "expr" && root.kind !== "unknown" && root.kind !== "scalar";
}
