/** What stands for memory that grows: objects of every type, from every allocator, in the frame and after it. Typed arrays alone cannot be led over. */
import { AllocConfig, array, f32, i32, SmartAlloc, soa, struct, type Infer } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";

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
});
