/** The objects that stand for values which come and go at any place of a memory: used again for the next value of their type. */
import type { Memory } from "../memory.ts";
import type { AllocType, ByteType } from "../types/memory-type.ts";
import { checkClass, resetOf } from "../types/object-type.ts";
import { followValue, rebindValue } from "../types/rebind-value.ts";

/** So many typed arrays at rest are looked at for the one of a place. */
const LOOKED_AT = 32;

/** `items[0, count)`: the array keeps its length, so that it makes no garbage. */
interface Stack {
  readonly items: (object | undefined)[];
  count: number;
}

export class ViewStock {
  protected readonly memory: Memory;
  private readonly spares: Map<AllocType, Stack> = new Map();

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** An object of the type for the bytes at `ptr`. An instance of a class is cleaned by its reset. */
  take(type: AllocType, ptr: number): object {
    const stack = this.spares.get(type);
    const isClass = typeof type === "function";
    if (stack === undefined && isClass) checkClass(type, "handles().alloc");
    if (stack === undefined || stack.count === 0) return isClass ? new type() : type.make(this.memory, ptr);
    const { items } = stack;
    // A typed array cannot be moved: the one that was there before may be here.
    if (ArrayBuffer.isView(items[0])) putLast(stack, ptr);
    stack.count -= 1;
    const spare = items[stack.count] as object;
    items[stack.count] = undefined;
    if (!isClass) return type.place(spare, this.memory, ptr);
    resetOf(type)?.(spare);
    return spare;
  }

  /** Takes back an object whose value is over. */
  give(type: AllocType, view: object): void {
    let stack = this.spares.get(type);
    if (stack === undefined) this.spares.set(type, (stack = { items: [], count: 0 }));
    stack.items[stack.count] = view;
    stack.count += 1;
  }

  /** The object for bytes that were moved to `ptr`: the same one, unless it is a typed array. */
  move(type: ByteType, view: object, ptr: number): object {
    return followValue(type.place(view, this.memory, ptr));
  }

  /** The object after the memory got another buffer. */
  rebind(type: AllocType, view: object, ptr: number): object {
    return typeof type === "function" || rebindValue(view) ? view : type.place(view, this.memory, ptr);
  }

  /** Forgets all that is at rest: it stands for a buffer that is gone. */
  clear(): void {
    this.spares.clear();
  }

  /** Where the value was allocated; undefined outside of debug mode. */
  siteOf(_view: object): string | undefined {
    return undefined;
  }
}

/** Exchanges the last typed array with one that lies at `ptr`, if there is one among the last ones. */
function putLast({ items, count }: Stack, ptr: number): void {
  const last = items[count - 1];
  for (let i = count - 1; i >= 0 && i >= count - LOOKED_AT; i -= 1) {
    if ((items[i] as Uint8Array).byteOffset !== ptr) continue;
    items[count - 1] = items[i];
    items[i] = last;
    return;
  }
}
