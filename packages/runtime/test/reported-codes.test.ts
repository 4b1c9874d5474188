/** Every code that the runtime reports, made to happen by a program: in the form of the manual, and as strict mode has it. A code without a program fails. */
import { array, CollectingSink, DeferredConfig, f32, FrameBarrier, i32, installSink, kilobytes, SmartAlloc, setStrictMode, StreamingAllocator, struct, textOf, TransferChannel, u8, type BehaviorThresholds } from "@framealloc/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { runtimeCodes, textOfCode } from "../src/diagnostics/runtime-codes.ts";
import { collectGarbage } from "./collect-garbage.ts";

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
  setStrictMode("warn");
});

/** The catalogue of the manual: codes that it marks as the runtime's, with their severities. */
const CATALOGUE: Readonly<Record<string, string>> = {
  FA001: "error", FA002: "error", FA003: "error", FA004: "error", FA005: "error", FA006: "warning", FA008: "error",
  FA101: "error", FA102: "warning",
  FA205: "error", FA206: "error", FA207: "warning", FA208: "error",
  FA301: "warning", FA302: "warning", FA303: "warning", FA304: "error",
  FA401: "error", FA402: "warning", FA403: "warning", FA404: "error",
  FA501: "warning", FA502: "warning", FA510: "hint", FA520: "warning", FA530: "warning",
  FA601: "error", FA602: "warning", FA603: "error",
};

/** Under the filter with thresholds of 0, and those given: one frame of `body`, then another one, and the report. */
function behave(body: (alloc: SmartAlloc) => void, thresholds: Partial<BehaviorThresholds> = {}): void {
  const alloc = new SmartAlloc(small);
  alloc.enableBehaviorFilter({ frameSurvivalFrames: 100, frameSurvivalRate: 1, poolSameFrameFreeRate: 1, promotionChurnRate: 100, heapInHotPathCount: 100, minSamples: 1, loopAllocationLimit: 100, ...thresholds });
  alloc.withFrame(() => { body(alloc); });
  alloc.withFrame(() => 0);
  alloc.behaviorReport();
}

/** What makes the runtime report a code: by throwing, or to the sinks. */
const reported: Record<string, () => void | Promise<void>> = {
  FA001: () => { new SmartAlloc(small).frameAlloc(Vec3); },
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
  FA101: async () => {
    const { attachFrames } = await import("@framealloc/runtime/adapters/pixi");
    try {
      new SmartAlloc(small).frameAlloc(Vec3);
    } finally {
      attachFrames({ add: () => 0, remove: () => 0 }, new SmartAlloc(small));
    }
  },
  FA102: async () => {
    const { withFrames } = await import("@framealloc/runtime/adapters/bitecs");
    const alloc = new SmartAlloc(small);
    withFrames(() => 0, alloc)();
    alloc.frameAlloc(Vec3);
  },
  FA201: () => {
    const alloc = new SmartAlloc(small);
    alloc.withFrame(() => structuredClone(alloc.frameBox(1)));
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
  FA209: () => { new TransferChannel<number>(1, { memory: "local" }).receive(); },
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
  FA403: async () => {
    const alloc = new SmartAlloc({ ...small, debug: true });
    ((): void => { alloc.poolBox(Vec3); })();
    await collectGarbage();
    await collectGarbage();
  },
  FA404: () => {
    const streams = new StreamingAllocator(kilobytes(1));
    streams.access(streams.reserve(16, "normal"));
  },
  FA501: () => behave((alloc) => alloc.frameRetained(Vec3, "promoteToPool"), { frameSurvivalFrames: 0 }),
  FA502: () => behave((alloc) => alloc.frameRetained(Vec3, "promoteToPool"), { frameSurvivalRate: 0.5 }),
  FA510: () => behave((alloc) => alloc.poolFree(alloc.poolAlloc(Vec3)), { poolSameFrameFreeRate: 0.5 }),
  FA520: () => behave((alloc) => alloc.frameRetained(Vec3, "promoteToPool"), { promotionChurnRate: 0.2 }),
  FA530: () => behave((alloc) => { alloc.heapAlloc(Vec3); }, { heapInHotPathCount: 0 }),
  FA601: async () => {
    const alloc = new SmartAlloc(small);
    alloc.enableBehaviorFilter();
    alloc.beginFrame();
    await Promise.resolve();
    alloc.frameAlloc(Vec3);
    alloc.behaviorReport();
  },
  FA602: () => behave((alloc) => { for (let i = 0; i < 4; i += 1) alloc.frameAlloc(Vec3); }, { loopAllocationLimit: 3 }),
  FA603: async () => {
    const alloc = new SmartAlloc(small);
    alloc.enableBehaviorFilter();
    alloc.beginFrame();
    const box = alloc.frameBox(1);
    await Promise.resolve();
    box.value += 1;
    alloc.behaviorReport();
  },
  FA607: () => { void new SmartAlloc(small).withFrame(async () => { await Promise.resolve(); }); },
};

interface Reported {
  /** Undefined when it was not thrown. */
  readonly thrown: Error | undefined;
  /** Said to the sinks. */
  readonly said: readonly string[];
}

async function report(code: string): Promise<Reported> {
  const sink = collect();
  let thrown: Error | undefined;
  try {
    await reported[code]?.();
  } catch (error) {
    thrown = error as Error;
  }
  return { thrown, said: sink.diagnostics.map(textOf) };
}

/** Handles are numbers that are never given out twice. */
const withoutHandles = (message: string | undefined): string | undefined => message?.replace(/handle \d+/, "handle");

test("the runtime reports what the manual says that it does, by the severities there; and each code of it has a program here", () => {
  for (const [code, severity] of Object.entries(CATALOGUE)) expect([code, textOfCode(code)?.[0]]).toEqual([code, severity]);
  expect(Object.keys(reported).sort()).toEqual(runtimeCodes().sort());
});

describe("every code that the runtime reports", () => {
  test.each(runtimeCodes())("%s has the form of the manual, by its code and its severity", async (code) => {
    const { thrown, said } = await report(code);
    const text = thrown?.message ?? said.find((each) => each.includes(`[${code}]`));
    // What is thrown stops the program, whatever it is otherwise.
    const severity = thrown === undefined ? (textOfCode(code)?.[0] ?? "") : "error";
    expect(text).toMatch(new RegExp(`^\\[framealloc\\]\\[${code}\\] ${severity}: [a-z\`0-9].*[^.\\n](?:\\n  note: .+)*\\n  help: .+$`));
  });

  // A box that is collected is told in a task of its own, where nobody catches. An adapter that is registered once stays so.
  test.each(runtimeCodes().filter((code) => code !== "FA403" && code !== "FA101"))("%s: what is said throws in strict mode from its severity on, and what throws anyway does in every mode", async (code) => {
    const { thrown, said } = await report(code);
    if (thrown !== undefined) {
      for (const mode of ["error", "warning"] as const) {
        setStrictMode(mode);
        expect(withoutHandles((await report(code)).thrown?.message)).toBe(withoutHandles(thrown.message));
      }
      return;
    }
    const severity = textOfCode(code)?.[0] ?? "";
    for (const [mode, isThrown] of [["warn", false], ["error", severity === "error"], ["warning", severity !== "hint"]] as const) {
      setStrictMode(mode);
      const again = await report(code);
      expect([mode, again.thrown?.message.includes(`[framealloc][${code}] ${severity}: `) ?? false]).toEqual([mode, isThrown]);
      expect(again.said).toEqual(expect.arrayContaining([said.find((each) => each.includes(`[${code}]`))]));
    }
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
