/** `fa why`: what is known of a place, with the whole project around it. */
import { describe, expect, test } from "vitest";
import { CATALOGUE } from "@framealloc/rules";
import { fa } from "./command-in-memory.ts";

const FILES = {
  "src/make.ts": `import { f32, type Infer, type SmartAlloc, struct } from "@framealloc/runtime";
export const Spark = struct({ x: f32, y: f32 });
export function make(alloc: SmartAlloc): Infer<typeof Spark> {
  return alloc.frameAlloc(Spark);
}
`,
  "src/game.ts": `import { SmartAlloc } from "@framealloc/runtime";
import { make } from "./make.ts";
const alloc = new SmartAlloc();
const kept: unknown[] = [];
let last = { x: 0 };
function frame(time: number): void {
  alloc.beginFrame();
  const spark = make(alloc);
  const same = spark;
  kept.push(same);
  step(time);
  alloc.endFrame();
  requestAnimationFrame(frame);
}
function step(time: number, tracker?: any): void {
  last = { x: time };
  if (time < 0) throw new Error("before the start");
  tracker?.note(last);
}
requestAnimationFrame(frame);
const box = alloc.poolBox(1);
export const idle = (): number => box.value;
`,
};

const why = (place: string, ...flags: string[]): ReturnType<typeof fa> => fa(["why", place, ...flags].join(" "), FILES, { rules: CATALOGUE });

describe("a value", () => {
  test("is told by where it was allocated, through which call, its frame, other names, and what outlives it", async () => {
    const { out, code } = await why("src/game.ts:9");
    expect(code).toBe(0);
    expect(out).toContain("src/game.ts:9, in `frame`\n");
    expect(out).toMatch(/`same`: .*\n {4}frame memory, allocated at src\/make\.ts:4:10; its frame is open\n {6}through the call at src\/game\.ts:8:17\n/);
    expect(out).toContain("also held by `spark`");
    expect((await why("src/game.ts:11")).out).not.toContain("`same`");
    expect(out).toContain("outlives its frame in `kept`, stored at src/game.ts:10:");
  });

  test("of the pool has no frame", async () => {
    const { out } = await why("src/game.ts:21");
    expect(out).toMatch(/`box`: .*\n {4}pool memory, allocated at src\/game\.ts:21:13\n/);
    expect(out).toContain("not hot");
  });
});

describe("code", () => {
  test("is hot by the chain from its entry, with its garbage in bytes", async () => {
    const { out } = await why("src/game.ts:16");
    expect(out).toContain("  hot:\n    src/game.ts:13:3  `frame` runs every frame: it asks `requestAnimationFrame` for itself again\n    src/game.ts:11:3  `frame` calls `step`\n");
    expect(out).toContain("garbage: object literal, 32 bytes a call, at src/game.ts:16:10");
  });

  test("is cold where it always throws", async () => {
    expect((await why("src/game.ts:17:24")).out).toContain("cold: ends in a throw");
  });

  test("calls what is named, or what nobody can name", async () => {
    expect((await why("src/game.ts:8")).out).toContain("leads to `make` at src/make.ts:3:17");
    expect((await why("src/game.ts:18")).out).toMatch(/`note` at src\/game\.ts:18:\d+ cannot be resolved: it is assumed to do no harm/);
  });

  test("is not there on an empty line", async () => {
    expect(await why("src/game.ts:14")).toMatchObject({ out: "nothing runs at src/game.ts:14\n", code: 0 });
  });
});

test("as JSON, with places as one reads them", async () => {
  const { out } = await why("src/game.ts:16", "-f", "json");
  expect(JSON.parse(out)).toMatchObject({ version: 1, functions: [{ function: "`step`", at: "src/game.ts:15:10", garbage: [{ at: "src/game.ts:16:10", bytes: 32, per: "call" }] }] });
});

test.each([
  ["src/game.ts", "`src/game.ts` is no place"],
  ["src/none.ts:3", "no such file: `src/none.ts`"],
  ["src/game.ts:8:99", "line 8 of `src/game.ts` has 28 columns"],
  ["src/game.ts:8:0", "line 8 of `src/game.ts` has 28 columns"],
  ["src/game.ts:0", "`src/game.ts` has 23 lines"],
  ["src/game.ts:900", "`src/game.ts` has 23 lines"],
])("%s is a fault of the caller", async (place, says) => {
  const { out, err, code } = await why(place);
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain(says);
});

test("lines are those of every report, whatever ends them, and a file that may not be read is there", async () => {
  const files = Object.fromEntries(Object.entries(FILES).map(([file, text]) => [file, text.replaceAll("\n", "\r")]));
  const found = await fa("why src/game.ts:8:9", files, { rules: CATALOGUE });
  expect(found).toMatchObject({ code: 0, out: (await why("src/game.ts:8:9")).out });
  const refused = await fa("why src/game.ts:8", FILES, { rules: CATALOGUE, host: (host) => ({ ...host, read: (path) => (path.endsWith("game.ts") ? { ok: false, reason: "EACCES: permission denied" } : host.read(path)) }) });
  expect(refused).toMatchObject({ code: 2, err: "error: `src/game.ts` cannot be read: EACCES: permission denied\n" });
});
