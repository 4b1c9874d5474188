/** Tags and phases: what they are charged with, how they nest, and when they end. */
import { array, f32, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec4 = struct({ x: f32, y: f32, z: f32, w: f32 });
const Bulk = array(u8, 5000);
const make = (): SmartAlloc => new SmartAlloc({ frameArenaSize: 65_536, heapSize: 65_536, slabPageSize: 4096, slabPagesPerClass: 2 });

describe("tags", () => {
  test("nest to a path, also when several are entered at once, and are left after a throw", () => {
    const alloc = make();
    const seen: (string | undefined)[] = [alloc.currentTag(), alloc.tagPath()];
    alloc.withTag("ai", () => alloc.withTag("pathfinding", () => seen.push(alloc.currentTag(), alloc.tagPath())));
    alloc.withTag("ai::pathfinding", () => seen.push(alloc.currentTag(), alloc.tagPath()));
    expect(() => alloc.withTag("ai", () => { throw new Error("lost"); })).toThrow("lost");
    seen.push(alloc.tagPath());
    expect(seen).toEqual([undefined, "", "pathfinding", "ai::pathfinding", "pathfinding", "ai::pathfinding", ""]);
    expect(alloc.withTag("render", () => 42)).toBe(42);
  });

  test("are charged with every kind of memory, each path with its own", () => {
    const alloc = make();
    alloc.poolAlloc(Vec4);
    alloc.beginFrame();
    alloc.frameAlloc(Vec4);
    alloc.withTag("ai", () => {
      alloc.frameAlloc(Vec4);
      alloc.withTag("search", () => {
        alloc.frameAllocBytes(100);
        alloc.poolBox(Vec4);
        alloc.heapAlloc(Vec4);
      });
      alloc.frameSlice(f32, 8);
    });
    alloc.endFrame();
    alloc.withTag("ai::search", () => alloc.poolAlloc(Bulk));
    expect(alloc.tagStats()).toEqual([
      { path: "ai", bytes: 16 + 32, count: 2, frame: { bytes: 48, count: 2 }, pool: { bytes: 0, count: 0 }, heap: { bytes: 0, count: 0 } },
      { path: "ai::search", bytes: 100 + 16 + 16 + 5000, count: 4, frame: { bytes: 100, count: 1 }, pool: { bytes: 16 + 5000, count: 2 }, heap: { bytes: 16, count: 1 } },
    ]);
  });

  test("are charged over many frames, with what scopes and rollbacks freed", () => {
    const alloc = make();
    for (let frame = 0; frame < 10; frame += 1) {
      alloc.beginFrame();
      alloc.withTag("fx", () => {
        const point = alloc.frameCheckpoint();
        alloc.frameAllocBytes(8);
        alloc.rollbackTo(point);
        {
          using _scope = alloc.frameScope();
          alloc.frameAllocBytes(8);
        }
        alloc.frameAllocBytes(8);
      });
      alloc.endFrame();
    }
    expect(alloc.tagStats()).toMatchObject([{ path: "fx", bytes: 240, count: 30 }]);
  });

  test("in force over a frame's end are charged with both frames", () => {
    const alloc = make();
    using _tag = alloc.tagScope("loop");
    for (let i = 0; i < 3; i += 1) alloc.withFrame(() => alloc.frameAllocBytes(16));
    alloc.beginFrame();
    alloc.frameAllocBytes(16);
    expect(alloc.tagStats()).toMatchObject([{ path: "loop", bytes: 64, count: 4 }]);
  });

  test("what was allocated before the first tag belongs to none", () => {
    const alloc = make();
    alloc.beginFrame();
    alloc.frameAllocBytes(64);
    alloc.poolAlloc(Vec4);
    alloc.withTag("late", () => undefined);
    expect(alloc.tagStats()).toEqual([]);
  });

  test("scopes are left in their order, once, and by the ones around them", () => {
    const alloc = make();
    const outer = alloc.tagScope("a");
    const inner = alloc.tagScope("b");
    expect(alloc.tagPath()).toBe("a::b");
    outer[Symbol.dispose]();
    expect(alloc.tagPath()).toBe("");
    inner[Symbol.dispose]();
    outer[Symbol.dispose]();
    expect(alloc.tagPath()).toBe("");
    const again = alloc.tagScope("c");
    inner[Symbol.dispose]();
    expect(alloc.tagPath()).toBe("c");
    again[Symbol.dispose]();
  });

  test("a name is text", () => {
    const alloc = make();
    for (const wrong of ["", 1, undefined, null] as never[]) {
      errorOf("argument", () => alloc.withTag(wrong, () => 1));
      errorOf("argument", () => alloc.tagScope(wrong));
    }
    for (const odd of ["::", "a::", "::a", "constructor", "__proto__"]) expect(alloc.withTag(odd, () => alloc.tagPath())).toBe(odd);
    expect(alloc.tagPath()).toBe("");
  });

  test("two allocators have nothing to do with each other", () => {
    const one = make();
    const two = make();
    one.withTag("one", () => {
      two.poolAlloc(Vec4);
      expect(two.tagPath()).toBe("");
    });
    expect([one.tagStats(), two.tagStats()]).toEqual([[], []]);
  });
});

describe("phases", () => {
  test("tell what was allocated between begin and end, inner ones included", () => {
    const alloc = make();
    alloc.beginFrame();
    alloc.beginPhase("update");
    alloc.frameAllocBytes(8);
    alloc.beginPhase("ai");
    alloc.frameAllocBytes(16);
    alloc.poolAlloc(Vec4);
    expect(alloc.endPhase()).toMatchObject({ name: "ai", path: "update::ai", bytes: 32, count: 2 });
    alloc.withPhase("physics", () => alloc.frameAllocBytes(100));
    const update = alloc.endPhase();
    expect(update).toMatchObject({ name: "update", path: "update", bytes: 140, count: 4 });
    expect(update.durationMs).toBeGreaterThanOrEqual(0);
    expect(alloc.phaseStats()).toMatchObject([
      { path: "update", runs: 1, bytes: 140, count: 4 },
      { path: "update::ai", runs: 1, bytes: 32, count: 2 },
      { path: "update::physics", runs: 1, bytes: 100, count: 1 },
    ]);
  });

  test("take as long as they take", () => {
    const alloc = make();
    const until = performance.now() + 20;
    alloc.beginPhase("wait");
    while (performance.now() < until);
    const { durationMs } = alloc.endPhase();
    expect(durationMs).toBeGreaterThan(10);
    expect(durationMs).toBeLessThan(10_000);
  });

  test("end with their frame; the next frame begins its own sums", () => {
    const alloc = make();
    for (let frame = 1; frame <= 3; frame += 1) {
      alloc.beginFrame();
      for (let run = 0; run < frame; run += 1) alloc.withPhase("draw", () => alloc.frameAllocBytes(8));
      if (frame === 1) alloc.withPhase("first", () => undefined);
      alloc.beginPhase("open");
      alloc.frameAllocBytes(24);
      alloc.endFrame();
      errorOf("argument", () => alloc.endPhase());
      const open = { path: "open", runs: 1, bytes: 24 };
      const draw = { path: "draw", runs: frame, bytes: 8 * frame };
      expect(alloc.phaseStats()).toMatchObject(frame === 1 ? [draw, { path: "first" }, open] : [draw, open]);
    }
  });

  test("begun outside of a frame go on over frames", () => {
    const alloc = make();
    alloc.beginPhase("load");
    alloc.withFrame(() => {
      alloc.beginPhase("inner");
      alloc.frameAllocBytes(8);
    });
    alloc.withFrame(() => alloc.frameAllocBytes(8));
    expect(alloc.endPhase()).toMatchObject({ name: "load", bytes: 16, count: 2 });
  });

  test("scopes end their phase and those in it; an ended one is left alone", () => {
    const alloc = make();
    alloc.beginFrame();
    {
      using _phase = alloc.phaseScope("outer");
      alloc.beginPhase("forgotten");
    }
    errorOf("argument", () => alloc.endPhase());
    const scope = alloc.phaseScope("outer");
    alloc.endPhase();
    scope[Symbol.dispose]();
    expect(alloc.phaseStats()).toMatchObject([{ path: "outer", runs: 2 }, { path: "outer::forgotten", runs: 1 }]);
    expect(() => alloc.withPhase("broken", () => { throw new Error("lost"); })).toThrow("lost");
    errorOf("argument", () => alloc.endPhase());
    for (const wrong of ["", 3] as never[]) errorOf("argument", () => alloc.beginPhase(wrong));
  });
});
