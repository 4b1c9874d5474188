/**
 * Loops of a function each round of which is a frame: around `beginFrame` of our runtime, between a `beginFrame` and its `endFrame`, or waiting for an
 * animation frame.
 *
 * Theory: syntactic over the control-flow graph; the calls are told by API. Known misses: the frame begun or ended in a callee.
 */
import { type Dominators, dominatorsOf } from "../dataflow/dominators.ts";
import { loopBlocks } from "../dataflow/loops.ts";
import { callEntry } from "../knowledge/hot-entries.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import type { Span } from "../source/span.ts";
import type { TracedType } from "../source/traced-type.ts";
import { functionsOf } from "./function-values.ts";

export interface FrameLoop {
  readonly blocks: ReadonlySet<BlockId>;
  /** The call that makes it one. */
  readonly span: Span;
  readonly why: string;
}

type CallOp = Op & { readonly op: "call" };

/** In the order of the text; empty for most functions, at the cost of looking at their calls. */
export function frameLoops(program: Program, module: ModuleIR, fn: FunctionIR): readonly FrameLoop[] {
  if (!fn.blocks.some((block) => block.loop !== null)) return [];
  return [...runtimeLoops(program, module, fn), ...(fn.async ? awaitedLoops(program, module, fn) : [])];
}

function runtimeLoops(program: Program, module: ModuleIR, fn: FunctionIR): readonly FrameLoop[] {
  const boundaries = frameBoundaries(program, module, fn);
  const begins = boundaries.filter(({ kind }) => kind === "begin");
  if (begins.length === 0) return [];
  const dominators = dominatorsOf(fn);
  const blocksOf = new Map(begins.map((begin) => {
    const around = fn.blocks[begin.block]?.loop ?? null;
    return [begin, new Set<BlockId>(around === null ? [] : loopBlocks(fn, around))];
  }));
  const ended = beforeEnds(boundaries, dominators);
  const byBlock = new Map<BlockId, Boundary[]>();
  for (const each of boundaries) byBlock.set(each.block, [...(byBlock.get(each.block) ?? []), each]);
  for (const head of fn.blocks) {
    if (head.role !== "loop-head" || !ended.has(head.id)) continue;
    const begin = openAt(head.id, byBlock, dominators);
    const blocks = begin === null ? undefined : blocksOf.get(begin);
    for (const at of blocks === undefined ? [] : loopBlocks(fn, head.id)) blocks?.add(at);
  }
  return begins.flatMap((begin) => {
    const blocks = blocksOf.get(begin);
    return blocks === undefined || blocks.size === 0 ? [] : [{ blocks, span: begin.op.calleeSpan, why: "each round of the loop is a frame" }];
  });
}

/** A call that begins or ends a frame. */
interface Boundary {
  readonly block: BlockId;
  readonly op: CallOp;
  readonly kind: "begin" | "end";
}

function frameBoundaries(program: Program, module: ModuleIR, fn: FunctionIR): readonly Boundary[] {
  const calls = loopCalls(fn);
  return (program.settings.model.size === 0 ? calls.named : calls.all).flatMap(({ block, op }) => {
    for (const api of program.tracer.targets(module, fn, op.dst).apis) {
      const kind = runtimeEffect(api)?.kind;
      if (kind === "begin" || kind === "end") return [{ block, op, kind }];
    }
    return [];
  });
}

/** Cheaply, by the function alone: whether a loop of it may be a frame. `isModelled`: the settings may say of any call that it is a boundary. */
export function mayLoopOverFrames(fn: FunctionIR, isModelled: boolean): boolean {
  return fn.blocks.some(({ loop }) => loop !== null) && (isModelled || loopCalls(fn).named.length > 0 || (fn.async && fn.blocks.some(({ loop, ops }) => loop !== null && ops.some((op) => op.op === "await"))));
}

/** The calls of a function, and those of them that have a name of the runtime's boundaries. */
const loopCalls = onceFor((fn: FunctionIR) => {
  const all = fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "call" ? [{ block: block.id, op }] : [])));
  return { all, named: all.filter(({ op }) => op.key !== null && /^(begin|end)Frame/.test(op.key)) };
});

