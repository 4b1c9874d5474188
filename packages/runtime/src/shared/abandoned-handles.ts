/**
 * Handles that are neither sent nor dropped when they are collected: their blocks go back. Most handles are sent soon, and watching the collection of one costs more than sending
 * it; so the last ones made are held a while, and watched only when they are still there then.
 */
import { deliverError } from "../diagnostics/sinks.ts";
import { transferMisuse } from "../errors.ts";
import type { TransferHandle } from "./transfer-handle.ts";
import type { Block } from "./transfer-region.ts";

/** Handles that are held unwatched at least. */
const HELD = 1024;

export class AbandonedHandles {
  /** Won back so far. */
  count = 0;
  private readonly warns: boolean;
  private readonly registry: FinalizationRegistry<Block>;
  private readonly held: TransferHandle<unknown>[] = [];
  /** A stack, as most are sent before the next one is made. What lies above was sent, and is overwritten. */
  private heldCount = 0;

  /** `warns`: watches all from the beginning, and tells of those that are won back. */
  constructor(winBack: (block: Block) => void, warns: boolean) {
    this.warns = warns;
    this.registry = new FinalizationRegistry((block) => {
      this.count += 1;
      winBack(block);
      if (warns) deliverError(transferMisuse("a transfer handle was made and dropped without being sent; its memory was won back"), "warning");
    });
  }

  /** A handle that was made, or came back. */
  hold(handle: TransferHandle<unknown>): void {
    if (this.warns) return this.watch(handle);
    if (this.heldCount === 2 * HELD) this.makeRoom();
    this.held[this.heldCount] = handle;
    this.heldCount += 1;
  }

  /** A handle that was sent or dropped. */
  settle(handle: TransferHandle<unknown>): void {
    // Most are sent before the next one is made.
    if (this.heldCount > 0 && this.held[this.heldCount - 1] === handle) this.heldCount -= 1;
    else if (handle.isWatched) this.unwatch(handle);
  }

  /** Holds none any more, so that those which nobody has are collected. */
  letGo(): void {
    if (this.held.length === 0) return;
    for (let i = 0; i < this.heldCount; i += 1) this.watchUnsent(this.held[i]);
    this.held.length = 0;
    this.heldCount = 0;
  }

  /** Holds those that are not sent still, but the oldest. */
  private makeRoom(): void {
    const unsent = this.held.filter((handle) => handle.isUnsent);
    const count = Math.min(unsent.length, HELD);
    for (const handle of unsent.slice(0, unsent.length - count)) this.watchUnsent(handle);
    for (const [i, handle] of unsent.slice(unsent.length - count).entries()) this.held[i] = handle;
    this.heldCount = count;
  }

  private watchUnsent(handle: TransferHandle<unknown> | undefined): void {
    if (handle?.isUnsent === true) this.watch(handle);
  }

  private unwatch(handle: TransferHandle<unknown>): void {
    handle.isWatched = false;
    this.registry.unregister(handle);
  }

  private watch(handle: TransferHandle<unknown>): void {
    handle.isWatched = true;
    this.registry.register(handle, { ptr: handle.ptr, generation: handle.generation }, handle);
  }
}
