/** Types as plain data, to go to another agent with a value, and back. The same data gives the same type, so a struct's class is made once. */
import { badArgument } from "../errors.ts";
import { array } from "./array-type.ts";
import type { ByteType, ElementType, FieldType } from "./memory-type.ts";
import { scalarNamed } from "./scalar-type.ts";
import { soa } from "./soa-type.ts";
import { struct, type StructType } from "./struct-type.ts";

export type TypeSchema =
  | string
  | { readonly struct: readonly (readonly [name: string, type: TypeSchema])[]; readonly name: string }
  | { readonly array: TypeSchema; readonly length: number }
  | { readonly soa: TypeSchema; readonly length: number };

const schemas = /* @__PURE__ */ new WeakMap<ByteType, TypeSchema>();
const types = /* @__PURE__ */ new Map<string, ByteType>();
/** The one that was asked for last: values of one type are sent in a row, and finding it in the map costs as much as writing a value. */
let last: { readonly type: ByteType; readonly schema: TypeSchema } | undefined;

export function schemaOf(type: ByteType): TypeSchema {
  if (last?.type === type) return last.schema;
  let schema = schemas.get(type);
  if (schema === undefined) {
    schema = describe(type);
    schemas.set(type, schema);
  }
  last = { type, schema };
  return schema;
}

/** The type that a schema describes. Throws `argument` for data that describes none. */
export function typeOfSchema(schema: TypeSchema): ByteType {
  const key = JSON.stringify(schema);
  let type = types.get(key);
  if (type === undefined) {
    type = build(schema);
    types.set(key, type);
  }
  return type;
}

function describe(type: ByteType): TypeSchema {
  switch (type.kind) {
    case "scalar": return type.name;
    case "array": return { array: schemaOf(type.element), length: type.length };
    case "soa": return { soa: schemaOf(type.struct), length: type.length };
    case "struct": return { struct: Object.entries<FieldType>(type.fields).map(([name, field]) => [name, schemaOf(field)] as const), name: type.name };
  }
}

function build(schema: TypeSchema): ByteType {
  if (typeof schema === "string") {
    const type = scalarNamed(schema);
    if (type !== undefined) return type;
  } else if (typeof schema === "object" && schema !== null) {
    if ("soa" in schema) return soa(typeOfSchema(schema.soa) as StructType, schema.length);
    if ("array" in schema) return array(typeOfSchema(schema.array) as ElementType, schema.length);
    if (Array.isArray(schema.struct)) return struct(Object.fromEntries(schema.struct.map(([name, field]) => [name, typeOfSchema(field) as FieldType])), { name: schema.name });
  }
  throw badArgument("receive", "token", schema, "a token made by `TransferHandle`");
}
