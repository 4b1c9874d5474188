/** What people get wrong: each is said with what it is, where it stands and what was meant, on standard error, with exit code 2 and nothing on standard output. */
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { nodeHost } from "../src/host.ts";
import { runCommand } from "../src/run-command.ts";
import { asAnotherUser } from "./another-user.ts";
import { fa } from "./command-in-memory.ts";
import { BOOM, CREAK, SIGH } from "./test-rules.ts";

const ALL = { "src/a.ts": "boom();\n", "src/b.ts": "calm();\n" };
const OPTIONED = { ...CREAK, options: { max_iterations: { setting: "loopAllocationLimit", description: "rounds" } } } as const;
const config = (text: string): Readonly<Record<string, string>> => ({ ...ALL, ".fa.toml": text });

interface BadInput {
  readonly line: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What is said, in order. */
  readonly says: readonly string[];
}

const INPUTS: readonly BadInput[] = [
  // Flags that are none, and values that are none.
  { line: "--threding", says: ["unknown option '--threding'", "--threading"] },
  { line: "--fixx", says: ["unknown option '--fixx'", "--fix"] },
  { line: "-f sraif", says: ["-f, --format", "Did you mean `sarif`?"] },
  { line: "-f json=", says: ["A file is missing after `=`"] },
  { line: "-f json=src/a.ts", says: ["-f, --format", "`src/a.ts` is a source file, which the report would replace"] },
  { line: "--baseline=", says: ["--baseline", "It is empty"] },
  { line: "--cache-location=", says: ["--cache-location", "It is empty"] },
  { line: "--path=", says: ["-p, --path", "It is empty"] },
  { line: "doctor --path=", says: ["-p, --path", "It is empty"] },
  { line: "--stdin --stdin-filename=", says: ["--stdin-filename", "It is empty"] },
  { line: "--stdin src/a.ts", says: ["`--stdin` and the path `src/a.ts` cannot both be given", "`--stdin-filename src/a.ts`"] },
  { line: "help expain", says: ["Did you mean `explain`?"] },
  { line: "-f json -f compact", says: ["Only one report can go to standard output"] },
  { line: "--min-severity warn", says: ["--min-severity", "Did you mean `warning`?"] },
  { line: "--scope line --changed", says: ["--scope", "Did you mean `lines`?"] },
  { line: "--max-warnings -1", says: ["--max-warnings", "whole number, 0 or more"] },
  { line: "--max-duration soon", says: ["--max-duration", "number of seconds above 0"] },
  { line: "--concurrency 0", says: ["--concurrency", "1 or more"] },
  { line: "completion bsh", says: ["Did you mean `bash`?"] },
  { line: "init --ci githab", says: ["--ci", "Did you mean `github`?"] },
  { line: "explain", says: ["missing required argument 'code'"] },
  // Flags that contradict each other.
  { line: "--config a.toml --no-config", says: ["`--config` and `--no-config` cannot both be given"] },
  { line: "--since main --staged", says: ["`--since` and `--staged` cannot both be given"] },
  { line: "--stdin --fix", says: ["`--stdin` and `--fix` cannot both be given"] },
  { line: "--update-baseline --changed", says: ["`--update-baseline` and `--changed` cannot both be given"] },
  { line: "--watch --fix-suggestions", says: ["`--watch` and `--fix-suggestions` cannot both be given"] },
  { line: "--cache-location x --no-cache", says: ["`--cache-location` and `--no-cache` cannot both be given"] },
  { line: "--dry-run", says: ["`--dry-run` means something only with `--fix`"] },
  { line: "--scope lines", says: ["`--scope` means something only with `--since`"] },
  { line: "--stdin-filename a.ts", says: ["`--stdin-filename` means something only with `--stdin`"] },
  // Codes.
  { line: "--only FA6O2", says: ["--only: unknown code `FA6O2`", "did you mean `FA602`?"] },
  { line: "--deny FA701", says: ["--deny: unknown code `FA701`", "it is called `FA002` here"] },
  { line: "explain FA6O2", says: ["unknown code `FA6O2`", "did you mean `FA602`?"] },
  { line: "--threading", says: ["no rule is left to run", "`fa list`"] },
  { line: "--only FA102", says: ["--only: `FA102` is reported by the runtime alone", "`fa explain FA102`"] },
  { line: "-D fa501", says: ["`fa501` is reported by the runtime alone", "`fa explain FA501`"] },
  { line: "--only ,", says: ["--only", "It names no code"] },
  { line: "-A ,,", says: ["-A, --allow", "It names no code"] },
  // Paths.
  { line: "src\\a.ts", says: ["no such file or folder: `src\\a.ts`", "folders are separated by `/`: `src/a.ts`"] },
  { line: "src\\*.ts", says: ["no source file fits", "folders are separated by `/`: `src/*.ts`"] },
  { line: "scr", says: ["no such file or folder: `scr`", "did you mean `src`?"] },
  { line: "expain FA002", says: ["no such file or folder: `expain`", "did you mean `fa explain`?"] },
  { line: "src/*.tsx", says: ["no source file fits `src/*.tsx`"] },
  { line: "src/[a", says: ["bad glob `src/[a`"] },
  { line: "-e !a", says: ["--exclude: bad glob `!a`: a pattern cannot be negated"] },
  { line: "README.md", files: { ...ALL, "README.md": "" }, says: ["`README.md` is not a source file", "give a folder, a glob, a tsconfig"] },
  { line: "", files: { "README.md": "" }, says: ["nothing to analyze", "sources end in .js"] },
  { line: "-p web", says: ["no such folder: `web`"] },
  { line: "show src/c.ts", says: ["no such file: `src/c.ts`"] },
  { line: "--config a.toml", says: ["no such configuration: `a.toml`"] },
  { line: "--baseline", says: ["no such baseline: `.fa-baseline.json`", "`--update-baseline` writes one"] },
  { line: "--baseline", files: { ...ALL, ".fa-baseline.json": '{\n "version": 1,\n<<<<<<< HEAD' }, says: ["baseline `.fa-baseline.json` is not JSON", ".fa-baseline.json:3:1", "`--update-baseline` writes it anew"] },
  { line: "--baseline", files: { ...ALL, ".fa-baseline.json": '{ "version": 2 }' }, says: ["no baseline of version 1"] },
  { line: "--changed", says: ["--changed: `git` is not installed"] },
  { line: "tsconfig.json", files: { ...ALL, "tsconfig.json": '{\n  "include": "src"\n}' }, says: ["tsconfig `tsconfig.json`: `include` must be an array of paths", "--> tsconfig.json:2:14"] },
  { line: "tsconfig.json", files: { ...ALL, "tsconfig.json": '{ "references": ["../core"] }' }, says: ['`references` must be an array of `{ "path": ... }`', "--> tsconfig.json:1:17"] },
  { line: "", files: { ...ALL, "tsconfig.json": '{ "compilerOptions": { "outDir": 3 } }' }, says: ["`compilerOptions.outDir` must be a path", "--> tsconfig.json:1:34"] },
  { line: "tsconfig.json", files: { ...ALL, "tsconfig.json": '{ "include": [' }, says: ["tsconfig `tsconfig.json` is not JSON: ", "--> tsconfig.json:1:"] },
  // The configuration.
  { line: "", files: config("[lints\n"), says: ["invalid TOML", ".fa.toml:1:"] },
  { line: "", files: config("[global]\nexlude = []"), says: ["unknown key `global.exlude`", ".fa.toml:2:1", "did you mean `exclude`?"] },
  { line: "", files: config("[lints]\nlevel = 1"), says: ["unknown key `lints.level`", ".fa.toml:2:1", "did you mean `levels`?"] },
  { line: "", files: config('[lints.levels]\nFA602 = "error"'), says: ["`lints.levels.FA602` must be one of", ".fa.toml:2:9"] },
  { line: "", files: config('[lints.levels]\nfa620 = "deny"'), says: ["unknown code `fa620`", ".fa.toml:2:1", "did you mean `FA602`?"] },
  { line: "", files: config("[lints.FA602]\nmax_iteration = 5"), says: ["`FA602` has no option `max_iteration`", ".fa.toml:2:1", "did you mean `max_iterations`?"] },
  { line: "", files: config("[lints.FA602]\nmax_iterations = -5"), says: ["`lints.FA602.max_iterations` must be a whole number, 0 or more, not -5", ".fa.toml:2:18"] },
  { line: "", files: config("[lints.fa620]\nmax_iterations = 5"), says: ["unknown code `fa620`", ".fa.toml:1:8", "did you mean `FA602`?"] },
  { line: "", files: config("[lints.FA002]\nmax = 5"), says: ["`FA002` has no option `max`", ".fa.toml:2:1", "it has none"] },
  { line: "", files: config('[lints]\nFA602 = "deny"'), says: ["`lints.FA602` must be a table, not \"deny\"", ".fa.toml:2:9", "`[lints.levels]`"] },
  { line: "", files: config('[tags.module_tags]\n"src/[a" = ["x"]'), says: ["bad glob `src/[a`", ".fa.toml:2:1"] },
  { line: "", files: config('[global]\nextends = ["base.toml"]'), says: ["no such configuration: `base.toml`", ".fa.toml:2:12"] },
  { line: "doctor http://example.com", says: ["`http://example.com` is not on this machine", "http://localhost:5173"] },
  { line: "config src/c.ts", says: ["no such file: `src/c.ts`"] },
  { line: "init", files: config(""), says: ["`.fa.toml` is there already", "`--force` replaces it"] },
];

