/**
 * What is allocated under a tag in one go, by constant sizes, against the hard limit that the program registers for the tag.
 *
 * Theory: by declaration, must: what every run of the callback of `withTag` (or of the rest of a `tagScope`) allocates, itself and in the functions that it calls,
 * a loop as often as it is known to run. A tag that is opened inside counts for itself. Where something is released, or several frames run, nothing is added up:
 * then each allocation counts alone.
 * Of two budgets of one tag the larger counts. Misses: sizes and tags that are no constants; what several calls under one tag add up to; allocations of
 * another allocator, unless the program makes only one.
 */
import { type Dominators, dominatorsOf } from "../dataflow/dominators.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { isFrameBoundary, isPartOfFrame } from "../knowledge/lifetime-apis.ts";
import { makesAllocator, ownershipEffect } from "../knowledge/ownership-api.ts";
import { keepsBytes, takenBy } from "../knowledge/runtime-sizes.ts";
import { mayTakeTag, type TagEffect, tagEffect } from "../knowledge/tag-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { type Analysis } from "./frame-run.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import { functionsOf } from "./function-values.ts";
import { type ProgramParts, programParts } from "./program-parts.ts";

export interface ExceededTag {
  readonly at: Location;
  readonly tag: string;
  readonly bytes: number;
  readonly limit: number;
  readonly registered: Location;
  /** Where the tag is opened. */
  readonly opened: Location;
  readonly parts: readonly TaggedBytes[];
}

interface TaggedBytes {
  readonly at: Location;
  readonly bytes: number;
  /** One round of its loops. */
  readonly once: number;
}

interface Taken {
  readonly parts: readonly TaggedBytes[];
  /** Nothing of it is given back before the end. */
  readonly addsUp: boolean;
}

const NOTHING: Taken = { parts: [], addsUp: true };

