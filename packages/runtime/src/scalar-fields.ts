/**
 * Reading and writing one scalar: the accessors of struct fields, and the lanes of vecs.
 *
 * Every kind of scalar has functions of its own, written out. An engine collects what it learns about a function by its place in the source,
 * so one function for all kinds would see every kind of typed array and be compiled for none. Kept this short (at most 27 bytes of V8's bytecode)
 * they are always inlined, and then the view's class is known from the place of the access: no look-up is left. No `eval`, no `new Function`:
 * pages with a content security policy forbid them.
 *
 * Only this file and memory.ts touch bytes. The shifts are exact: fields are aligned by layout.
 */
import { LANE_BIT, LaneView } from "./lane-view.ts";
import type { LaneArray, LaneName, Lanes, Memory } from "./memory.ts";
import type { View } from "./view.ts";

export type ScalarName = "f32" | "f64" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "bool";

/** What a scalar of the name is in JavaScript. */
export type ScalarValue<Name extends ScalarName = ScalarName> = Name extends "bool" ? boolean : Name extends "i64" | "u64" ? bigint : number;

export function laneOf(name: ScalarName): LaneName {
  return name === "bool" ? "u8" : name;
}

export function laneBitOf(name: ScalarName): number {
  return LANE_BIT[laneOf(name)];
}

/**
 * Defines the scalar field `at` bytes from a struct's start on a class of views of one memory. The typed array is a constant of the accessors: engines compile its
 * address and its length into the code. When the memory gets another buffer, the accessors are made anew.
 */
export function defineScalarField(prototype: object, field: string, name: ScalarName, at: number, memory: Memory): void {
  const lane = laneOf(name);
  const make = FIELD[name] as (array: LaneArray, at: number) => PropertyDescriptor;
  const define = (): void => {
    Object.defineProperty(prototype, field, { ...(memory.isBrief ? briefField(lane, at, name === "bool") : make(memory[lane], at)), enumerable: true, configurable: memory.canGrow });
  };
  define();
  memory.onRefresh(define);
}

/** For views of memory that holds one value only: of any such memory, so that there is one class for all of them. */
function briefField(lane: LaneName, at: number, isBool: boolean): PropertyDescriptor & ThisType<View> {
  function placeOf(view: View): number {
    return (view.$ptr + at) / view.$home.memory[lane].BYTES_PER_ELEMENT;
  }
  return {
    get() {
      const value = this.$home.memory[lane][placeOf(this)];
      return isBool ? value !== 0 : value;
    },
    set(value: never) {
      this.$home.memory[lane][placeOf(this)] = isBool ? (value ? 1 : 0) : value;
    },
  };
}

type Accessor<L extends LaneName> = (lane: Lanes[L], at: number) => { get(this: View): unknown; set(this: View, value: never): void };

const FIELD: { readonly [N in ScalarName]: Accessor<N extends LaneName ? N : "u8"> } = {
  f32: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 2]; }, set(value: number) { lane[(this.$ptr + at) >> 2] = value; } }),
  f64: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 3]; }, set(value: number) { lane[(this.$ptr + at) >> 3] = value; } }),
  i8: (lane, at) => ({ get() { return lane[this.$ptr + at]; }, set(value: number) { lane[this.$ptr + at] = value; } }),
  u8: (lane, at) => ({ get() { return lane[this.$ptr + at]; }, set(value: number) { lane[this.$ptr + at] = value; } }),
  i16: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 1]; }, set(value: number) { lane[(this.$ptr + at) >> 1] = value; } }),
  u16: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 1]; }, set(value: number) { lane[(this.$ptr + at) >> 1] = value; } }),
  i32: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 2]; }, set(value: number) { lane[(this.$ptr + at) >> 2] = value; } }),
  u32: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 2]; }, set(value: number) { lane[(this.$ptr + at) >> 2] = value; } }),
  i64: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 3]; }, set(value: bigint) { lane[(this.$ptr + at) >> 3] = value; } }),
  u64: (lane, at) => ({ get() { return lane[(this.$ptr + at) >> 3]; }, set(value: bigint) { lane[(this.$ptr + at) >> 3] = value; } }),
  bool: (lane, at) => ({ get() { return lane[this.$ptr + at] !== 0; }, set(value: boolean) { lane[this.$ptr + at] = value ? 1 : 0; } }),
};

/** A view that reads and writes elements of one kind by index. `$ptr` is where element 0 lies. The caller keeps `index` in range. */
export abstract class Lane extends LaneView {
  abstract load(index: number): ScalarValue | undefined;
  abstract store(index: number, value: ScalarValue): void;
}

