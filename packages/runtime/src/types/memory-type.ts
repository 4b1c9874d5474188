/**
 * What allocations are made of: the types of memory, and what each gives in TypeScript.
 *
 * A type knows its size, its alignment, and how to make the JavaScript object that stands for a piece of memory of that type: a view for a
 * struct, a `Ref` for a scalar, a typed array or `StructArray` for an array. Class constructors are types too; they need no bytes.
 */
import type { Memory } from "../memory.ts";
import type { ScalarName, ScalarValue } from "../scalar-fields.ts";
import type { ArrayType } from "./array-type.ts";
import type { ScalarType } from "./scalar-type.ts";
import type { SoaColumns, SoaInit, SoaType } from "./soa-type.ts";
import type { StructArray } from "./struct-array.ts";
import type { StructType } from "./struct-type.ts";

/** Common to the types that lie in bytes. Made by `struct`, `array` and `soa`; the scalars are constants. */
export abstract class MemoryType {
  abstract readonly kind: "scalar" | "struct" | "array" | "soa";
  readonly sizeBytes: number;
  /** A power of two, at most 8. */
  readonly alignBytes: number;
  /** @internal The allocators that handed out this type last, each with its recycled objects: one load finds them. Others are found by a table. */
  $frame: object | undefined = undefined;
  /** @internal */
  $slice: object | undefined = undefined;
  /** @internal */
  $pool: object | undefined = undefined;

  constructor(sizeBytes: number, alignBytes: number) {
    this.sizeBytes = sizeBytes;
    this.alignBytes = alignBytes;
  }

  /** @internal A new object that stands for the bytes at `ptr`. */
  abstract make(memory: Memory, ptr: number): object;
  /** @internal The same for an object made before: moved where it can be, else a new one. */
  abstract place(value: object, memory: Memory, ptr: number): object;
  /** @internal Copies a plain value into the object's memory. */
  abstract assign(value: object, init: unknown): void;
}

/** A class whose constructor can be called without arguments: `THREE.Vector3`. Its instances are recycled. */
export type ClassType<T extends object = object> = new () => T;

/** Fields of a struct in the order of their layout. */
export type Fields = { readonly [name: string]: FieldType };
// An interface in between lets the compiler see that the recursion through StructType ends.
export type FieldType = ScalarType | StructType | ArrayType;
/** What an array or a vec holds. */
export type ElementType = ScalarType | StructType;
/** What lies in bytes. */
export type ByteType = FieldType | SoaType;
/** What can be allocated. */
export type AllocType = ByteType | ClassType;

/** What a scalar alone gives: a place for one value. */
export interface Ref<V> {
  value: V;
}

/** A window on a struct: fields read and write its memory; nested structs and arrays are windows on theirs. */
export type StructView<F extends Fields> =
  & { -readonly [K in keyof F as F[K] extends ScalarType ? K : never]: FieldValue<F[K]> }
  & { readonly [K in keyof F as F[K] extends ScalarType ? never : K]: FieldValue<F[K]> };

/** What reading a field gives. */
export type FieldValue<T> = T extends ScalarType<infer N> ? ScalarValue<N> : Infer<T>;

/** The typed array for a kind of scalar. */
export type ScalarArray<N extends ScalarName> = {
  f32: Float32Array; f64: Float64Array; i8: Int8Array; u8: Uint8Array; i16: Int16Array; u16: Uint16Array;
  i32: Int32Array; u32: Uint32Array; i64: BigInt64Array; u64: BigUint64Array; bool: Uint8Array;
}[N];

/** What many of a type give: a typed array for a scalar (`Uint8Array` of 0 and 1 for `bool`), a `StructArray` for a struct. */
export type InferMany<T> =
  T extends ScalarType<infer N> ? ScalarArray<N>
    : T extends StructType<infer F> ? StructArray<F>
      : T extends ClassType<infer C> ? readonly C[]
        : never;

/** What an allocation of a type gives. */
export type Infer<T> =
  T extends ScalarType<infer N> ? Ref<ScalarValue<N>>
    : T extends StructType<infer F> ? StructView<F>
      : T extends ArrayType<infer E> ? InferMany<E>
        : T extends SoaType<infer G> ? SoaColumns<G>
          : T extends ClassType<infer C> ? C
            : never;

/** A plain value to fill a type's memory with: fields left out keep what they have. */
export type Init<T> =
  T extends ScalarType<infer N> ? ScalarValue<N>
    : T extends StructType<infer F> ? { readonly [K in keyof F]?: Init<F[K]> }
      : T extends ArrayType<infer E> ? ArrayLike<Init<E>> | InferMany<E>
        : T extends SoaType<infer G> ? SoaInit<G>
          : undefined;

/** What a box of a type holds: a scalar's value itself, else what the allocation gives. */
export type BoxValue<T> = T extends ScalarType<infer N> ? ScalarValue<N> : Infer<T>;

/** Told apart from values by what they are: for `frameBox(value)` and its kin. */
export function isMemoryType(value: unknown): value is ByteType {
  return value instanceof MemoryType;
}

/** True for `class` declarations and built-in classes, not for functions, which are values. */
export function isClass(value: unknown): value is ClassType {
  return typeof value === "function" && Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
