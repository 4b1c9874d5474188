/** The runtime's API as far as its values lead on to others, in the syntax of `parse-shapes.ts`. Names are those of the package's exports. */

const FRAME = `
  beginFrame(); endFrame(); endFrameWithSummary(): RetentionSummary; endFrameWithPromotions(): { promoted: FrameRetained<unknown>[]; summary: RetentionSummary };
  inFrame(): boolean; frameNumber(): number; frameUsage(): number; frameRemaining(): number; setFrameBudget(number); frameStats(): object;
  withFrame<R>(() => R): R; frame(): FrameGuard; frameScope(): FrameScope;
  frameAlloc<T>(T): Infer<T>; tryFrameAlloc<T>(T): Infer<T>; frameAllocBytes(number, number): number; tryFrameAllocBytes(number, number): number;
  frameAllocBatch<T>(T, number): FrameSlice<T>; tryFrameAllocBatch<T>(T, number): FrameSlice<T>;
  frameAlloc2<T>(T): FrameSlice<T>; frameAlloc4<T>(T): FrameSlice<T>; frameAlloc8<T>(T): FrameSlice<T>;
  frameSlice<T>(T, number): FrameSlice<T>; tryFrameSlice<T>(T, number): FrameSlice<T>;
  frameBox<T>(T, unknown): FrameBox<Held<T>>; tryFrameBox<T>(T, unknown): FrameBox<Held<T>>;
  frameVec<T>(T, number): FrameVec<Infer<T>>; tryFrameVec<T>(T, number): FrameVec<Infer<T>>;
  frameMap<T>(unknown, T, number): FrameMap<unknown, Infer<T>>; tryFrameMap<T>(unknown, T, number): FrameMap<unknown, Infer<T>>;
  frameCheckpoint(): Checkpoint; rollbackTo(Checkpoint); speculative<R>(() => R): Speculation<R>; checkpointGuard(): CheckpointGuard;
`;

const LONG_LIVED = `
  poolAlloc<T>(T): Infer<T>; tryPoolAlloc<T>(T): Infer<T>; poolFree(unknown); poolBox<T>(T, unknown): OwnedBox<Held<T>>; tryPoolBox<T>(T, unknown): OwnedBox<Held<T>>;
  heapAlloc<T>(T): Infer<T>; tryHeapAlloc<T>(T): Infer<T>; heapFree(unknown); heapBox<T>(T, unknown): OwnedBox<Held<T>>; tryHeapBox<T>(T, unknown): OwnedBox<Held<T>>;
  objectPool<T>(() => T, (T) => void, object): ObjectPool<T>;
  frameRetained<T>(T, unknown): FrameRetained<Held<T>>; frameWithImportance<T>(T, unknown): FrameRetained<Held<T>>; retainedCount(): number; clearRetained();
  scratchPool(string, object): ScratchPool; scratch(): ScratchPools; groups(): GroupAllocator; handles(): HandleAllocator; streaming(): StreamingAllocator; budgets(): Budgets;
`;

const AGENTS = `
  share(): SharedAlloc; frameBoxForTransfer<T>(T, unknown): TransferHandle<Held<T>>; receive<T>(TransferToken<T>): OwnedBox<T>; transferStats(): object; agentId: number; reclaimAgent(number): number;
  setDeferredProcessing(unknown); processDeferredFrees(number): number; deferredStats(): object; setThreadBudgetConfig(number, object); threadFrameStats(number): object; barrierStats(): object;
`;

const WATCHING = `
  beginPhase(string); endPhase(): object; phaseScope(string): PhaseScope; withPhase<R>(string, () => R): R; phaseStats(): object[];
  withTag<R>(string, () => R): R; tagScope(string): TagScope; currentTag(): string; tagPath(): string; tagStats(): object[];
  stats(): object; enableStatistics(); leakReport(): object; enableBehaviorFilter(object); behaviorReport(): object; enableLifecycleTracking(); onFrameEvent((object) => void);
  dispose(); memory: Memory;
`;

