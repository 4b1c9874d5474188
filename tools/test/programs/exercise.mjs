/**
 * Uses the runtime as a program does: frames, structs, vecs, slices, pool and transfer. Imports nothing, so that pages, workers and Node can run it on whatever they
 * imported the runtime as. Gives what it found, for the test to compare.
 */

/**
 * @param {typeof import("@framealloc/runtime")} runtime
 * @param {import("@framealloc/runtime").SmartAlloc} alloc
 */
export function exercise(runtime, alloc) {
  const { f32, i32, struct } = runtime;
  const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
  let sum = 0;
  for (let frame = 1; frame <= 100; frame += 1) {
    alloc.beginFrame();
    const vec = alloc.frameVec(i32, 50);
    for (let i = 0; i < 50; i += 1) {
      const v = alloc.frameAlloc(Vec3);
      v.x = i + 0.5;
      vec.push(i);
      sum += v.x + v.y;
    }
    sum += vec.get(49) + alloc.frameSlice(f32, 16).length;
    alloc.endFrame();
  }
  const pooled = alloc.poolAlloc(Vec3);
  pooled.z = 7;
  sum += pooled.z;
  alloc.poolFree(pooled);
  let twice = "";
  try {
    alloc.poolFree(pooled);
  } catch (error) {
    twice = /** @type {{ code: string }} */ (error).code;
  }
  return { sum, twice, frames: alloc.frameNumber(), shared: runtime.capabilities.shared };
}

/** What `exercise` finds in an allocator that has had no frame yet, but for `shared`. */
export const EXPECTED = { sum: 100 * ((50 * 49) / 2 + 25 + 49 + 16) + 7, twice: "FA401", frames: 100 };
