/** Every code that the allocator reports, in the form of the manual. */
import { array, CollectingSink, DeferredConfig, f32, FrameBarrier, i32, installSink, kilobytes, SmartAlloc, StreamingAllocator, struct, textOf, u8 } from "@framealloc/runtime";
import { afterEach, describe, expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const small = { frameArenaSize: 1024, slabSizeClasses: [16, 64], slabPageSize: 1024, slabPagesPerClass: 1, heapSize: 4096, debug: false } as const;

const undo: (() => void)[] = [];
function collect(): CollectingSink {
  const sink = new CollectingSink();
  undo.push(installSink(sink));
  return sink;
}
afterEach(() => {
  for (const done of undo.splice(0)) done();
});

/** What makes the allocator report a code: by throwing, or to the sinks. Codes of adapters and of the behaviour filter have tests of their own. */
const reported: Record<string, () => void> = {
  FA001: () => new SmartAlloc(small).frameAlloc(Vec3),
  FA002: () => {
    const alloc = new SmartAlloc({ ...small, debug: true });
    alloc.beginFrame();
    alloc.poolBox({ at: alloc.frameAlloc(Vec3) });
  },
  FA003: () => {
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    alloc.frameAllocBytes(2000);
  },
  FA004: () => {
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    const box = alloc.frameBox(1);
    alloc.endFrame();
    box.value = 2;
  },
  FA005: () => { new SmartAlloc(small).endFrame(); },
  FA006: () => {
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    alloc.beginFrame();
  },
  FA008: () => {
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    const checkpoint = alloc.frameCheckpoint();
    alloc.endFrame();
    alloc.beginFrame();
    alloc.rollbackTo(checkpoint);
  },
  FA205: () => {
    const barrier = new FrameBarrier(1);
    barrier.signalFrameComplete();
    barrier.signalFrameComplete();
  },
  FA206: () => { new SmartAlloc(small).poolFree(new SmartAlloc(small).poolAlloc(Vec3)); },
  FA207: () => {
    const token = new SmartAlloc({ ...small, memory: "shared" }).frameBoxForTransfer(Vec3).detach();
    new SmartAlloc({ ...small, memory: "shared" }).receive(token);
  },
  FA208: () => {
    const alloc = new SmartAlloc({ ...small, memory: "shared" });
    const token = alloc.frameBoxForTransfer(Vec3).detach();
    alloc.receive(token).release();
    alloc.receive(token);
  },
  FA204: () => {
    const alloc = new SmartAlloc({ ...small, memory: "shared", deferred: DeferredConfig.bounded(1).withFullPolicy("fail") });
    const other = SmartAlloc.attach(alloc.share());
    const boxes = [0, 1, 2].map(() => other.receive(alloc.frameBoxForTransfer(Vec3).detach()));
    for (const box of boxes) box.release();
  },
  FA301: () => { new SmartAlloc({ ...small, memoryLimit: 1024 }).heapAlloc(array(u8, 2000)); },
  FA302: () => {
    const alloc = new SmartAlloc(small);
    alloc.budgets().registerTagBudget("ai", 8, 8);
    alloc.withTag("ai", () => alloc.poolAlloc(Vec3));
  },
  FA303: () => { new SmartAlloc({ ...small, threadBudget: { poolBudget: 8 } }).poolAlloc(Vec3); },
  FA304: () => {
    const alloc = new SmartAlloc(small);
    for (;;) alloc.poolAlloc(Vec3);
  },
  FA401: () => {
    const alloc = new SmartAlloc(small);
    const handle = alloc.handles().alloc(i32);
    alloc.handles().free(handle);
    alloc.handles().resolve(handle);
  },
  FA402: () => { new StreamingAllocator(kilobytes(1)).reserve(kilobytes(2), "critical"); },
  FA404: () => {
    const streams = new StreamingAllocator(kilobytes(1));
    streams.access(streams.reserve(16, "normal"));
  },
};

describe("every code that the allocator reports has the form of the manual", () => {
  test.each(Object.entries(reported))("%s", (code, call) => {
    const sink = collect();
    let text: string | undefined;
    try {
      call();
    } catch (error) {
      text = (error as Error).message;
    }
    text ??= sink.diagnostics.map(textOf)[0];
    expect(text).toMatch(new RegExp(`^\\[framealloc\\]\\[${code}\\] error: [a-z\`].*[^.\\n](?:\\n  note: .+)*\\n  help: .+$`));
  });

  test("the code of an escape names what holds the value and where it was allocated; boxes of numbers and of pool values say nothing", () => {
    const sink = collect();
    const alloc = new SmartAlloc({ ...small, debug: true });
    alloc.beginFrame();
    const v = alloc.frameAlloc(Vec3);
    const boxes = [alloc.poolBox(v), alloc.heapBox({ target: v }), alloc.poolBox({ x: v.x }), alloc.poolBox({ kept: alloc.poolAlloc(Vec3) }), alloc.poolBox(Vec3)];
    expect(sink.diagnostics.map(({ code, severity, message }) => [code, severity, message.replace(/allocated at .*/, "allocated at ...")])).toEqual([
      ["FA002", "error", "a frame value put into a pool box, which outlives its frame; allocated at ..."],
      ["FA002", "error", "a frame value in `target` put into a heap box, which outlives its frame; allocated at ..."],
    ]);
    for (const box of boxes) box.release();
    alloc.endFrame();
  });
});
