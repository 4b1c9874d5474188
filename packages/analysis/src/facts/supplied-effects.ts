/** What a callee sends or defers of what its caller supplied: judged in the caller, or left to the caller's own callers. */
import { type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { Application } from "./apply-summary.ts";
import { type FrameRun, frameSite, reach } from "./frame-run.ts";
import type { Substitution } from "./substitution.ts";
import type { SymbolicEffect } from "./summary.ts";

type Handed = SymbolicEffect & { readonly kind: "send" | "defer" };
type Deferred = SymbolicEffect & { readonly kind: "defer" };

export function judgeSent(run: FrameRun, state: State, application: Application, effect: Handed, substitute: Substitution): void {
  const at = placeOf(application, effect);
  const left = supplied(run, state, substitute.value(effect.value), (origin) => {
    const site = frameSite(origin);
    if (site !== null) run.emit({ kind: "send", at, site, target: effect.target, inner: at === effect.at ? null : effect.at });
  });
  if (left.size > 0) run.effect(`send:${application.at.span.start}:${effect.at.span.start}`, { ...effect, value: left });
}

export function judgeDeferred(run: FrameRun, state: State, application: Application, effect: Deferred, substitute: Substitution): void {
  const at = placeOf(application, effect);
  const left = supplied(run, state, substitute.value(effect.value), (origin) => {
    const site = frameSite(origin);
    if (site !== null) run.emit({ kind: "defer", at, site, name: site.binding ?? "value", target: effect.target, inner: at === effect.at ? null : effect.at });
  });
  const callee = substitute.value(effect.callee);
  if (effect.turn !== null) run.analysis.later.note(run, state, callee, effect.turn, at);
  if (left.size > 0) run.effect(`defer:${application.at.span.start}:${effect.at.span.start}`, { ...effect, value: left, callee });
}

/** Visits what the value holds; gives back what this function was itself supplied with. */
function supplied(run: FrameRun, state: State, value: Value, visit: (origin: Origin) => void): Value {
  const left = new Set<Origin>();
  for (const origin of reach(run, state, value)) {
    visit(origin);
    const root = rootOf(origin);
    if (root.kind === "param" || root.kind === "this" || root.kind === "variable") left.add(origin);
  }
  return left;
}

/** The argument that hands the value over; where the callee does it when it took the value from elsewhere. */
function placeOf(application: Application, { value, at: inner }: Handed): Application["at"] {
  for (const origin of value) {
    const root = rootOf(origin);
    const span = root.kind === "param" && root.fn === application.fn ? application.argSpans[root.index] : undefined;
    if (span !== undefined) return { file: application.at.file, span };
  }
  return inner;
}
