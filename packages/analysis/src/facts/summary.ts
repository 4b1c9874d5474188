/**
 * What a call of a function does, in terms of its parameters, `this`, outer variables and what it makes: computed bottom-up over the call
 * graph, applied at each call. Needs and symbolic effects are judged where the real values are known.
 */
import type { Origin, Value } from "../dataflow/origin.ts";
import type { Cell } from "../dataflow/cell.ts";
import type { FrameState } from "../dataflow/frame-state.ts";
import type { Mark } from "../dataflow/mark.ts";
import type { FrameBytes } from "../dataflow/frame-bytes.ts";
import type { Standing } from "../dataflow/owned-states.ts";
import type { Standing as ThingStanding } from "../dataflow/thing-state.ts";
import type { Resource } from "../knowledge/ownership-api.ts";
import type { Turn } from "../knowledge/calls.ts";
import type { Location } from "../source/span.ts";

/** A frame allocation or `endFrame` done while the frame stood as the caller left it. */
export interface Need {
  readonly id: string;
  readonly what: "allocation" | "end";
  readonly key: Origin;
  readonly at: Location;
  /** `frameAlloc` */
  readonly name: string;
  /** Retained values outlive the frame; null for an end. */
  readonly memory: "frame" | "retained" | null;
  /** The calls from the function down to it. */
  readonly chain: readonly Location[];
  /** What must be true of the caller's values for it to be reached. */
  readonly when: ReadonlyMap<Origin, boolean>;
  /** Allocators whose frame was open there: who knows that one of them is this one knows that it was. */
  readonly among: ReadonlySet<Origin>;
}

/** One way out, on the paths of one typestate. */
export interface ExitCase {
  readonly frames: ReadonlyMap<Origin, FrameState & { /** A frame that the caller held was ended on the way. */ readonly endsCallers: boolean }>;
  readonly returns: Value;
  /** The `return`s that give it. */
  readonly returnedAt: readonly Location[];
  /** What must be true of the caller's values for this way to be taken. */
  readonly facts: ReadonlyMap<Origin, boolean>;
  readonly cells: readonly Cell[];
  readonly marks: ReadonlyMap<Origin, Mark>;
  /** Checkpoints of the caller's that were gone back to, and in whose frame. */
  readonly rollbacks: ReadonlyMap<Origin, { readonly key: Origin }>;
  /** What frames that were open before and still are were made to hold. */
  readonly sizes: ReadonlyMap<string, FrameBytes>;
  /** Of a protocol that is followed beside the frames. */
  readonly things?: ReadonlyMap<Origin, ThingStanding>;
  /** What was released of the caller's, and how what is handed out stands. */
  readonly owned: ReadonlyMap<Origin, Standing>;
  /** Handed to something that may keep or release it. */
  readonly given: ReadonlySet<Origin>;
}

/** Ways out of one function that a caller goes through. */
export const MAX_OUTCOMES = 16;

/** A use or release of something that the caller supplied: wrong when it was released before. */
export interface Touch {
  readonly origin: Origin;
  readonly at: Location;
  /** The release that it is; null for a use. */
  readonly release: ReleaseCall | null;
  /** Reads or writes its memory; false where a handle is passed for what it names. */
  readonly memory: boolean;
  readonly when: ReadonlyMap<Origin, boolean>;
  /** The calls from the function down to it. */
  readonly chain: readonly Location[];
}

/** A call that takes something back. */
export interface ReleaseCall {
  /** `poolFree` */
  readonly by: string;
  readonly takes: readonly Resource[];
  /** Whose; null when unknown or of no matter. */
  readonly owner: Origin | null;
  /** Right also when it was released before. */
  readonly again: boolean;
  /** Refuses what it did not make. */
  readonly own: boolean;
}

/** What happens to a value that the caller supplies. */
export type SymbolicEffect =
  | { readonly kind: "send"; readonly value: Value; readonly at: Location; readonly target: string }
  | { readonly kind: "defer"; readonly value: Value; readonly at: Location; readonly target: string; /** What of it is called then, and when. */ readonly callee: Value; readonly turn: Turn | null }
  /** A use: right only while the value's frame lives. `ended`: frames of these allocators were ended before it. */
  | { readonly kind: "use"; readonly origin: Origin; readonly at: Location; readonly ended: readonly { readonly key: Origin; readonly at: Location }[]; readonly crossed: readonly { readonly at: Location; readonly form: "await" | "yield" }[] }
  /** Something that the caller supplied is called now, with frames as they stand then; `result` is what it gives. */
  | { readonly kind: "invoke"; readonly callee: Value; readonly args: readonly Value[]; readonly at: Location; readonly frames: ReadonlyMap<Origin, FrameState>; readonly result: Origin | null }
  /** What a frame that was begun and ended inside holds at most: judged where the allocator's arena and budget are known. */
  | { readonly kind: "fill"; readonly key: Origin; readonly bytes: number; readonly at: Location; readonly parts: readonly { readonly at: Location; readonly bytes: number }[] }
  /** The first suspension on some path. */
  | { readonly kind: "suspend"; readonly at: Location; readonly form: "await" | "yield" };

/** A `beginFrame` while the frame stood as the caller left it. */
export interface Begin {
  readonly key: Origin;
  readonly at: Location;
  readonly when: ReadonlyMap<Origin, boolean>;
}

export interface Summary {
  readonly exits: readonly ExitCase[];
  readonly needs: readonly Need[];
  readonly begins: readonly Begin[];
  readonly effects: readonly SymbolicEffect[];
  readonly touches: readonly Touch[];
  /** False when the fixed point was cut off at its limit. */
  readonly settled: boolean;
  /** True when more was written than callers are told of. */
  readonly cut: boolean;
}

/** Of a function that was not analysed, or not yet: does nothing, gives nothing. */
export const NO_SUMMARY: Summary = { exits: [], needs: [], begins: [], effects: [], touches: [], settled: true, cut: false };
