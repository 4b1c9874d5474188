/** What stands for memory that grows: objects of every type, from every allocator, in the frame and after it. Typed arrays alone cannot be led over. */
import { AllocConfig, array, f32, i32, SmartAlloc, soa, struct, TaskAlloc, type Infer, type OwnedBox } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Pair = struct({ a: f32, b: i32 });
const Mixed = struct({ list: array(f32, 4), pair: Pair, pairs: array(Pair, 3) });
const Columns = soa(struct({ x: f32, pair: Pair }), 4);
const Floats = array(f32, 4);
const Pairs = array(Pair, 2);

describe.each([false, true])("debug %s", (debug) => {
  const open = (): { readonly alloc: SmartAlloc; grow(): void } => {
    const wasm = new WebAssembly.Memory({ initial: 16, maximum: 32 });
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: wasm, debug });
    return { alloc, grow: () => void wasm.grow(1) };
  };

  test("tuples of every type are there in the frame after", () => {
    const { alloc, grow } = open();
    const frame = (): number[] => alloc.withFrame(() => {
      const [[, floats], [, columns], [, pairs], [, mixed]] = [alloc.frameAlloc2(Floats), alloc.frameAlloc2(Columns), alloc.frameAlloc2(Pairs), alloc.frameAlloc2(Mixed)];
      floats[3] = 1;
      columns.pair.b[2] = 2;
      pairs.at(1).b = 3;
      mixed.pairs.at(2).a = 4;
      mixed.list[1] = 5;
      return [floats[3] ?? 0, columns.pair.b[2] ?? 0, pairs.at(1).b, mixed.pairs.at(2).a, mixed.list[1] ?? 0];
    });
    for (let i = 0; i < 4; i += 1) {
      expect(frame()).toEqual([1, 2, 3, 4, 5]);
      if (i > 0) grow();
    }
  });

  test("columns keep what they hold, wherever they are from", () => {
    const { alloc, grow } = open();
    const handles = alloc.handles();
    const handle = handles.alloc(Columns);
    const group = alloc.groups().createGroup("all");
    const lasting = [alloc.poolAlloc(Columns), alloc.heapAlloc(Columns), alloc.poolBox(Columns).value, alloc.groups().alloc(group, Columns), alloc.scratchPool("all", { capacity: 1024 }).alloc(Columns), handles.resolve(handle)];
    alloc.beginFrame();
    const all: readonly Infer<typeof Columns>[] = [...lasting, alloc.frameAlloc(Columns), alloc.frameBox(Columns).value, ...alloc.frameAlloc2(Columns), alloc.frameRetained(Columns, "discard").value];
    for (const [i, { x, pair }] of all.entries()) {
      x[1] = i;
      pair.b[3] = -i;
    }
    grow();
    alloc.memory.refresh();
    expect(all.map(({ x, pair }) => [x.length, x[1], pair.b[3]])).toEqual(all.map((_, i) => [4, i, -i || 0]));
    alloc.endFrame();
    grow();
    alloc.beginFrame();
    expect(lasting.map(({ x }) => x[1])).toEqual([0, 1, 2, 3, 4, 5]);
    alloc.poolFree(lasting[0] as object);
    alloc.heapFree(lasting[1] as object);
    expect(alloc.poolAlloc(Columns).x[1]).toBe(0);
    alloc.endFrame();
  });

  test("boxes of typed arrays lead to what they hold, and promotions find it", () => {
    const { alloc, grow } = open();
    const groups = alloc.groups();
    alloc.scratchPool("level", { capacity: 1024 });
    const init = [1, 2, 3, 4];
    alloc.beginFrame();
    const task = new TaskAlloc(alloc);
    const kept = [alloc.frameRetained(Floats, "promoteToPool", init), alloc.frameRetained(Floats, "promoteToHeap", init), alloc.frameRetained(Floats, { promoteToScratch: "level" }, init)];
    const owned = [alloc.poolBox(Floats, init), alloc.heapBox(Floats, init)];
    const scoped = [groups.allocVal(groups.createGroup("all"), Floats, init), task.box(Floats, init)];
    const frame = alloc.frameBox(Floats, init);
    const list = (boxes: readonly { readonly value: Float32Array }[]): number[][] => boxes.map(({ value }) => [...value]);
    grow();
    alloc.memory.refresh();
    expect(list([frame, ...kept, ...owned, ...scoped])).toEqual(Array.from({ length: 8 }, () => init));
    frame.value = Float32Array.of(5, 6, 7, 8);
    expect([...frame.value]).toEqual([5, 6, 7, 8]);
    grow();
    alloc.endFrame();
    expect(list([...kept, ...owned, ...scoped])).toEqual(Array.from({ length: 7 }, () => init));
    grow();
    alloc.beginFrame();
    for (const box of [...kept, ...owned, ...scoped]) box.value = Float32Array.of(4, 3, 2, 1);
    expect(list([...kept, ...owned, ...scoped])).toEqual(Array.from({ length: 7 }, () => [4, 3, 2, 1]));
    expect([...alloc.frameBoxForTransfer(owned[0] as OwnedBox<Float32Array>).receive().value]).toEqual([4, 3, 2, 1]);
    for (const box of [...kept, ...owned]) box.release();
    task[Symbol.dispose]();
    alloc.endFrame();
    expect(alloc.leakReport().leaks.map(({ kind }) => kind)).toEqual(["group"]);
  });

  test("a typed array that was there while the memory grew is freed, and the next one is of the memory that is", () => {
    const { alloc, grow } = open();
    const groups = alloc.groups();
    const first = groups.createGroup("first");
    groups.alloc(first, Floats);
    const values = [alloc.poolAlloc(Floats), alloc.heapAlloc(Floats)] as const;
    grow();
    alloc.memory.refresh();
    alloc.poolFree(values[0]);
    alloc.heapFree(values[1]);
    groups.freeGroup(first);
    errorOf("FA401", () => alloc.poolFree(values[0]));
    const next = [alloc.poolAlloc(Floats), alloc.heapAlloc(Floats), groups.alloc(groups.createGroup("next"), Floats)];
    expect(next.map(({ length }) => length)).toEqual([4, 4, 4]);
  });
});
