/**
 * What is opened and closed by name on something else: phases of an allocator, pins of a handle. A bracket is owed by the function that closes it on
 * some way out and not on another; one that is opened here and closed elsewhere (hooks, paired methods) is nobody's fault.
 *
 * Typestate of a bracket on one path: as the caller left it (no entry), open with the places that opened it (`live`), closed once more than it was
 * opened (`released`). Property simulation as in `owned-states.ts`; past `MAX_DEPTH` of nesting nothing more is counted.
 */
import type { Origin, Site, Value } from "../dataflow/origin.ts";
import type { Standing } from "../dataflow/owned-states.ts";
import type { State } from "../dataflow/state.ts";
import type { Bracket } from "../knowledge/ownership-api.ts";
import { UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { Location } from "../source/span.ts";
import { allocatorKey } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";

const MAX_DEPTH = 4;

/** The thing to know: that a bracket is open on this. */
function keyOf(run: FrameRun, bracket: Bracket, on: Origin): Origin {
  return run.table.expression(`${bracket} of`, [on]);
}

export function openBracket(run: FrameRun, state: State, bracket: Bracket, on: Value, at: Location, by: string): void {
  const subject = allocatorKey(run, on);
  if (subject !== null) opened(state, keyOf(run, bracket, subject), bracket, at, by);
}

function opened(state: State, key: Origin, bracket: Bracket, at: Location, by: string): void {
  const before = state.owned.get(key);
  if (before?.now === "maybe") return;
  const releases = before?.now === "live" ? before.releases : [];
  if (releases.length < MAX_DEPTH) state.owned.set(key, { now: "live", releases: [...releases, { at, inner: null, by }], resource: bracket, sure: true });
}

export function closeBracket(run: FrameRun, state: State, bracket: Bracket, on: Value, at: Location, by: string): void {
  const subject = allocatorKey(run, on);
  if (subject === null) return;
  const key = keyOf(run, bracket, subject);
  run.closes.add(key);
  closed(state, key, bracket, at, by);
}

function closed(state: State, key: Origin, bracket: Bracket, at: Location, by: string): void {
  const before = state.owned.get(key);
  if (before?.now === "live" && before.releases.length > 1) state.owned.set(key, { ...before, releases: before.releases.slice(0, -1) });
  else if (before?.now === "live") state.owned.forget(key);
  else if (before === undefined) state.owned.set(key, { now: "released", releases: [{ at, inner: null, by }], resource: bracket, sure: true });
}

/** Whether a bracket is open, for all that is known on this path. */
export function isBracketOpen(run: FrameRun, state: State, bracket: Bracket, on: Origin): boolean {
  const standing = state.owned.get(keyOf(run, bracket, on));
  return standing !== undefined && standing.now !== "released";
}

/** The frame's end closes its phases; a freed handle has no pins. */
export function endBrackets(run: FrameRun, state: State, bracket: Bracket, on: Origin): void {
  state.owned.forget(keyOf(run, bracket, on));
}

/** What a callee opened or closed of the caller's. */
export function applyBracket(run: FrameRun, state: State, value: Value, standing: Standing, at: Location): void {
  const [key, ...others] = value;
  const bracket = standing.resource;
  if (key === undefined || others.length > 0 || key.kind !== "expr" || (bracket !== "phase" && bracket !== "pin")) return;
  const by = standing.releases[0]?.by ?? "";
  if (standing.now === "live") for (const _each of standing.releases) opened(state, key, bracket, at, by);
  else if (standing.now === "released") {
    run.closes.add(key);
    closed(state, key, bracket, at, by);
  } else state.owned.doubt(key);
}

/** The last opening of a bracket that is still open, as a thing that was made. */
export function openingOf(run: FrameRun, key: Origin, standing: Standing): Site | null {
  const last = standing.releases.at(-1);
  if (key.kind !== "expr" || last === undefined || !run.closes.has(key)) return null;
  return { kind: "result", at: last.at, binding: null, api: last.by, allocator: null, shape: UNKNOWN_SHAPE, via: [], class: null };
}
