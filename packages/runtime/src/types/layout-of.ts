/** Questions about layout, answered in bytes. */
import { badArgument } from "../errors.ts";
import { isMemoryType, type ByteType, type Fields, type FieldType } from "./memory-type.ts";
import type { StructType } from "./struct-type.ts";

/** Size in bytes, padding at the end included. Throws `FrameAllocError` (`argument`) for what is no type of memory, as all of these. */
export function sizeOf(type: ByteType): number {
  return checked(type, "sizeOf").sizeBytes;
}

/** Alignment in bytes: 1, 2, 4 or 8. */
export function alignOf(type: ByteType): number {
  return checked(type, "alignOf").alignBytes;
}

/** Bytes from the start of the struct to the field. Throws `FrameAllocError` (`argument`) for a name that is no field. */
export function offsetOf<F extends Fields>(type: StructType<F>, field: keyof F & string): number {
  if (checked(type, "offsetOf").kind !== "struct") throw badArgument("offsetOf", "type", type, "a struct");
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
  return { sizeBytes: checked(type, "layoutOf").sizeBytes, alignBytes: type.alignBytes, fields: fieldsOf(type) };
}

function checked(type: ByteType, call: string): ByteType {
  if (isMemoryType(type)) return type;
  throw badArgument(call, "type", type, "a scalar, a struct or an array");
}

function fieldsOf(type: ByteType): FieldLayout[] {
  if (type.kind === "struct") return Object.entries<FieldType>(type.fields).map(([name, field]) => ({ name, type: field, offset: offsetOf(type, name), sizeBytes: field.sizeBytes }));
  if (type.kind === "soa") return type.parts.map((part) => ({ ...part, sizeBytes: part.type.sizeBytes }));
  return [];
}
