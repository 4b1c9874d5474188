/**
 * The object that stands for a piece of memory: where it lies, the typed arrays it is read through, and whose it is. Struct classes,
 * scalar refs and vecs extend it.
 *
 * A view holds its typed arrays itself, not through its memory: one load less in every access of a field. It holds those of its fields'
 * kinds only, and little else: frames have many views, and what does not fit the cache is slow. Names begin with `$`; `struct` refuses fields that do.
 */
import type { Lanes, Memory } from "./memory.ts";

/**
 * A value that structured clone refuses, naming it in its error. It is the first thing it meets in a view or a memory, so that posting one to
 * another agent fails and says why, instead of copying the whole buffer below.
 */
export const NOT_CLONEABLE = Symbol("FA201: a view of framealloc memory cannot be cloned to another agent; send `alloc.frameBoxForTransfer(type, view)`");

/** Bits that say which typed arrays a view needs. */
export const LANE_BIT = { u8: 1, i8: 2, u16: 4, i16: 8, u32: 16, i32: 32, f32: 64, f64: 128, u64: 256, i64: 512 } as const satisfies Record<keyof Lanes, number>;

/** What a view's fields that are not scalars hold; moved together with the view. */
export interface Kid {
  /** Bytes from the start of the view. */
  readonly offset: number;
  moveTo(ptr: number): void;
  /** Takes the memory's typed arrays anew. */
  rebind(): void;
}

/** Whose a view is: the memory itself, or the slot of the pool or heap value that the view stands for. */
export interface ViewHome {
  /** First, so that posting a view to another agent fails at once, and says why. */
  readonly $notCloneable: symbol;
  readonly memory: Memory;
}

export class View {
  declare $home: ViewHome;
  /** Byte offset in the buffer. */
  declare $ptr: number;
  /** The struct that the view is of; of its class. Cheaper to ask than whose instance it is. */
  declare readonly $viewOf?: object;
  /** Absent without nested values. */
  declare readonly $kids?: readonly Kid[];
  declare $u8: Uint8Array;
  declare $i8: Int8Array;
  declare $u16: Uint16Array;
  declare $i16: Int16Array;
  declare $u32: Uint32Array;
  declare $i32: Int32Array;
  declare $f32: Float32Array;
  declare $f64: Float64Array;
  declare $u64: BigUint64Array;
  declare $i64: BigInt64Array;

  constructor(memory: Memory, ptr: number, lanes: number) {
    // First: structured clone goes through own properties in their order, and stops here.
    this.$home = memory;
    this.$ptr = ptr;
    // The most frequent by itself: what makes views is then short enough to be compiled into its callers.
    if (lanes === LANE_BIT.f32) this.$f32 = memory.f32;
    else if (lanes !== 0) bindLanes(this, memory, lanes);
  }
}

/**
 * `OUT_OF_LINE.forEach(slow, this)` calls `slow` once, in a way that engines do not compile into the caller. Elements are asked for in loops, and what is compiled into
 * these has bounds: with the making and moving of views in it there would be no room for the iterator, and each of its steps would be garbage.
 */
export const OUT_OF_LINE: Uint8Array = /* @__PURE__ */ new Uint8Array(1);

/** Views of neighbouring elements that are made and moved together, from a multiple of it on; a power of two. */
export const VIEWS_AT_ONCE = 8;

/** Puts a view somewhere else in its memory, with all that is nested in it. */
export function moveView(view: View, ptr: number): void {
  view.$ptr = ptr;
  const kids = view.$kids;
  if (kids === undefined) return;
  for (let i = 0; i < kids.length; i += 1) {
    const kid = kids[i];
    kid?.moveTo(ptr + kid.offset);
  }
}

/** Takes the typed arrays of the view's memory anew, after that memory got another buffer. */
export function rebindView(view: View): void {
  let lanes = 0;
  // Its own: what debug mode makes has them of its class, which finds them anew.
  for (const lane of Object.keys(LANE_BIT) as (keyof Lanes)[]) if (Object.hasOwn(view, `$${lane}`)) lanes |= LANE_BIT[lane];
  bindLanes(view, view.$home.memory, lanes);
  for (const kid of view.$kids ?? []) kid.rebind();
}

function bindLanes(view: View, memory: Memory, lanes: number): void {
  if ((lanes & LANE_BIT.f32) !== 0) view.$f32 = memory.f32;
  if ((lanes & LANE_BIT.f64) !== 0) view.$f64 = memory.f64;
  if ((lanes & LANE_BIT.i32) !== 0) view.$i32 = memory.i32;
  if ((lanes & LANE_BIT.u32) !== 0) view.$u32 = memory.u32;
  if ((lanes & LANE_BIT.u8) !== 0) view.$u8 = memory.u8;
  if ((lanes & LANE_BIT.i8) !== 0) view.$i8 = memory.i8;
  if ((lanes & LANE_BIT.u16) !== 0) view.$u16 = memory.u16;
  if ((lanes & LANE_BIT.i16) !== 0) view.$i16 = memory.i16;
  if ((lanes & LANE_BIT.u64) !== 0) view.$u64 = memory.u64;
  if ((lanes & LANE_BIT.i64) !== 0) view.$i64 = memory.i64;
}
