/** Pools of any objects: made when needed, cleaned, handed out again; what is mixed up is told. */
import { ObjectPool, SmartAlloc } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";
import { errorOf } from "./error-of.ts";

class Bullet {
  x = 0;
  readonly hits: number[] = [];
}

const make = (max?: number, initial?: number): ObjectPool<Bullet> => {
  const clean = (bullet: Bullet): void => {
    bullet.x = 0;
    bullet.hits.length = 0;
  };
  return new ObjectPool(() => new Bullet(), clean, { ...(max === undefined ? {} : { max }), ...(initial === undefined ? {} : { initial }) });
};

test("objects are made when needed, and cleaned when they are released", () => {
  const alloc = new SmartAlloc({ frameArenaSize: 64, heapSize: 64, slabPagesPerClass: 0 });
  const pool = alloc.objectPool(() => new Bullet(), (bullet) => { bullet.x = 0; }, { initial: 2, max: 4 });
  expect([pool.available, pool.size]).toEqual([2, 2]);
  const bullets = [pool.acquire(), pool.acquire(), pool.acquire()];
  expect([pool.available, pool.size, new Set(bullets).size]).toEqual([0, 3, 3]);
  const [first] = bullets;
  if (first === undefined) throw new Error("no bullet");
  first.x = 5;
  pool.release(first);
  expect([first.x, pool.available, pool.size]).toEqual([0, 1, 3]);
  expect(pool.acquire()).toBe(first);
});

test("FA304: when `max` are in use, with the counts; `tryAcquire` gives undefined", () => {
  const pool = make(2);
  const [a] = [pool.acquire(), pool.acquire()];
  const error = errorOf("FA304", () => pool.acquire());
  expect([error.requested, error.used, error.capacity]).toEqual([1, 2, 2]);
  expect(pool.tryAcquire()).toBeUndefined();
  pool.release(a);
  expect(pool.tryAcquire()).toBe(a);
  errorOf("FA304", () => make(0).acquire());
});

test("FA401: released twice; FA206: what the pool did not make; nothing is changed", () => {
  const [pool, other] = [make(), make()];
  const bullet = pool.acquire();
  for (const wrong of [new Bullet(), other.acquire(), {}, null, undefined, 5]) errorOf("FA206", () => pool.release(wrong as never));
  pool.release(bullet);
  errorOf("FA401", () => pool.release(bullet));
  expect([pool.available, pool.size]).toEqual([1, 1]);
});

describe("what the caller's functions do wrong", () => {
  test("a reset that throws leaves the object in use", () => {
    let fails = true;
    const pool = new ObjectPool(() => ({}), () => { if (fails) throw new Error("no"); });
    const object = pool.acquire();
    expect(() => pool.release(object)).toThrow("no");
    expect(pool.available).toBe(0);
    fails = false;
    pool.release(object);
    expect(pool.available).toBe(1);
  });

  test("a reset that releases the object again is told", () => {
    const pool: ObjectPool<object> = new ObjectPool(() => ({}), (object: object) => pool.release(object));
    const object = pool.acquire();
    errorOf("FA401", () => pool.release(object));
    expect([pool.available, pool.size]).toEqual([0, 1]);
  });

  test("a maker that throws, or gives no new object, makes nothing", () => {
    const same = {};
    const pool = new ObjectPool(() => same);
    expect(pool.acquire()).toBe(same);
    errorOf("argument", () => pool.acquire());
    expect(pool.size).toBe(1);
    for (const wrong of [undefined, null, 5, "text"]) errorOf("argument", () => new ObjectPool(() => wrong as never).acquire());
    const failing = new ObjectPool(() => { throw new Error("no"); });
    expect(() => failing.acquire()).toThrow("no");
    expect(failing.size).toBe(0);
  });

  test.each<[unknown, unknown, unknown]>([
    [5, undefined, {}], [undefined, undefined, {}], [() => ({}), 5, {}], [() => ({}), undefined, 5], [() => ({}), undefined, null],
    [() => ({}), undefined, { max: -1 }], [() => ({}), undefined, { max: 1.5 }], [() => ({}), undefined, { initial: 3, max: 2 }], [() => ({}), undefined, { initial: -1 }], [() => ({}), undefined, { initial: "1" }],
  ])("arguments out of their range: %s %s %s", (create, reset, options) => {
    errorOf("argument", () => new ObjectPool(create as never, reset as never, options as never));
  });
});

test("functions are objects too", () => {
  const pool = new ObjectPool(() => () => 7);
  const f = pool.acquire();
  pool.release(f);
  expect(pool.acquire()()).toBe(7);
});

test("no garbage in a steady state", () => {
  const pool = make();
  const held: (Bullet | undefined)[] = new Array<Bullet | undefined>(100).fill(undefined);
  const bytes = expectNoAlloc(() => {
    for (let i = 0; i < 100; i += 1) held[i] = pool.acquire();
    for (let i = 0; i < 100; i += 1) pool.release(held[i] as Bullet);
  });
  expect([bytes, pool.size]).toEqual([0, 100]);
});

test("an object in use is held by its user alone, and one at rest by the pool", async () => {
  const pool = make(undefined, 2);
  const lost = new WeakRef(pool.acquire());
  const held = pool.acquire();
  const resting = new WeakRef(held);
  pool.release(held);
  await collectGarbage();
  expect([lost.deref(), resting.deref() === pool.acquire(), pool.size]).toEqual([undefined, true, 2]);
});

test("a pool does as the model does", () => {
  const step = fc.record({ kind: fc.constantFrom("acquire", "acquire", "release", "again", "foreign"), pick: fc.nat() });
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }), (steps, max, initial) => {
    const pool = make(max, Math.min(initial, max));
    let made = Math.min(initial, max);
    const used: Bullet[] = [];
    const resting = new Set<Bullet>();
    for (const { kind, pick } of steps) {
      if (kind === "acquire") {
        const bullet = pool.tryAcquire();
        expect(bullet === undefined).toBe(used.length === max);
        if (bullet === undefined) continue;
        expect([used.includes(bullet), bullet.x]).toEqual([false, 0]);
        if (made - used.length === 0) made += 1;
        bullet.x = pick + 1;
        used.push(bullet);
        resting.delete(bullet);
      } else if (kind === "release") {
        const [bullet] = used.splice(pick % Math.max(1, used.length), 1);
        if (bullet === undefined) continue;
        pool.release(bullet);
        resting.add(bullet);
      } else if (kind === "again") {
        const bullet = [...resting][pick % Math.max(1, resting.size)];
        if (bullet !== undefined) errorOf("FA401", () => pool.release(bullet));
      } else {
        errorOf("FA206", () => pool.release(new Bullet()));
      }
      expect([pool.size, pool.available]).toEqual([made, made - used.length]);
    }
  }));
});
