/** The rules of the source tree: what may appear where, and what the package gives. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as runtime from "@framealloc/runtime";
import * as agents from "@framealloc/runtime/agents";
import * as frame from "@framealloc/runtime/frame";
import * as handles from "@framealloc/runtime/handles";
import * as malloc from "@framealloc/runtime/malloc";
import * as pool from "@framealloc/runtime/pool";
import * as streaming from "@framealloc/runtime/streaming";
import * as testing from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../src", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name: relative(root, join(root, name)).replaceAll("\\", "/"), text: readFileSync(join(root, name), "utf8") }));
/** Source without comments and strings, which may speak of anything. */
const codeOf = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""');
const filesWith = (pattern: RegExp): string[] => files.filter(({ text }) => pattern.test(codeOf(text))).map(({ name }) => name);

describe("source", () => {
  test("atomics are in one file", () => expect(filesWith(/\bAtomics\./)).toEqual(["shared/words.ts"]));
  test("errors are made in one file", () => expect(filesWith(/new FrameAllocError\(/)).toEqual(["errors.ts"]));
  test("bytes of the memory are read and written in two files", () => {
    expect(filesWith(/(?:\.|\$)(?:u8|i8|u16|i16|u32|i32|f32|f64|u64|i64)\s*\[|DataView/)).toEqual(["memory.ts", "scalar-fields.ts"]);
  });
  test("nothing needs Node but testing", () => expect(files.filter(({ text }) => /from "node:|\bprocess\./.test(text)).map(({ name }) => name.split("/")[0])).toEqual(["testing", "testing"]));
  test("no code is made at run time", () => expect(filesWith(/\beval\(|new Function\(|\bFunction\(/)).toEqual([]));
  test("every file begins with a header", () => expect(files.filter(({ text }) => !/^(?:\/\/\/ <.*>\n)?\/\*\*/.test(text)).map(({ name }) => name)).toEqual([]));
  test("no file is over 300 lines, unless its header says why", () => expect(files.filter(({ text }) => text.split("\n").length > 300 && !/^\/\*\*[^/]*Longer than 300 lines: /.test(text)).map(({ name }) => name)).toEqual([]));
});

test("the public names", () => {
  expect(Object.keys(runtime).sort()).toEqual([
    "AllocConfig", "ArrayType", "AsyncPoolGuard", "BehaviorReport", "BehaviorThresholds", "Checkpoint", "CheckpointGuard", "CollectingSink", "DeferredConfig", "DeferredProcessing", "DiagContext", "DiagnosticsHooks", "ExceededPolicy", "FrameAllocError", "FrameArena", "FrameBarrier", "FrameBarrierBuilder", "FrameBox", "FrameGuard", "FrameRetained", "FrameScope", "FullPolicy", "GroupAllocator", "HandleAllocator", "Importance", "LeakReport", "Memory", "ObjectPool", "OwnedBox", "PhaseScope", "PinScope", "ProfilerHooks", "ProfilerZone",
    "RetentionPolicy", "RetentionSummary", "ScalarType", "ScopedBox", "ScratchPool", "ScratchPools", "SmartAlloc", "SnapshotEmitter", "SnapshotHistory", "SoaType", "StreamPriority", "StreamingAllocator", "StrictModeGuard", "StructArray", "StructType", "TagScope", "TaskAlloc", "TraceRecorder", "TraceZone", "TransferChannel", "TransferHandle", "alignOf",
    "array", "bool", "capabilities", "chromeTrace", "devtoolsTracks", "diagnostic", "emit", "f32", "f64", "faAssert", "formatBytes", "frameLoop", "gigabytes", "i16", "i32", "i64", "i8", "installSink", "kilobytes", "layoutOf", "megabytes", "mergeStats", "offsetOf", "openRegion", "registerReset",
    "setStrictMode", "sizeOf", "soa", "strictMode", "struct", "takeSnapshot", "textOf", "transferList", "u16", "u32", "u64", "u8",
  ]);
  expect(Object.keys(agents).sort()).toEqual(["DeferredConfig", "DeferredProcessing", "FrameBarrier", "FrameBarrierBuilder", "FullPolicy", "SmartAlloc", "TransferChannel", "TransferHandle", "transferList"]);
  expect(Object.keys(pool).sort()).toEqual(["FrameAllocError", "Memory", "ObjectPool", "OwnedBox", "OwnedValues", "SlabPool", "openRegion", "slabBytes"]);
  expect(Object.keys(handles).sort()).toEqual(["FrameAllocError", "HandleAllocator", "Memory", "PinScope", "openRegion"]);
  expect(Object.keys(streaming).sort()).toEqual(["FrameAllocError", "StreamPriority", "StreamingAllocator"]);
  expect(Object.keys(malloc).sort()).toEqual(["FrameAllocError", "MemPool", "wasmImports"]);
  expect(Object.keys(testing).sort()).toEqual(["AllocationError", "expectNoAlloc"]);
  // What two entries give under one name is the same thing.
  for (const entry of [agents, frame, handles, streaming]) for (const [name, value] of Object.entries(entry)) expect(value).toBe((runtime as Record<string, unknown>)[name]);
});

test("the pool stands alone", () => {
  const config = { sizeClasses: [16], pageBytes: 64, pagesPerClass: 1 };
  const values = new pool.OwnedValues(new pool.SlabPool(pool.openRegion(pool.slabBytes(config), true), config), "pool");
  const Pair = runtime.struct({ a: runtime.f64, b: runtime.f64 });
  const pairs = [1, 2, 3, 4].map(() => values.alloc(Pair));
  expect(values.tryAlloc(Pair)).toBeUndefined();
  values.free(pairs[2] as object);
  expect(values.alloc(Pair).a).toBe(0);
});
