/** The eleven scalars. One alone gives a `Ref` with `.value`; in a struct or an array it gives the value itself. */
import type { Memory } from "../memory.ts";
import { laneBitOf, scalarField, type ScalarName } from "../scalar-fields.ts";
import { moveView, View } from "../view.ts";
import { describeView } from "./describe-view.ts";
import { MemoryType } from "./memory-type.ts";

type RefClass = new (memory: Memory, ptr: number) => View;

export class ScalarType<Name extends ScalarName = ScalarName> extends MemoryType {
  readonly kind = "scalar";
  readonly name: Name;
  private refClass: RefClass | undefined = undefined;

  constructor(name: Name, sizeBytes: number) {
    super(sizeBytes, sizeBytes);
    this.name = name;
  }

  override make(memory: Memory, ptr: number): View {
    this.refClass ??= refClass(this.name);
    return new this.refClass(memory, ptr);
  }

  override place(value: object, _memory: Memory, ptr: number): object {
    moveView(value as View, ptr);
    return value;
  }

  override assign(value: object, init: unknown): void {
    (value as { value: unknown }).value = init;
  }
}

export const f32: ScalarType<"f32"> = /* @__PURE__ */ new ScalarType("f32", 4);
export const f64: ScalarType<"f64"> = /* @__PURE__ */ new ScalarType("f64", 8);
export const i8: ScalarType<"i8"> = /* @__PURE__ */ new ScalarType("i8", 1);
export const u8: ScalarType<"u8"> = /* @__PURE__ */ new ScalarType("u8", 1);
export const i16: ScalarType<"i16"> = /* @__PURE__ */ new ScalarType("i16", 2);
export const u16: ScalarType<"u16"> = /* @__PURE__ */ new ScalarType("u16", 2);
export const i32: ScalarType<"i32"> = /* @__PURE__ */ new ScalarType("i32", 4);
export const u32: ScalarType<"u32"> = /* @__PURE__ */ new ScalarType("u32", 4);
/** A `bigint` in JavaScript: reading one makes garbage. */
export const i64: ScalarType<"i64"> = /* @__PURE__ */ new ScalarType("i64", 8);
/** A `bigint` in JavaScript: reading one makes garbage. */
export const u64: ScalarType<"u64"> = /* @__PURE__ */ new ScalarType("u64", 8);
/** One byte; reads as `true` unless 0. */
export const bool: ScalarType<"bool"> = /* @__PURE__ */ new ScalarType("bool", 1);

/** @internal By name, for types that arrive from another agent. */
export function scalarNamed(name: string): ScalarType | undefined {
  return [f32, f64, i8, u8, i16, u16, i32, u32, i64, u64, bool].find((type) => type.name === name);
}

/** @internal `Base`: what it extends, which debug mode replaces. */
export function refClass(name: ScalarName, Base: typeof View = View): RefClass {
  const lanes = laneBitOf(name);
  // Without a name, for the reason that struct-view.ts gives.
  return withValue(class extends Base {
    constructor(memory: Memory, ptr: number) {
      super(memory, ptr, lanes);
    }
  }, name);
}

function withValue(made: RefClass, name: ScalarName): RefClass {
  Object.defineProperty(made.prototype, "value", scalarField(name, 0));
  describeView(made.prototype, ["value"]);
  return made;
}
