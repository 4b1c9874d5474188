/** Every flag and every command, run as the users' process from the packed packages in a project that holds nothing else. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { buildProgram } from "../src/parse-args.ts";
import { type Installed, installPacked } from "./packed.ts";

const installed: Installed = installPacked();
const { put, fa, faWith, folder } = installed;
afterAll(() => { installed.remove(); });

const GAME = `import { SmartAlloc, f32, struct } from "@framealloc/runtime";
const alloc = new SmartAlloc();
const Sample = struct({ value: f32, weight: f32 });
const kept: unknown[] = [];
export function tick(): void {
  alloc.beginFrame();
  kept.push(alloc.frameBox(42));
  for (let i = 0; i < 500; i++) {
    const s = alloc.frameAlloc(Sample);
    s.value = i;
  }
  alloc.endFrame();
}
`;
const CLEAN = "export const one = 1;\n";
/** Keeps what another file makes. */
const LATE = `import { SmartAlloc } from "@framealloc/runtime";
import { made } from "./made.js";
const alloc = new SmartAlloc();
let kept: unknown;
export function tick(): void {
  alloc.beginFrame();
  kept = made(alloc);
  alloc.endFrame();
}
export const last = (): unknown => kept;
`;
const MADE = 'import { f32, type SmartAlloc } from "@framealloc/runtime";\nexport const made = (alloc: SmartAlloc): Float32Array => alloc.frameSlice(f32, 4);\n';

beforeEach(() => { installed.empty(); });

/** Flags that a test below has run; the last test compares them with those that there are. */
const shown = new Set<string>();

function flag(name: string, title: string, run: () => void | Promise<void>): void {
  for (const each of name.split(" ")) shown.add(each);
  test(`${name}: ${title}`, run);
}

const codes = (out: string): string[] => [...out.matchAll(/\((FA\d+)\)$/gm)].map((match) => match[1] ?? "");
const compact = (...args: readonly string[]): string[] => codes(fa("-f", "compact", ...args).out);

describe("what is analyzed", () => {
  beforeEach(() => { put({ "src/game.ts": GAME, "src/clean.ts": CLEAN }); });

  flag("--all", "every rule, as without it", () => { expect(compact("--all")).toEqual(["FA002", "FA602"]); });
  flag("--dirtymem --async-safety", "families", () => {
    expect(compact("--dirtymem")).toEqual(["FA002", "FA602"]);
    expect(compact("--async-safety")).toEqual(["FA602"]);
  });
  flag("--threading --budgets --intent --integration --architecture", "families without findings here", () => {
    for (const family of ["--threading", "--budgets", "--intent", "--integration", "--architecture"]) expect(fa(family), family).toMatchObject({ code: 0, out: "no findings in 2 files\n" });
  });
  flag("--only --skip", "codes and families", () => {
    expect(compact("--only", "FA6xx")).toEqual(["FA602"]);
    expect(compact("--skip", "FA6xx")).toEqual(["FA002"]);
  });
  flag("--exclude", "globs", () => { expect(fa("-e", "game.ts").out).toBe("no findings in 1 file\n"); });
  flag("--path", "another folder", () => { expect(fa("-p", "src", "-f", "compact").out).toContain("game.ts: line 7"); });
  flag("--config --no-config", "a file, or none", () => {
    put({ ".fa.toml": '[lints]\ndisabled = ["FA0xx"]', "other.toml": '[lints]\ndisabled = ["FA6xx"]' });
    expect(compact()).toEqual(["FA602"]);
    expect(compact("--config", "other.toml")).toEqual(["FA002"]);
    expect(compact("--no-config")).toEqual(["FA002", "FA602"]);
  });
  flag("--stdin --stdin-filename", "a text in place of a file", () => {
    const { out, code } = faWith({ input: GAME }, "--stdin", "--stdin-filename", "src/clean.ts", "-f", "compact");
    expect({ found: codes(out), code }).toEqual({ found: ["FA002", "FA602"], code: 1 });
    expect(out).toContain("src/clean.ts: line 7");
  });
});

