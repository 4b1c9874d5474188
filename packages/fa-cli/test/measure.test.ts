/** `fa measure` in the built command: exact bytes by line, budgets, and what cannot be measured. Figures are those of the cost table, within 8 bytes. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { expectBuilt } from "../../../tools/build-packages.mjs";
import { GARBAGE_BYTES } from "../../analysis/src/knowledge/garbage-costs.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAMS = "packages/fa-cli/test/programs/measured";

beforeAll(() => {
  expectBuilt(ROOT, "@framealloc/fa-cli");
  expectBuilt(ROOT, "@framealloc/runtime");
});

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

function measure(program: string, ...flags: string[]): Ended {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["packages/fa-cli/bin/fa.js", "measure", `${PROGRAMS}/${program}`, "--no-config", ...flags], { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" } });
  return { out: stdout, err: stderr, code: status };
}

interface Line {
  readonly file: string;
  readonly line: number;
  readonly bytesPerFrame: number | null;
  readonly predictedBytes: number | null;
  readonly function: string;
  readonly status: string;
}

function linesOf(program: string, ...flags: string[]): { readonly bytesPerFrame: number; readonly lines: readonly Line[] } {
  const { out, err } = measure(program, "--format", "json", ...flags);
  expect(err).toBe("");
  return JSON.parse(out) as { bytesPerFrame: number; lines: Line[] };
}

// Twice more at most: beside other work the engine may compile a function so late that what it compiles falls into every window. What a function makes in each call is
// there each time.
describe("bytes a frame", { retry: 2 }, () => {
  test("are those of the cost table, function by function and line by line", () => {
    const { bytesPerFrame, lines } = linesOf("micro.ts");
    const expected: readonly (readonly [string, number, number])[] = [
      ["literal", 11, GARBAGE_BYTES.object3], ["triple", 15, GARBAGE_BYTES.array3], ["capturing", 20, GARBAGE_BYTES.closureCapturing],
      ["copied", 24, GARBAGE_BYTES.slice], ["keys", 28, GARBAGE_BYTES.objectKeys], ["view", 32, GARBAGE_BYTES.subarray],
    ];
    for (const [name, line, bytes] of expected) {
      const found = lines.filter((each) => each.function === name);
      expect(found.map((each) => [each.file, each.line, each.status]), name).toEqual([[`${PROGRAMS}/micro.ts`, line, "measured and predicted"]]);
      expect(Math.abs((found[0]?.bytesPerFrame ?? 0) - bytes), name).toBeLessThanOrEqual(8);
    }
    expect(Math.abs(bytesPerFrame - expected.reduce((sum, [, , bytes]) => sum + bytes, 0))).toBeLessThanOrEqual(48);
  });

  test("are the same three times", () => {
    const runs = [1, 2, 3].map(() => linesOf("micro.ts").lines.map(({ line, bytesPerFrame }) => `${line}: ${(bytesPerFrame ?? 0).toFixed(1)}`));
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test("are none in the game of the examples", () => {
    expect(measure("asteroids.ts", "--budget", "0")).toMatchObject({ out: expect.stringMatching(/^0 bytes a frame: `frame` of .*\nwithin the budget of 0 bytes\n$/), code: 0 });
  });

  test("are named at the planted line of the faulty game", () => {
    const { lines } = linesOf("asteroids-buggy.ts");
    expect(lines.filter(({ status }) => status === "measured and predicted").map(({ file, line, function: name }) => [file, line, name])).toEqual([["examples/asteroids-buggy/src/entities.ts", 73, "Ship.aim"]]);
  });

  test("of all lines are those of the frame, also where functions are compiled into it, and a constructor's are those of its `new`", () => {
    const { bytesPerFrame, lines } = linesOf("vectors.ts");
    expect(bytesPerFrame).toBeGreaterThan(0);
    expect(Math.abs(lines.reduce((sum, line) => sum + (line.bytesPerFrame ?? 0), 0) - bytesPerFrame)).toBeLessThan(0.01);
    expect(lines.filter(({ status }) => status === "measured and predicted").map(({ line, function: name }) => [line, name])).toEqual([[26, "frame"]]);
    expect(lines.find(({ line }) => line === 26)?.bytesPerFrame ?? 0).toBeGreaterThanOrEqual(bytesPerFrame / 2);
  });

  test("of a program that imports images, styles, shaders, JSON and texts as bundlers let it", () => {
    expect(linesOf("assets.ts")).toMatchObject({ functions: ["frame"], bytesPerFrame: 0, lines: [] });
  });

  test("of a default export in plain JavaScript", () => {
    expect(linesOf("clean.js")).toMatchObject({ functions: ["default"], bytesPerFrame: 0, lines: [] });
  });
});

test("a budget that is kept ends with 0, one that is not with 1", () => {
  expect(measure("micro.ts#literal", "--budget", "0")).toMatchObject({ out: expect.stringContaining("over the budget of 0 bytes"), code: 1 });
  expect(measure("micro.ts#literal", "--budget", "64")).toMatchObject({ out: expect.stringContaining("within the budget of 64 bytes"), code: 0 });
});

test.each([
  ["nowhere.ts", [], "no such file: `packages/fa-cli/test/programs/measured/nowhere.ts`"],
  ["nothing.ts", [], "exports no function"],
  ["micro.ts#nix", [], "exports no function `nix`\n  = help: it exports `capturing`, `copied`, `keys`, `literal`, `triple`, `view`"],
  ["throws.ts", [], "frame 5 throws RangeError: the sixth\n  --> packages/fa-cli/test/programs/measured/throws.ts:3\n"],
  ["waits.ts", [], "`frame` gives a promise"],
  ["unfinished.ts", [], "`packages/fa-cli/test/programs/measured/unfinished.ts` cannot be loaded: SyntaxError: "],
  ["unfinished.ts", [], "unfinished.ts:3: '}' expected"],
  ["leaves.ts", [], "the measured process ended without an answer: it ended by itself with 3"],
  ["page.ts", [], "cannot be loaded: ReferenceError: document is not defined\n  --> packages/fa-cli/test/programs/measured/page.ts:2\n  = help: frames are measured in Node, without a page"],
  ["", [], "`packages/fa-cli/test/programs/measured/` is a folder"],
  ["endless.ts", ["--timeout", "2"], "no answer after 2 s"],
  ["micro.ts", ["--frames", "few"], "must be a whole number of at least 10"],
] as const)("%s %j is a fault of the caller", (program, flags, says) => {
  const { out, err, code } = measure(program, ...flags);
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain(says);
});
