/** The kinds of typed arrays that `mallocAs` makes, by their names in `@thi.ng/api`. */
import { badArgument } from "../errors.ts";
import type { Buffer } from "../memory.ts";

export interface PoolArrays {
  readonly u8: Uint8Array;
  readonly u8c: Uint8ClampedArray;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
  readonly u64: BigUint64Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

export type PoolType = keyof PoolArrays;
export type PoolArray = PoolArrays[PoolType];

interface ArrayClass<T extends PoolType> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: Buffer, ptr: number, length: number): PoolArrays[T];
}

const CLASSES: { readonly [T in PoolType]: ArrayClass<T> } = {
  u8: Uint8Array, u8c: Uint8ClampedArray, i8: Int8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array, i32: Int32Array,
  i64: BigInt64Array, u64: BigUint64Array, f32: Float32Array, f64: Float64Array,
};

/** Throws `argument` for what is no kind. */
export function sizeOfType(type: PoolType): number {
  if (!Object.hasOwn(CLASSES, type)) throw badArgument("mallocAs", "type", type, `one of ${Object.keys(CLASSES).join(", ")}`);
  return CLASSES[type].BYTES_PER_ELEMENT;
}

export function arrayAt<T extends PoolType>(type: T, buffer: Buffer, ptr: number, length: number): PoolArrays[T] {
  return new CLASSES[type](buffer, ptr, length);
}
