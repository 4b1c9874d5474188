/** The cache: whatever is edited between two runs, the second says what a run without it says, byte by byte. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { CATALOGUE } from "@framealloc/rules";
import type { Rule } from "@framealloc/analysis";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeHost } from "../src/host.ts";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";
import { BROKEN, nameRule, TEST_CATALOGUE } from "./test-rules.ts";

const MANIFEST = { "/game/package.json": "{}" };

interface Answer {
  readonly out: string;
  readonly code: number;
  readonly err: string;
  /** Files read and parsed, by `--stats`; none when the cache answered. */
  readonly opened: number;
}

/** Runs over a map of files, into which the cache is written; by texts, or by stamps that change when a text does. */
async function fa(line: string, files: Map<string, string>, parts: { readonly rules?: readonly Rule[]; readonly stamps?: Map<string, number>; readonly tool?: string; readonly isSlow?: boolean } = {}): Promise<Answer> {
  const plain = memoryHost(files, { cwd: "/game", args: [...line.split(" ").filter((word) => word !== ""), "--stats"] });
  const { stamps } = parts;
  let nowMs = 0;
  const host = {
    ...plain,
    nowMs: () => (parts.isSlow === true ? (nowMs += 1000) : 0),
    toolStamp: () => parts.tool ?? "one",
    ...(stamps === undefined ? {} : {
      dateMs: () => 1e9,
      stampOf: (path: string) => {
        const names = plain.list(path).map(({ name }) => name).sort().join();
        return plain.kindOf(path) === "none" ? null : { text: `${stamps.get(path) ?? 0} ${names}`, changedMs: 0 };
      },
    }),
  };
  await runCommand(host, parts.rules ?? TEST_CATALOGUE);
  for (const [path, text] of plain.files) if (path.includes("/.cache/")) files.set(path, text);
  const opened = Number(/^ {2}read files .* (\d+) files?$/m.exec(plain.written.err)?.[1] ?? 0);
  return { out: plain.written.out, code: plain.ended.exitCode, opened, err: plain.written.err.split("phase\n")[0] ?? "" };
}

const filesOf = (files: Readonly<Record<string, string>>): Map<string, string> => new Map(Object.entries({ ...MANIFEST, ...files }));

describe("what is kept", () => {
  test("a second run reads nothing and says the same", async () => {
    const files = filesOf({ "/game/a.ts": "boom(); // fa-ignore-line FA002\ncreak();\n", "/game/b.ts": "const = 1;" });
    const cold = await fa("-f json", files);
    const warm = await fa("-f json", files);
    expect([cold.opened, warm.opened]).toEqual([2, 0]);
    expect(warm).toEqual({ ...cold, opened: 0 });
  });

  test("levels, gates, formats and the baseline are heard anew", async () => {
    const files = filesOf({ "/game/a.ts": "creak();\n" });
    await fa("", files);
    expect(await fa("-W -f compact", files)).toMatchObject({ code: 1, opened: 0, out: expect.stringContaining("FA602") });
    expect(await fa("-A FA602", files)).toMatchObject({ opened: 0, out: "no findings in 1 file\n" });
  });

  test("other rules, paths and excluded files are other runs", async () => {
    const files = filesOf({ "/game/src/a.ts": "boom();\ncreak();\n", "/game/b.ts": "boom();\n" });
    await fa("-f compact", files);
    for (const line of ["--only FA602", "src", "-e src", "--skip FA002"]) expect((await fa(`${line} -f compact`, files)).out, line).toBe((await fa(`${line} -f compact --no-cache`, files)).out);
  });

  test.each([
    ["the configuration", (files: Map<string, string>) => files.set("/game/.fa.toml", '[global]\nexclude = ["b.ts"]')],
    ["a folder's configuration", (files: Map<string, string>) => files.set("/game/src/.fa.toml", '[global]\nexclude = ["a.ts"]')],
    ["a list of what is ignored", (files: Map<string, string>) => files.set("/game/.gitignore", "src\n")],
    ["a file that comes", (files: Map<string, string>) => files.set("/game/src/c.ts", "boom();\n")],
    ["a file that goes", (files: Map<string, string>) => files.delete("/game/src/a.ts")],
  ])("%s makes what is kept void", async (_name, edit) => {
    const files = filesOf({ "/game/src/a.ts": "boom();\n", "/game/b.ts": "creak();\n" });
    await fa("", files);
    edit(files);
    const after = await fa("-f json", files);
    expect(after.opened).toBeGreaterThan(0);
    expect(after.out).toBe((await fa("-f json --no-cache", files)).out);
  });

  test("a new build of the command finds anew", async () => {
    const files = filesOf({ "/game/a.ts": "boom();\n" });
    await fa("", files);
    expect((await fa("", files, { tool: "two" })).opened).toBe(1);
    expect((await fa("", files, { tool: "two" })).opened).toBe(0);
  });

  test("a finding that follows from another file changes when only that file does", async () => {
    const main = 'import { SmartAlloc } from "@framealloc/runtime";\nimport { make } from "./make.ts";\nconst alloc = new SmartAlloc();\nlet kept: unknown;\nexport function tick(): void {\n  alloc.beginFrame();\n  kept = make(alloc);\n  alloc.endFrame();\n}\nexport const look = () => kept;\n';
    const make = (name: string): string => `import type { SmartAlloc } from "@framealloc/runtime";\nexport function make(alloc: SmartAlloc): unknown {\n  return alloc.${name}(42);\n}\n`;
    const files = filesOf({ "/game/main.ts": main, "/game/make.ts": make("frameBox") });
    const codesIn = async (file: string): Promise<readonly string[]> => JSON.parse((await fa("-f json", files, { rules: CATALOGUE })).out).diagnostics.filter((each: { location: { file: string } }) => each.location.file === file).map(({ code }: { code: string }) => code);
    expect(await codesIn("main.ts")).toContain("FA002");
    files.set("/game/make.ts", make("poolBox"));
    expect(await codesIn("main.ts")).not.toContain("FA002");
    files.set("/game/make.ts", make("frameBox"));
    expect(await codesIn("main.ts")).toContain("FA002");
  });

  test("a run that was stopped, or in which a rule failed, keeps nothing", async () => {
    const files = filesOf({ "/game/a.ts": "boom();\n" });
    await fa("", files, { rules: [BROKEN] });
    expect((await fa("", files, { rules: [BROKEN] })).opened).toBe(1);
    expect((await fa("--max-duration 5", files, { isSlow: true })).out).toContain("partial");
    await fa("--fail-fast", files);
    expect((await fa("", files)).opened).toBe(1);
  });

  test("what is typed, staged or rewritten is not looked up", async () => {
    const files = filesOf({ "/game/a.ts": "calm();\n" });
    await fa("", files);
    const host = memoryHost(files, { cwd: "/game", args: ["--stdin", "--stdin-filename", "a.ts", "-f", "compact"], input: "boom();\n" });
    await runCommand(host, TEST_CATALOGUE);
    expect(host.written.out).toContain("FA002");
  });
});

