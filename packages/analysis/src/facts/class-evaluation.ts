/**
 * What a class runs when it is made: the initialisers of its static fields and its static blocks, in the order of the text. What a static field is set to stays
 * what its name says: here it is only what they do to frames and to memory.
 */
import type { State } from "../dataflow/state.ts";
import type { Op } from "../source/ir.ts";
import { applySummary } from "./apply-summary.ts";
import type { FrameRun } from "./frame-run.ts";

/** The states after it: one for each way out of what runs. The state given is used up. */
export function evaluateClass(run: FrameRun, state: State, op: Op & { readonly op: "class" }): State[] {
  const class_ = run.module.classes[op.class];
  const made = class_ === undefined ? run.table.unknownValue : new Set([run.table.class_(run.module, class_)]);
  let states = [state];
  for (const member of class_?.members ?? []) {
    const runs = member.static && (member.kind === "field" || member.kind === "static-block");
    const fn = runs && member.function !== null ? run.module.functions[member.function] : undefined;
    if (fn !== undefined) states = states.flatMap((each) => applySummary(run, each, { fn, receiver: made, args: [], argSpans: [], at: run.at(member.span), dst: null }));
  }
  for (const each of states) each.temps.set(op.dst, made);
  return states;
}