test.each(INPUTS.map((input) => [`fa ${input.line}`, input] as const))("%s", async (_name, { line, files, says }) => {
  const { out, err, code } = await fa(line, files ?? ALL, { rules: [BOOM, SIGH, OPTIONED] });
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toMatch(/^error: /);
  let from = 0;
  for (const part of says) {
    const at = err.indexOf(part, from);
    expect(at, `\`${part}\` in:\n${err}`).toBeGreaterThanOrEqual(0);
    from = at;
  }
  expect(err).not.toMatch(/\n {4}at /);
});

describe("on the disk", () => {
  const disk = nodeHost();

  async function onDisk(folder: string, ...args: readonly string[]): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
    const ended = { out: "", err: "", code: 0 };
    const stream = (name: "out" | "err") => ({ isTerminal: false, columns: 80, write: (text: string) => { ended[name] += text; return Promise.resolve(); } });
    await runCommand({ ...disk, cwd: folder, args, out: stream("out"), err: stream("err"), setExitCode: (code) => { ended.code = code; } }, [BOOM]);
    return ended;
  }

  async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "fa-bad-")));
    try {
      await run(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test("links that lead round in a circle, or nowhere", () => inFolder(async (folder) => {
    symlinkSync("b.ts", join(folder, "a.ts"));
    symlinkSync("a.ts", join(folder, "b.ts"));
    symlinkSync("nowhere.ts", join(folder, "c.ts"));
    for (const name of ["a.ts", "c.ts"]) expect(await onDisk(folder, name)).toMatchObject({ out: "", code: 2, err: expect.stringContaining(`no such file or folder: \`${name}\``) });
    expect(await onDisk(folder)).toMatchObject({ code: 2, err: expect.stringContaining("nothing to analyze") });
  }));

  test("a configuration that is a folder is none, one that is no text is a fault", () => inFolder(async (folder) => {
    writeFileSync(join(folder, "a.ts"), "calm();\n");
    mkdirSync(join(folder, ".fa.toml"));
    expect((await onDisk(folder)).code).toBe(0);
    rmSync(join(folder, ".fa.toml"), { recursive: true });
    writeFileSync(join(folder, ".fa.toml"), Buffer.from([0, 1, 2, 255]));
    expect(await onDisk(folder)).toMatchObject({ code: 2, err: expect.stringContaining("invalid TOML") });
  }));

  test("a report and a baseline where nothing may be written", () => inFolder((folder) => {
    writeFileSync(join(folder, "a.ts"), "calm();\n");
    mkdirSync(join(folder, "locked"));
    chmodSync(join(folder, "locked"), 0o555);
    const asUser = (...args: readonly string[]): ReturnType<typeof asAnotherUser> => asAnotherUser(folder, [fileURLToPath(new URL("../bin/fa.js", import.meta.url)), ...args]);
    expect(asUser("-f", "json=locked/a.json")).toMatchObject({ code: 2, err: "error: report `locked/a.json` cannot be written: EACCES: permission denied\n" });
    expect(asUser("--baseline=locked/b.json", "--update-baseline")).toMatchObject({ code: 2, err: "error: baseline `locked/b.json` cannot be written: EACCES: permission denied\n" });
    return Promise.resolve();
  }));

  test("a report to a device leaves the device what it is", () => inFolder(async (folder) => {
    writeFileSync(join(folder, "a.ts"), "boom();\n");
    symlinkSync("/dev/null", join(folder, "null"));
    expect(await onDisk(folder, "-f", "json=null")).toMatchObject({ code: 1 });
    expect(lstatSync(join(folder, "null")).isSymbolicLink()).toBe(true);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  }));

  test("a report where a folder is, and a baseline that may be read and no more", () => inFolder(async (folder) => {
    writeFileSync(join(folder, "a.ts"), "boom();\n");
    mkdirSync(join(folder, "out"));
    expect(await onDisk(folder, "-f", "json=out")).toMatchObject({ out: "", code: 2, err: "error: report `out` cannot be written: EISDIR: it is a folder\n" });
    writeFileSync(join(folder, "b.json"), '{ "version": 1, "findings": {} }\n', { mode: 0o444 });
    const asUser = asAnotherUser(folder, [fileURLToPath(new URL("../bin/fa.js", import.meta.url)), "--baseline=b.json", "--update-baseline"]);
    expect(asUser).toMatchObject({ code: 2, err: expect.stringContaining("baseline `b.json` cannot be written: EACCES: permission denied") });
  }));

  test("what is written again stays its owner's", () => inFolder(async (folder) => {
    writeFileSync(join(folder, "a.ts"), "boom();\n");
    writeFileSync(join(folder, "b.json"), '{ "version": 1, "findings": {} }\n', { mode: 0o640 });
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(join(folder, "b.json"), 1234, 1235);
    expect((await onDisk(folder, "--baseline=b.json", "--update-baseline")).code).toBe(0);
    const { uid, gid, mode } = statSync(join(folder, "b.json"));
    expect(mode & 0o777).toBe(0o640);
    if (isRoot) expect([uid, gid]).toEqual([1234, 1235]);
  }));

  test("a report where a file is in the way", () => inFolder(async (folder) => {
    writeFileSync(join(folder, "a.ts"), "calm();\n");
    expect(await onDisk(folder, "-f", "json=a.ts/b.json")).toMatchObject({ code: 2, err: expect.stringContaining("report `a.ts/b.json` cannot be written") });
  }));
});
