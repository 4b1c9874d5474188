/** The built command in a process of its own, on a real folder: streams, pipes, exit codes, files, links. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectBuilt } from "../../../tools/build-packages.mjs";
import { nodeHost } from "../src/host.ts";
import { asAnotherUser } from "./another-user.ts";
import { VERSION } from "../src/version.ts";

const ENVIRONMENT = { ...process.env, NO_COLOR: "", FORCE_COLOR: "" };
const COMMAND = [fileURLToPath(new URL("../bin/fa.js", import.meta.url))];

const FRAME_ESCAPE = `import { SmartAlloc } from "@framealloc/runtime";
const alloc = new SmartAlloc();
const kept: unknown[] = [];
export function tick(): void {
  alloc.beginFrame();
  kept.push(alloc.frameBox(42));
  alloc.endFrame();
}
`;

beforeAll(() => { expectBuilt(fileURLToPath(new URL("../../..", import.meta.url)), "@framealloc/fa-cli"); });

let folder = "";

beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), "fa-main-"))); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function fa(...args: string[]): { readonly out: string; readonly err: string; readonly code: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...COMMAND, ...args], { cwd: folder, encoding: "utf8", env: ENVIRONMENT, maxBuffer: 1 << 28 });
  return { out: stdout, err: stderr, code: status };
}

describe("exit codes", () => {
  test("1 for a frame value that escapes, found by the real rules", () => {
    put({ "src/game.ts": FRAME_ESCAPE });
    const { out, err, code } = fa();
    expect(out).toMatch(/^error\[FA002\]: .*\n --> src\/game\.ts:6:\d+\n/);
    expect(err).toMatch(/^finished in \d+\.\d\d s\n$/);
    expect(code).toBe(1);
  });

  test("0 for a clean project", () => {
    put({ "src/game.ts": FRAME_ESCAPE.replace("frameBox", "poolBox") });
    expect(fa("--only", "FA002")).toMatchObject({ out: "no findings in 1 file\n", code: 0 });
  });

  test("2 for usage, configuration and nothing to analyze", () => {
    expect(fa("--nope")).toMatchObject({ out: "", err: expect.stringContaining("unknown option '--nope'"), code: 2 });
    expect(fa()).toMatchObject({ out: "", err: expect.stringContaining("nothing to analyze"), code: 2 });
    put({ "a.ts": "", ".fa.toml": "[global" });
    expect(fa()).toMatchObject({ out: "", err: expect.stringMatching(/^error: invalid TOML: .*\n {2}--> \.fa\.toml:1:\d+\n/), code: 2 });
  });

  test("a broken file does not keep the others from being analyzed", () => {
    put({ "broken.ts": "class {", "game.ts": FRAME_ESCAPE });
    const { out, code } = fa("-f", "compact");
    expect(out).toMatch(/^broken\.ts: line 1, col \d+, Error - this file does not parse: .* \(FA902\)\ngame\.ts: line 6/);
    expect(code).toBe(1);
  });
});

describe("output", () => {
  const many = (count: number): string => "f(); // fa-ignore-line FA002\n".repeat(count);

  test("a hundred thousand findings arrive whole", () => {
    put({ "a.js": many(100_000) });
    const { out, code } = fa("-f", "json");
    expect(JSON.parse(out).diagnostics).toHaveLength(100_000);
    expect(code).toBe(0);
  });

  test("a reader that has seen enough ends it quietly", async () => {
    put({ "a.js": many(50_000) });
    const child = spawn(process.execPath, [...COMMAND, "-f", "compact"], { cwd: folder, env: ENVIRONMENT, stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => { err += text; });
    child.stdout.once("data", () => { child.stdout.destroy(); });
    const code = await new Promise((resolve) => { child.once("close", resolve); });
    expect({ err, code }).toEqual({ err: "", code: 0 });
  });

  test("twice the same bytes", () => {
    put({ "b.ts": FRAME_ESCAPE, "a.ts": FRAME_ESCAPE });
    for (const format of ["terminal", "sarif"]) expect(fa("-f", format).out, format).toBe(fa("a.ts", "b.ts", "-f", format).out);
  });

  test("reports go to files, their folders made; no half-written file is left", () => {
    put({ "game.ts": FRAME_ESCAPE });
    const { out } = fa("-f", "sarif=out/deep/fa.sarif", "-f", "junit=out/fa.xml", "-f", "compact");
    expect(JSON.parse(readFileSync(join(folder, "out/deep/fa.sarif"), "utf8")).version).toBe("2.1.0");
    expect(readFileSync(join(folder, "out/fa.xml"), "utf8")).toMatch(/^<\?xml .*<\/testsuites>\n$/s);
    expect(out).toContain("(FA002)");
    put({ taken: "" });
    expect(fa("-f", "json=taken/report.json")).toMatchObject({ code: 2, err: expect.stringContaining("report `taken/report.json` cannot be written") });
  });
});

describe.skipIf(!existsSync("/proc/self"))("a folder that takes none", () => {
  test.each([
    [["-f", "json=/proc/fa/a.json"], 2, "error: report `/proc/fa/a.json` cannot be written: ENOENT"],
    [["--cache-location", "/proc/fa", "-f", "json"], 1, "/proc/fa/.gitignore` cannot be written: ENOENT"],
  ] as const)("%s is told so at once", (args, code, said) => {
    put({ "a.ts": FRAME_ESCAPE });
    const { stderr, status } = spawnSync(process.execPath, [...COMMAND, ...args], { cwd: folder, encoding: "utf8", env: ENVIRONMENT, timeout: 20_000 });
    expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringContaining(said) });
  }, 30_000);
});

describe.skipIf(!existsSync("/dev/full"))("a disk that is full", () => {
  const onto = (stream: 1 | 2, ...args: readonly string[]): { readonly said: string; readonly code: number | null } => {
    const full = openSync("/dev/full", "w");
    try {
      const { stdout, stderr, status } = spawnSync(process.execPath, [...COMMAND, ...args], { cwd: folder, encoding: "utf8", env: ENVIRONMENT, stdio: ["ignore", stream === 1 ? full : "pipe", stream === 2 ? full : "pipe"] });
      return { said: stream === 1 ? stderr : stdout, code: status };
    } finally {
      closeSync(full);
    }
  };

  test("is said in a sentence, and is no finding", () => {
    put({ "a.ts": FRAME_ESCAPE, "package.json": "{}" });
    // Of a report, of the same from what is kept, of documentation.
    for (const args of [["-f", "compact"], ["-f", "json"], ["-f", "json"], ["list"], ["--help"]]) {
      expect(onto(1, ...args), args.join(" ")).toEqual({ said: "error: standard output cannot be written: ENOSPC: no space left on device\n", code: 2 });
      if (args[1] === "json") fa(...args);
    }
    expect(onto(2, "-f", "json", "--verbose", "--no-cache")).toEqual({ said: expect.stringMatching(/^(?:\{[^]*)?$/), code: 2 });
  });
});

describe("the file system", () => {
  test("links are not followed, also not in a circle", () => {
    put({ "src/a.ts": "f();\n", "elsewhere/b.ts": "class {" });
    symlinkSync(join(folder, "src"), join(folder, "src/circle"));
    symlinkSync(join(folder, "elsewhere/b.ts"), join(folder, "src/link.ts"));
    expect(fa("src")).toMatchObject({ out: "no findings in 1 file\n", code: 0 });
  });

  const asUser = (...args: readonly string[]): ReturnType<typeof asAnotherUser> => asAnotherUser(folder, [...COMMAND, ...args]);

  test("files and folders that may not be read are reported", () => {
    put({ "a.ts": "f();\n", "secret.ts": "f();\n", "locked/b.ts": "f();\n" });
    chmodSync(join(folder, "secret.ts"), 0);
    chmodSync(join(folder, "locked"), 0);
    const { out, code } = asUser("-f", "compact");
    expect(out).toContain("secret.ts: line 1, col 1, Error - this file cannot be read: EACCES: permission denied (FA902)");
    expect(out).toContain("locked: line 1, col 1, Error - this folder cannot be listed: EACCES: permission denied (FA902)");
    expect(code).toBe(1);
    expect(asUser("-f", "compact", "-e", "locked", "-e", "secret.ts")).toMatchObject({ out: "", code: 0 });
    expect(asUser("locked")).toMatchObject({ out: "", code: 2, err: expect.stringContaining("nothing to analyze: the folder `locked` cannot be listed: EACCES: permission denied") });
    expect(asUser("doctor").out).toMatch(/^problem files .* 1 folder not listed\n +not listed locked: EACCES: permission denied$/m);
    for (const format of ["json", "sarif", "junit", "html"]) expect(asUser("-f", format).out, format).toContain("this folder cannot be listed");
  });

  test("who may read more finds more, whatever the cache holds", () => {
    put({ "package.json": "{}", "node_modules/.keep": "", "a.ts": "f();\n", "locked/b.ts": FRAME_ESCAPE });
    for (const name of ["", "node_modules", "locked"]) chmodSync(join(folder, name), 0o777);
    const open = fa("-f", "compact");
    expect(open.out).toContain("(FA002)");
    rmSync(join(folder, "node_modules/.cache"), { recursive: true });
    chmodSync(join(folder, "locked"), 0);
    expect(asUser("-f", "compact").out).toContain("this folder cannot be listed");
    if (process.getuid?.() === 0) expect(fa("-f", "compact").out).toBe(open.out);
    chmodSync(join(folder, "locked"), 0o777);
    expect(asUser("-f", "compact").out).toBe(open.out);
  });

  test("nothing of the project is run", () => {
    const trap = `require("node:fs").writeFileSync(${JSON.stringify(join(folder, "ran"))}, "");`;
    put({ "a.cjs": trap, "package.json": '{ "main": "./a.cjs" }', "tsconfig.json": '{ "extends": "./a.cjs" }', "fa.config.js": trap, ".eslintrc.js": trap });
    fa();
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});

test("imports on the disk: paths of the tsconfig, sources before builds, packages", () => {
  put({
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    "src/a.ts": "",
    "src/b.tsx": "",
    "src/c.ts": "",
    "src/c.js": "",
    "node_modules/p/package.json": '{ "name": "p", "exports": { "./x": { "types": "./x.d.ts", "default": "./x.js" } } }',
    "node_modules/p/x.d.ts": "",
    "node_modules/p/x.js": "",
  });
  const { resolveImport } = nodeHost();
  const from = join(folder, "src/a.ts");
  expect(["./b.js", "./c.js", "@/b", "p/x", "p", "./nowhere", "node:fs"].map((specifier) => resolveImport(from, specifier)?.slice(folder.length + 1) ?? null)).toEqual(["src/b.tsx", "src/c.ts", "src/b.tsx", "node_modules/p/x.d.ts", null, null, null]);
});

test("a function of the package itself, imported by the package's name, is read like any other", () => {
  put({
    "package.json": '{ "name": "bundles", "type": "module", "exports": "./bundles.js" }',
    "bundles.js": "export class Bundles { isStale(group, made) { return made.version !== group.version; } }",
    "main.js": 'import { Bundles } from "bundles";\nconst all = new Bundles();\nconst group = { version: 1 }, made = { version: 0, list: [] };\nfunction frame() {\n  if (all.isStale(group, made)) {\n    made.version = group.version;\n    made.list.push({ at: 1 });\n  }\n  made.list.push({ at: 2 });\n  requestAnimationFrame(frame);\n}\nrequestAnimationFrame(frame);\n',
  });
  expect(fa("--all", "--no-cache", "--format", "compact", ".").out.match(/line \d+/g)).toEqual(["line 9"]);
});

test("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(version);
  expect(fa("--version")).toEqual({ out: `${version}\n`, err: "", code: 0 });
});
