/**
 * What of a value has an owner, and how it stands: the questions that uses, releases and exits share.
 *
 * A subject is what is released as a whole: an allocation, or a place that the caller supplied. A window on memory (`body.pos`) belongs to the
 * allocation it is cut from; what an object of the user's own holds does not.
 */
import { ELEMENT, type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { Standing } from "../dataflow/owned-states.ts";
import type { State } from "../dataflow/state.ts";
import { isToken, type Resource, resourceMade } from "../knowledge/ownership-api.ts";
import { ALIVE } from "./conditions.ts";
import { type FrameRun, memorySite, reach } from "./frame-run.ts";

/** What is released when this is; null for what has no owner. */
export function subjectOf(origin: Origin): Origin | null {
  if (memorySite(origin) !== null) return rootOf(origin);
  switch (origin.kind) {
    case "site": case "param": case "this": case "variable": case "field": return origin;
    case "global": case "class": case "function": case "const": case "expr": case "scalar": case "unknown": return null;
  }
}

/** The origins of a value but for `null` and `undefined`, of which nothing can be released or read. */
export function things(value: Value): Origin[] {
  return [...value].filter((origin) => origin.kind !== "const");
}

export function resourceOf(origin: Origin): Resource | null {
  return origin.kind === "site" ? resourceMade(origin.site.api) : null;
}

/** Came from a caller, so that it is judged there. */
export function isSupplied(origin: Origin): boolean {
  const root = rootOf(origin);
  return root.kind === "param" || root.kind === "this" || root.kind === "variable";
}

export interface Released {
  readonly subject: Origin;
  readonly standing: Standing;
}

/** How the value was released, when all that it may be was, on this path; null otherwise. */
export function releasedAll(state: State, value: Value): Released | null {
  let first: Released | null = null;
  for (const origin of things(value)) {
    const subject = subjectOf(origin);
    const standing = subject === null ? undefined : state.owned.get(subject);
    if (subject === null || standing === undefined || standing.now !== "released" || !standing.sure) return null;
    first ??= { subject, standing };
  }
  return first;
}

/** Whether only its number or name is handed around. */
export function isTokenReleased({ subject, standing }: Released): boolean {
  const resource = resourceOf(subject) ?? standing.resource;
  return resource !== null && isToken(resource);
}

/** The answer to `isAlive` and `isValid`. */
export function aliveness(run: FrameRun, state: State, value: Value): Value {
  const all = things(value);
  const [only] = all;
  const subject = only === undefined || all.length > 1 ? null : subjectOf(only);
  if (subject === null) return releasedAll(state, value) === null ? run.table.scalarValue : new Set([run.table.constant(false)]);
  const known = state.owned.isAlive(subject);
  return new Set([known === undefined ? run.table.expression(ALIVE, [subject]) : run.table.constant(known)]);
}

/** What dies with this: views resolved from a handle, values of a group. */
export function partsOf(state: State, owner: Origin): ReadonlySet<Origin> {
  const found = new Set<Origin>();
  const visit = (value: Value): void => {
    for (const origin of value) {
      const root = rootOf(origin);
      if (root.kind === "site" && root.site.allocator === owner) found.add(root);
    }
  };
  for (const value of state.temps.values()) visit(value);
  for (const cell of state.cells.values()) visit(cell.value);
  return found;
}

/** Elements of a container that were just read: which ones is not known, so nothing of them is. */
export function readAnew(state: State, value: Value): void {
  for (const origin of value) state.owned.readAnew(origin);
}

/** What a callee gave: it may have looked it up in a container, where the next call finds another. */
export function givenAnew(state: State, value: Value): void {
  for (const origin of value) for (let at = origin; at.kind === "field"; at = at.base) if (at.name === ELEMENT) state.owned.readAnew(at);
}

/** Hands over a value with all that it holds, also what its functions captured. */
export function giveAway(run: FrameRun, state: State, value: Value): void {
  for (const origin of reach(run, state, value)) state.owned.give(origin);
}