describe("where it is kept", () => {
  const entries = (files: ReadonlyMap<string, string>): string[] => [...files.keys()].filter((path) => path.includes("cache") && path.endsWith(".json")).map((path) => posix.dirname(path));

  test("beside the installed packages, or where --cache-location says", async () => {
    const files = filesOf({ "/game/a.ts": "calm();\n" });
    await fa("", files);
    expect(entries(files)).toEqual(["/game/node_modules/.cache/fa"]);
    const elsewhere = filesOf({ "/game/a.ts": "calm();\n" });
    await fa("--cache-location ../.cache/x", elsewhere);
    expect(entries(elsewhere)).toEqual(["/.cache/x"]);
  });

  test("nowhere with --no-cache, and in a folder that is no package", async () => {
    const files = filesOf({ "/game/a.ts": "calm();\n" });
    await fa("--no-cache", files);
    expect(entries(files)).toEqual([]);
    const bare = new Map([["/game/a.ts", "calm();\n"]]);
    await fa("", bare);
    expect(entries(bare)).toEqual([]);
  });

  test.each([["cut off", (text: string) => text.slice(0, 100)], ["empty", () => ""], ["of another format", () => '{"format":0}'], ["changed by hand", (text: string) => text.replace("FA002", "FA003")], ["no JSON", () => "\u0000"]])("an entry that is %s counts as none, and is said", async (_name, spoil) => {
    const files = filesOf({ "/game/a.ts": "boom();\n" });
    const cold = await fa("-f json", files);
    for (const [path, text] of files) if (path.includes("/.cache/") && path.endsWith(".json")) files.set(path, spoil(text));
    const after = await fa("-f json", files);
    expect(after.out).toBe(cold.out);
    expect(after.err).toMatch(/^note: the cache `node_modules\/\.cache\/fa\/.*\.json` cannot be read and is made anew\n$/);
    expect(await fa("-f json", files)).toMatchObject({ opened: 0, err: "" });
  });
});

