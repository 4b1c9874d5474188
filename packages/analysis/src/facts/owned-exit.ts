/**
 * What is owed when a function is left: made here, alive, in nobody else's hands, and held by nothing that outlives the function. And what is handed back dead.
 *
 * May over paths: one explicit way out that leaves it is enough. Ways by a call that might throw do not count (see `unwound`).
 * Misses: things stored in a field, an element or a captured variable, which are taken to have an owner there.
 */
import { ELEMENT, nameOf, type Origin, type SiteOrigin, type Value } from "../dataflow/origin.ts";
import type { Cell } from "../dataflow/cell.ts";
import type { Release } from "../dataflow/owned-states.ts";
import type { State } from "../dataflow/state.ts";
import type { FrameRun } from "./frame-run.ts";
import { reach } from "./frame-run.ts";
import { openingOf } from "./owned-brackets.ts";
import { isTokenReleased, releasedAll, resourceOf } from "./owned-values.ts";
import type { Exit } from "./solve-function.ts";

/** Reports what each way out leaves behind. */
export function reportLeaks(run: FrameRun, exits: readonly Exit[]): void {
  if (run.phase !== "report") return;
  for (const { state, value, at } of exits) {
    if (!state.owned.owesAny()) continue;
    const held = outliving(run, state, value);
    for (const [origin, standing] of state.owned.entries()) {
      const { now, resource } = standing;
      const site = origin.kind === "site" ? origin.site : openingOf(run, origin, standing);
      if (now !== "live" || resource === null || site === null || held.has(origin)) continue;
      run.emit({ kind: "leak", at: site.via[0] ?? site.at, made: site, resource, left: run.at(at) });
    }
  }
}

/** Reports what is made here and handed back after its release, on each way out on which it is nothing else. */
export function reportDeadReturns(run: FrameRun, exits: readonly Exit[]): void {
  if (run.phase !== "report") return;
  for (const { state, value, at, thrown } of exits) {
    const dead = thrown ? null : deadReturned(state, value);
    if (dead !== null) run.emit({ kind: "dead-return", at: run.at(at), made: dead.origin.site, name: nameOf(dead.origin), releases: dead.releases });
  }
}

/** The numbers and names that stand for memory may be told to somebody who forgets them too. */
function deadReturned(state: State, value: Value): { readonly origin: SiteOrigin; readonly releases: readonly Release[] } | null {
  const released = releasedAll(state, value);
  if (released === null || isTokenReleased(released) || released.subject.kind !== "site" || resourceOf(released.subject) === null) return null;
  return { origin: released.subject, releases: released.standing.releases };
}

/** What can be reached once the function is left: by what it hands back, by variables that are not its own, by functions it gave away. */
function outliving(run: FrameRun, state: State, value: Value): ReadonlySet<Origin> {
  const held = new Set<Origin>(value);
  for (const cell of state.cells.values()) if (isOuter(run, cell)) for (const origin of cell.value) held.add(origin);
  for (const origin of state.owned.given) held.add(origin);
  return reach(run, state, held);
}

function isOuter(run: FrameRun, cell: Cell): boolean {
  if (cell.base !== null) return false;
  return cell.module !== run.module || run.fn.kind === "module" || run.module.variables[cell.variable]?.owner !== run.fn.id;
}

/** Forgets how things stand that no caller can come by, so that they do not keep ways out apart. */
export function forgetOwn(run: FrameRun, state: State, value: Value): void {
  for (const [origin] of [...state.owned.entries()]) if (isElement(origin)) state.owned.forget(origin);
  const sites = [...state.owned.entries()].filter(([origin]) => origin.kind === "site");
  if (sites.length === 0) return;
  const held = outliving(run, state, value);
  const isToldHere = deadReturned(state, value) !== null;
  // What is handed back itself is the caller's to release; what it only holds has an owner.
  for (const [origin, { now }] of sites) if (now === "live" ? !value.has(origin) : !held.has(origin) || (isToldHere && value.has(origin))) state.owned.forget(origin);
}

/** Of a container, or below one: another element may be meant when the caller reads it. */
function isElement(origin: Origin): boolean {
  for (let at = origin; at.kind === "field"; at = at.base) if (at.name === ELEMENT) return true;
  return false;
}
