/**
 * Structs: named fields one after the other as a C compiler lays them out.
 *
 * Invariants:
 *   I1  every field lies at a multiple of its alignment, after the end of the one before, with no more padding than that needs
 *   I2  the struct's alignment is the largest of its fields', and its size a multiple of it
 */
import { badArgument } from "../errors.ts";
import { alignUp, type Memory } from "../memory.ts";
import { moveView, type View } from "../view.ts";
import { MemoryType, type Fields, type FieldType } from "./memory-type.ts";
import { structViewClass, type StructViewClass } from "./struct-view.ts";

export class StructType<F extends Fields = Fields> extends MemoryType {
  readonly kind = "struct";
  readonly name: string;
  readonly fields: F;
  /** Bytes from the start of the struct, by field. */
  readonly offsets: { readonly [K in keyof F]: number };
  private view: StructViewClass | undefined = undefined;
  private setters: readonly (Setter | undefined)[] | undefined = undefined;
  private readonly names: readonly string[];

  constructor(fields: F, offsets: { readonly [K in keyof F]: number }, sizeBytes: number, alignBytes: number, name: string) {
    super(sizeBytes, alignBytes);
    this.fields = fields;
    this.offsets = offsets;
    this.name = name;
    this.names = Object.keys(fields);
  }

  /** @internal The class of this type's views, generated once. */
  get viewClass(): StructViewClass {
    // Structs are plain data to `structViewClass`, whatever their fields' names.
    return (this.view ??= structViewClass(this));
  }

  override make(memory: Memory, ptr: number): View {
    return new this.viewClass(memory, ptr);
  }

  override place(value: object, _memory: Memory, ptr: number): object {
    moveView(value as View, ptr);
    return value;
  }

  override assign(value: object, init: unknown): void {
    if (typeof init !== "object" || init === null) throw badArgument("init", this.name, init, "an object with the struct's fields");
    const fields: Fields = this.fields;
    const { names, viewClass } = this;
    // Of its own views the setters are called as such: an engine that is given the name instead looks it up each time, at ten times the cost.
    const setters = (value as View).$viewOf === this ? (this.setters ??= settersOf(viewClass, names)) : undefined;
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i] as string;
      const given = fieldOf(init as Record<string, unknown>, name, i);
      if (given === undefined) continue;
      const target = value as Record<string, unknown>;
      const type = fields[name];
      const set = setters?.[i];
      if (set !== undefined) set.call(value, given);
      else if (type === undefined || type.kind === "scalar") target[name] = given;
      else type.assign(target[name] as object, given);
    }
  }
}

/** The first ones are each read at a place of their own: where engines see one name alone, reading by it costs as little as reading a property that is written out. */
function fieldOf(init: Readonly<Record<string, unknown>>, name: string, i: number): unknown {
  switch (i) {
    case 0: return init[name];
    case 1: return init[name];
    case 2: return init[name];
    case 3: return init[name];
    default: return init[name];
  }
}

type Setter = (this: object, value: unknown) => void;

/** Of the scalar fields; undefined for others. */
function settersOf({ prototype }: StructViewClass, names: readonly string[]): readonly (Setter | undefined)[] {
  return names.map((name) => Object.getOwnPropertyDescriptor(prototype, name)?.set as Setter | undefined);
}

/**
 * A struct of the given fields in their order, with C layout and natural alignment. Make it once, at module level: each call makes a type of
 * its own. Names that begin with `$`, and `constructor` and `__proto__`, are refused (`FrameAllocError`, code `argument`).
 *
 * @example const Particle = struct({ position: Vec3, velocity: Vec3, age: f32 }, { name: "Particle" });
 */
export function struct<const F extends Fields>(fields: F, options: { readonly name?: string } = {}): StructType<F> {
  const offsets: Record<string, number> = {};
  let end = 0;
  let align = 1;
  // JavaScript callers pass anything.
  for (const [name, type] of Object.entries<FieldType>(fields ?? {})) {
    if (name.startsWith("$") || name === "constructor" || name === "__proto__") throw badArgument("struct", "fields", name, "names without leading `$`; not `constructor`, `__proto__`");
    if (!(type instanceof MemoryType) || (type as MemoryType).kind === "soa") throw badArgument("struct", name, type, "a scalar, a struct or an array");
    const at = alignUp(end, type.alignBytes);
    offsets[name] = at;
    end = at + type.sizeBytes;
    align = Math.max(align, type.alignBytes);
  }
  if (end === 0) throw badArgument("struct", "fields", fields, "at least one field");
  return new StructType(fields, offsets as { [K in keyof F]: number }, alignUp(end, align), align, options.name ?? "struct");
}
