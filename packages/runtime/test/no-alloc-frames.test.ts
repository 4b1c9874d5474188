/** 600 frames that do everything a frame may do make no garbage: 0 bytes on the heap of JavaScript, in a row. */
import { array, f32, i32, kilobytes, megabytes, SmartAlloc, struct } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const Body = struct({ position: Vec3, weights: array(f32, 4), id: i32 }, { name: "Body" });

const alloc = new SmartAlloc({ frameArenaSize: megabytes(4), heapSize: kilobytes(256) });
// Written to by the frames below, so that nothing they compute can be left out.
const sink = new Float64Array(16);
// More windows than a quiet machine needs: beside other work the engine compiles late, and its code is not what a frame costs.
const FRAMES = { warmup: 1000, windows: 30, calls: 600 } as const;

test("10,000 structs, written", () => {
  expectNoAlloc(() => {
    alloc.beginFrame();
    for (let i = 0; i < 10_000; i += 1) {
      const v = alloc.frameAlloc(Vec3);
      v.x = i;
      v.y = v.x + 1;
      v.z = v.y * 0.5;
      sink[0] = v.z;
    }
    alloc.endFrame();
  }, { ...FRAMES, warmup: 200 });
  expect(sink[0]).toBe(5000);
});

test("checkpoints, rollbacks, guards and speculation", () => {
  const tries = (): boolean => {
    alloc.frameAlloc(Vec3).x = 1;
    return true;
  };
  const refusal = { ok: false };
  const refuses = (): object => {
    alloc.frameAlloc(Vec3).x = 2;
    return refusal;
  };
  expectNoAlloc(() => {
    alloc.beginFrame();
    for (let i = 0; i < 20; i += 1) {
      const point = alloc.frameCheckpoint();
      alloc.frameAlloc(Vec3).x = i;
      alloc.rollbackTo(point);
      const guard = alloc.checkpointGuard();
      alloc.frameAlloc(Body).id = i;
      if (i % 2 === 0) guard.commit();
      guard[Symbol.dispose]();
      if (alloc.speculative(tries).committed) sink[1] = i;
      if (!alloc.speculative(refuses).committed) sink[2] = i;
    }
    alloc.endFrame();
  }, FRAMES);
  expect([sink[1], sink[2]]).toEqual([19, 19]);
});

test("tags and phases", () => {
  const search = (): number => alloc.frameAllocBytes(64);
  const think = (): number => alloc.withTag("search", search);
  expectNoAlloc(() => {
    alloc.beginFrame();
    for (let i = 0; i < 20; i += 1) {
      alloc.beginPhase("update");
      sink[3] = alloc.withTag("ai", think);
      const tag = alloc.tagScope("physics");
      alloc.frameAlloc(Vec3).x = alloc.tagPath().length;
      tag[Symbol.dispose]();
      const phase = alloc.phaseScope("inner");
      alloc.frameAlloc(Body).id = i;
      phase[Symbol.dispose]();
      sink[4] = alloc.endPhase().bytes;
    }
    alloc.endFrame();
  }, FRAMES);
  expect(sink[4]).toBeGreaterThanOrEqual(64 + 12 + 32);
});

test("all of it in one frame", () => {
  const bodies = Array.from({ length: 8 }, () => alloc.poolAlloc(Body));
  const work = (): number => {
    const slice = alloc.frameSlice(f32, 128);
    const batch = alloc.frameAllocBatch(Vec3, 100);
    const cursor = batch.cursor();
    for (let i = 0; i < batch.length; i += 1) {
      cursor.$index = i;
      cursor.y = i;
    }
    slice[0] = batch.at(3).y;
    const box = alloc.frameBox(Vec3);
    box.value.x = slice[0] ?? 0;
    const vec = alloc.frameVec(i32, 64);
    for (let i = 0; i < 64; i += 1) vec.push(i);
    const again = alloc.frameVec(Body);
    again.resize(4);
    again.get(2).id = vec.get(5);
    const pair = alloc.frameAlloc4(Vec3);
    pair[2].z = again.get(2).id;
    return box.value.x + pair[2].z;
  };
  expectNoAlloc(() => {
    sink[5] = alloc.withFrame(work);
    for (let i = 0; i < 8; i += 1) {
      alloc.poolFree(bodies[i] as object);
      const body = alloc.poolAlloc(Body);
      body.id = i;
      bodies[i] = body;
      const owned = alloc.poolBox(Vec3);
      owned.value.x = i;
      owned.release();
      const large = alloc.heapAlloc(Body);
      alloc.heapFree(large);
    }
  }, FRAMES);
  expect(sink[5]).toBe(8);
});

test.each([50_000, Infinity])("frames under budgets make no garbage, beside a global limit of %s", (limit) => {
  const watched = new SmartAlloc({ frameArenaSize: kilobytes(64), heapSize: kilobytes(4), budgets: true, debug: false });
  watched.budgets().registerTagBudget("physics", 10_000, 20_000);
  watched.budgets().setGlobalLimit(limit);
  const allocate = (): void => {
    for (let i = 0; i < 20; i += 1) watched.frameAlloc(Vec3).x = i;
  };
  expectNoAlloc(() => {
    watched.beginFrame();
    watched.withTag("physics", allocate);
    watched.withTag("sound", allocate);
    watched.endFrame();
  }, FRAMES);
  expect(watched.budgets().stats().map(({ tag, peakBytes }) => [tag, peakBytes])).toEqual([["", 480], ["physics", 240]]);
});
