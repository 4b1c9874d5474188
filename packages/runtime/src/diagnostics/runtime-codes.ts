/** The codes that a running program reports, in words that fit each case of them; where the allocator itself reports one, its error has the names and numbers. */
import { BEHAVIOR_CODES } from "./behavior-codes.ts";
import type { CodeText } from "./diagnostic.ts";

// Values, and no calls that make them, so that bundlers leave them out where nothing asks for them.
const ALLOCATOR_CODES = {
  FA001: ["error", "a frame allocation outside a frame", "call `beginFrame()` first, or allocate with `poolAlloc` what has to outlive a frame"],
  FA002: ["error", "a frame value kept in a place that outlives its frame", "copy the numbers out, or retain it with `frameRetained`"],
  FA003: ["error", "the frame arena is full", "raise `frameArenaSize`, or end the frame more often"],
  FA004: ["error", "a frame value used after its frame ended", "use it before `endFrame()`, or keep it in a `poolBox`"],
  FA005: ["error", "a frame that is not ended, or `endFrame` with none open", "call `beginFrame()` and `endFrame()` in pairs, or use `withFrame`"],
  FA006: ["warning", "`beginFrame` while a frame is open", "end the frame first, or guard the call with `inFrame()`"],
  FA008: ["error", "a rollback to a checkpoint that is gone", "roll back in the frame of the checkpoint, and before going to one that is older"],
  FA101: ["error", "an engine's adapter that was never registered", "call `attachFrames` with the engine's object before its loop begins"],
  FA102: ["warning", "frame allocations through an adapter whose hooks did not run this frame", "allocate while the engine runs its loop, or guard the call with `inFrame()`"],
  FA201: ["error", "a frame value sent to another agent", "send `alloc.frameBoxForTransfer(box)`, of a view `frameBoxForTransfer(type, view)`, or copy the numbers out"],
  FA204: ["warning", "a queue of deferred frees is full", "let the owner process them, raise `DeferredConfig.bounded(n)`, or use another full policy"],
  FA205: ["error", "a barrier signalled more often than it counts agents", "signal once a frame in each agent, and count every agent that signals"],
  FA206: ["error", "memory freed that is not this allocator's", "free a value with the allocator, and the kind of call, that made it"],
  FA207: ["warning", "an allocator that is not attached to the memory it is used with", "make it with `SmartAlloc.attach(shared)`, `shared` being the sender's `alloc.share()`"],
  FA208: ["error", "a transfer handle or token used after its time, or dropped", "make a handle of its own for each receiver, send it once and receive it once"],
  FA209: ["error", "a call that would block an agent that must not", "use the asynchronous form here"],
  FA301: ["warning", "a limit of memory is reached", "free what is no longer needed, or raise the limit"],
  FA302: ["warning", "the budget of a tag is used up", "free what the tag no longer needs, or raise its hard limit"],
  FA303: ["warning", "the budget of an agent is used up", "raise the budget, or choose another policy"],
  FA304: ["error", "the pool is exhausted", "release what is no longer needed, or raise `slabPagesPerClass`"],
  FA401: ["error", "a value, box or handle used after it was freed", "ask `isAlive` or `isValid`, and free a value once"],
  FA402: ["warning", "the streaming budget is exhausted", "free what is no longer needed, raise the budget, or reserve with a higher priority"],
  FA403: ["warning", "a box, handle or group that was made and not released", "call `release()`, or make it with `using`"],
  FA404: ["error", "an asset used out of its order", "begin the load, write, finish it, and then access it"],
  FA607: ["error", "a frame that is open across an `await`", "await outside the frame, or use a `poolBox` across the await"],
} as const satisfies Record<string, CodeText>;

/** A code that a running program reports. */
export type RuntimeCode = keyof typeof ALLOCATOR_CODES | keyof typeof BEHAVIOR_CODES;

/** The text of a code; undefined for what is none of these. */
export function textOfCode(code: string): CodeText | undefined {
  const codes: Readonly<Record<string, CodeText>> = Object.hasOwn(ALLOCATOR_CODES, code) ? ALLOCATOR_CODES : BEHAVIOR_CODES;
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

/** All of them. Allocates. */
export function runtimeCodes(): RuntimeCode[] {
  return [...Object.keys(ALLOCATOR_CODES), ...Object.keys(BEHAVIOR_CODES)] as RuntimeCode[];
}
