/**
 * 50,000 objects with three numbers in every frame, over many frames: how long the slow frames take, and how often the engine collects garbage meanwhile.
 *
 *   node --expose-gc bench/probes/many-objects.mjs ours|objects FRAMES
 *
 * Writes { p999Ms, medianMs, maxMs, scavenges, fullCollections } of the frames after the warm-up.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const OBJECTS = 50_000;
const WARM_FRAMES = 200;
const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const [variant = "", frames = "2000"] = process.argv.slice(2);
const FRAMES = Number(frames);
const MINOR = 1;

const frame = { ours: oursFrame, objects: objectsFrame }[variant]?.();
if (frame === undefined) throw new Error(`unknown variant ${variant}`);

/** @type {{ startTime: number, kind: number }[]} */
const collections = [];
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) collections.push({ startTime: entry.startTime, kind: /** @type {any} */ (entry).detail.kind });
});
observer.observe({ entryTypes: ["gc"] });

for (let i = 0; i < WARM_FRAMES; i += 1) frame();
// What starting the process left behind is not the frames' garbage.
globalThis.gc?.();
const times = new Float64Array(FRAMES);
const startMs = performance.now();
for (let i = 0; i < FRAMES; i += 1) {
  const before = performance.now();
  frame();
  times[i] = performance.now() - before;
}
const endMs = performance.now();
// Collections are told by the event loop.
await setTimeout(50);
observer.disconnect();

const during = collections.filter(({ startTime }) => startTime >= startMs && startTime < endMs);
times.sort();
console.log(JSON.stringify({
  p999Ms: times[Math.ceil(FRAMES * 0.999) - 1],
  medianMs: times[FRAMES >> 1],
  maxMs: times[FRAMES - 1],
  scavenges: during.filter(({ kind }) => kind === MINOR).length,
  fullCollections: during.filter(({ kind }) => kind !== MINOR).length,
}));

function oursFrame() {
  const alloc = new SmartAlloc({ debug: false });
  const floats = alloc.memory.f32;
  return () => {
    alloc.beginFrame();
    for (let i = 0; i < OBJECTS; i += 1) {
      const v = alloc.frameAlloc(Vec3);
      v.x = i + 0.25;
      v.y = i + 0.5;
      v.z = i + 0.75;
    }
    const end = alloc.frameAllocBytes(0, 4) >> 2;
    if (floats[end - 1] !== OBJECTS - 0.25 || floats[end - 3 * OBJECTS] !== 0.25) throw new Error("memory does not hold what was written");
    alloc.endFrame();
  };
}

function objectsFrame() {
  /** @type {({ x: number, y: number, z: number } | undefined)[]} */
  const kept = new Array(OBJECTS).fill(undefined);
  return () => {
    for (let i = 0; i < OBJECTS; i += 1) kept[i] = { x: i + 0.25, y: i + 0.5, z: i + 0.75 };
    if (kept[OBJECTS - 1]?.z !== OBJECTS - 0.25 || kept[0]?.x !== 0.25) throw new Error("objects do not hold what was written");
    kept.fill(undefined);
  };
}