/** The blocks that some end of a frame always follows upon: those that dominate one. */
function beforeEnds(boundaries: readonly Boundary[], dominators: Dominators): ReadonlySet<BlockId> {
  const found = new Set<BlockId>();
  for (const { block, kind } of boundaries) {
    for (let at: BlockId | null = kind === "end" ? block : null; at !== null && !found.has(at); at = dominators.immediate(at)) found.add(at);
  }
  return found;
}

/** The innermost frame that every path to a block has begun and not ended, as far as one function tells. */
function openAt(block: BlockId, byBlock: ReadonlyMap<BlockId, readonly Boundary[]>, dominators: Dominators): Boundary | null {
  let over = 0;
  for (let at = dominators.immediate(block); at !== null; at = dominators.immediate(at)) {
    for (const each of [...(byBlock.get(at) ?? [])].reverse()) {
      if (each.kind === "end") over++;
      else if (over > 0) over--;
      else return each;
    }
  }
  return null;
}

/** `while (running) { await nextFrame(); ... }`, where the promise is one that an animation frame resolves. */
function awaitedLoops(program: Program, module: ModuleIR, fn: FunctionIR): readonly FrameLoop[] {
  const index = functionIndex(fn);
  return fn.blocks.flatMap((block) => {
    const { loop } = block;
    if (loop === null || goesThroughAList(fn, loop)) return [];
    return block.ops.flatMap((op) => {
      if (op.op !== "await" || !isFramePromise(program, module, fn, index, op.src)) return [];
      const blocks = loopBlocks(fn, loop);
      return passedInEachRound(fn, loop, blocks, block.id) ? [{ blocks, span: op.span, why: "each round of the loop waits for a frame" }] : [];
    });
  });
}

/** `for (const level of levels) { build(level); await nextFrame(); }` is work in parts, and over when the list is; a stream of frames is no list. */
function goesThroughAList(fn: FunctionIR, head: BlockId): boolean {
  const terminal = fn.blocks[head]?.terminal;
  if (terminal?.kind !== "next") return false;
  const iterator = functionIndex(fn).operation(terminal.iterator);
  return iterator?.op === "iterate" && iterator.form !== "await";
}

/** Work that lets a frame through now and then (`if (tooLong()) await nextFrame()`) is no loop of frames. */
function passedInEachRound(fn: FunctionIR, head: BlockId, blocks: ReadonlySet<BlockId>, wait: BlockId): boolean {
  const dominators = dominatorsOf(fn);
  return [...blocks].every((id) => {
    const terminal = fn.blocks[id]?.terminal;
    return terminal?.kind !== "goto" || !terminal.back || terminal.to !== head || id === wait || dominators.dominates(wait, id);
  });
}

function isFramePromise(program: Program, module: ModuleIR, fn: FunctionIR, index: FunctionIndex, temp: Temp): boolean {
  const made = index.definition(temp);
  if (made === undefined || !("op" in made)) return false;
  if (made.op === "new") return resolvesInFrame(program, module, fn, made);
  if (made.op !== "call") return false;
  return program.tracer.targets(module, fn, made.dst).functions.some(({ module: other, function: callee }) =>
    callee.blocks.some((block) => block.ops.some((op) => op.op === "new" && resolvesInFrame(program, other, callee, op))),
  );
}

/** `new Promise((resolve) => requestAnimationFrame(resolve))`, `new Promise(requestAnimationFrame)` */
function resolvesInFrame(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }): boolean {
  const executor = op.args[0];
  if (executor === undefined || !program.tracer.targets(module, fn, op.dst).apis.includes("global:Promise")) return false;
  return asksForFrame(program.tracer.typeOf(module, fn, executor.temp)) || functionsOf(program, module, fn, executor.temp).some(({ module: other, function: body }) =>
    body.blocks.some((block) => block.ops.some((at) => at.op === "call" && program.tracer.targets(other, body, at.dst).apis.some((api) => callEntry(api)?.when === "chain"))),
  );
}

function asksForFrame(type: TracedType): boolean {
  if (type.kind === "union") return type.members.some(asksForFrame);
  return type.kind === "external" && type.side === "value" && callEntry(`${type.package}:${type.path}`)?.when === "chain";
}
