/**
 * The class of a struct's views: one for each struct type, so that engines compile code that uses a struct for that struct alone. Scalar fields are
 * accessors over the view's typed arrays; nested structs and arrays are objects made with the view, which move with it.
 */
import type { LaneArray, LaneName, Memory } from "../memory.ts";
import { laneBitOf, laneOf, scalarField } from "../scalar-fields.ts";
import { moveView, rebindView, View, type Kid } from "../view.ts";
import { describeView } from "./describe-view.ts";
import type { FieldType } from "./memory-type.ts";
import { StructArray } from "./struct-array.ts";
import type { StructType } from "./struct-type.ts";

export type StructViewClass = new (memory: Memory, ptr: number) => View;

/** `Base`: what it extends, which debug mode replaces. */
export function structViewClass(type: StructType, Base: typeof View = View): StructViewClass {
  const fields = Object.entries<FieldType>(type.fields);
  const nested = fields.filter(([, field]) => field.kind !== "scalar");
  // Constants, which engines put into the code that makes views.
  const lanes = fields.reduce((bits, [, field]) => (field.kind === "scalar" ? bits | laneBitOf(field.name) : bits), 0);
  const hasNested = nested.length > 0;

  // Without a name, and given on at once: V8 gives up compiling whatever makes instances of a class whose name was set, which costs a factor of 40, and bundlers that
  // keep names set those of all classes that have one.
  return withFields(class extends Base {
    declare $kids?: readonly Kid[];

    constructor(memory: Memory, ptr: number) {
      super(memory, ptr, lanes);
      if (hasNested) this.$kids = nested.map(([name, field]) => makeKid(field, memory, ptr, type.offsets[name] ?? 0));
    }
  }, fields, type);
}

function withFields(made: StructViewClass, fields: readonly (readonly [string, FieldType])[], type: StructType): StructViewClass {
  const nested = fields.filter(([, field]) => field.kind !== "scalar");
  for (const [name, field] of fields) {
    const descriptor = field.kind === "scalar" ? scalarField(field.name, type.offsets[name] ?? 0) : kidField(nested.findIndex(([other]) => other === name));
    Object.defineProperty(made.prototype, name, descriptor);
  }
  Object.defineProperty(made.prototype, "$viewOf", { value: type });
  describeView(made.prototype, fields.map(([name]) => name));
  return made;
}

interface ValueKid extends Kid {
  readonly value: object;
}

function kidField(index: number): PropertyDescriptor & ThisType<View> {
  return { get() { return (this.$kids?.[index] as ValueKid).value; }, enumerable: true, configurable: false };
}

function makeKid(type: FieldType, memory: Memory, parentPtr: number, offset: number): Kid {
  if (type.kind === "array") {
    const element = type.element;
    if (element.kind === "scalar") return new ScalarArrayKid(memory, laneOf(element.name), type.length, parentPtr + offset, offset);
    return new StructArrayKid(new StructArray(element, memory, parentPtr + offset, type.length), offset);
  }
  return new StructKid(type.make(memory, parentPtr + offset), offset);
}

class StructKid implements ValueKid {
  readonly value: View;
  readonly offset: number;

  constructor(value: View, offset: number) {
    this.value = value;
    this.offset = offset;
  }

  moveTo(ptr: number): void {
    moveView(this.value, ptr);
  }

  rebind(): void {
    rebindView(this.value);
  }
}

class StructArrayKid implements ValueKid {
  readonly value: StructArray;
  readonly offset: number;

  constructor(value: StructArray, offset: number) {
    this.value = value;
    this.offset = offset;
  }

  moveTo(ptr: number): void {
    this.value.moveTo(ptr);
  }

  rebind(): void {
    this.value.rebind();
  }
}

/** A typed array cannot be moved, so the one for a place is made when it is first asked for there, and kept while the view stays. */
class ScalarArrayKid implements ValueKid {
  readonly offset: number;
  private readonly memory: Memory;
  private readonly lane: LaneName;
  private readonly count: number;
  private ptr: number;
  private made: LaneArray | undefined = undefined;

  constructor(memory: Memory, lane: LaneName, count: number, ptr: number, offset: number) {
    this.memory = memory;
    this.lane = lane;
    this.count = count;
    this.ptr = ptr;
    this.offset = offset;
  }

  get value(): LaneArray {
    return (this.made ??= this.memory.laneAt(this.lane, this.ptr, this.count));
  }

  moveTo(ptr: number): void {
    if (ptr === this.ptr) return;
    this.ptr = ptr;
    this.made = undefined;
  }

  rebind(): void {
    this.made = undefined;
  }
}
