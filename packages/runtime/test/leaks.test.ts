/**
 * What is not given back is told: by `leakReport`, and, for boxes in debug mode, by FA403 when they are garbage-collected. And what is given up is really given
 * up. Garbage collection is asked for in a process of its own.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AllocConfig, array, f32, i32, SmartAlloc, struct, u8, type AllocOptions } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const make = (more: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: true, onLeak: () => {}, ...more });

describe("the leak report", () => {
  test("groups what is left by kind and place, the largest first", () => {
    class Thing {}
    const alloc = make();
    const leak = (): object => alloc.poolAlloc(Vec3);
    const leakLarge = (): object => alloc.heapAlloc(array(u8, 100));
    const leakBox = (): object => alloc.heapBox(i32, 1);
    const leakValue = (): object => alloc.poolBox({ any: "value" });
    const leakThing = (): object => alloc.poolAlloc(Thing);
    for (let i = 0; i < 3; i += 1) leak();
    leakLarge();
    for (let i = 0; i < 2; i += 1) leakBox();
    leakValue();
    leakThing();
    alloc.poolFree(alloc.poolAlloc(Vec3));
    alloc.poolBox(Vec3).release();
    alloc.poolBox(1).release();
    const report = alloc.leakReport();
    expect(report.leaks.map(({ kind, count, bytes }) => [kind, count, bytes])).toEqual([["heap", 1, 100], ["pool", 3, 36], ["heapBox", 2, 8], ["pool", 1, 0], ["poolBox", 1, 0]]);
    expect(report.leaks.map(({ site }) => /^at (\w+) \(.*leaks\.test\.ts:\d+:\d+\)$/.exec(site ?? "")?.[1])).toEqual(["leakLarge", "leak", "leakBox", "leakThing", "leakValue"]);
    expect([report.totalBytes, report.totalCount]).toEqual([144, 8]);
    const text = String(report);
    expect(text).toContain("8 not released, 144 B");
    expect(text).toMatch(/3 pool values, 36 B, at leak \(/);
    expect(text).toMatch(/2 heap boxes, 8 B, at leakBox \(/);
  });

  test("is empty when nothing is left, and after `dispose`", () => {
    const alloc = make();
    expect([alloc.leakReport().leaks, String(alloc.leakReport())]).toEqual([[], "no leaks"]);
    alloc.poolAlloc(Vec3);
    alloc.dispose();
    expect(alloc.leakReport().totalCount).toBe(0);
  });

  test("names promoted data that was not released", () => {
    const alloc = make();
    alloc.beginFrame();
    const retained = alloc.frameRetained(Vec3, "promoteToPool");
    alloc.endFrame();
    expect([alloc.leakReport().totalCount, alloc.leakReport().totalBytes]).toEqual([1, 12]);
    retained.release();
    expect(alloc.leakReport().totalCount).toBe(0);
  });

  test("without debug mode has sums, and says that places are known to debug mode only", () => {
    const alloc = make({ debug: false });
    for (let i = 0; i < 3; i += 1) alloc.poolAlloc(Vec3);
    alloc.heapBox(array(u8, 50));
    alloc.heapFree(alloc.heapAlloc(Vec3));
    const report = alloc.leakReport();
    expect(report.leaks).toEqual([{ kind: "heap", site: undefined, count: 1, bytes: 50 }, { kind: "pool", site: undefined, count: 3, bytes: 36 }]);
    expect([report.totalBytes, report.totalCount]).toEqual([86, 4]);
    expect(String(report)).toContain("only debug mode knows");
  });
});

/** What a program prints, line by line; it has `SmartAlloc` and its like, `gc`, `collect()` to wait for collected objects to be told of, and `own`. */
function run(program: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "framealloc-leaks-"));
  try {
    const file = join(folder, "program.mts");
    const source = pathToFileURL(fileURLToPath(new URL("../src/index.ts", import.meta.url))).href;
    writeFileSync(file, `
      import { array, f32, SmartAlloc, struct, u8 } from ${JSON.stringify(source)};
      const Vec3 = struct({ x: f32, y: f32, z: f32 });
      async function collect(): Promise<void> {
        for (let i = 0; i < 20; i += 1) { gc(); await new Promise((done) => setTimeout(done, 5)); }
      }
      ${program}
    `);
    const loader = import.meta.resolve("tsx");
    return execFileSync(process.execPath, ["--expose-gc", "--import", loader, file], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).split("\n").filter((line) => line !== "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("garbage collection", () => {
  test("FA403: a box that is collected without release is told, once, with the place; others are not", () => {
    const lines = run(`
      const told: string[] = [];
      const alloc = new SmartAlloc({ debug: true, heapSize: 4096, frameArenaSize: 64, onLeak: (error) => told.push(error.code + " " + error.message.replaceAll("\\n", " ")) });
      function leakTyped(): void { alloc.poolBox(Vec3); }
      function leakValue(): void { alloc.heapBox({ any: 1 }); }
      function proper(): void { alloc.poolBox(Vec3).release(); alloc.heapBox(5).release(); const box = alloc.poolBox(Vec3); alloc.poolFree(box.value); }
      const kept = alloc.poolBox(Vec3);
      leakTyped(); leakValue(); proper();
      await collect();
      for (const line of told.sort()) console.log(line);
      console.log(kept.isAlive, alloc.leakReport().totalCount);
    `);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^FA403 .*a heap box was garbage-collected without being released; made at leakValue \(.*program\.mts:\d+/);
    expect(lines[1]).toMatch(/^FA403 .*a pool box of 12 bytes was garbage-collected without being released; made at leakTyped \(.*program\.mts:\d+/);
    expect(lines[2]).toBe("true 3");
  });

  test("by default FA403 is a warning on the console; outside of debug mode and after `dispose` there is none", () => {
    const lines = run(`
      console.warn = (text: string) => console.log("warned", text.slice(0, 30));
      function leak(debug: boolean, disposes: boolean): void {
        const alloc = new SmartAlloc({ debug, heapSize: 4096, frameArenaSize: 64 });
        for (let i = 0; i < 2; i += 1) alloc.poolBox(Vec3);
        globalThis.keep = [...(globalThis.keep ?? []), alloc];
        if (disposes) alloc.dispose();
      }
      leak(true, false); leak(false, false); leak(true, true);
      await collect();
      console.log("end");
    `);
    expect(lines).toEqual(["warned [framealloc][FA403] warning: a", "warned [framealloc][FA403] warning: a", "end"]);
  });

  test("a disposed allocator tells of no box, also while another of its boxes is held", () => {
    const lines = run(`
      const alloc = new SmartAlloc({ debug: true, heapSize: 4096, frameArenaSize: 64, onLeak: (error) => console.log("told", error.code) });
      function leak(): void { alloc.poolBox(Vec3); alloc.heapBox(5); }
      const held = [alloc.poolBox(Vec3), alloc.heapBox(1)];
      leak();
      alloc.dispose();
      await collect();
      console.log(held.length);
    `);
    expect(lines).toEqual(["2"]);
  });

  test("the memory of a disposed allocator is collected, though its types, its boxes and the allocator are held", () => {
    const lines = run(`
      class Thing { n = 1; }
      for (const debug of [false, true]) {
        const boxes: object[] = [];
        let buffer: WeakRef<object>;
        const alloc = new SmartAlloc({ debug, memory: "local", heapSize: 4096, frameArenaSize: 4096 });
        (() => {
          buffer = new WeakRef(alloc.memory.buffer);
          alloc.beginFrame();
          alloc.frameAlloc(Vec3); alloc.frameSlice(f32, 3); alloc.frameBox(Vec3); alloc.frameVec(f32);
          alloc.poolFree(alloc.poolAlloc(Vec3)); alloc.heapAlloc(array(u8, 9)); alloc.poolAlloc(Thing);
          const box = alloc.poolBox(Vec3); box.release(); boxes.push(box, alloc.poolBox({}), alloc.objectPool(() => ({})));
          (boxes[1] as { release(): void }).release();
          alloc.dispose();
        })();
        const other = new SmartAlloc({ debug, heapSize: 4096, frameArenaSize: 4096 });
        await collect();
        console.log(debug, buffer.deref() === undefined, boxes.length, other.poolAlloc(Vec3).x, alloc.inFrame(), typeof Vec3);
      }
    `);
    expect(lines).toEqual(["false true 3 0 false object", "true true 3 0 false object"]);
  });
});
