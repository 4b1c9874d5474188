/** Long-lived memory in its steady state makes no garbage. */
import { array, f32, i32, kilobytes, SmartAlloc, struct, u8, type Handle } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";

const Enemy = struct({ x: f32, y: f32, health: i32 }, { name: "Enemy" });
const Bytes = array(u8, 100);
const Names = array(Enemy, 3);
const alloc = new SmartAlloc({ heapSize: kilobytes(256), debug: false });
const sink = new Float64Array(4);

describe("handles", () => {
  const handles = alloc.handles();
  const kept: Handle<{ health: number }>[] = Array.from({ length: 100 }, () => handles.alloc(Enemy));

  test("resolve, isValid, pin and unpin", () => {
    expectNoAlloc(() => {
      for (const handle of kept) {
        handles.resolveMut(handle).health += 1;
        if (handles.isValid(handle)) sink[0] = handles.resolve(handle).health;
        handles.pin(handle);
        handles.unpin(handle);
      }
    });
    expect(sink[0]).toBeGreaterThan(0);
  });

  test("pin scopes", () => {
    expectNoAlloc(() => {
      for (const handle of kept) {
        const pin = handles.pinScope(handle);
        pin.value.health = 1;
        // What tests compile `using` to makes garbage by itself.
        pin[Symbol.dispose]();
      }
    });
    expect(handles.stats().pinnedCount).toBe(0);
  });

  test("alloc and free, of structs and arrays", () => {
    expectNoAlloc(() => {
      for (let i = 0; i < 20; i += 1) {
        const enemy = handles.alloc(Enemy);
        const bytes = handles.alloc(Bytes);
        const names = handles.alloc(Names);
        handles.resolve(bytes)[99] = i;
        handles.resolve(names).at(2).x = handles.resolve(bytes)[99] ?? 0;
        handles.free(enemy);
        handles.free(names);
        handles.free(bytes);
      }
    });
    expect(handles.stats().activeHandles).toBe(100);
  });

  test("defragment, but for what it returns", () => {
    const ring: Handle<{ health: number }>[] = Array.from({ length: 64 }, () => handles.alloc(Enemy));
    const options = { maxMoves: 100 };
    let at = 0;
    let moves = 0;
    expectNoAlloc(() => {
      // One goes, one comes at the end, and the others move down.
      handles.free(ring[at] as Handle<{ health: number }>);
      moves += handles.defragment(options).moves;
      ring[at] = handles.alloc(Enemy);
      at = (at + 1) % ring.length;
    }, { windows: 20, budgetBytes: 20 * 48 });
    expect(moves).toBeGreaterThan(10);
    expectNoAlloc(() => { sink[1] = handles.defragment().moves; });
  });
});

test("groups that come and go", () => {
  const groups = alloc.groups();
  expectNoAlloc(() => {
    const group = groups.createGroup("chunk");
    for (let i = 0; i < 10; i += 1) groups.alloc(group, Enemy).health = i;
    groups.slice(group, f32, 32)[31] = 1;
    groups.slice(group, Enemy, 8).at(7).x = 2;
    groups.freeGroup(group);
  });
  expect(groups.stats().totalGroups).toBe(0);
});

test("streams that are read", () => {
  const streaming = alloc.streaming();
  const id = streaming.reserve(100);
  streaming.beginLoad(id);
  streaming.finishLoad(id);
  expectNoAlloc(() => { for (let i = 0; i < 100; i += 1) sink[2] = (streaming.tryAccess(id)?.[i] ?? 0) + streaming.access(id).length; });
  expect(sink[2]).toBe(100);
});

test("scratch pools that are reset", () => {
  const pool = alloc.scratchPool("search", { capacity: 4096 });
  expectNoAlloc(() => {
    for (let i = 0; i < 20; i += 1) pool.alloc(Enemy).health = i;
    pool.slice(f32, 64)[63] = 1;
    pool.reset();
  });
  expect(pool.stats().usedBytes).toBe(0);
});
