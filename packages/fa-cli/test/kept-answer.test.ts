/** Answers that are given again: whatever is edited between two calls, what is printed is what a run without any cache prints. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { baselineText } from "../src/baseline.ts";
import { type Host, nodeHost } from "../src/host.ts";
import { callOf, keptAnswer } from "../src/kept-answer.ts";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";
import { BASELINE_NAME } from "../src/run-flags.ts";
import { BROKEN, TEST_CATALOGUE } from "./test-rules.ts";

interface Said {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  /** It was kept, and nothing ran. */
  readonly isKept: boolean;
}

interface Parts {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  readonly node?: string;
  readonly tool?: string;
  readonly catalogue?: typeof TEST_CATALOGUE;
  /** By path; a text whose stamp is the same is not looked at. Without it nothing has a stamp. */
  readonly stamps?: ReadonlyMap<string, number>;
  readonly isCold?: boolean;
}

/** A call as the process makes it: first what is kept, then the command. The cache is written into `files`. */
async function call(files: Map<string, string>, parts: Parts = {}): Promise<Said> {
  const args = [...(parts.args ?? ["-f", "compact"]), ...(parts.isCold === true ? ["--no-cache"] : [])];
  const plain = memoryHost(files, { cwd: "/game", args, ...(parts.env === undefined ? {} : { env: parts.env }), ...(parts.isTerminal === undefined ? {} : { isTerminal: parts.isTerminal }) });
  const { stamps } = parts;
  const host: Host & Pick<typeof plain, "written" | "ended"> = {
    ...plain,
    node: parts.node ?? "v0",
    toolStamp: () => parts.tool ?? "one",
    ...(stamps === undefined ? {} : {
      dateMs: () => 1e9,
      stampOf: (path: string) => (plain.kindOf(path) === "none" ? null : { text: `${stamps.get(path) ?? 0} ${plain.list(path).map(({ name }) => name).sort().join()}`, changedMs: 0 }),
    }),
  };
  const answer = keptAnswer(host, callOf(host, host.node));
  if (answer !== null) return { out: answer.out, err: answer.err, code: answer.exitCode, isKept: true };
  await runCommand(host, parts.catalogue ?? TEST_CATALOGUE);
  for (const [path, text] of plain.files) if (path.includes("/.cache/")) files.set(path, text);
  return { ...plain.written, code: plain.ended.exitCode, isKept: false };
}

const filesOf = (files: Readonly<Record<string, string>>): Map<string, string> => new Map(Object.entries({ "/game/package.json": "{}", ...files }));

describe("a second call", () => {
  test.each([["compact"], ["terminal"], ["json"], ["sarif"], ["html"], ["junit"]])("in %s says the same, and nothing runs", async (format) => {
    const files = filesOf({ "/game/a.ts": "boom(); // fa-ignore-line FA002\ncreak();\n", "/game/b.ts": "const = 1;" });
    const first = await call(files, { args: ["-f", format] });
    const second = await call(files, { args: ["-f", format] });
    expect([first.isKept, second.isKept]).toEqual([false, true]);
    expect(second).toEqual({ ...first, isKept: true });
  });

  test("is another one with other arguments, another environment, another terminal, Node or build", async () => {
    const files = filesOf({ "/game/a.ts": "creak();\n" });
    await call(files);
    for (const parts of [{ args: ["-f", "compact", "-W"] }, { env: { FORCE_COLOR: "1" } }, { isTerminal: true }, { node: "v1" }, { tool: "two" }] satisfies Parts[]) expect((await call(files, parts)).isKept, JSON.stringify(parts)).toBe(false);
    expect((await call(files)).isKept).toBe(false);
    expect((await call(files)).isKept).toBe(true);
  });

  test.each([["-f", "compact", "--stats"], ["-f", "json=out.json"], ["-f", "github"], ["--no-cache"], ["--cache-location", "x"], ["--fail-fast"], ["--max-duration", "60"], ["--update-baseline"], ["--fix", "--dry-run"]])("of %s %s is never kept", async (...args) => {
    const files = filesOf({ "/game/a.ts": "creak();\n" });
    await call(files, { args });
    expect((await call(files, { args })).isKept).toBe(false);
    expect([...files.keys()].filter((path) => path.endsWith(".answer"))).toEqual([]);
  });

  test("of a run in which a rule failed is not kept", async () => {
    const files = filesOf({ "/game/a.ts": "boom();\n" });
    await call(files, { catalogue: [BROKEN] });
    expect((await call(files, { catalogue: [BROKEN] })).isKept).toBe(false);
  });

  test.each([["cut off", (text: string) => text.slice(0, -10)], ["changed", (text: string) => text.replace("FA602", "FA603")], ["empty", () => ""]])("whose entry is %s runs", async (_name, spoil) => {
    const files = filesOf({ "/game/a.ts": "creak();\n" });
    const first = await call(files);
    for (const [path, text] of files) if (path.endsWith(".answer")) files.set(path, spoil(text));
    expect(await call(files)).toEqual(first);
  });

  test("that finds a baseline changed hears it", async () => {
    const files = filesOf({ "/game/a.ts": "creak();\n", [`/game/${BASELINE_NAME}`]: baselineText(new Map()) });
    const args = ["--baseline", "-f", "compact"];
    expect((await call(files, { args })).code).toBe(0);
    expect(await call(files, { args })).toMatchObject({ code: 0, isKept: true });
    files.delete(`/game/${BASELINE_NAME}`);
    expect(await call(files, { args })).toMatchObject({ code: 2, isKept: false });
  });
});

