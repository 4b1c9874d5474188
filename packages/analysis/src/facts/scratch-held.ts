/** What is known of the values in scratch objects at one point of a function: who wrote them, and what has put them at risk since. Joined by union. */
import type { Location, Span } from "../source/span.ts";
import type { ScratchObject } from "./scratch-objects.ts";

/** Something that happened to the value since it was written. */
export interface Risk {
  readonly kind: "overwritten" | "waited";
  readonly span: Span;
  readonly by: { readonly name: string; readonly at: Location } | null;
}

export interface HeldValue {
  /** It may still be what the caller left in it. */
  readonly untouched: boolean;
  readonly written: ReadonlySet<Span>;
  readonly risks: ReadonlyMap<string, Risk>;
}

export type HeldObjects = ReadonlyMap<ScratchObject, HeldValue>;

export const UNTOUCHED: HeldValue = { untouched: true, written: new Set(), risks: new Map() };

/** What may hold on either way. */
export function joinHeld(a: HeldObjects | undefined, b: HeldObjects): HeldObjects {
  if (a === undefined) return b;
  let changed = false;
  const joined = new Map(a);
  for (const object of new Set([...a.keys(), ...b.keys()])) {
    const left = a.get(object) ?? UNTOUCHED;
    const right = b.get(object) ?? UNTOUCHED;
    const written = new Set([...left.written, ...right.written]);
    const risks = new Map([...left.risks, ...right.risks]);
    const untouched = left.untouched || right.untouched;
    if (a.has(object) && untouched === left.untouched && written.size === left.written.size && risks.size === left.risks.size) continue;
    joined.set(object, { untouched, written, risks });
    changed = true;
  }
  return changed ? joined : a;
}
