/**
 * What an allocator costs in memory: bytes of JavaScript objects for each slot that it recycles, and the pages that the operating system has to give.
 *
 *   node --expose-gc bench/probes/memory-use.mjs
 *
 * Writes { slotBytes: { kind: bytes }, newBytes, usedBytes, arenaBytes, touchedBytes }: the growth of resident memory by a new allocator of the default
 * configuration, and by then using `touchedBytes` of its arena. Resident memory is read from /proc; where there is none those are null.
 */
import { existsSync, readFileSync } from "node:fs";
import { f32, megabytes, SmartAlloc, struct } from "@framealloc/runtime";

const SLOTS = 50_000;
const PAGE_BYTES = 4096;
const TOUCHED_BYTES = megabytes(2);
const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });

class Point {
  x = 0.5;
}

// First: later the heap of JavaScript has grown, and its pages may serve again.
const resident = residentGrowth();
console.log(JSON.stringify({ slotBytes: slotBytes(), ...resident }));

function residentGrowth() {
  if (!existsSync("/proc/self/statm")) return { newBytes: null, usedBytes: null, touchedBytes: TOUCHED_BYTES };
  // What the engine needs once for an allocator of any size: code that clears memory is compiled, which takes more than the memory does.
  const small = new SmartAlloc({ frameArenaSize: megabytes(1), heapSize: megabytes(1) });
  for (let i = 0; i < 200; i += 1) useOnce(small, megabytes(1) / 2);
  small.dispose();
  const before = residentBytes();
  const alloc = new SmartAlloc();
  const made = residentBytes();
  useOnce(alloc, TOUCHED_BYTES);
  return { newBytes: made - before, usedBytes: residentBytes() - made, touchedBytes: TOUCHED_BYTES };
}

/**
 * A frame that writes so many bytes.
 * @param {SmartAlloc} alloc
 * @param {number} bytes
 */
function useOnce(alloc, bytes) {
  alloc.beginFrame();
  const at = alloc.frameAllocBytes(bytes);
  alloc.memory.u8.fill(1, at, at + bytes);
  alloc.endFrame();
}

function residentBytes() {
  return Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]) * PAGE_BYTES;
}

/** Growth of the heap of JavaScript for each allocation of a frame, of one kind. */
function slotBytes() {
  const kinds = {
    "frameAlloc(struct)": (/** @type {SmartAlloc} */ alloc) => alloc.frameAlloc(Vec3),
    "frameAlloc(f32)": (/** @type {SmartAlloc} */ alloc) => alloc.frameAlloc(f32),
    "frameAlloc(class), less the instance": (/** @type {SmartAlloc} */ alloc) => alloc.frameAlloc(Point),
    "frameSlice(f32, 4)": (/** @type {SmartAlloc} */ alloc) => alloc.frameSlice(f32, 4),
    "poolAlloc(struct)": (/** @type {SmartAlloc} */ alloc) => alloc.poolAlloc(Vec3),
    "frameAllocBytes(64)": (/** @type {SmartAlloc} */ alloc) => alloc.frameAllocBytes(64),
  };
  const instance = growth(() => new Point());
  return Object.fromEntries(Object.entries(kinds).map(([kind, allocate]) => {
    const alloc = new SmartAlloc({ debug: false, slabPagesPerClass: 64 });
    alloc.beginFrame();
    // The lists and tables of the type, and code.
    for (let i = 0; i < 100; i += 1) allocate(alloc);
    const bytes = growth(() => allocate(alloc)) - (kind.includes("class") ? instance : 0);
    alloc.endFrame();
    return [kind, Math.round(bytes)];
  }));
}

/** @param {() => unknown} allocate */
function growth(allocate) {
  // Kept, so that what they hold is counted; the array itself is there before.
  const kept = new Array(SLOTS).fill(undefined);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < SLOTS; i += 1) kept[i] = allocate();
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / SLOTS;
  if (kept.length !== SLOTS) throw new Error("nothing was kept");
  return bytes;
}
