/**
 * Handles: values that may be moved, so that the memory they lie in can be compacted. A handle is a number; it is resolved to a view when the value is
 * used, and the runtime knows who is where.
 *
 *   block   | slot, ~slot | the value ... |
 *
 * A value that is pinned is not moved. Views move with their values; a typed array cannot, so it is resolved again after `defragment`.
 *
 * Invariants:
 *   I1  a live handle's slot has its type and its object; its bytes, if any, are at `ptrs[slot]`, behind a head that names the slot
 *   I2  the heap may move the block of a value if and only if its `pins` are 0
 */
import type { Leak } from "../debug/leak-report.ts";
import { badArgument, handlesExhausted, headOverwritten, notPinned, staleHandle } from "../errors.ts";
import { holeBytes } from "../heap/compaction.ts";
import type { Heap } from "../heap/heap.ts";
import type { HeapTally } from "../heap/heap-tally.ts";
import { alignUp, type Memory, type Region } from "../memory.ts";
import type { ByteStore } from "../pool/byte-store.ts";
import type { Charge, Charges } from "../pool/charges.ts";
import { isMemoryType, type AllocType, type ByteType, type Infer } from "../types/memory-type.ts";
import type { Handle, HandleStats } from "./handle.ts";
import { ownMemory, type HandleMemory } from "./handle-memory.ts";
import { HandleSlots, slotOf } from "./handle-slots.ts";
import { PinShelf, type PinScope } from "./pin-scope.ts";
import { Relocation, UNLIMITED, type Defragmented, type DefragmentOptions, type RelocationListener } from "./relocation.ts";
import type { ViewStock } from "./view-stock.ts";

/** The head of a value: its slot, and that inverted, to tell a head that was overwritten. */
const HEAD_BYTES = 8;

/** Generations of an allocator's handles begin apart from those of the last few others. */
let allocators = 0;

export class HandleAllocator {
  protected readonly memory: Memory;
  protected readonly slots: HandleSlots;
  protected readonly views: ViewStock;
  private readonly heap: Heap;
  private readonly store: ByteStore;
  private readonly leadBytes: number;
  private readonly tally: HeapTally | undefined;
  private readonly relocation: Relocation;
  private readonly values: object[] = [];
  private readonly types: AllocType[] = [];
  private readonly scopes: PinShelf = new PinShelf();
  private charges: Charges | undefined = undefined;
  /** By slot, what its value was charged to. */
  private readonly charged: (Charge | undefined)[] = [];
  private liveBytes = 0;
  private pinned = 0;

  /** On so many bytes of its own memory, or on a region. Throws `FrameAllocError` (`config`) for a size that is none. */
  constructor(source: number | Region);
  /** @internal */
  constructor(source: HandleMemory);
  constructor(source: number | Region | HandleMemory) {
    const parts = typeof source === "object" && "heap" in source ? source : ownMemory(source);
    this.heap = parts.heap;
    this.store = parts.store;
    this.leadBytes = parts.leadBytes;
    this.views = parts.views;
    this.tally = parts.tally;
    this.memory = parts.store.memory;
    this.relocation = new Relocation(parts.heap, this);
    this.slots = new HandleSlots(1 + (allocators % 8) * 64);
    allocators += 1;
    this.memory.onRefresh(() => this.rebind());
  }

  /** A handle for a zeroed value of the type. FA301 when the heap has no room, FA301 and FA302 when a budget has none, FA304 when all 1,048,576 handles are in use. */
  alloc<const T extends AllocType>(type: T): Handle<Infer<T>> {
    const handle = this.tryAlloc(type);
    if (handle !== undefined) return handle;
    const { liveCount, slotsMax } = this.slots;
    const sizeBytes = HEAD_BYTES + (typeof type === "function" ? 0 : type.sizeBytes);
    throw this.charges?.denied() ?? (liveCount >= slotsMax ? handlesExhausted(liveCount) : this.store.exhausted(sizeBytes));
  }

  /** As `alloc`; undefined when there is no room. */
  tryAlloc<const T extends AllocType>(type: T): Handle<Infer<T>> | undefined {
    if (typeof type !== "function" && !isMemoryType(type)) throw badArgument("handles().alloc", "type", type, "a scalar, a struct, an array or a class");
    const sizeBytes = typeof type === "function" ? 0 : type.sizeBytes;
    const { charges } = this;
    if (charges === undefined || sizeBytes === 0) return this.tryPlace(type, sizeBytes) as Handle<Infer<T>> | undefined;
    const charge = charges.charge(sizeBytes, false);
    if (charge === undefined) return undefined;
    const handle = this.tryPlace(type, sizeBytes);
    if (handle === undefined) charges.refund(charge, sizeBytes);
    else this.charged[slotOf(handle)] = charge;
    return handle as Handle<Infer<T>> | undefined;
  }