const VALUES = `
class FrameBox<T> { value: T; isAlive: boolean }
class OwnedBox<T> { value: T; isAlive: boolean; release() }
class FrameRetained<T> { value: T; isAlive: boolean; release() }
class Ref { value: number }
class View {}
class StructArray<T> { length: number; at(number): T; cursor(): T; fill(unknown): this; copyWithin(number, number, number): this; set(number, unknown); stride: number; ptr: number }
class FrameVec<T> {
  push(unknown): T; tryPush(unknown): T; pop(): T; get(number): T; at(number): T; set(number, unknown); length: number; capacity: number; remaining: number; isFull: boolean; isEmpty: boolean; clear(); truncate(number); resize(number);
  extend(Iterable<T>); retain((T) => unknown); iterate(): Iterator<T>; sort((T, T) => number); slice(number, number): FrameSlice<T>;
}
class FrameMap<K, V> { set(K, unknown): this; trySet(K, unknown): boolean; get(K): V; getOrInsert(K, unknown): V; has(K): boolean; delete(K): boolean; clear(); size: number; keys(): Iterator<K>; values(): Iterator<V>; entries(): Iterator<[K, V]> }
class FrameGuard {}
class FrameScope {}
class PhaseScope {}
class TagScope {}
class Checkpoint {}
class Speculation<R> { committed: boolean; value: R; error: unknown }
class CheckpointGuard { commit() }
class ObjectPool<T> { acquire(): T; tryAcquire(): T; release(T) }
class ScratchPool { alloc<T>(T): Infer<T>; slice<T>(T, number): FrameSlice<T>; reset() }
class ScratchPools { stats(): object; resetAll(); reset(string); remove(string) }
class ScopedBox<T> { value: T; isAlive: boolean }
class GroupAllocator { createGroup(string): Group; alloc<T>(Group, T): Infer<T>; tryAlloc<T>(Group, T): Infer<T>; allocVal<T>(Group, T, unknown): ScopedBox<Held<T>>; slice<T>(Group, T, number): FrameSlice<T>; freeGroup(Group); stats(): object }
class HandleAllocator { alloc<T>(T): Handle<Infer<T>>; tryAlloc<T>(T): Handle<Infer<T>>; resolve<T>(Handle<T>): T; tryResolve<T>(Handle<T>): T; ptrOf(Handle<unknown>): number; onRelocate((Handle<unknown>, number, number) => void): () => void; resolveMut<T>(Handle<T>): T; pin<T>(Handle<T>): T; unpin(Handle<unknown>); pinScope<T>(Handle<T>): PinScope<T>; free(Handle<unknown>); isValid(Handle<unknown>): boolean; defragment(object): object; stats(): object }
class Handle<T> {}
class PinScope<T> { value: T }
class StreamingAllocator {
  new(number); reserve(number, unknown, string): StreamingId; tryReserve(number, unknown, string): StreamingId; beginLoad(StreamingId): Uint8Array; write(StreamingId, Uint8Array); reportProgress(StreamingId, number); finishLoad(StreamingId); fail(StreamingId, string); access(StreamingId): Uint8Array;
  free(StreamingId); loadFromStream(StreamingId, object): Promise<void>; stats(): object;
}
class Budgets { registerTagBudget(string, number, number) }
class TransferHandle<T> { send(object); detach(): TransferToken<T>; receive(): OwnedBox<T>; receiveTimeout(number): OwnedBox<T>; drop(); state: string }
class TransferChannel<T> { new<T>(number); send(T); trySend(T): boolean; receive(): OwnedBox<T>; tryReceive(): OwnedBox<T>; receiveAsync(): Promise<OwnedBox<T>>; close(); share(): object; static attach(object): TransferChannel<unknown>; capacity: number; size: number; isClosed: boolean }
class TransferToken<T> {}
class DeferredConfig { new(object); static bounded(number): DeferredConfig; static incremental(number): DeferredConfig; static explicit(): DeferredConfig; static disabled(): DeferredConfig; withFullPolicy(string): DeferredConfig; withProcessing(string): DeferredConfig }
class FrameBarrier { new(number); signalFrameComplete(); waitAll(); waitAllAsync(): Promise<void>; waitTimeout(number): boolean; waitAndReset(); reset(); isComplete(): boolean; arrivedCount(): number; generation(): number; register(); unregister(); share(): object; static attach(object): FrameBarrier }
class FrameBarrierBuilder { new(); withThread(string): this; build(): FrameBarrier }
class TaskAlloc { new(SmartAlloc); alloc<T>(T): Infer<T>; box<T>(T, unknown): ScopedBox<Held<T>>; slice<T>(T, number): FrameSlice<T>; dispose() }
class AsyncPoolGuard { new(SmartAlloc); alloc<T>(T): Infer<T>; box<T>(T, unknown): ScopedBox<Held<T>>; slice<T>(T, number): FrameSlice<T>; dispose() }
class SharedAlloc {}
class Memory {
  u8: Uint8Array; i8: Int8Array; u16: Uint16Array; i16: Int16Array; u32: Uint32Array; i32: Int32Array; u64: BigUint64Array; i64: BigInt64Array; f32: Float32Array; f64: Float64Array; canGrow: boolean;
}
class AllocConfig {
  new(object); static minimal(): AllocConfig; static highPerformance(): AllocConfig;
  withFrameArenaSize(number): AllocConfig; withHeapSize(number): AllocConfig; withSlabs(object): AllocConfig; withMemory(unknown): AllocConfig; withBudgets(boolean): AllocConfig; withMemoryLimit(number): AllocConfig;
  withStatistics(boolean): AllocConfig; withDebug(boolean): AllocConfig;
}
class StructType {}
class ArrayType {}
class FrameAllocError extends Error { code: string; help: string }
class DiagnosticsHooks { new(); addListener((object) => void): () => void }
class StrictModeGuard { new(unknown) }
class RetentionSummary {}
class FrameArena {
  new(object); begin(); end(); inFrame(): boolean; frameNumber(): number; usage(): number; remaining(): number; stats(): object; reset();
  withFrame<R>(() => R): R; frame(): FrameGuard; alloc<T>(T): Infer<T>; tryAlloc<T>(T): Infer<T>; allocBytes(number, number): number;
  slice<T>(T, number): FrameSlice<T>;
}
class SmartAlloc { new(AllocConfig); static withDefaults(): SmartAlloc; static attach(SharedAlloc): SmartAlloc; ${FRAME} ${LONG_LIVED} ${AGENTS} ${WATCHING} }
function struct(object, object): StructType; function array(unknown, number): ArrayType; function soa(StructType, number): object;
function sizeOf(unknown): number; function alignOf(unknown): number; function offsetOf(unknown, string): number; function layoutOf(unknown): object; function registerReset<T>(T, (Infer<T>) => void);
function kilobytes(number): number; function megabytes(number): number; function gigabytes(number): number; function formatBytes(number): string;
function frameLoop(SmartAlloc, (number) => void): () => void;
`;

export const RUNTIME_SHAPES = VALUES;
