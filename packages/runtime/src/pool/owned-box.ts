/** A box that its owner releases: in the pool, on the heap, or received from another agent. */
import { DISPOSE } from "../dispose-symbol.ts";
import { notCloneable, staleBox } from "../errors.ts";
import { jsonOf } from "../types/describe-view.ts";
import { isGone } from "../types/rebind-value.ts";
import type { ByteType } from "../types/memory-type.ts";

/** Takes back what a box holds. */
export interface BoxOwner {
  free(value: object): void;
  /** What stands for a live value now; absent where that never changes. */
  current?(value: object): object;
}

export class OwnedBox<T> {
  declare private owner: BoxOwner | undefined;
  declare private held: unknown;
  /** What `owner` frees; undefined for a JavaScript value, which needs no memory. */
  declare private freed: object | undefined;
  declare private heldType: ByteType | undefined;
  declare private readonly shelf: BoxShelf | undefined;
  /** @internal The next box on its shelf. */
  declare next: OwnedBox<unknown> | undefined;

  constructor(shelf?: BoxShelf) {
    // Structured clone reads own properties in their order: the first one answers by throwing.
    Object.defineProperty(this, "$notCloneable", { get: refuseClone, enumerable: true });
    this.owner = undefined;
    this.held = undefined;
    this.freed = undefined;
    this.heldType = undefined;
    this.shelf = shelf;
    this.next = undefined;
  }

  /** True until `release`. Never throws. */
  get isAlive(): boolean {
    return this.owner !== undefined;
  }

  /** What the box holds. For a box of a type, setting copies into its memory. Throws FA401 after the release. */
  get value(): T {
    const held = this.live();
    return (this.heldType?.kind === "scalar" ? (held as { value: T }).value : held) as T;
  }

  set value(value: T) {
    const held = this.live();
    if (this.heldType === undefined) this.held = value;
    else this.heldType.assign(held as object, value);
  }

  /** Frees what the box holds. Throws FA401 when it was released before, or its value freed by itself; the box is stale in any case. */
  release(): void {
    const { owner, freed } = this;
    if (owner === undefined) throw staleBox("box");
    this.owner = undefined;
    this.held = undefined;
    this.freed = undefined;
    if (freed !== undefined) owner.free(freed);
    this.shelf?.put(this);
  }

  /** As `release`, but for a box that was released before it does nothing: `using b = alloc.poolBox(Type)`. */
  [DISPOSE](): void {
    if (this.owner !== undefined) this.release();
  }

  toJSON(): unknown {
    return jsonOf(this.value);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.isAlive ? "OwnedBox (alive)" : "OwnedBox (released)";
  }

  /** @internal */
  hold(owner: BoxOwner, held: unknown, freed: object | undefined, type: ByteType | undefined): this {
    this.owner = owner;
    this.held = held;
    this.freed = freed;
    this.heldType = type;
    return this;
  }

  /** @internal Throws FA401 after the release. */
  content(): { readonly held: unknown; readonly type: ByteType | undefined } {
    return { held: this.live(), type: this.heldType };
  }

  private live(): unknown {
    const { owner, heldType, freed } = this;
    if (owner === undefined) throw staleBox("box");
    if (heldType !== undefined && freed !== undefined && isGone(heldType, this.held)) this.held = owner.current?.(freed) ?? this.held;
    return this.held;
  }
}

/** Released boxes that rest at least: so long a stale box throws instead of coming alive as another. */
const RESTING = 32;

/** Released boxes, used again in the order of their release. */
export class BoxShelf {
  private first: OwnedBox<unknown> | undefined = undefined;
  private last: OwnedBox<unknown> | undefined = undefined;
  private count = 0;

  /** A released box. */
  take(): OwnedBox<unknown> {
    const box = this.first;
    if (box === undefined || this.count <= RESTING) return new OwnedBox(this);
    this.first = box.next;
    box.next = undefined;
    this.count -= 1;
    return box;
  }

  put(box: OwnedBox<unknown>): void {
    if (this.last === undefined) this.first = box;
    else this.last.next = box;
    this.last = box;
    this.count += 1;
  }
}

function refuseClone(): never {
  throw notCloneable("box");
}