  /** A handle for a value that no budget denies; undefined when there is no room. */
  private tryPlace(type: AllocType, sizeBytes: number): number | undefined {
    this.memory.refresh();
    const ptr = sizeBytes === 0 ? 0 : this.store.tryTake(HEAD_BYTES + sizeBytes) + HEAD_BYTES;
    if (sizeBytes > 0 && ptr < HEAD_BYTES) return undefined;
    // First, as the constructor of a class may throw.
    const value = this.views.take(type, ptr);
    const handle = this.slots.take();
    if (handle === 0) {
      this.views.give(type, value);
      if (sizeBytes > 0) this.store.give(ptr - HEAD_BYTES, HEAD_BYTES + sizeBytes);
      return undefined;
    }
    const slot = slotOf(handle);
    if (sizeBytes > 0) this.settle(slot, ptr, sizeBytes);
    this.slots.ptrs[slot] = ptr;
    this.types[slot] = type;
    this.values[slot] = value;
    this.liveBytes += sizeBytes;
    this.tally?.addHandle(sizeBytes);
    return handle;
  }

  /** The value: always the same object for a struct, until it is freed. FA401 for a handle that was freed. O(1). */
  resolve<T>(handle: Handle<T>): T {
    if (this.memory.canGrow) this.memory.refresh();
    const slot = slotOf(handle);
    if (this.slots.current[slot] === handle && handle > 0) return this.values[slot] as T;
    throw staleHandle("resolve", handle);
  }

  /** As `resolve`, for code that says that it writes. */
  resolveMut<T>(handle: Handle<T>): T { return this.resolve(handle); }

  /** As `resolve`; undefined for a handle that was freed. */
  tryResolve<T>(handle: Handle<T>): T | undefined {
    return this.isValid(handle) ? this.resolve(handle) : undefined;
  }

  /** Whether the handle's value is alive. */
  isValid(handle: Handle<unknown>): boolean {
    return this.slots.current[slotOf(handle)] === handle && handle > 0;
  }

  /** Where the value's bytes begin in `memory`, for raw access; only a pinned one stays there. 0 for an instance of a class. FA401 as `resolve`. */
  ptrOf(handle: Handle<unknown>): number {
    return this.slots.ptrs[this.liveSlot(handle, "ptrOf")] as number;
  }

  /** Keeps the value where it is, until `unpin` was called as often. Gives the value. FA401 as `resolve`. */
  pin<T>(handle: Handle<T>): T {
    const slot = this.liveSlot(handle, "pin");
    const { pins } = this.slots;
    pins[slot] = (pins[slot] as number) + 1;
    if (pins[slot] === 1) {
      this.pinned += 1;
      this.setMovable(slot, false);
    }
    return this.resolve(handle);
  }

  /** Takes one pin back. FA401 as `resolve`, `argument` when the value is not pinned. */
  unpin(handle: Handle<unknown>): void {
    const slot = this.liveSlot(handle, "unpin");
    const { pins } = this.slots;
    if (pins[slot] === 0) throw notPinned();
    pins[slot] = (pins[slot] as number) - 1;
    if (pins[slot] > 0) return;
    this.pinned -= 1;
    this.setMovable(slot, true);
  }

  /** A pin that ends with its block: `using pin = handles.pinScope(handle)`. The scope is recycled. FA401 as `resolve`. */
  pinScope<T>(handle: Handle<T>): PinScope<T> {
    this.pin(handle);
    return (this.scopes.take(this) as PinScope<T>).open(handle);
  }

  /** Frees the value, pinned or not. FA401 the second time; then nothing is changed. */
  free(handle: Handle<unknown>): void {
    const slot = this.liveSlot(handle, "free");
    const type = this.types[slot] as AllocType;
    const sizeBytes = typeof type === "function" ? 0 : type.sizeBytes;
    const charge = this.charged[slot];
    this.charged[slot] = undefined;
    if (this.slots.pins[slot] !== 0) this.pinned -= 1;
    this.liveBytes -= sizeBytes;
    this.slots.give(handle);
    if (charge !== undefined) this.charges?.refund(charge, sizeBytes);
    const value = this.values[slot] as object;
    this.views.give(type, value);
    try {
      if (sizeBytes > 0) this.giveBytes(this.slots.ptrs[slot] as number, sizeBytes, value);
    } finally {
      // Last: who is told may free, allocate and defragment.
      this.tally?.freeHandle(sizeBytes);
    }
  }

