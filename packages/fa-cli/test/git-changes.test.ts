/** `--since`, `--staged` and `--changed` on repositories made here by git itself. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { changedLines } from "../src/git-changes.ts";
import { nodeHost } from "../src/host.ts";
import { runCommand } from "../src/run-command.ts";
import { TEST_CATALOGUE } from "./test-rules.ts";

const disk = nodeHost();
let folder = "";

beforeEach(() => {
  folder = join(realpathSync(mkdtempSync(join(tmpdir(), "fa-git-"))), "main");
  mkdirSync(folder);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.email", "a@example.com");
  git("config", "user.name", "a");
  git("config", "commit.gpgsign", "false");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dirname(folder), { recursive: true, force: true });
});

function git(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
}

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function commit(files: Readonly<Record<string, string>>): void {
  put(files);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "-m", "a");
}

/** `file:line code` of each finding, or what stands on standard error. */
async function fa(line: string, below = ""): Promise<string[]> {
  let out = "";
  let err = "";
  const stream = (write: (text: string) => void) => ({ isTerminal: false, columns: 80, write: (text: string) => { write(text); return Promise.resolve(); } });
  const host = { ...disk, cwd: join(folder, below), args: [...line.split(" "), "-f", "json"], out: stream((text) => { out += text; }), err: stream((text) => { err += text; }), setExitCode: () => {} };
  await runCommand(host, TEST_CATALOGUE);
  if (out === "") return [err];
  return JSON.parse(out).diagnostics.map(({ code, location: { file, start } }: { code: string; location: { file: string; start: { line: number } } }) => `${file}:${start.line} ${code}`);
}

describe("--changed", () => {
  test("files that are not committed, also new ones, and no others", async () => {
    commit({ "a.ts": "boom();\n", "b.ts": "boom();\n", ".gitignore": "c.ts\n" });
    put({ "a.ts": "boom();\ncreak();\n", "new.ts": "boom();\n", "c.ts": "boom();\n" });
    expect(await fa("--changed")).toEqual(["a.ts:1 FA002", "a.ts:2 FA602", "new.ts:1 FA002"]);
    expect(await fa("--changed --scope lines")).toEqual(["a.ts:2 FA602", "new.ts:1 FA002"]);
  });

  test("staged and unstaged alike; nothing changed is nothing found", async () => {
    commit({ "a.ts": "boom();\n" });
    expect(await fa("--changed")).toEqual([]);
    put({ "a.ts": "boom();\ncreak();\n" });
    git("add", "a.ts");
    expect(await fa("--changed --scope lines")).toEqual(["a.ts:2 FA602"]);
  });

  test("before the first commit everything is new", async () => {
    put({ "a.ts": "boom();\n", "b.ts": "creak();\n" });
    git("add", "a.ts");
    expect(await fa("--changed --scope lines")).toEqual(["a.ts:1 FA002", "b.ts:1 FA602"]);
  });

  test("a line that moved is not changed, one that a line was taken from before neither", async () => {
    commit({ "a.ts": "calm();\ncalm(1);\nboom();\n" });
    put({ "a.ts": "calm(1);\nboom();\ncreak();\n" });
    expect(await fa("--changed --scope lines")).toEqual(["a.ts:3 FA602"]);
  });

  test("a finding of several lines is in when one of them changed", async () => {
    commit({ "a.ts": "const = [\n1,\n2,\n];\n" });
    put({ "a.ts": "const = [\n1,\n3,\n];\n" });
    expect(await fa("--changed --scope lines")).toEqual(["a.ts:1 FA902"]);
  });
});

