/**
 * Structs as columns: all values of a field one after the other, then those of the next. For loops that touch few fields of many structs.
 *
 *   | x 0 | x 1 | ... | x n-1 | pad | y 0 | y 1 | ... | y n-1 |
 *
 * Each scalar field is a typed array of `length` elements; a nested struct is an object with its own columns, and an array of a struct has the
 * elements of struct 0, then those of struct 1. In a column of arrays, element `j` of struct `i` is at `i * array.length + j`.
 *
 * Invariants:
 *   I1  every column lies at a multiple of its element's size, after the end of the one before, with no more padding than that needs
 */
import { badArgument } from "../errors.ts";
import { alignUp, type Memory } from "../memory.ts";
import { NOT_CLONEABLE, type ViewHome } from "../view.ts";
import { ArrayType } from "./array-type.ts";
import { describeView } from "./describe-view.ts";
import { MemoryType, type Fields, type FieldType, type Init, type ScalarArray } from "./memory-type.ts";
import type { ScalarType } from "./scalar-type.ts";
import { StructType } from "./struct-type.ts";

/** A typed array for each scalar field of a struct (`Uint8Array` of 0 and 1 for `bool`), and an object of the same kind for each nested struct. */
export type SoaColumns<F extends Fields> = { readonly [K in keyof F]: SoaColumn<F[K]> };

/** The column of one field. */
export type SoaColumn<T> =
  T extends ScalarType<infer N> ? ScalarArray<N>
    : T extends StructType<infer F> ? SoaColumns<F>
      : T extends ArrayType<infer E> ? SoaColumn<E>
        : never;

/** Plain values for some of the columns: arrays, or what another allocation of the type gave. */
export type SoaInit<F extends Fields> = { readonly [K in keyof F]?: SoaColumnInit<F[K]> };

type SoaColumnInit<T> =
  T extends ScalarType ? ArrayLike<Init<T>> | SoaColumn<T>
    : T extends StructType<infer F> ? SoaInit<F>
      : T extends ArrayType<infer E> ? SoaColumnInit<E>
        : never;

/** A column, or the columns of a nested struct, and where they begin. */
interface SoaPart {
  readonly name: string;
  readonly type: ArrayType<ScalarType> | SoaType;
  readonly offset: number;
}

/** @internal The object of an allocation. The columns are behind accessors of its class. */
export interface SoaValue {
  $ptr: number;
  readonly $columns: object[];
  /** Makes its typed arrays anew, after the memory got another buffer. */
  $rebind(): void;
}

/** @internal */
export type SoaClass = new (memory: Memory, ptr: number) => SoaValue;

export class SoaType<F extends Fields = Fields> extends MemoryType {
  readonly kind = "soa";
  readonly struct: StructType<F>;
  readonly length: number;
  /** @internal In the order of the struct's fields. */
  readonly parts: readonly SoaPart[];
  private columns: SoaClass | undefined = undefined;

  constructor(type: StructType<F>, length: number, parts: readonly SoaPart[], sizeBytes: number) {
    super(sizeBytes, type.alignBytes);
    this.struct = type;
    this.length = length;
    this.parts = parts;
  }

  /** @internal The class of this type's objects, generated once. */
  get columnsClass(): SoaClass {
    return (this.columns ??= columnsClass(this.parts));
  }

  override make(memory: Memory, ptr: number): object {
    return new this.columnsClass(memory, ptr);
  }

  override place(value: object, memory: Memory, ptr: number): object {
    const { $columns } = value as SoaValue;
    for (const [i, { type, offset }] of this.parts.entries()) $columns[i] = type.place($columns[i] as object, memory, ptr + offset);
    (value as SoaValue).$ptr = ptr;
    return value;
  }

  override assign(value: object, init: unknown): void {
    if (typeof init !== "object" || init === null) throw badArgument("init", this.struct.name, init, "an object with columns of the struct's fields");
    for (const { name, type } of this.parts) {
      const given = (init as Record<string, unknown>)[name];
      if (given !== undefined) type.assign((value as Record<string, object>)[name] as object, given);
    }
  }
}

/**
 * `length` structs as columns: an allocation gives one typed array a scalar field. Make it once, at module level, as a struct. Throws
 * `FrameAllocError` (`argument`) unless `length` is an integer of at least 1.
 *
 * @example const Particles = soa(Particle, 1000); const { x, velocity } = alloc.frameAlloc(Particles); x[7] += velocity.x[7] * dt;
 */
export function soa<F extends Fields>(type: StructType<F>, length: number): SoaType<F> {
  if (!((type as unknown) instanceof StructType)) throw badArgument("soa", "struct", type, "a struct");
  if (!Number.isInteger(length) || length < 1) throw badArgument("soa", "length", length, "an integer of at least 1");
  const parts: SoaPart[] = [];
  let end = 0;
  for (const [name, field] of Object.entries<FieldType>(type.fields)) {
    const column = columnOf(field, length);
    const offset = alignUp(end, column.alignBytes);
    parts.push({ name, type: column, offset });
    end = offset + column.sizeBytes;
  }
  return new SoaType(type, length, parts, alignUp(end, type.alignBytes));
}

function columnOf(field: FieldType, length: number): SoaPart["type"] {
  switch (field.kind) {
    case "scalar": return new ArrayType(field, length);
    case "struct": return soa(field, length);
    case "array": return columnOf(field.element, length * field.length) ;
  }
}

function columnsClass(parts: readonly SoaPart[]): SoaClass {
  class Columns implements SoaValue {
    /** First, so that posting it to another agent fails, and says why, before the buffer below is copied. */
    readonly $notCloneable: symbol = NOT_CLONEABLE;
    readonly $home: ViewHome;
    $ptr: number;
    readonly $columns: object[];

    constructor(memory: Memory, ptr: number) {
      this.$home = memory;
      this.$ptr = ptr;
      this.$columns = parts.map(({ type, offset }) => type.make(memory, ptr + offset));
    }

    $rebind(): void {
      for (const [i, { type, offset }] of parts.entries()) this.$columns[i] = type.place(this.$columns[i] as object, this.$home.memory, this.$ptr + offset);
    }
  }
  for (const [i, { name }] of parts.entries()) Object.defineProperty(Columns.prototype, name, columnField(i));
  describeView(Columns.prototype, parts.map(({ name }) => name));
  return Columns;
}

function columnField(index: number): PropertyDescriptor & ThisType<SoaValue> {
  return { get() { return this.$columns[index]; }, enumerable: true, configurable: false };
}
