/**
 * Who calls a function that is handed over as a callback, and how often: array methods for every element, our scopes once, a project function as
 * often as it calls what it is given.
 *
 * Theory: may, by the tracer's types of arguments. A call of nothing known with the name of an array's method is taken for one, as the
 * receiver of plain JavaScript has no type. What runs later repeats in other turns and is not listed; neither are functions called by name.
 */
import { callEffect } from "../knowledge/calls.ts";
import { isFrameBoundary, isPartOfFrame } from "../knowledge/lifetime-apis.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import { functionsIn } from "./function-values.ts";
import type { Summary } from "./summary.ts";

export interface Repeat {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly block: BlockId;
  readonly at: Location;
  /** What is walked, for an array's method; null for a call that happens once, or where `inside` says how often. */
  readonly each: Temp | null;
  /** Where the project function that is given the callback calls it. */
  readonly inside: { readonly module: ModuleIR; readonly fn: FunctionIR; readonly block: BlockId } | null;
  /** What the callback gives back is kept by its caller. */
  readonly keepsResult: boolean;
}

type CallOp = Op & { readonly op: "call" };

export class Repetitions {
  readonly #result: FrameAnalysis;
  #known: Map<FunctionIR, Repeat[]> | null = null;

  constructor(result: FrameAnalysis) {
    this.#result = result;
  }

  of(fn: FunctionIR): readonly Repeat[] {
    this.#known ??= this.#scan();
    return this.#known.get(fn) ?? [];
  }

  #scan(): Map<FunctionIR, Repeat[]> {
    const { analysis, solved } = this.#result;
    const { tracer } = analysis.program;
    const found = new Map<FunctionIR, Repeat[]>();
    for (const fn of solved.keys()) {
      const module = analysis.moduleOf(fn);
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op !== "call") continue;
          op.args.forEach((arg, slot) => {
            const callbacks = functionsIn(tracer.typeOf(module, fn, arg.temp)).filter((each) => solved.has(each.function));
            for (const { function: callback } of callbacks) {
              for (const repeat of this.#repeats(module, fn, block.id, op, slot)) found.set(callback, [...(found.get(callback) ?? []), repeat]);
            }
          });
        }
      }
    }
    return found;
  }

  #repeats(module: ModuleIR, fn: FunctionIR, block: BlockId, op: CallOp, slot: number): Repeat[] {
    const { analysis } = this.#result;
    const targets = analysis.program.tracer.targets(module, fn, op.dst);
    const base = { module, fn, block, at: { file: fn.file, span: op.calleeSpan }, inside: null };
    if (targets.functions.length > 0) {
      return targets.functions.flatMap(({ module: other, function: callee }) =>
        callsOfParameter(this.#result, callee, slot).map((at): Repeat => ({ ...base, each: null, inside: { module: other, fn: callee, block: at }, keepsResult: true })),
      );
    }
    const apis = targets.apis.length > 0 || op.key === null ? targets.apis : [`global:Array#${op.key}`];
    return apis.flatMap((api) => {
      const way = wayOf(api, op, slot);
      return way === null ? [] : [{ ...base, each: way.each, keepsResult: way.keepsResult }];
    });
  }
}

/** How an API calls the callback at this position; null when it does not, or in a frame of its own. */
function wayOf(api: ApiKey, op: CallOp, slot: number): { readonly each: Temp | null; readonly keepsResult: boolean } | null {
  const ours = runtimeEffect(api);
  if (ours !== undefined) {
    if (ours.kind !== "call-now" || ours.callback !== slot || isFrameBoundary(api) || isPartOfFrame(api)) return null;
    return { each: /Alloc#/.test(api) ? null : op.receiver, keepsResult: false };
  }
  const effect = callEffect(api);
  if (effect?.kind === "from" && effect.callback === slot) return { each: op.args[effect.argument]?.temp ?? null, keepsResult: true };
  if (effect?.kind !== "now" || effect.callback !== slot || op.receiver === null) return null;
  if (effect.element !== true && !/Array#/.test(api)) return null;
  return { each: op.receiver, keepsResult: effect.gives === "callback" || effect.gives === "array-of-callback" };
}

/** The blocks of a function in which it calls a parameter; none when it begins or ends a frame, which is the callback's own then. */
function callsOfParameter(result: FrameAnalysis, fn: FunctionIR, slot: number): BlockId[] {
  const summary = result.solved.get(fn)?.summary;
  if (summary === undefined || movesFrames(summary)) return [];
  const parameter = fn.params[slot]?.variable;
  const loaded = new Set<Temp>();
  const places = new Set<number>();
  for (const effect of summary.effects) {
    if (effect.kind !== "invoke" || effect.at.file !== fn.file) continue;
    if ([...effect.callee].some((origin) => origin.kind === "param" && origin.fn === fn && origin.index === slot)) places.add(effect.at.span.start);
  }
  const blocks = new Set<BlockId>();
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "load" && op.variable === parameter) loaded.add(op.dst);
      if (op.op === "call" && (loaded.has(op.callee) || places.has(op.span.start))) blocks.add(block.id);
    }
  }
  return [...blocks];
}

/** Whether a call of the function begins or ends a frame of its caller's. */
export function movesFrames(summary: Summary): boolean {
  return summary.begins.length > 0 || summary.exits.some((exit) => [...exit.frames.values()].some((frame) => frame.now !== "entry"));
}