describe("--since", () => {
  test("what our branch did, not what happened on the other", async () => {
    commit({ "a.ts": "calm();\n", "b.ts": "calm();\n" });
    git("checkout", "--quiet", "-b", "ours");
    commit({ "a.ts": "calm();\nboom();\n" });
    git("checkout", "--quiet", "main");
    commit({ "b.ts": "creak();\n" });
    git("checkout", "--quiet", "ours");
    put({ "c.ts": "creak();\n" });
    expect(await fa("--since main")).toEqual(["a.ts:2 FA002", "c.ts:1 FA602"]);
    expect(await fa("--since main --scope lines")).toEqual(["a.ts:2 FA002", "c.ts:1 FA602"]);
  });

  test("a file that was renamed is changed, its lines are not", async () => {
    commit({ "old.ts": `boom();\n${"calm();\n".repeat(20)}` });
    renameSync(join(folder, "old.ts"), join(folder, "new.ts"));
    commit({ "new.ts": `boom();\n${"calm();\n".repeat(20)}creak();\n` });
    expect(await fa("--since HEAD~1")).toEqual(["new.ts:1 FA002", "new.ts:22 FA602"]);
    expect(await fa("--since HEAD~1 --scope lines")).toEqual(["new.ts:22 FA602"]);
  });

  test("names with spaces, quotes and letters of all kinds", async () => {
    commit({ "calm.ts": "calm();\n" });
    const names = ["a b.ts", "ü 字.ts", ...(process.platform === "win32" ? [] : ['say "x".ts', "tab\there.ts", "b\\c.ts"])];
    put(Object.fromEntries(names.map((name) => [name, "boom();\n"])));
    git("add", "--all");
    git("commit", "--quiet", "-m", "a");
    put(Object.fromEntries(names.map((name) => [name, "boom();\ncreak();\n"])));
    expect(await fa("--since HEAD --scope lines")).toEqual(names.toSorted().map((name) => `${name}:2 FA602`));
  });

  test("an unknown commit is a fault that names the nearest branch, and is never taken for an option", async () => {
    commit({ "a.ts": "boom();\n" });
    expect(await fa("--since mian")).toEqual(["error: --since: no such branch or commit: `mian`\n  = help: did you mean `main`?\n"]);
    expect((await fa("--since=--output=x"))[0]).toContain("no such branch or commit: `--output=x`");
    put({ ".git/shallow": spawnSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8" }).stdout });
    expect((await fa("--since mian"))[0]).toContain("help: this clone is shallow and may not have it: `git fetch` it");
    rmSync(join(folder, ".git/refs/heads"), { recursive: true });
    mkdirSync(join(folder, ".git/refs/heads"));
    expect((await fa("--since HEAD"))[0]).toContain("help: there is no commit yet");
  });
});

describe("--staged", () => {
  test("files as they are staged, not as they lie on the disk", async () => {
    commit({ "a.ts": "calm();\n", "b.ts": "calm();\n" });
    put({ "a.ts": "boom();\n" });
    git("add", "a.ts");
    put({ "a.ts": "calm();\ncalm();\ncalm();\n", "b.ts": "boom();\n", "new.ts": "boom();\n" });
    expect(await fa("--staged")).toEqual(["a.ts:1 FA002"]);
  });

  test("a file that is staged and gone from the disk, and one that is staged to go", async () => {
    commit({ "a.ts": "boom();\n", "b.ts": "calm();\n" });
    put({ "c.ts": "creak();\n" });
    git("add", "c.ts");
    git("rm", "--quiet", "a.ts");
    rmSync(join(folder, "c.ts"));
    expect(await fa("--staged")).toEqual(["c.ts:1 FA602"]);
  });

  test("only the staged lines", async () => {
    commit({ "a.ts": "boom();\ncalm();\n" });
    put({ "a.ts": "boom();\ncreak();\n" });
    git("add", "a.ts");
    expect(await fa("--staged --scope lines")).toEqual(["a.ts:2 FA602"]);
  });
});

test("a changed line is judged by its own entry of the baseline, not by that of one alike", async () => {
  commit({ "a.ts": "boom();\ncalm();\nboom();\n" });
  await fa("--update-baseline");
  put({ "a.ts": "boom();\ncalm();\nboom();\ncalm();\nboom();\n" });
  expect(await fa("a.ts --changed --scope lines --baseline")).toEqual(["a.ts:5 FA002"]);
  expect(await fa("a.ts --baseline")).toEqual(["a.ts:5 FA002"]);
});

test("in a folder of the repository names are relative to the folder", async () => {
  commit({ "app/a.ts": "calm();\n", "lib/b.ts": "calm();\n" });
  put({ "app/a.ts": "boom();\n", "lib/b.ts": "boom();\n" });
  expect(await fa("--changed", "app")).toEqual(["a.ts:1 FA002"]);
});

test("nothing that the repository names is run", async () => {
  commit({ "a.ts": "calm();\n" });
  put({ "a.ts": "boom();\n", "evil.sh": "#!/bin/sh\ntouch ran\ncat\n" });
  spawnSync("chmod", ["+x", "evil.sh"], { cwd: folder });
  git("config", "core.fsmonitor", "./evil.sh");
  git("config", "diff.external", "./evil.sh");
  git("config", "core.pager", "./evil.sh");
  git("config", "diff.evil.textconv", "./evil.sh");
  put({ ".gitattributes": "*.ts diff=evil\n" });
  expect(await fa("--changed --scope lines a.ts")).toEqual(["a.ts:1 FA002"]);
  expect(spawnSync("ls", [join(folder, "ran")]).status).not.toBe(0);
});

test("outside a repository it is a fault", async () => {
  rmSync(join(folder, ".git"), { recursive: true });
  put({ "a.ts": "boom();\n" });
  expect((await fa("--changed"))[0]).toBe("error: --changed: this is no git repository\n");
});

test("a repository that git will not open is said in its words", async () => {
  put({ ".git/config": "[core\n" });
  expect((await fa("--changed"))[0]).toContain("error: --changed: git failed: fatal: bad config line 1");
});

test("a hook of a work tree, asked from a folder in it", async () => {
  commit({ "app/a.ts": "calm();\n" });
  git("worktree", "add", "--quiet", "../wt", "-b", "ours");
  const tree = realpathSync(join(folder, "../wt"));
  writeFileSync(join(tree, "app/a.ts"), "boom();\n");
  spawnSync("git", ["add", "--all"], { cwd: tree });
  // What git sets there.
  const hook = { GIT_DIR: join(folder, ".git/worktrees/wt"), GIT_INDEX_FILE: join(folder, ".git/worktrees/wt/index") };
  for (const [name, value] of Object.entries(hook)) vi.stubEnv(name, value);
  expect(await fa("--staged", "../wt/app")).toEqual(["a.ts:1 FA002"]);
  expect(await fa("--staged", "../wt")).toEqual(["app/a.ts:1 FA002"]);
});

test("a patch is read by its counts: lines that look like headers are lines", () => {
  const patch = ["diff --git a/a.sql b/a.sql", "--- a/a.sql", "+++ b/a.sql", "@@ -1,2 +1,2 @@", "--- a/x", "--- b", "+++ b/y", "+++ c", "@@ -9 +9 @@ f", "-1", "\\ No newline at end of file", "+2", "\\ No newline at end of file", "diff --git a/b b/b", "--- a/b", "+++ /dev/null", "@@ -1 +0,0 @@", "-x", ""].join("\n");
  expect(changedLines(patch)).toEqual(new Map([["a.sql", [{ first: 1, last: 2 }, { first: 9, last: 9 }]]]));
});
