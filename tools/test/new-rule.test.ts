/** The scaffold: what it makes passes every check, in a copy of the checkout; what it must refuse it refuses. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { problemWith, withEntry } from "../new-rule.ts";
import { readCheckout, tidy } from "../tidy.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the checkout without its fixtures, and with what is installed. */
function copyOfCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), "framealloc-new-rule-"));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const isSource = (path: string): boolean => !/[\\/](node_modules|dist)$/.test(path);
  for (const path of ["packages", "rules", "tools", "docs"]) cpSync(join(root, path), join(folder, path), { recursive: true, filter: isSource });
  for (const path of ["package.json", "tsconfig.base.json", "tsconfig.json", "vitest.config.ts", ".oxlintrc.json", "CHANGELOG.md", "README.md"]) cpSync(join(root, path), join(folder, path));
  mkdirSync(join(folder, "fixtures"));
  cpSync(join(root, "fixtures/fixtures.test.ts"), join(folder, "fixtures/fixtures.test.ts"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Runs a command of an installed package; its output, and 0 when it liked everything. */
function run(folder: string, command: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "node_modules", command), ...args], { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  return { status, output: stdout + stderr };
}

const PASSED = { status: 0, output: expect.anything() as string };

it("makes a rule that passes types, lint, generation, catalogue and fixtures at once", () => {
  const folder = copyOfCheckout();
  const made = run(folder, "tsx/dist/cli.mjs", "tools/new-rule.ts", "FA610", "some-name");
  expect(made).toEqual({ status: 0, output: expect.stringContaining("wrote rules/FA610-some-name.ts") as string });
  for (const path of ["fixtures/FA610/bad-some-name.ts", "fixtures/FA610/ok-other-name.ts", "docs/rules/FA610.md"]) expect(existsSync(join(folder, path)), path).toBe(true);
  expect(readFileSync(join(folder, "rules/catalogue.ts"), "utf8")).toContain("./FA610-some-name.ts");
  expect(readFileSync(join(folder, "CHANGELOG.md"), "utf8")).toContain("- FA610 `some-name`: ");

  expect(run(folder, "tsx/dist/cli.mjs", "tools/generate.ts", "--check")).toEqual(PASSED);
  expect(run(folder, "typescript-native/bin/tsc", "-p", "rules")).toEqual(PASSED);
  expect(run(folder, "oxlint/bin/oxlint", "--deny-warnings", "rules/FA610-some-name.ts")).toEqual(PASSED);
  const tests = run(folder, "vitest/vitest.mjs", "run", "fixtures", "rules/test", "-t", "FA610|the catalogue");
  expect(tests.output).toMatch(/Test Files +2 passed/);
  expect(tests.status).toBe(0);
  const besides = [...readCheckout(folder)].filter(([path]) => path.includes("FA610") || !path.endsWith(".ts"));
  expect(besides.filter(([path]) => path.includes("FA610")).map(([path]) => path).sort()).toEqual(["docs/rules/FA610.md", "fixtures/FA610/bad-some-name.ts", "fixtures/FA610/ok-other-name.ts", "rules/FA610-some-name.ts"]);
  expect(tidy(new Map(besides))).toEqual([]);

  const again = run(folder, "tsx/dist/cli.mjs", "tools/new-rule.ts", "FA610", "third-name");
  expect(again).toEqual({ status: 1, output: expect.stringContaining("FA610 is taken: rules/FA610-some-name.ts") as string });
  expect(existsSync(join(folder, "rules/FA610-third-name.ts"))).toBe(false);
}, 120_000);

describe("a code and a name", () => {
  const existing = ["FA002-frame-escape.ts", "FA601-frame-in-async.ts"];

  it.each([
    ["FA002", "other", "FA002 is taken: rules/FA002-frame-escape.ts"],
    ["FA102", "other", "FA102 is taken: it stands for `hooks-not-run`"],
    ["FA61", "some-name", "a code is FA and three digits"],
    ["fa610", "some-name", "a code is FA and three digits"],
    ["FA702", "some-name", "no family has codes like FA702"],
    ["FA902", "unparsed-file", "no family has codes like FA902"],
    ["FA610", "no-some-name", 'completes "allow ..."'],
    ["FA610", "prefer-pool", 'completes "allow ..."'],
    ["FA610", "someName", "a name is words of lower case letters"],
    ["FA610", "frame-escape", "the name `frame-escape` is taken: rules/FA002-frame-escape.ts"],
  ])("%s %s are refused", (code, name, problem) => {
    expect(problemWith(code, name, existing)).toContain(problem);
  });

  it.each([
    ["FA610", "some-name"],
    ["FA610", "escape"],
    ["FA602", "loop-allocation"],
  ])("%s %s are accepted", (code, name) => {
    expect(problemWith(code, name, existing)).toBe(null);
  });
});

describe("the change log", () => {
  it("takes the line at the end of what is added", () => {
    expect(withEntry("# L\n\n## Unreleased\n\n### Added\n\n- a\n\n### Fixed\n\n- b\n\n## 0.1.0\n", "- c")).toBe("# L\n\n## Unreleased\n\n### Added\n\n- a\n- c\n\n### Fixed\n\n- b\n\n## 0.1.0\n");
    expect(withEntry("# L\n\n## Unreleased\n\n### Added\n\n- a\n", "- c")).toBe("# L\n\n## Unreleased\n\n### Added\n\n- a\n- c\n");
  });

  it("gets the heading when nothing was added yet", () => {
    expect(withEntry("# L\n\n## Unreleased\n\n## 0.1.0\n", "- c")).toBe("# L\n\n## Unreleased\n\n### Added\n\n- c\n\n## 0.1.0\n");
  });

  it("must have a block for it", () => {
    expect(() => withEntry("# L\n", "- c")).toThrow("no block `## Unreleased`");
  });
});
