/**
 * Memory for asynchronous code, which no frame can hold: pool values that are given back together when the task is disposed, however it ends.
 *
 * Any number of tasks may run at once; what one allocates is its own.
 */
import type { SmartAlloc } from "../allocator.ts";
import { DISPOSE } from "../dispose-symbol.ts";
import { badArgument, staleTask } from "../errors.ts";
import type { OwnedValues } from "../pool/owned-values.ts";
import { freeScoped, scopedBox, type ScopedBox } from "../pool/scoped-box.ts";
import type { AllocType, BoxValue, ClassType, ElementType, Infer, InferMany, Init } from "../types/memory-type.ts";

export class TaskAlloc {
  /** @internal Undefined when the task is over. */
  private pool: OwnedValues | undefined;
  private readonly items: unknown[] = [];

  /** `using task = new TaskAlloc(alloc)` */
  constructor(alloc: SmartAlloc) {
    if (typeof (alloc as SmartAlloc | undefined)?.pooled !== "function") throw badArgument(new.target.name, "alloc", alloc, "a `SmartAlloc`");
    this.pool = alloc.pooled();
  }

  /** A zeroed value of the type, until the task is disposed. Errors as `poolAlloc`; FA401 after the task. */
  alloc<const T extends AllocType>(type: T): Infer<T> {
    const value = this.poolFor("alloc").alloc(type);
    this.items.push(value);
    return value;
  }

  /** A box around memory of a type, or around any JavaScript value, until the task is disposed. Errors as `alloc`. */
  box<const T extends AllocType>(type: T, init?: Init<T>): ScopedBox<BoxValue<T>>;
  box<T>(value: T): ScopedBox<T>;
  box(content: unknown, init?: unknown): ScopedBox<unknown> {
    const box = scopedBox(this.poolFor("box"), content, init);
    this.items.push(box);
    return box;
  }

  /** `n` of a type in one piece: a typed array for a scalar, a `StructArray` for a struct; of a class an array of instances. Errors as `alloc`. */
  slice<const T extends ElementType | ClassType>(type: T, n: number): InferMany<T> {
    const pool = this.poolFor("slice");
    if (!Number.isSafeInteger(n) || n < 0) throw badArgument("slice", "n", n, "an integer of at least 0");
    if (typeof type === "function") return Array.from({ length: n }, () => this.alloc(type)) as unknown as InferMany<T>;
    const value = pool.slice(type, n);
    if (n > 0) this.items.push(value);
    return value as InferMany<T>;
  }

  /** Values and boxes so far. */
  get count(): number {
    return this.items.length;
  }

  /** Frees all that the task allocated. No effect the second time. */
  dispose(): void {
    const { pool } = this;
    if (pool === undefined) return;
    this.pool = undefined;
    const items = this.items.splice(0);
    freeScoped(pool, items, items.length);
  }

  [DISPOSE](): void {
    this.dispose();
  }

  private poolFor(call: string): OwnedValues {
    if (this.pool === undefined) throw staleTask(call);
    return this.pool;
  }
}

/** The same under the name that it has for batches of asynchronous work: `using guard = new AsyncPoolGuard(alloc)`, then any number of promises that allocate from it. */
export class AsyncPoolGuard extends TaskAlloc {}
