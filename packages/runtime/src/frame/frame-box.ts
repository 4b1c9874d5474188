/** A box in a frame: one value behind a handle that knows whether its frame is still open. */
import { notCloneable } from "../errors.ts";
import type { Memory } from "../memory.ts";
import { jsonOf } from "../types/describe-view.ts";
import type { ByteType } from "../types/memory-type.ts";
import { isGone, madeAnew, placeOf } from "../types/rebind-value.ts";
import { staleUse } from "./stale-use.ts";

/** Marks frame values in types: see `Sendable`. No object has it; it is a value all the same, as builders keep the keys of fields that are only declared. */
export const FRAME: unique symbol = Symbol("frame value");

/** What the types of frame values carry, so that the functions that send to other agents can refuse them. */
export interface FrameBrand {
  readonly [FRAME]?: "a frame value";
}

export class FrameBox<T> {
  declare readonly [FRAME]?: "a frame value";
  declare private readonly memory: Memory;
  declare private alive: boolean;
  declare private frameNumber: number;
  declare private held: unknown;
  declare private heldType: ByteType | undefined;
  /** Where a typed array lies. */
  declare private place: number;

  /** @internal `memory`: of the arena that it belongs to. */
  constructor(memory: Memory) {
    // Structured clone reads own properties in their order: the first one answers by throwing.
    Object.defineProperty(this, "$notCloneable", { get: refuseClone, enumerable: true });
    // Not shown, as a box is not its memory.
    Object.defineProperty(this, "memory", { value: memory });
    this.alive = false;
    this.frameNumber = 0;
    this.held = undefined;
    this.heldType = undefined;
    this.place = 0;
  }

  /** True until the frame, or the scope, that the box was made in ends. Never throws. */
  get isAlive(): boolean {
    return this.alive || (this.memory.staleWatch?.isSuspended(this) ?? false);
  }

  /** What the box holds. For a box of a type, setting copies into its memory. Throws FA004 when the box is stale. O(1). */
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
    return this.alive ? "FrameBox (alive)" : "FrameBox (stale)";
  }

  /** @internal `type` is undefined for a JavaScript value. */
  hold(frameNumber: number, held: unknown, type: ByteType | undefined): this {
    this.frameNumber = frameNumber;
    this.held = held;
    this.heldType = type;
    if (type !== undefined && type.kind === "array") this.place = placeOf(held);
    this.alive = true;
    return this;
  }

  /** @internal The type whose memory the box holds. Throws FA004 when stale. */
  content(): { readonly held: unknown; readonly type: ByteType | undefined } {
    return { held: this.live(), type: this.heldType };
  }

  /** @internal Answers, or does not until it is let again: its next use is told. */
  suspend(isSuspended: boolean): void {
    this.alive = !isSuspended;
  }

  /** @internal */
  release(): void {
    this.alive = false;
    this.held = undefined;
  }

  private live(): unknown {
    const { heldType } = this;
    if (!this.alive) this.refuse();
    if (heldType !== undefined && isGone(heldType, this.held)) this.held = madeAnew(heldType, this.memory, this.place);
    return this.held;
  }

  private refuse(): void {
    if (this.memory.staleWatch?.resume(this) !== true) throw staleUse(this.memory, "frame box", this.frameNumber);
  }

  /** @internal A typed array that it holds is made anew when it is asked for. */
  rebind(): void {}
}

function refuseClone(): never {
  throw notCloneable("frame box");
}