  /**
   * Moves values that are not pinned into the holes below them. Without a limit no hole is left that one of them could fill; with one, the next call goes on.
   * O(blocks of the heap), and for each move its bytes. `argument` for limits that are none.
   */
  defragment(options: DefragmentOptions = UNLIMITED): Defragmented {
    this.memory.refresh();
    return this.relocation.run(options);
  }

  /** Calls `listener` for each value that `defragment` moved, after its last move. Gives a function that ends it. */
  onRelocate(listener: RelocationListener): () => void {
    return this.relocation.listen(listener);
  }

  /** O(blocks of the heap). Allocates the object it returns. */
  stats(): HandleStats {
    this.memory.refresh();
    const { liveCount, slotCount } = this.slots;
    return {
      activeHandles: liveCount,
      totalAllocated: this.liveBytes,
      totalSlots: slotCount,
      freeSlots: slotCount - liveCount,
      pinnedCount: this.pinned,
      relocatableCount: liveCount - this.pinned,
      relocationCount: this.relocation.total,
      holeBytes: holeBytes(this.heap),
    };
  }

  /** @internal Values that are not freed; debug mode knows where each was made. */
  *leaks(): Generator<Leak> {
    for (let slot = 0; slot < this.slots.slotCount; slot += 1) {
      if ((this.slots.current[slot] as number) < 0) continue;
      const type = this.types[slot] as AllocType;
      yield { kind: "handle", site: this.views.siteOf(this.values[slot] as object), count: 1, bytes: typeof type === "function" ? 0 : type.sizeBytes };
    }
  }

  /** @internal Budgets count what is allocated from here on. */ countBy(charges: Charges): void { this.charges = charges; }

  /** @internal */
  bytesOf(block: number): number {
    const { sizeBytes } = this.types[this.slotIn(this.ptrIn(block))] as ByteType;
    return alignUp(HEAD_BYTES + sizeBytes, 8) + 2 * this.leadBytes;
  }

  /** @internal */ ptrIn(block: number): number { return block + this.leadBytes + HEAD_BYTES; }

  /** @internal */
  follow(to: number, vacatedFrom: number, vacatedTo: number): number {
    const ptr = this.ptrIn(to);
    const slot = this.slotIn(ptr);
    this.slots.ptrs[slot] = ptr;
    this.values[slot] = this.views.move(this.types[slot] as ByteType, this.values[slot] as object, ptr);
    this.vacate(vacatedFrom, vacatedTo);
    return this.slots.handleOf(slot);
  }

  /** Gives the bytes of a value back. */
  protected giveBytes(ptr: number, sizeBytes: number, _value: object): void {
    this.store.give(this.headOf(ptr), HEAD_BYTES + sizeBytes);
  }

  /** The slot that a value's head names. FA401 when the head was overwritten, by a write before the value or past the end of the one below. */
  protected slotIn(ptr: number): number {
    const slot = this.memory.word(ptr - HEAD_BYTES);
    if (this.memory.word(ptr - HEAD_BYTES + 4) !== ~slot) throw headOverwritten(ptr);
    return slot;
  }

  /** Where the head of the value at `ptr` begins. */
  protected headOf(ptr: number): number {
    return ptr - HEAD_BYTES;
  }

  /** Makes bytes that a value left what freed ones have to be. */
  protected vacate(_fromByte: number, _toByte: number): void {}

  private liveSlot(handle: Handle<unknown>, call: string): number {
    this.memory.refresh();
    if (this.isValid(handle)) return slotOf(handle);
    throw staleHandle(call, handle);
  }

  /** Makes fresh bytes those of a slot's value. */
  private settle(slot: number, ptr: number, sizeBytes: number): void {
    const { memory } = this;
    memory.setWord(ptr - HEAD_BYTES, slot);
    memory.setWord(ptr - HEAD_BYTES + 4, ~slot);
    memory.zero(ptr, ptr + sizeBytes);
    this.heap.setMovable(ptr - HEAD_BYTES - this.leadBytes, true);
  }

  private setMovable(slot: number, isMovable: boolean): void {
    const ptr = this.slots.ptrs[slot] as number;
    if (ptr > 0) this.heap.setMovable(ptr - HEAD_BYTES - this.leadBytes, isMovable);
  }

  private rebind(): void {
    this.views.clear();
    for (let slot = 0; slot < this.slots.slotCount; slot += 1) {
      if ((this.slots.current[slot] as number) > 0) this.values[slot] = this.views.rebind(this.types[slot] as AllocType, this.values[slot] as object, this.slots.ptrs[slot] as number);
    }
  }
}
