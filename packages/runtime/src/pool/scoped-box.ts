/** A box that is not released by itself: it goes with the group or the task that it was made in, and knows when that was. */
import { notCloneable, staleBox } from "../errors.ts";
import { jsonOf } from "../types/describe-view.ts";
import { isClass, isMemoryType, type AllocType, type ByteType } from "../types/memory-type.ts";
import { isGone } from "../types/rebind-value.ts";
import type { BoxOwner } from "./owned-box.ts";
import type { OwnedValues } from "./owned-values.ts";

export class ScopedBox<T> {
  declare private held: unknown;
  declare private heldType: ByteType | undefined;
  /** What is freed with the group; undefined for a JavaScript value, which needs no memory. */
  declare private freed: object | undefined;
  declare private readonly owner: BoxOwner | undefined;
  declare private isOver: boolean;

  /** @internal */
  constructor(held: unknown, freed: object | undefined, type: ByteType | undefined, owner: BoxOwner | undefined) {
    // Structured clone reads own properties in their order: the first one answers by throwing.
    Object.defineProperty(this, "$notCloneable", { get: refuseClone, enumerable: true });
    this.held = held;
    this.freed = freed;
    this.owner = owner;
    this.heldType = type;
    this.isOver = false;
  }

  /** True until its group is freed, or its task disposed. Never throws. */
  get isAlive(): boolean {
    return !this.isOver;
  }

  /** What the box holds. For a box of a type, setting copies into its memory. Throws FA401 after that. */
  get value(): T {
    const held = this.live();
    return (this.heldType?.kind === "scalar" ? (held as { value: T }).value : held) as T;
  }

  set value(value: T) {
    const held = this.live();
    if (this.heldType === undefined) this.held = value;
    else this.heldType.assign(held as object, value);
  }

  toJSON(): unknown {
    return jsonOf(this.value);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.isOver ? "ScopedBox (freed)" : "ScopedBox (alive)";
  }

  /** @internal Its bytes; 0 for what needs no memory. */
  get sizeBytes(): number {
    return this.heldType?.sizeBytes ?? 0;
  }

  private live(): unknown {
    const { heldType, freed } = this;
    if (this.isOver) throw staleBox("box of a group or a task");
    if (heldType !== undefined && freed !== undefined && isGone(heldType, this.held)) this.held = this.owner?.current?.(freed) ?? this.held;
    return this.held;
  }

  /** @internal Gives what is to be freed. */
  end(): object | undefined {
    const { freed } = this;
    this.isOver = true;
    this.held = undefined;
    this.freed = undefined;
    return freed;
  }
}

/** Around memory of a type from `values`, or around any JavaScript value. When `init` cannot be, nothing is allocated. */
export function scopedBox(values: OwnedValues, content: unknown, init: unknown): ScopedBox<unknown> {
  const type: AllocType | undefined = isMemoryType(content) || isClass(content) ? content : undefined;
  if (type === undefined) return new ScopedBox<unknown>(content, undefined, undefined, undefined);
  const fieldType: ByteType | undefined = typeof type === "function" ? undefined : type;
  const value: object = values.alloc(type);
  try {
    if (init !== undefined && fieldType !== undefined) fieldType.assign(value, init);
  } catch (error) {
    values.free(value);
    throw error;
  }
  return new ScopedBox<unknown>(value, value, fieldType, values);
}

/** Frees what `items[0, count)` are, boxes and values of `values`, and empties the places. Throws what was thrown first, when all is freed. */
export function freeScoped(values: OwnedValues, items: unknown[], count: number): void {
  let fault: Error | undefined = undefined;
  for (let i = 0; i < count; i += 1) {
    const item = items[i] as object;
    items[i] = undefined;
    const value = item instanceof ScopedBox ? item.end() : item;
    if (value === undefined) continue;
    try {
      values.free(value);
    } catch (error) {
      // Debug mode tells of guards that were overwritten.
      fault ??= error as Error;
    }
  }
  if (fault !== undefined) throw fault;
}

function refuseClone(): never {
  throw notCloneable("box of a group or a task");
}
