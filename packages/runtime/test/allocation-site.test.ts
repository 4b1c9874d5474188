/** Which place is named when not every one is looked at, and in the ways that other engines and bundles write their stacks. */
import { AllocConfig, f32, SmartAlloc, struct } from "@framealloc/runtime";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { AllocationSites } from "../src/debug/allocation-site.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const make = (): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: true, onLeak: () => {} });
const namesOf = (alloc: SmartAlloc): string[] => alloc.leakReport().leaks.map(({ site, count }) => `${/^at (\w+)/.exec(site ?? "")?.[1]}${site?.includes("as far as known") === true ? " (guessed)" : ""}: ${count}`);

test("places that take turns are each looked at, however often", () => {
  const alloc = make();
  const here = (): object => alloc.poolAlloc(Vec3);
  const there = (): object => alloc.poolAlloc(Vec3);
  for (let i = 0; i < 2000; i += 1) for (const place of [here, there]) alloc.poolFree(place());
  for (let i = 0; i < 20; i += 1) for (const place of [here, there]) place();
  expect(namesOf(alloc).sort()).toEqual(["here: 20", "there: 20"]);
});

test("after many from one place, another one is named after 64 at the latest", () => {
  const alloc = make();
  const here = (): object => alloc.poolAlloc(Vec3);
  const there = (): object => alloc.poolAlloc(Vec3);
  for (let i = 0; i < 3000; i += 1) alloc.poolFree(here());
  for (let i = 0; i < 100; i += 1) there();
  const counts = new Map(namesOf(alloc).map((line) => line.split(": ") as [string, string]));
  const count = (name: string): number => Number(counts.get(name) ?? 0);
  expect(count("here (guessed)") + count("there") + count("there (guessed)")).toBe(100);
  expect(count("here (guessed)")).toBeLessThanOrEqual(64);
  expect(count("there")).toBeGreaterThan(0);
});

describe("stack traces", () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  afterEach(() => {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
    vi.resetModules();
  });

  /** Sites by a module of its own, which has not learnt yet where the runtime's files are. */
  async function freshSites(): Promise<AllocationSites> {
    vi.resetModules();
    const module = await import("../src/debug/allocation-site.ts");
    return new module.AllocationSites();
  }

  test("the program's own limit of lines stays", () => {
    const alloc = make();
    Error.stackTraceLimit = 3;
    alloc.poolAlloc(Vec3);
    expect(Error.stackTraceLimit).toBe(3);
  });

  test("of engines that write `name@file:1:2` are read, and told as V8 does", async () => {
    const sites = await freshSites();
    Error.prepareStackTrace = (_, calls) => calls.map((call) => `${call.getFunctionName() ?? ""}@${call.getFileName() ?? ""}:${call.getLineNumber() ?? 0}:${call.getColumnNumber() ?? 0}`).join("\n");
    const inSafari = (): string => sites.look().seen.text;
    expect(inSafari()).toMatch(/^at inSafari \(.*allocation-site\.test\.ts:\d+:\d+\)$/);
  });

  test("of a bundle, where all lies in one file, leave out the runtime by its names", async () => {
    const sites = await freshSites();
    Error.prepareStackTrace = (_, calls) => `Error\n${calls.map((call) => `    at ${(call as { toString(): string }).toString().replace(/\(.*\)/, "(bundle.js:1:1)")}`).join("\n")}`;
    const inBundle = (): string => sites.look().seen.text;
    expect(inBundle()).toBe("at inBundle (bundle.js:1:1)");
  });
});
