/** Checkpoints, rollback, guards, speculation, and the budget of a frame. */
import { f32, i32, SmartAlloc, struct, u8, type Checkpoint } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const open = (frameArenaSize = 4096): SmartAlloc => {
  const alloc = new SmartAlloc({ frameArenaSize, heapSize: 0, slabPagesPerClass: 0 });
  alloc.beginFrame();
  return alloc;
};

describe("rollback", () => {
  test("frees what came after, and clears it", () => {
    const alloc = open();
    const kept = alloc.frameAlloc(Vec3);
    kept.x = 1;
    const usage = alloc.frameUsage();
    const point = alloc.frameCheckpoint();
    const gone = alloc.frameAlloc(Vec3);
    gone.x = 2;
    const box = alloc.frameBox(i32, 7);
    alloc.rollbackTo(point);
    expect([alloc.frameUsage(), kept.x, box.isAlive]).toEqual([usage, 1, false]);
    expect(alloc.frameAlloc(Vec3).x).toBe(0);
    errorOf("FA004", () => box.value);
  });

  test("goes to a point again and again, and takes the later points with it", () => {
    const alloc = open();
    const first = alloc.frameCheckpoint();
    alloc.frameAllocBytes(100);
    const second = alloc.frameCheckpoint();
    alloc.frameAllocBytes(100);
    alloc.rollbackTo(second);
    alloc.rollbackTo(second);
    expect([alloc.frameUsage(), first.isAlive, second.isAlive]).toEqual([100, true, true]);
    alloc.rollbackTo(first);
    // Past the place of the second point again: it is stale all the same.
    alloc.frameAllocBytes(300);
    expect([first.isAlive, second.isAlive]).toEqual([true, false]);
    errorOf("FA008", () => alloc.rollbackTo(second));
    expect(alloc.frameUsage()).toBe(300);
  });

  test("refuses points of other frames, of other allocators, of scopes that ended, and what is no point", () => {
    const alloc = open();
    const other = open();
    let inner: Checkpoint;
    {
      using _scope = alloc.frameScope();
      inner = alloc.frameCheckpoint();
    }
    errorOf("FA008", () => alloc.rollbackTo(inner));
    errorOf("FA008", () => alloc.rollbackTo(other.frameCheckpoint()));
    const old = alloc.frameCheckpoint();
    alloc.endFrame();
    errorOf("FA008", () => alloc.rollbackTo(old));
    alloc.beginFrame();
    alloc.frameAllocBytes(64);
    errorOf("FA008", () => alloc.rollbackTo(old));
    errorOf("argument", () => alloc.rollbackTo({} as never));
    expect(alloc.frameUsage()).toBe(64);
    alloc.endFrame();
    errorOf("FA001", () => alloc.frameCheckpoint());
  });

  test("ends the scopes that were opened since", () => {
    const alloc = open();
    const point = alloc.frameCheckpoint();
    const scope = alloc.frameScope();
    alloc.frameAllocBytes(16);
    alloc.rollbackTo(point);
    alloc.frameAllocBytes(32);
    scope[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(32);
  });

  test("no older vec grows over a younger point; with a capacity it goes on", () => {
    const alloc = open();
    const growing = alloc.frameVec(i32);
    const fixed = alloc.frameVec(i32, 4);
    growing.resize(growing.capacity + 8);
    const point = alloc.frameCheckpoint();
    fixed.push(1);
    while (growing.tryPush(1));
    expect(growing.length).toBe(growing.capacity);
    errorOf("FA003", () => growing.push(1));
    alloc.rollbackTo(point);
    expect([fixed.length, fixed.get(0), growing.length]).toEqual([1, 1, growing.capacity]);
    const younger = alloc.frameVec(i32);
    for (let i = 0; i < 40; i += 1) younger.push(i);
    expect([...younger]).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test("statistics count what was rolled back as allocated, not as used", () => {
    const alloc = open();
    alloc.frameAllocBytes(8);
    const point = alloc.frameCheckpoint();
    for (let i = 0; i < 3; i += 1) alloc.frameAllocBytes(8);
    expect(alloc.frameStats()).toMatchObject({ bytes: 32, count: 4, peak: 32 });
    alloc.rollbackTo(point);
    expect(alloc.frameStats()).toMatchObject({ bytes: 8, count: 1, peak: 32, highWaterMark: 32 });
  });
});

describe("a guard", () => {
  test("rolls back unless it is committed", () => {
    const alloc = open();
    for (const commits of [true, false]) {
      const before = alloc.frameUsage();
      {
        using guard = alloc.checkpointGuard();
        alloc.frameAllocBytes(24);
        if (commits) guard.commit();
      }
      expect(alloc.frameUsage() - before).toBe(commits ? 24 : 0);
    }
  });

  test("that outlives its frame, or an older rollback, does nothing", () => {
    const alloc = open();
    const point = alloc.frameCheckpoint();
    const lost = alloc.checkpointGuard();
    alloc.rollbackTo(point);
    alloc.frameAllocBytes(40);
    lost[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(40);
    const late = alloc.checkpointGuard();
    alloc.endFrame();
    alloc.beginFrame();
    alloc.frameAllocBytes(40);
    late[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(40);
  });

  test("that ended no longer keeps older vecs from growing, committed or not", () => {
    const alloc = open();
    const vec = alloc.frameVec(i32);
    for (const commits of [true, false]) {
      {
        using guard = alloc.checkpointGuard();
        if (commits) guard.commit();
      }
      alloc.speculative(() => ({ ok: commits }));
      const { capacity } = vec;
      vec.resize(capacity + 1);
      expect(vec.capacity).toBeGreaterThan(capacity);
    }
  });

  test("two in a block end in turn, also when the first was committed", () => {
    const alloc = open();
    {
      using first = alloc.checkpointGuard();
      alloc.frameAllocBytes(8);
      first.commit();
      using _second = alloc.checkpointGuard();
      alloc.frameAllocBytes(16);
    }
    expect(alloc.frameUsage()).toBe(8);
  });
});

describe("speculative", () => {
  test("keeps what a function made that returns, and tells its value", () => {
    const alloc = open();
    const kept = alloc.speculative(() => alloc.frameAllocBytes(8));
    expect([kept.committed, kept.value, kept.error, alloc.frameUsage()]).toEqual([true, alloc.memory.beginByte, undefined, 8]);
    expect(alloc.speculative(() => ({ ok: true })).committed).toBe(true);
  });

  test("rolls back when it throws or refuses, and tells why", () => {
    const alloc = open();
    const error = new Error("no way");
    const thrown = alloc.speculative(() => {
      alloc.frameAllocBytes(8);
      throw error;
    });
    const refused = alloc.speculative(() => {
      alloc.frameAllocBytes(8);
      return { ok: false, why: "too far" } as const;
    });
    expect([thrown.committed, thrown.error, thrown.value]).toEqual([false, error, undefined]);
    expect([refused.committed, refused.value]).toEqual([false, { ok: false, why: "too far" }]);
    expect(alloc.frameUsage()).toBe(0);
  });

  test("nests: the inner one may fail alone", () => {
    const alloc = open();
    const outer = alloc.speculative(() => {
      alloc.frameAllocBytes(8);
      alloc.speculative(() => {
        alloc.frameAllocBytes(100);
        return { ok: false };
      });
      return alloc.frameUsage();
    });
    expect([outer.value, alloc.frameUsage()]).toEqual([8, 8]);
  });

  test("takes no promise, and needs a frame", () => {
    const alloc = open();
    errorOf("FA607", () => alloc.speculative(() => Promise.resolve(alloc.frameAllocBytes(8))));
    expect(alloc.frameUsage()).toBe(0);
    alloc.endFrame();
    errorOf("FA001", () => alloc.speculative(() => 1));
  });

  test("a function that ends the frame itself is only told of", () => {
    const alloc = open();
    expect(alloc.speculative(() => { alloc.endFrame(); }).committed).toBe(true);
    expect(alloc.inFrame()).toBe(false);
  });
});

describe("points that were taken in a speculation that has ended", () => {
  test("a rollback to one ends the speculation around it, which then moves nothing", () => {
    const alloc = open();
    let point: Checkpoint | undefined;
    alloc.speculative(() => {
      alloc.frameAllocBytes(8);
      point = alloc.frameCheckpoint();
      alloc.frameAlloc(i32);
    });
    const refused = alloc.speculative(() => {
      alloc.frameAlloc(Vec3);
      alloc.frameSlice(i32, 8);
      const guard = alloc.checkpointGuard();
      alloc.rollbackTo(point as Checkpoint);
      expect(guard.isAlive).toBe(false);
      throw new Error("too late");
    });
    expect([refused.committed, alloc.frameUsage()]).toEqual([false, 8]);
    alloc.frameSlice(i32, 8);
    alloc.frameAlloc(Vec3);
    expect([alloc.frameStats().count, alloc.frameUsage()]).toEqual([3, 52]);
  });

  test("results stay as they are when what is around them is rolled back", () => {
    const alloc = open();
    const error = new Error("inner");
    const results: { readonly error: unknown }[] = [];
    const outer = alloc.speculative(() => {
      results.push(alloc.speculative(() => { throw error; }));
      return { ok: false };
    });
    {
      using _scope = alloc.frameScope();
      results.push(alloc.speculative(() => 1));
    }
    results.push(alloc.speculative(() => 2));
    expect(results).toMatchObject([{ committed: false, error }, { committed: true, value: 1 }, { committed: true, value: 2 }]);
    expect(outer.value).toEqual({ ok: false });
  });
});

describe("the budget of a frame", () => {
  test("denies above it, with its numbers, and is lifted again", () => {
    const alloc = open();
    alloc.setFrameBudget(64);
    alloc.frameAllocBytes(40);
    expect(alloc.frameRemaining()).toBe(24);
    expect(errorOf("FA301", () => alloc.frameAllocBytes(32))).toMatchObject({ requested: 32, used: 40, capacity: 64 });
    expect(alloc.tryFrameAlloc(struct({ a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32 }))).toBeUndefined();
    expect(alloc.frameUsage()).toBe(40);
    alloc.setFrameBudget(Infinity);
    alloc.frameAllocBytes(32);
    for (const wrong of [-1, 1.5, NaN, "1" as never]) errorOf("argument", () => alloc.setFrameBudget(wrong));
  });

  test("holds for what a frame did before, too", () => {
    const alloc = open();
    const fill = (): number => {
      let count = 0;
      while (count < 100 && alloc.tryFrameAlloc(Vec3) !== undefined) count += 1;
      return count;
    };
    fill();
    alloc.endFrame();
    alloc.setFrameBudget(120);
    alloc.beginFrame();
    expect(fill()).toBe(10);
    errorOf("FA301", () => alloc.frameAlloc(Vec3));
    errorOf("FA301", () => alloc.frameSlice(u8, 1));
    alloc.endFrame();
    alloc.setFrameBudget(60);
    alloc.beginFrame();
    expect(fill()).toBe(5);
  });

  test("set below what is in use frees nothing and allows nothing", () => {
    const alloc = open();
    alloc.frameAllocBytes(40);
    alloc.setFrameBudget(8);
    expect([alloc.frameUsage(), alloc.frameRemaining()]).toEqual([40, 0]);
    errorOf("FA301", () => alloc.frameAllocBytes(1));
  });
});
