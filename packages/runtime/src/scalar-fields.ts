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
import type { LaneName } from "./memory.ts";
import { LANE_BIT, View } from "./view.ts";

export type ScalarName = "f32" | "f64" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "bool";

/** What a scalar of the name is in JavaScript. */
export type ScalarValue<Name extends ScalarName = ScalarName> = Name extends "bool" ? boolean : Name extends "i64" | "u64" ? bigint : number;

export function laneOf(name: ScalarName): LaneName {
  return name === "bool" ? "u8" : name;
}

export function laneBitOf(name: ScalarName): number {
  return LANE_BIT[laneOf(name)];
}

/** The property of a struct class for the scalar field `at` bytes from the struct's start. */
export function scalarField(name: ScalarName, at: number): PropertyDescriptor & ThisType<View> {
  return { ...FIELD[name](at), enumerable: true, configurable: false };
}

type Accessor = (at: number) => { get(this: View): unknown; set(this: View, value: never): void };

const FIELD: Readonly<Record<ScalarName, Accessor>> = {
  f32: (at) => ({ get() { return this.$f32[(this.$ptr + at) >> 2]; }, set(value: number) { this.$f32[(this.$ptr + at) >> 2] = value; } }),
  f64: (at) => ({ get() { return this.$f64[(this.$ptr + at) >> 3]; }, set(value: number) { this.$f64[(this.$ptr + at) >> 3] = value; } }),
  i8: (at) => ({ get() { return this.$i8[this.$ptr + at]; }, set(value: number) { this.$i8[this.$ptr + at] = value; } }),
  u8: (at) => ({ get() { return this.$u8[this.$ptr + at]; }, set(value: number) { this.$u8[this.$ptr + at] = value; } }),
  i16: (at) => ({ get() { return this.$i16[(this.$ptr + at) >> 1]; }, set(value: number) { this.$i16[(this.$ptr + at) >> 1] = value; } }),
  u16: (at) => ({ get() { return this.$u16[(this.$ptr + at) >> 1]; }, set(value: number) { this.$u16[(this.$ptr + at) >> 1] = value; } }),
  i32: (at) => ({ get() { return this.$i32[(this.$ptr + at) >> 2]; }, set(value: number) { this.$i32[(this.$ptr + at) >> 2] = value; } }),
  u32: (at) => ({ get() { return this.$u32[(this.$ptr + at) >> 2]; }, set(value: number) { this.$u32[(this.$ptr + at) >> 2] = value; } }),
  i64: (at) => ({ get() { return this.$i64[(this.$ptr + at) >> 3]; }, set(value: bigint) { this.$i64[(this.$ptr + at) >> 3] = value; } }),
  u64: (at) => ({ get() { return this.$u64[(this.$ptr + at) >> 3]; }, set(value: bigint) { this.$u64[(this.$ptr + at) >> 3] = value; } }),
  bool: (at) => ({ get() { return this.$u8[this.$ptr + at] !== 0; }, set(value: boolean) { this.$u8[this.$ptr + at] = value ? 1 : 0; } }),
};

/** A view that reads and writes elements of one kind by index. `$ptr` is where element 0 lies. The caller keeps `index` in range. */
export abstract class Lane extends View {
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
export class TableView extends View {
  protected wordAt(index: number): number { return this.$i32[index] as number; }
  protected putWord(index: number, value: number): void { this.$i32[index] = value; }
  protected doubleAt(index: number): number { return this.$f64[index] as number; }
  protected putDouble(index: number, value: number): void { this.$f64[index] = value; }
}

/** What the bits of one value are read through; holds nothing between calls. */
const oneValue: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(8);
const bits: Float64Array = /* @__PURE__ */ new Float64Array(oneValue);
const bitsAsLong: BigInt64Array = /* @__PURE__ */ new BigInt64Array(oneValue);
const bitsAsWords: Int32Array = /* @__PURE__ */ new Int32Array(oneValue);

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

export type LaneClass = new (...args: ConstructorParameters<typeof View>) => Lane;

/** The lane class of a kind of scalar, to extend. */
export function laneClass(name: ScalarName): LaneClass {
  return LANE_CLASS[name];
}

const LANE_CLASS: Readonly<Record<ScalarName, LaneClass>> = {
  f32: F32Lane, f64: F64Lane, i8: I8Lane, u8: U8Lane, i16: I16Lane, u16: U16Lane,
  i32: I32Lane, u32: U32Lane, i64: I64Lane, u64: U64Lane, bool: BoolLane,
};
