/** The last line of continuous integration says what the report says, also when there is none. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

function lastLine(report: object | null): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "framealloc-count-"));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const path = join(folder, "report.json");
  if (report !== null) writeFileSync(path, JSON.stringify(report));
  const script = fileURLToPath(new URL("../count-tests.mjs", import.meta.url));
  return spawnSync(process.execPath, [script, path], { encoding: "utf8" }).stdout.trimEnd().split("\n").at(-1);
}

const file = (status: string, tests: readonly string[]): object => ({ name: "a.test.ts", status, assertionResults: tests.map((each) => ({ status: each })) });

it("counts tests", () => {
  const testResults = [file("passed", ["passed", "passed"]), file("failed", ["failed", "passed"])];
  expect(lastLine({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 0, testResults })).toBe("3 passed, 1 failed");
});

it("counts a file that failed before its tests as one", () => {
  expect(lastLine({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [file("failed", [])] })).toBe("3 passed, 1 failed");
});

it("counts a run without a report as a failure", () => {
  expect(lastLine(null)).toBe("0 passed, 1 failed");
});