export const exceededTags: Fact<readonly ExceededTag[]> = defineFact("exceeded-tags", (program, get) => {
  const named = namingCalls(program);
  if (!named.some(({ kind }) => kind === "name")) return [];
  const { analysis } = get(frameAnalysis);
  const calls = named.flatMap((call): TagCall[] => {
    const tag = analysis.sizes.text({ ...call, temp: call.named });
    return tag === null ? [] : [{ ...call, tag }];
  });
  const registered = calls.filter((call) => call.kind === "name");
  const sum = new TagSum(program, analysis, get(callEdges), get(programParts));
  const found = calls.flatMap((call) => (call.kind === "name" ? [] : sum.judge(call, registered)));
  return found.sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

interface NamingCall {
  readonly kind: Exclude<TagEffect["kind"], "charge">;
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly block: number;
  readonly op: Op & { readonly op: "call" };
  /** The tag's name. */
  readonly named: Temp;
}

interface TagCall extends NamingCall {
  readonly tag: string;
}

const callsWithTags = callsOfMembers((name) => name !== null && mayTakeTag(name));

function namingCalls(program: Program): NamingCall[] {
  return program.modules.flatMap((module) => (module.role === "project" ? callsWithTags(module) : []).flatMap(({ fn, block, op }): NamingCall[] => {
    const effect = program.tracer.targets(module, fn, op.dst).apis.map(tagEffect).find((each) => each !== undefined);
    if (effect === undefined || effect.kind === "charge") return [];
    const named = op.args[effect.tag];
    return named === undefined ? [] : [{ kind: effect.kind, module, fn, block, op, named: named.temp }];
  }));
}

class TagSum {
  readonly #program: Program;
  readonly #analysis: Analysis;
  readonly #edges: CallEdges;
  readonly #parts: ProgramParts;

  constructor(program: Program, analysis: Analysis, edges: CallEdges, parts: ProgramParts) {
    this.#program = program;
    this.#analysis = analysis;
    this.#edges = edges;
    this.#parts = parts;
  }

  judge(call: TagCall, registered: readonly TagCall[]): ExceededTag[] {
    const budget = this.#limit(call, registered);
    if (budget === null) return [];
    const taken = (call.kind === "scope" ? this.#inScope(call) : this.#inCallbacks(call)) ?? NOTHING;
    let bytes = 0;
    const { parts, addsUp } = taken;
    for (const [index, part] of parts.entries()) {
      bytes = addsUp ? bytes + part.bytes : part.once;
      if (bytes <= budget.limit) continue;
      return [{ at: part.at, tag: call.tag, bytes, ...budget, opened: { file: call.module.file, span: call.op.calleeSpan }, parts: addsUp ? parts.slice(0, index + 1) : [part] }];
    }
    return [];
  }

  #limit({ tag, module }: TagCall, registered: readonly TagCall[]): { readonly limit: number; readonly registered: Location } | null {
    let largest: { limit: number; registered: Location } | null = null;
    for (const each of registered) {
      if (each.tag !== tag || this.#parts.partOf(each.module) !== this.#parts.partOf(module)) continue;
      const hard = each.op.args[HARD_LIMIT];
      const limit = hard === undefined ? null : this.#analysis.sizes.number({ module: each.module, fn: each.fn, temp: hard.temp });
      if (limit === null) return null;
      if (largest === null || limit > largest.limit) largest = { limit, registered: { file: each.module.file, span: each.op.span } };
    }
    return largest;
  }

  #inCallbacks(call: TagCall): Taken | null {
    const callback = call.op.args[1];
    const [only, ...others] = callback === undefined ? [] : functionsOf(this.#program, call.module, call.fn, callback.temp);
    return only === undefined || others.length > 0 ? null : this.#inFunction(only.module, only.function, this.#isOnlyAllocator(call.module), call, 0);
  }

  /** The rest of the block that a `using` scope stands in. */
  #inScope(call: TagCall): Taken | null {
    const variable = call.fn.blocks.flatMap((block) => block.ops).find((op) => op.op === "store" && op.src === call.op.dst);
    const ended = call.fn.blocks.filter((block) => variable?.op === "store" && block.ops.some((op) => op.op === "dispose" && op.variable === variable.variable));
    const exit = call.fn.blocks.find(({ terminal }) => terminal.kind === "exit");
    const dominators = dominatorsOf(call.fn);
    // Not the end by an exception.
    const last = ended.find(({ id }) => exit !== undefined && dominators.dominates(id, exit.id)) ?? ended[0];
    if (last === undefined) return null;
    const isIn = (op: Op, block: number): boolean => dominators.dominates(call.block, block) && dominators.dominates(block, last.id) && op.span.start > call.op.span.start && (block !== last.id || last.ops.indexOf(op) < last.ops.findIndex((each) => each.op === "dispose"));
    return this.#sum(call.module, call.fn, isIn, this.#isOnlyAllocator(call.module), call, 0);
  }

  #inFunction(module: ModuleIR, fn: FunctionIR, isOnly: boolean, call: TagCall, depth: number): Taken | null {
    const exit = fn.blocks.find(({ terminal }) => terminal.kind === "exit");
    if (exit === undefined || fn.async || fn.generator) return null;
    const dominators = dominatorsOf(fn);
    return this.#sum(module, fn, (_op, block) => this.#isPassed(module, fn, dominators, block, exit.id), isOnly, call, depth);
  }

  /** In each run, or in each round of loops that are known to run. */
  #isPassed(module: ModuleIR, fn: FunctionIR, dominators: Dominators, block: number, exit: number): boolean {
    if (dominators.dominates(block, exit)) return true;
    const loop = fn.blocks[block]?.loop ?? null;
    if (loop === null || !this.#analysis.rounds.isCounted(module, fn, loop) || !dominators.dominates(loop, exit)) return false;
    const backs = fn.blocks.filter(({ terminal }) => terminal.kind === "goto" && terminal.back && terminal.to === loop);
    return backs.every(({ id }) => dominators.dominates(block, id));
  }

  #sum(module: ModuleIR, fn: FunctionIR, isIn: (op: Op, block: number) => boolean, isOnly: boolean, call: TagCall, depth: number): Taken {
    const parts: TaggedBytes[] = [];
    let frames = 0;
    let addsUp = true;
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call") continue;
        const { apis } = this.#program.tracer.targets(module, fn, op.dst);
        if (apis.some((api) => isPartOfFrame(api) || /^(?:release|dispose-all)$/.test(ownershipEffect(api)?.kind ?? ""))) addsUp = false;
        if (apis.some(isFrameBoundary)) frames += block.loopDepth > 0 ? 2 : 1;
        if (!isIn(op, block.id)) continue;
        if (isOnly || sameReceiver(call, fn, op)) parts.push(...this.#bytesOf(module, fn, op, apis));
        if (apis.length === 0 && isOnly && depth < MAX_CALLS) {
          const [edge, ...others] = this.#edges.of(module, fn).filter((each) => each.how === "call" && each.block === block.id && each.result === op.dst);
          const inner = edge === undefined || others.length > 0 ? NOTHING : this.#inFunction(edge.module, edge.target, isOnly, call, depth + 1) ?? { parts: [], addsUp: false };
          addsUp &&= inner.addsUp;
          parts.push(...inner.parts);
        }
      }
    }
    // The end of a frame gives back what it held: one begin and its end at most.
    return { parts, addsUp: addsUp && frames <= 2 };
  }

  #bytesOf(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, apis: readonly string[]): TaggedBytes[] {
    const { sizes, rounds } = this.#analysis;
    const taken = apis.map((api) => takenBy(api) ?? keepsBytes(api)).find((each) => each !== undefined);
    if (taken === undefined) return [];
    const written = (index: number): Parameters<typeof sizes.number>[0] | null => (op.args[index] === undefined ? null : { module, fn, temp: op.args[index].temp });
    const type = taken.type === null ? null : written(taken.type);
    const size = taken.type === null ? 1 : type === null ? null : sizes.typeSize(type);
    const counted = typeof taken.count === "number" ? null : written(taken.count.argument);
    const count = typeof taken.count === "number" ? taken.count : counted === null ? null : sizes.number(counted);
    const at = { file: module.file, span: op.span };
    return size === null || count === null || !(size * count > 0) ? [] : [{ at, once: size * count, bytes: size * count * rounds.of(module, fn, at, []) }];
  }

  #isOnlyAllocator(module: ModuleIR): boolean {
    const part = this.#parts.partOf(module);
    const made = this.#program.modules.filter((each) => each.role === "project" && this.#parts.partOf(each) === part).flatMap((each) => each.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.filter((op) => (op.op === "new" || op.op === "call") && this.#program.tracer.targets(each, fn, op.dst).apis.some(makesAllocator)))));
    return made.length <= 1;
  }
}

const HARD_LIMIT = 2;
const MAX_CALLS = 3;

/** Whether both are called on one variable, or on one field of `this`. */
function sameReceiver(call: TagCall, fn: FunctionIR, op: Op & { readonly op: "call" }): boolean {
  const [a, b] = [nameOf(call.fn, call.op), nameOf(fn, op)];
  return a !== null && a === b;
}

function nameOf(fn: FunctionIR, op: Op & { readonly op: "call" }): string | null {
  const receiver = op.receiver === null ? undefined : functionIndex(fn).definition(op.receiver);
  if (receiver === undefined || !("op" in receiver)) return null;
  if (receiver.op === "load") return `variable ${receiver.variable}`;
  return receiver.op === "get" && receiver.key !== null ? `field ${receiver.key}` : null;
}
