/** Memory of tasks: pool values that go together, whatever else runs meanwhile. */
import { AllocConfig, array, AsyncPoolGuard, f32, i32, SmartAlloc, struct, TaskAlloc, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Row = struct({ id: i32, price: f32 }, { name: "Row" });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

describe.each([["TaskAlloc", TaskAlloc], ["AsyncPoolGuard", AsyncPoolGuard]] as const)("%s", (name, Scope) => {
  test("gives back what it allocated, and only that, at the end of its block", () => {
    const alloc = small();
    const kept = alloc.poolAlloc(Row);
    kept.id = 7;
    {
      using task = new Scope(alloc);
      const row = task.alloc(Row);
      row.id = 1;
      const box = task.box("text");
      const typed = task.box(Row, { price: 2.5 });
      const bytes = task.slice(u8, 100).fill(9);
      const rows = task.slice(Row, 3);
      rows.at(2).id = 3;
      expect([row.id, box.value, typed.value.price, bytes[99], rows.at(2).id, task.count, task.slice(f32, 0).length]).toEqual([1, "text", 2.5, 9, 3, 5, 0]);
      expect(alloc.leakReport().totalCount).toBe(5);
    }
    expect([kept.id, alloc.leakReport().totalCount]).toEqual([7, 1]);
  });

  test("its boxes know when it is over, and it refuses what comes then", () => {
    const alloc = small();
    const task = new Scope(alloc);
    const box = task.box(i32, 5);
    box.value += 1;
    expect([box.isAlive, box.value]).toEqual([true, 6]);
    task.dispose();
    task.dispose();
    task[Symbol.dispose]();
    expect([box.isAlive, task.count]).toEqual([false, 0]);
    for (const call of [() => box.value, () => task.alloc(Row), () => task.box(1), () => task.slice(f32, 2)]) errorOf("FA401", call);
  });

  test("its values are freed by nobody else, and refused where there is no memory", () => {
    const alloc = small({ slabPagesPerClass: 1, slabPageSize: 4096, slabSizeClasses: [16, 4096], heapSize: 0 });
    const task = new Scope(alloc);
    task.slice(u8, 4000);
    expect(errorOf("FA304", () => task.slice(u8, 4000)).requested).toBe(4000);
    for (const bad of [-1, 1.5, NaN]) errorOf("argument", () => task.slice(f32, bad));
    expect(task.count).toBe(1);
    task.dispose();
    expect(alloc.poolAlloc(array(u8, 4000)).length).toBe(4000);
    errorOf("argument", () => new Scope({} as never));
    expect(errorOf("argument", () => new Scope(undefined as never)).message).toContain(name);
  });
});

test("tasks that run at once keep apart, over suspensions, also when one fails", async () => {
  const alloc = small();
  const sum = async (id: number, fails: boolean): Promise<number> => {
    using task = new TaskAlloc(alloc);
    const cells = task.slice(i32, 10);
    for (let i = 0; i < 10; i += 1) {
      cells[i] = id;
      await Promise.resolve();
      task.alloc(Row).id = -1;
    }
    if (fails) throw new Error(`task ${id}`);
    return cells.reduce((total, n) => total + n, 0);
  };
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, id) => sum(id, id % 5 === 4)));
  expect(results.map((each) => (each.status === "fulfilled" ? each.value : -1))).toEqual(Array.from({ length: 20 }, (_, id) => (id % 5 === 4 ? -1 : id * 10)));
  expect(alloc.leakReport().totalCount).toBe(0);
});

test("a task that outlives its allocator is disposed like any other", () => {
  const alloc = small();
  const task = new TaskAlloc(alloc);
  task.alloc(Row);
  alloc.dispose();
  expect(() => task.dispose()).not.toThrow();
  errorOf("FA304", () => new TaskAlloc(alloc).alloc(Row));
});

test("in debug mode a task's value throws for good when it is over, and overwritten guards are told", () => {
  const alloc = small({ debug: true });
  const task = new TaskAlloc(alloc);
  const [row, bytes] = [task.alloc(Row), task.slice(u8, 16)];
  new Uint8Array(bytes.buffer)[bytes.byteOffset + 16] = 1;
  errorOf("FA401", () => task.dispose());
  errorOf("FA401", () => row.id);
  expect(alloc.leakReport().totalCount).toBe(0);
});

test("a class of which an instance has `isAlive` is no box", () => {
  class Agent { isAlive = true; release(): never { throw new Error("not a box"); } }
  const alloc = small();
  using task = new TaskAlloc(alloc);
  expect([task.alloc(Agent).isAlive, task.slice(Agent, 2).length, task.count]).toEqual([true, 2, 3]);
});
