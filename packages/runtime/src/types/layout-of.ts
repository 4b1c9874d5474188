/** Questions about layout, answered in bytes. */
import { badArgument } from "../errors.ts";
import type { ByteType, Fields, FieldType } from "./memory-type.ts";
import type { StructType } from "./struct-type.ts";

/** Size in bytes, padding at the end included. */
export function sizeOf(type: ByteType): number {
  return type.sizeBytes;
}

/** Alignment in bytes: 1, 2, 4 or 8. */
export function alignOf(type: ByteType): number {
  return type.alignBytes;
}

/** Bytes from the start of the struct to the field. Throws `FrameAllocError` (`argument`) for a name that is no field. */
export function offsetOf<F extends Fields>(type: StructType<F>, field: keyof F & string): number {
  const offset: number | undefined = Object.hasOwn(type.offsets, field) ? type.offsets[field] : undefined;
  if (offset === undefined) throw badArgument("offsetOf", "field", field, `one of ${Object.keys(type.fields).join(", ")}`);
  return offset;
}

/** Where a part of a type lies. */
export interface FieldLayout {
  readonly name: string;
  readonly type: ByteType;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface Layout {
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** In order; empty unless the type is a struct, or columns of one. */
  readonly fields: readonly FieldLayout[];
}

/** Size, alignment and fields of a type. Allocates. */
export function layoutOf(type: ByteType): Layout {
  return { sizeBytes: type.sizeBytes, alignBytes: type.alignBytes, fields: fieldsOf(type) };
}

function fieldsOf(type: ByteType): FieldLayout[] {
  if (type.kind === "struct") return Object.entries<FieldType>(type.fields).map(([name, field]) => ({ name, type: field, offset: offsetOf(type, name), sizeBytes: field.sizeBytes }));
  if (type.kind === "soa") return type.parts.map((part) => ({ ...part, sizeBytes: part.type.sizeBytes }));
  return [];
}