test("after any edits a kept answer is what a run without a cache says", async () => {
  const NAMES = ["a.ts", "b.ts", "src/a.ts", "src/c.js", "lib/d.ts"];
  const TEXTS = ["boom();\n", "creak();\n", "calm();\n", "boom(); // fa-ignore-line FA002\n", 'import "./b.js";\ncalm();\n', "export const x = sigh();\n", "const = 1;\n", 'import "three";\nboom();\n'];
  const edit = fc.oneof(
    { weight: 6, arbitrary: fc.record({ name: fc.constantFrom(...NAMES), text: fc.constantFrom<string | null>(...TEXTS, null, null) }) },
    { weight: 2, arbitrary: fc.record({ name: fc.constantFrom(".fa.toml", "src/.fa.toml", "../.fa.toml"), text: fc.constantFrom<string | null>('[global]\nexclude = ["a.ts"]', '[lints.levels]\nFA602 = "deny"', '[lints.levels]\nFA002 = "hint"', "", null) }) },
    { weight: 1, arbitrary: fc.record({ name: fc.constantFrom(".gitignore", "package.json"), text: fc.constantFrom<string>("src\n", "b.ts\n", '{ "name": "other" }') }) },
  );
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(edit, { minLength: 1, maxLength: 3 }), async (byStamps, edits) => {
      const files = filesOf({ "/game/a.ts": "boom();\n", "/game/src/a.ts": "creak();\n" });
      const stamps = new Map<string, number>();
      const parts = byStamps ? { stamps } : {};
      await call(files, parts);
      for (const { name, text } of edits) {
        const path = join("/game", name);
        if (text === null) files.delete(path);
        else files.set(path, text);
        stamps.set(path, (stamps.get(path) ?? 0) + 1);
        const cold = await call(files, { ...parts, isCold: true });
        for (let round = 0; round < 2; round++) {
          const said = await call(files, parts);
          expect({ ...said, isKept: false }).toEqual(cold);
          if (said.isKept) kept += 1;
        }
      }
    }),
    { numRuns: 200 },
  );
  // One that is never kept would pass everything above.
  expect(kept).toBeGreaterThan(200);
});

describe("on the disk", () => {
  let folder = "";
  beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), "fa-answer-"))); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  const put = (name: string, text: string, at?: Date): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    if (at !== undefined) utimesSync(join(folder, name), at, at);
  };

  async function ask(): Promise<{ readonly out: string; readonly isKept: boolean }> {
    let out = "";
    const own = nodeHost();
    const stream = (name: "out" | "err") => ({ isTerminal: false, columns: 80, write: (text: string) => { if (name === "out") out += text; return Promise.resolve(); } });
    const host: Host = { ...own, cwd: folder, args: ["-f", "compact"], env: () => undefined, toolStamp: () => "one", out: stream("out"), err: stream("err"), setExitCode: () => {} };
    const answer = keptAnswer(host, callOf(host, host.node));
    if (answer !== null) return { out: answer.out, isKept: true };
    await runCommand(host, TEST_CATALOGUE);
    return { out, isKept: false };
  }

  test("a text of the same size, changed in the same tick of the clock, is seen", async () => {
    const at = new Date(2020, 1, 1);
    put("package.json", "{}");
    put("a.ts", "creak();\n", at);
    expect((await ask()).out).toContain("FA602");
    expect(await ask()).toMatchObject({ isKept: true });
    put("a.ts", "quiet();\n", at);
    expect(statSync(join(folder, "a.ts")).size).toBe("creak();\n".length);
    const after = await ask();
    expect(after.isKept).toBe(false);
    expect(after.out).not.toContain("FA602");
  });

  test("a file that comes into a folder, one that goes, and a folder of its own configuration are seen", async () => {
    put("package.json", "{}");
    put("src/a.ts", "creak();\n");
    await ask();
    expect((await ask()).isKept).toBe(true);
    put("src/b.ts", "boom();\n");
    expect((await ask()).out).toContain("FA002");
    rmSync(join(folder, "src/a.ts"));
    expect((await ask()).out).not.toContain("FA602");
    put("src/.fa.toml", '[lints]\ndisabled = ["FA002"]\n');
    expect((await ask()).out).not.toContain("FA002");
    expect((await ask()).isKept).toBe(true);
  });

  test("no half-written entry stays behind", async () => {
    put("package.json", "{}");
    put("a.ts", "creak();\n");
    await ask();
    expect(readdirSync(join(folder, "node_modules/.cache/fa")).filter((name) => !/^(?:\.gitignore|.*\.(?:json|answer))$/.test(name))).toEqual([]);
  });
});
