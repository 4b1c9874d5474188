/**
 * Whether an allocation's type or size may be another in the next round: then no one allocation before the loop stands for all.
 *
 * Through a helper its parameters are followed to the arguments of the call in the loop.
 */
import type { NaturalLoop } from "../dataflow/natural-loops.ts";
import { sameLocation } from "../dataflow/locations.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { FunctionIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import type { Candidate } from "./made-in-calls.ts";
import { stableIn } from "./stable-values.ts";

type CallOp = Op & { readonly op: "call" | "new" };

export function changesWithRounds(result: FrameAnalysis, { fn, site, step }: Candidate, loop: NaturalLoop | null): boolean {
  const { program } = result.analysis;
  const places = [...site.via, site.at];
  let slots: readonly number[] | null = null;
  for (let index = places.length - 1; index >= 0; index--) {
    const place = places[index];
    const found = place === undefined ? null : index === 0 && step.op.op === "call" ? { fn, op: step.op } : findCall(result, place);
    if (found === null) return true;
    const temps = slots === null ? decisive(found.op, site.api ?? "") : argumentsAt(found.op, slots);
    if (temps === null) return true;
    const needed = new Set<number>();
    for (const temp of temps) {
      const parameters = stableIn(program, result.analysis.moduleOf(found.fn), found.fn, temp, index === 0 ? loop?.blocks ?? null : null);
      if (parameters === null) return true;
      for (const slot of parameters) needed.add(slot);
    }
    slots = [...needed];
  }
  return slots !== null && slots.length > 0;
}

/** The arguments that say what is allocated and how much of it; a boxed value is each round's own. */
function decisive(op: CallOp, api: string): readonly Temp[] | null {
  const effect = runtimeEffect(api);
  if (effect?.kind !== "alloc" || op.args.some((arg) => arg.spread)) return null;
  const count = effect.gives === "box" ? 0 : effect.gives === "type" ? 1 : op.args.length;
  return op.args.slice(0, count).map((arg) => arg.temp);
}

/** A parameter that is not passed is its default in every round. */
function argumentsAt(op: CallOp, slots: readonly number[]): readonly Temp[] | null {
  if (op.args.some((arg) => arg.spread)) return null;
  return slots.flatMap((slot) => op.args[slot]?.temp ?? []);
}

function findCall(result: FrameAnalysis, place: Location): { readonly fn: FunctionIR; readonly op: CallOp } | null {
  for (const fn of result.solved.keys()) {
    const found = fn.file === place.file ? callAt(fn, place) : null;
    if (found !== null) return found;
  }
  return null;
}

function callAt(fn: FunctionIR, place: Location): { readonly fn: FunctionIR; readonly op: CallOp } | null {
  for (const block of fn.blocks) {
    for (const op of block.ops) if ((op.op === "call" || op.op === "new") && sameLocation({ file: fn.file, span: op.span }, place)) return { fn, op };
  }
  return null;
}