describe("after any edits", () => {
  const NAMES = ["a.ts", "b.ts", "src/a.ts", "src/c.js", "lib/d.ts"];
  const TEXTS = ["boom();\n", "creak();\n", "calm();\n", "boom(); // fa-ignore-line FA002\n", 'import "./b.js";\ncalm();\n', 'import { x } from "../lib/d";\nboom(x);\n', "export const x = sigh();\n", "const = 1;\n", 'import "three";\nboom();\n'];
  const edit = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), name: fc.constantFrom(...NAMES), text: fc.constantFrom(...TEXTS) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), name: fc.constantFrom(...NAMES), text: fc.constant("") }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const), name: fc.constantFrom(".fa.toml", "src/.fa.toml"), text: fc.constantFrom('[global]\nexclude = ["a.ts"]', '[lints.levels]\nFA602 = "deny"', "") }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const), name: fc.constant(".gitignore"), text: fc.constantFrom("src\n", "b.ts\n", "") }) },
  );

  // What an import leads to decides what a rule says: this one reports imports that are followed.
  const FOLLOWED = nameRule("FA603", "followed", "warning", {
    check: (facts, report) => {
      const { modules, resolve } = facts["program"] as { modules: readonly { file: string; role: string; imports: readonly { specifier: string; span: { start: number; end: number } }[] }[]; resolve: (file: string, specifier: string) => { file: string | null } };
      for (const { file, role, imports } of modules) if (role === "project") for (const { specifier, span } of imports) report({ at: { file, span }, message: `leads to ${resolve(file, specifier).file ?? "nothing"}` });
    },
  });
  const rules = [...TEST_CATALOGUE, FOLLOWED];

  test.each([["by texts", false, 200], ["by stamps", true, 60]] as const)("a warm run and a cold one say the same, %s", async (_name, byStamps, numRuns) => {
    let warmRuns = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const files = filesOf({ "/game/a.ts": "boom();\n", "/game/src/a.ts": TEXTS[5] ?? "" });
        const stamps = new Map<string, number>();
        const parts = byStamps ? { rules, stamps } : { rules };
        await fa("-f json", files, parts);
        for (const { kind, name, text } of edits) {
          const path = `/game/${name}`;
          if (kind === "write") files.set(path, text);
          else files.delete(path);
          stamps.set(path, (stamps.get(path) ?? 0) + 1);
          const warm = await fa("-f json", files, parts);
          const cold = await fa("-f json --no-cache", files, parts);
          expect({ ...warm, opened: 0 }).toEqual({ ...cold, opened: 0 });
          const again = await fa("-f json", files, parts);
          expect({ ...again, opened: 0 }).toEqual({ ...cold, opened: 0 });
          if (again.code !== 2 && again.opened === 0) warmRuns += 1;
        }
      }),
      { numRuns },
    );
    // A cache that never answers would pass everything above.
    expect(warmRuns).toBeGreaterThan(numRuns);
  });
});

describe("on the disk", () => {
  const disk = nodeHost();
  let folder = "";
  beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), "fa-cache-"))); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  const put = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };

  async function onDisk(line = "-f json"): Promise<{ readonly out: string; readonly opened: number }> {
    let out = "";
    let err = "";
    const stream = (write: (text: string) => void) => ({ isTerminal: false, columns: 80, write: (text: string) => { write(text); return Promise.resolve(); } });
    await runCommand({ ...disk, cwd: folder, args: [...line.split(" "), "--stats"], out: stream((text) => { out += text; }), err: stream((text) => { err += text; }), setExitCode: () => {} }, TEST_CATALOGUE);
    return { out, opened: Number(/^ {2}read files .* (\d+) files?$/m.exec(err)?.[1] ?? 0) };
  }

  test("edits of the same size in the same moment are seen; so are links, renames and packages that come", async () => {
    put("package.json", "{}");
    put("a.ts", "boom();\n");
    put("src/b.ts", 'import { x } from "lib";\nimport { y } from "./y.js";\ncalm(x, y);\n');
    const steps: readonly (() => void)[] = [
      () => { put("a.ts", "calm();\n"); },
      () => { put("a.ts", "boom();\n"); },
      () => { renameSync(join(folder, "a.ts"), join(folder, "c.ts")); },
      () => { put("node_modules/lib/package.json", '{ "name": "lib", "main": "x.js" }'); },
      () => { put("node_modules/lib/x.js", "boom();\n"); },
      () => { put("src/y.ts", "export const y = 1;\n"); },
      () => { put("tsconfig.json", '{ "compilerOptions": { "paths": { "lib": ["./lib/x.ts"] } } }'); },
      () => { put("lib/x.ts", "boom(); export const x = 1;\n"); },
      () => { rmSync(join(folder, "src/y.ts")); },
    ];
    await onDisk();
    for (const [index, step] of steps.entries()) {
      step();
      const warm = await onDisk();
      expect(warm.out, `step ${index}`).toBe((await onDisk("-f json --no-cache")).out);
      expect((await onDisk()).out, `step ${index} again`).toBe(warm.out);
    }
  });

  test("files that have not changed for a while are taken by their stamps, and a change that keeps size and time is seen", async () => {
    put("package.json", "{}");
    put("a.ts", "boom();\n");
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(folder, "a.ts"), old, old);
    await onDisk();
    expect((await onDisk()).opened).toBe(0);
    put("a.ts", "calm();\n");
    utimesSync(join(folder, "a.ts"), old, old);
    expect(JSON.parse((await onDisk()).out).diagnostics).toEqual([]);
  });

  test("reports written into the project leave it as it is; no half-written file is left", async () => {
    put("package.json", "{}");
    put("a.ts", "boom();\n");
    await onDisk("-f json -f sarif=report.sarif");
    expect((await onDisk("-f json -f sarif=report.sarif")).opened).toBe(0);
    expect(readdirSync(join(folder, "node_modules/.cache/fa")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(readFileSync(join(folder, "node_modules/.cache/fa/.gitignore"), "utf8")).toBe("*\n");
  });
});
