/** Views that hold the typed arrays they read through: of kinds that are few and serve every memory, where one class a memory would be one too many. */
import type { Lanes, Memory } from "./memory.ts";
import { View } from "./view.ts";

/** Bits that say which typed arrays a view needs. */
export const LANE_BIT = { u8: 1, i8: 2, u16: 4, i16: 8, u32: 16, i32: 32, f32: 64, f64: 128, u64: 256, i64: 512 } as const satisfies Record<keyof Lanes, number>;

export class LaneView extends View {
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
    super(memory, ptr);
    bindLanes(this, memory, lanes);
  }
}

/** Takes the typed arrays of the view's memory anew, after that memory got another buffer. */
export function rebindView(view: LaneView): void {
  let lanes = 0;
  for (const lane of Object.keys(LANE_BIT) as (keyof Lanes)[]) if (view[`$${lane}`] !== undefined) lanes |= LANE_BIT[lane];
  bindLanes(view, view.$home.memory, lanes);
}

function bindLanes(view: LaneView, memory: Memory, lanes: number): void {
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
