/**
 * Handles that are neither sent nor dropped when they are collected: their blocks go back. Most handles are sent soon, and watching the collection of one costs more than sending
 * it; so the last ones made are held a while, and watched only when they are still there then.
 */
import { deliverError } from "../diagnostics/sinks.ts";
import { transferMisuse } from "../errors.ts";
import type { TransferHandle } from "./transfer-handle.ts";
import type { Block } from "./transfer-region.ts";

/** Handles that are held; a power of two. */
const HELD = 1024;

export class AbandonedHandles {
  /** Won back so far. */
  count = 0;
  private readonly warns: boolean;
  private readonly registry: FinalizationRegistry<Block>;
  private readonly held: (TransferHandle<unknown> | undefined)[] = [];
  private next = 0;

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
    const at = this.next;
    this.next = (at + 1) & (HELD - 1);
    const before = this.held[at];
    if (before !== undefined && before.isUnsent) this.watch(before);
    this.held[at] = handle;
  }

  /** A handle that was sent or dropped. */
  settle(handle: TransferHandle<unknown>): void {
    if (!handle.isWatched) return;
    handle.isWatched = false;
    this.registry.unregister(handle);
  }

  /** Holds none any more, so that those which nobody has are collected. */
  letGo(): void {
    if (this.held.length === 0) return;
    for (const handle of this.held) if (handle?.isUnsent === true) this.watch(handle);
    this.held.length = 0;
    this.next = 0;
  }

  private watch(handle: TransferHandle<unknown>): void {
    handle.isWatched = true;
    this.registry.register(handle, { ptr: handle.ptr, generation: handle.generation }, handle);
  }
}
