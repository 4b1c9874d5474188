/**
 * Prints `N passed, N failed` from the JSON report of a vitest run, and the skipped ones before it. A test file that failed before
 * its first test counts as one failed test, and so does a run that left no report.
 *
 *   node tools/count-tests.mjs <report.json>
 */
import { existsSync, readFileSync } from "node:fs";

const path = process.argv[2] ?? "";
if (existsSync(path)) {
  const report = JSON.parse(readFileSync(path, "utf8"));
  const broken = report.testResults.filter((/** @type {any} */ file) => file.status === "failed" && !file.assertionResults.some((/** @type {any} */ test) => test.status === "failed"));
  for (const file of broken) console.log(`failed before or between its tests: ${file.name}`);
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`);
} else {
  console.log(`the test run left no report at ${path}`);
  console.log("0 passed, 1 failed");
}
