/** The limit of FA602, and its suggestion: applied, it compiles, is what a person would write, and leaves nothing to report. */
import { fileURLToPath } from "node:url";
import type { Fix } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { memoryHost } from "../../packages/fa-cli/src/memory-host.ts";
import { analyzeTexts } from "../../packages/fa-cli/src/open-texts.ts";
import { runCommand } from "../../packages/fa-cli/src/run-command.ts";
import { typeErrors } from "../../tools/documented-programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const HEAD = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const alloc = new SmartAlloc();
const Point = struct({ x: f32, y: f32 });
`;

interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

const REWRITTEN: readonly Case[] = [
  {
    name: "a reference to a scalar",
    before: `export function fill(): void {
  alloc.beginFrame();
  for (let i = 0; i < 10_000; i++) {
    const d = alloc.frameAlloc(f32);
    d.value = i;
  }
  alloc.endFrame();
}`,
    after: `export function fill(): void {
  alloc.beginFrame();
  for (let i = 0, dBatch = alloc.frameAllocBatch(f32, 10000); i < 10_000; i++) {
    const d = i;
    dBatch[d] = i;
  }
  alloc.endFrame();
}`,
  },
  {
    name: "a scalar that is read and added to",
    before: `export function sum(values: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    const part = alloc.frameAlloc(f32);
    part.value += i;
    sum += part.value;
  }
  return sum;
}`,
    after: `export function sum(values: readonly number[]): number {
  let sum = 0;
  for (let i = 0, partBatch = alloc.frameAllocBatch(f32, values.length); i < values.length; i += 1) {
    const part = i;
    partBatch[part]! += i;
    sum += partBatch[part]!;
  }
  return sum;
}`,
  },
  {
    name: "a struct, of an allocator in a field, up to a parameter",
    before: `export class Path {
  readonly memory = new SmartAlloc();
  length(count: number): number {
    let length = 0;
    for (let i = 0; i < count; i++) {
      const point = this.memory.frameAlloc(Point);
      point.x = i;
      length += point.x;
    }
    return length;
  }
}`,
    after: `export class Path {
  readonly memory = new SmartAlloc();
  length(count: number): number {
    let length = 0;
    for (let i = 0, pointBatch = this.memory.frameAllocBatch(Point, count); i < count; i++) {
      const point = pointBatch.at(i);
      point.x = i;
      length += point.x;
    }
    return length;
  }
}`,
  },
  {
    name: "what has no name, beside a name that is taken",
    before: `export function touch(batch: number): number {
  for (let i = 0; i < 500; i++) alloc.frameAlloc(f32).value = i * batch;
  return batch;
}`,
    after: `export function touch(batch: number): number {
  for (let i = 0, batch2 = alloc.frameAllocBatch(f32, 500); i < 500; i++) batch2[i] = i * batch;
  return batch;
}`,
  },
];

const LEFT_ALONE: readonly (readonly [string, string])[] = [
  ["a loop without a counter", "for (const value of values) alloc.frameAlloc(f32).value = value;"],
  ["a counter that starts elsewhere", "for (let i = 5; i < 500; i++) alloc.frameAlloc(f32).value = i;"],
  ["a counter with another step", "for (let i = 0; i < 500; i += 2) alloc.frameAlloc(f32).value = i;"],
  ["a limit of the loop's own", "for (let i = 0, n = values.length; i < n; i++) alloc.frameAlloc(f32).value = i;"],
  ["a limit that is computed", "for (let i = 0; i < values.length * 2; i++) alloc.frameAlloc(f32).value = i;"],
  ["a reference that is passed on", "for (let i = 0; i < 500; i++) { const d = alloc.frameAlloc(f32); JSON.stringify(d); }"],
  ["a nested loop", "for (let j = 0; j < 50; j++) for (let i = 0; i < 500; i++) alloc.frameAlloc(f32).value = i * j;"],
  ["a name that means something else outside", "const outer = Point; for (let i = 0; i < 500; i++) { const Point = outer; alloc.frameAlloc(Point).x = i; }"],
  ["another API", "for (let i = 0; i < 500; i++) alloc.poolAlloc(Point).x = i;"],
];

describe("the suggestion of FA602", () => {
  it.each(REWRITTEN.map((each) => [each.name, each] as const))("rewrites %s", (_name, { before, after }) => {
    const text = HEAD + before;
    const [fix, ...others] = fixesOf(text);
    expect(others).toEqual([]);
    expect(fix?.safe).toBe(false);
    const rewritten = fix === undefined ? text : applied(text, fix);
    expect(rewritten).toBe(HEAD + after);
    expect(analyzeTexts({ "main.ts": rewritten }, CATALOGUE).diagnostics).toEqual([]);
  });

  it("compiles", () => {
    const programs = REWRITTEN.map(({ name, before }) => ({ place: name, jsx: false, text: fixesOf(HEAD + before).reduce(applied, HEAD + before) }));
    expect(programs.every(({ text }) => text.includes("frameAllocBatch"))).toBe(true);
    expect(typeErrors(root, programs)).toEqual([]);
  });

  it.each(LEFT_ALONE)("offers nothing for %s", (_name, loop) => {
    const { diagnostics } = analyzeTexts({ "main.ts": `${HEAD}export function run(values: readonly number[]): number { ${loop} return values.length; }` }, CATALOGUE);
    // A pool value of which nobody lets go is another rule's finding besides.
    expect(diagnostics.filter(({ code }) => code !== "FA403").map(({ code, fixes }) => [code, fixes.length])).toEqual([["FA602", 0]]);
  });
});

describe("`loop_allocation_limit`", () => {
  it.each([
    { rounds: 100, limit: null, reported: 0 },
    { rounds: 101, limit: null, reported: 1 },
    { rounds: 50, limit: 20, reported: 1 },
    { rounds: 50, limit: 50, reported: 0 },
    { rounds: 10_000, limit: 10_000, reported: 0 },
    { rounds: 1, limit: 0, reported: 1 },
  ])("$rounds rounds under a limit of $limit", async ({ rounds, limit, reported }) => {
    const files = {
      "loop.ts": `${HEAD}export function run(): void { for (let i = 0; i < ${rounds}; i++) alloc.frameAlloc(f32).value = i; }`,
      ".fa.toml": limit === null ? "" : `[thresholds]\nloop_allocation_limit = ${limit}`,
    };
    const host = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args: ["--all", "-f", "compact"] });
    await runCommand(host, CATALOGUE);
    expect(host.written.err).not.toContain("error");
    expect(host.written.out.split("\n").filter((line) => line.includes("(FA602)"))).toHaveLength(reported);
  });
});

function fixesOf(text: string): readonly Fix[] {
  const { diagnostics } = analyzeTexts({ "main.ts": text }, CATALOGUE);
  expect(diagnostics.map(({ code }) => code)).toEqual(["FA602"]);
  return diagnostics.flatMap(({ fixes }) => fixes);
}

/** The text after a rewrite whose edits do not overlap. */
function applied(text: string, fix: Fix): string {
  return [...fix.edits].sort((a, b) => b.at.span.start - a.at.span.start).reduce((all, { at: { span }, text: replacement }) => all.slice(0, span.start) + replacement + all.slice(span.end), text);
}
