/**
 * Uses and releases of what may have been released: the judgement where the value is known, and what is left to callers (touches) where it is not.
 *
 * May over paths, must over the things that a value may be: a path is reported when all that the value may be on it was released for sure.
 * Misses: values that an unresolved call gave; windows on typed arrays (`subarray`), which are taken for the whole.
 */
import { nameOf, type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import { sameLocation } from "../dataflow/locations.ts";
import type { State } from "../dataflow/state.ts";
import type { Location, Span } from "../source/span.ts";
import { endBrackets } from "./owned-brackets.ts";
import { foreignReason } from "./foreign-release.ts";
import { type FrameRun } from "./frame-run.ts";
import { conditions } from "./frame-protocol.ts";
import { giveAway, isSupplied, isTokenReleased, partsOf, releasedAll, resourceOf, subjectOf, things } from "./owned-values.ts";
import type { ReleaseCall } from "./summary.ts";

/** Where something is done to a value: the place at fault, where that leads to, and the calls between. */
export interface Deed {
  readonly at: Location;
  readonly inner: Location | null;
  readonly chain: readonly Location[];
}

/** A read, write or call on a value; `memory` is false for an API that takes the value itself, as `resolve(handle)` does. */
export function useOwned(run: FrameRun, state: State, value: Value, span: Span, memory = true): void {
  if (run.phase === "solve") return;
  const at = run.at(span);
  if (judgeUseOwned(run, state, value, { at, inner: null, chain: [] }, memory)) return;
  for (const origin of value) leaveTouch(run, state, origin, at, null, memory);
}

/** Reports a use of what was released; false when it is none. */
export function judgeUseOwned(run: FrameRun, state: State, value: Value, { at, inner, chain }: Deed, memory: boolean): boolean {
  const released = releasedAll(state, value);
  if (released === null || (memory && isTokenReleased(released))) return false;
  const { subject, standing } = released;
  if (!isFirst(run, subject, at)) return true;
  run.emit({ kind: "stale", at, made: subject.kind === "site" ? subject.site : null, name: nameOf(subject), again: null, releases: standing.releases, inner, chain });
  return true;
}

/** Several uses of one thing in one expression are one fault. */
function isFirst(run: FrameRun, subject: Origin, at: Location): boolean {
  const key = `${subject.id} ${run.segment}`;
  const said = run.said.get(key) ?? at;
  run.said.set(key, said);
  return sameLocation(said, at);
}

/** What a caller supplied is judged where it is known. */
function leaveTouch(run: FrameRun, state: State, origin: Origin, at: Location, release: ReleaseCall | null, memory: boolean): void {
  if (isSupplied(origin) && state.owned.get(origin) === undefined) run.touch({ origin, at, release, memory, when: conditions(state), chain: [] });
}

/** A call that takes the value back; where it is not known to be ours (`sure` false), only callers that know it judge. */
export function releaseOwned(run: FrameRun, state: State, value: Value, release: ReleaseCall, span: Span, sure = true): void {
  const at = run.at(span);
  if (sure && run.phase !== "solve") {
    judgeRelease(run, state, value, release, { at, inner: null, chain: [] });
    for (const origin of value) leaveTouch(run, state, origin, at, release, false);
  }
  setReleased(run, state, value, release, { at, inner: null, chain: [] }, sure);
}

/** Reports a second release, and one of what is not its own. */
export function judgeRelease(run: FrameRun, state: State, value: Value, release: ReleaseCall, { at, inner, chain }: Deed): void {
  const all = things(value);
  const released = releasedAll(state, value);
  const reasons = all.map((origin) => foreignReason(run, origin, release));
  const [reason] = reasons;
  const [first] = all;
  if (first !== undefined && reason !== undefined && reason !== null && reasons.every((each) => each !== null)) {
    const root = rootOf(first);
    run.emit({ kind: "foreign", at, made: root.kind === "site" ? root.site : null, name: nameOf(first), by: release.by, reason, inner, chain });
  } else if (released !== null && !release.again) {
    const { subject, standing } = released;
    run.emit({ kind: "stale", at, made: subject.kind === "site" ? subject.site : null, name: nameOf(subject), again: release.by, releases: standing.releases, inner, chain });
  }
}

/** The state after a release. What it may not take is left as it was, and its owner is not asked for it again. */
export function setReleased(run: FrameRun, state: State, value: Value, release: ReleaseCall, { at, inner }: Deed, sure: boolean): void {
  const all = things(value);
  for (const origin of all) {
    const subject = subjectOf(origin);
    if (subject === null) continue;
    if (foreignReason(run, origin, release) !== null) {
      giveAway(run, state, new Set([subject]));
      continue;
    }
    if (state.owned.get(subject)?.now === "released") continue;
    endBrackets(run, state, "pin", subject);
    const isOne = all.length === 1 && !(subject.kind === "site" && subject.old);
    for (const each of [subject, ...partsOf(state, subject)]) {
      if (isOne) state.owned.set(each, { now: "released", releases: [{ at, inner, by: release.by }], resource: resourceOf(each) ?? release.takes[0] ?? null, sure });
      else state.owned.doubt(each);
    }
  }
}