describe("what counts", () => {
  beforeEach(() => { put({ "src/game.ts": GAME }); });

  flag("--deny --allow", "levels", () => {
    expect(fa("-A", "FA002").code).toBe(0);
    expect(fa("-A", "FA002", "-D", "FA602").code).toBe(1);
  });
  flag("--deny-warnings --max-warnings", "gates", () => {
    expect(fa("-A", "FA002", "-W").code).toBe(1);
    expect(fa("-A", "FA002", "--max-warnings", "0").code).toBe(1);
    expect(fa("-A", "FA002", "--max-warnings", "1").code).toBe(0);
  });
  flag("--quiet --min-severity", "errors alone", () => {
    expect(fa("--quiet").out).toContain("1 error in 1 of 1 file (1 not shown)\n");
    expect(compact("--min-severity", "error")).toEqual(["FA002"]);
  });
  flag("--report-unused-suppressions --require-reason --no-inline-config", "comments", () => {
    put({ "src/game.ts": `// fa-ignore-file\n${GAME}`, "b.ts": "// fa-ignore-file\n" });
    expect(compact()).toEqual(["FA900"]);
    expect(fa("--report-unused-suppressions").code).toBe(1);
    expect(compact("--require-reason")).toEqual(["FA900", "FA900", "FA900"]);
    expect(compact("--no-inline-config")).toEqual(["FA002", "FA602"]);
  });
  flag("--baseline --update-baseline --prune-baseline", "what is known", () => {
    expect(fa("--update-baseline").code).toBe(0);
    expect(fa("--baseline").code).toBe(0);
    put({ "src/game.ts": CLEAN });
    expect(fa("--prune-baseline").err).toContain(".fa-baseline.json holds 0 findings");
  });
  flag("--since --staged --changed --scope", "what changed", () => {
    const git = (...args: readonly string[]): void => { expect(spawnSync("git", ["-c", "user.email=a@b", "-c", "user.name=a", ...args], { cwd: folder, encoding: "utf8" })).toMatchObject({ status: 0 }); };
    git("init", "-q");
    git("add", "-A");
    git("commit", "-q", "-m", "a");
    put({ "src/game.ts": GAME.replace("kept.push", "// changed\n  kept.push").replace("frameBox(42)", "frameBox(43)") });
    expect(compact("--changed")).toEqual(["FA002", "FA602"]);
    expect(compact("--since", "HEAD", "--scope", "lines")).toEqual(["FA002"]);
    expect(fa("--staged").out).toContain("no findings in 0 files\n");
  });
});

