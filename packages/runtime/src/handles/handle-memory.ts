/** Where an allocator of handles has its memory from. */
import { Heap } from "../heap/heap.ts";
import type { HeapTally } from "../heap/heap-tally.ts";
import type { Region } from "../memory.ts";
import type { ByteStore } from "../pool/byte-store.ts";
import { openRegion } from "../window.ts";
import { ViewStock } from "./view-stock.ts";

/** @internal The memory of an allocator's handles. */
export interface HandleMemory {
  readonly heap: Heap;
  /** Takes its blocks from `heap`; what it gives begins so many bytes behind the beginning of a block. */
  readonly store: ByteStore;
  readonly leadBytes: number;
  readonly views: ViewStock;
  readonly tally: HeapTally | undefined;
}

/** So many bytes of its own, or a region. */
export function ownMemory(source: number | Region): HandleMemory {
  const region = openRegion(source, false);
  const heap = new Heap(region);
  return { heap, store: heap, leadBytes: 0, views: new ViewStock(region.memory), tally: undefined };
}