class F32Lane extends Lane {
  override load(index: number): number | undefined { return this.$f32[(this.$ptr >> 2) + index]; }
  override store(index: number, value: number): void { this.$f32[(this.$ptr >> 2) + index] = value; }
}
class F64Lane extends Lane {
  override load(index: number): number | undefined { return this.$f64[(this.$ptr >> 3) + index]; }
  override store(index: number, value: number): void { this.$f64[(this.$ptr >> 3) + index] = value; }
}
class I8Lane extends Lane {
  override load(index: number): number | undefined { return this.$i8[this.$ptr + index]; }
  override store(index: number, value: number): void { this.$i8[this.$ptr + index] = value; }
}
class U8Lane extends Lane {
  override load(index: number): number | undefined { return this.$u8[this.$ptr + index]; }
  override store(index: number, value: number): void { this.$u8[this.$ptr + index] = value; }
}
class I16Lane extends Lane {
  override load(index: number): number | undefined { return this.$i16[(this.$ptr >> 1) + index]; }
  override store(index: number, value: number): void { this.$i16[(this.$ptr >> 1) + index] = value; }
}
class U16Lane extends Lane {
  override load(index: number): number | undefined { return this.$u16[(this.$ptr >> 1) + index]; }
  override store(index: number, value: number): void { this.$u16[(this.$ptr >> 1) + index] = value; }
}
class I32Lane extends Lane {
  override load(index: number): number | undefined { return this.$i32[(this.$ptr >> 2) + index]; }
  override store(index: number, value: number): void { this.$i32[(this.$ptr >> 2) + index] = value; }
}
class U32Lane extends Lane {
  override load(index: number): number | undefined { return this.$u32[(this.$ptr >> 2) + index]; }
  override store(index: number, value: number): void { this.$u32[(this.$ptr >> 2) + index] = value; }
}
class I64Lane extends Lane {
  override load(index: number): bigint | undefined { return this.$i64[(this.$ptr >> 3) + index]; }
  override store(index: number, value: bigint): void { this.$i64[(this.$ptr >> 3) + index] = value; }
}
class U64Lane extends Lane {
  override load(index: number): bigint | undefined { return this.$u64[(this.$ptr >> 3) + index]; }
  override store(index: number, value: bigint): void { this.$u64[(this.$ptr >> 3) + index] = value; }
}
class BoolLane extends Lane {
  override load(index: number): boolean { return this.$u8[this.$ptr + index] !== 0; }
  override store(index: number, value: boolean): void { this.$u8[this.$ptr + index] = value ? 1 : 0; }
}

/** A view that reads and writes words and doubles by their index in the buffer: for tables that lie in the memory. The caller keeps indices inside of it. */
export class TableView extends LaneView {
  protected wordAt(index: number): number { return this.$i32[index] as number; }
  protected putWord(index: number, value: number): void { this.$i32[index] = value; }
  protected doubleAt(index: number): number { return this.$f64[index] as number; }
  protected putDouble(index: number, value: number): void { this.$f64[index] = value; }
}

/** What the bits of one value are read through; holds nothing between calls. */
const bits: Float64Array = /* @__PURE__ */ new Float64Array(1);
const bitsAsLong: BigInt64Array = /* @__PURE__ */ new BigInt64Array(bits.buffer);
const bitsAsWords: Int32Array = /* @__PURE__ */ new Int32Array(bits.buffer);

/** The 64 bits of a double as 32. */
export function foldDouble(value: number): number {
  bits[0] = value;
  return foldBits();
}

/** The low 64 bits of an integer as 32. */
export function foldLong(value: bigint): number {
  bitsAsLong[0] = value;
  return foldBits();
}

function foldBits(): number {
  return (bitsAsWords[0] as number) ^ Math.imul(bitsAsWords[1] as number, 0x85ebca6b);
}

export type LaneClass = new (...args: ConstructorParameters<typeof LaneView>) => Lane;

/** The lane class of a kind of scalar, to extend. */
export function laneClass(name: ScalarName): LaneClass {
  return LANE_CLASS[name];
}

const LANE_CLASS: Readonly<Record<ScalarName, LaneClass>> = {
  f32: F32Lane, f64: F64Lane, i8: I8Lane, u8: U8Lane, i16: I16Lane, u16: U16Lane,
  i32: I32Lane, u32: U32Lane, i64: I64Lane, u64: U64Lane, bool: BoolLane,
};