describe("how it goes", () => {
  beforeEach(() => { put({ "src/game.ts": GAME }); });

  flag("--fail-fast", "the first error", () => { expect(compact("--fail-fast")).toEqual(["FA002"]); });
  flag("--max-duration", "a partial result", () => { expect(fa("--max-duration", "0.001")).toMatchObject({ out: expect.stringContaining("partial result"), code: 2 }); });
  flag("--fix --fix-suggestions --dry-run", "rewrites", () => {
    expect(fa("--fix").err).not.toContain("rewrote");
    expect(fa("--fix-suggestions", "--dry-run").out).toMatch(/^--- a\/src\/game\.ts\n\+\+\+ b\/src\/game\.ts\n@@/);
    expect(fa("--fix-suggestions").err).toContain("rewrote 1 finding in 1 file");
    expect(compact()).toEqual(["FA002"]);
    expect(fa("--fix-suggestions").err).not.toContain("rewrote");
  });
  flag("--cache --no-cache --cache-location", "what is kept", () => {
    put({ "package.json": "{}" });
    fa();
    expect(existsSync(join(folder, "node_modules/.cache/fa"))).toBe(true);
    expect(fa("--stats", "--cache").err).not.toContain("read files");
    expect(fa("--stats", "--no-cache").err).toContain("read files");
    fa("--cache-location", "kept");
    expect(existsSync(join(folder, "kept/.gitignore"))).toBe(true);
  });
  flag("--concurrency", "changes nothing of what is found", () => { expect(fa("--concurrency", "2", "-f", "json").out).toBe(fa("-f", "json").out); });
  flag("--stats --verbose", "on standard error alone", () => {
    const { out, err } = fa("--stats", "--verbose", "-f", "json");
    expect(JSON.parse(out).summary.errors).toBe(1);
    expect(err).toMatch(/configuration: none[^]*phase\n/);
  });
  flag("--format", "several reports", () => {
    expect(JSON.parse(fa("-f", "json", "-f", "sarif=out/fa.sarif").out).version).toBe(1);
    expect(JSON.parse(readFileSync(join(folder, "out/fa.sarif"), "utf8")).version).toBe("2.1.0");
  });
  flag("--color --no-color", "whatever the environment says", () => {
    expect(fa("--color").out).toContain("\u001b[");
    expect(faWith({ env: { FORCE_COLOR: "1" } }, "--no-color").out).not.toContain("\u001b[");
    expect(faWith({ env: { FORCE_COLOR: "1" } }).out).toContain("\u001b[");
    expect(faWith({ env: { FORCE_COLOR: "1", NO_COLOR: "1" } }).out).toContain("\u001b[");
  });
  flag("--help --version", "to standard output", () => {
    expect(fa("--help")).toMatchObject({ code: 0, err: "", out: expect.stringContaining("Usage: fa [options] [command] [paths...]") });
    expect(fa("--version").out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  flag("--watch", "an edit, a file that comes or goes, one that is renamed and the configuration are reported; Ctrl-C ends with 130", async () => {
    put({ "src/game.ts": CLEAN });
    const child = spawn(process.execPath, [installed.command, "--watch", "-f", "compact"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => { out += text; });
    child.stderr.setEncoding("utf8").on("data", (text: string) => { err += text; });
    const rounds = (): number => err.split("watching for changes").length - 1;
    /** Waits until `text` is said after the change, and as many findings as given have come and gone: an editor's rename may be heard in two rounds. */
    const after = async (change: () => void, text: string, come = 0, gone = 0): Promise<void> => {
      const from = err.length;
      change();
      const sum = (pattern: RegExp): number => [...err.slice(from).matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
      await expect.poll(() => [err.slice(from).includes(text), sum(/(\d+) findings? new/g), sum(/(\d+) gone/g)], { timeout: 30_000, interval: 100 }).toEqual([true, come, gone]);
    };
    try {
      await expect.poll(rounds, { timeout: 30_000 }).toBe(1);
      await after(() => { put({ "src/game.ts": GAME }); }, "changed: src/game.ts; ", 2);
      expect(codes(out)).toEqual(["FA002", "FA602"]);
      await after(() => { spawnSync("mv", ["src/game.ts", "src/other.ts"], { cwd: folder }); }, "src/other.ts", 2, 2);
      await after(() => { put({ ".fa.toml": '[lints]\ndisabled = ["FA6xx"]' }); }, ".fa.toml", 0, 1);
      await after(() => { put({ ".fa.toml": "[lint]" }); }, "error: unknown key `lint`");
      await after(() => { put({ ".fa.toml": "" }); }, ".fa.toml", 1);
      await after(() => { put({ "src/late.ts": LATE }); }, "changed: src/late.ts; ");
      await after(() => { put({ "src/made.ts": MADE }); }, "changed: src/made.ts; ", 1);
      await after(() => { spawnSync("rm", ["src/made.ts"], { cwd: folder }); }, "changed: src/made.ts; ", 0, 1);
      await after(() => { spawnSync("rm", ["src/other.ts", "src/late.ts"], { cwd: folder }); }, "error: nothing to analyze");
      child.kill("SIGINT");
      expect(await new Promise((resolve) => { child.once("close", resolve); })).toBe(130);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

test("Ctrl-C in a run ends it with 130 and what was found so far", async () => {
  put(Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`src/game${index}.ts`, GAME])));
  const interrupted = async (delayMs: number): Promise<{ readonly out: string; readonly code: unknown }> => {
    const child = spawn(process.execPath, [installed.command, "-f", "json", "--no-cache"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => { out += text; });
    setTimeout(() => { child.kill("SIGINT"); }, delayMs);
    const code = await new Promise((resolve) => { child.once("close", (status, signal) => { resolve(status ?? signal); }); });
    return { out, code };
  };
  // Before the command listens, Node ends at once, by the signal; how long that takes is the machine's.
  for (let delayMs = 150; delayMs < 20_000; delayMs *= 1.5) {
    const { out, code } = await interrupted(delayMs);
    if (code === "SIGINT") continue;
    expect(code).toBe(130);
    expect(JSON.parse(out).partial).toContain("interrupted");
    return;
  }
  throw new Error("the command never listened");
});

test("every flag that there is has been run above", () => {
  const flags = buildProgram("0.0.0", () => {}).options.map(({ long }) => long ?? "");
  expect(flags.filter((long) => !shown.has(long) && long !== "--help")).toEqual([]);
});
