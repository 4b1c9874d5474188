/**
 * The demonstration: runs the built `fa --all` on the example game, which has faults on purpose, then on the examples of three.js,
 * real code that was not written for us. Ends with 0 only if both behaved as they should.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const SHOWN_FINDINGS = 25;
const root = fileURLToPath(new URL("..", import.meta.url));
const fa = builtCommand();

showFaultyGame();
showThirdParty();

/** Errors are expected here: exit code 1, and findings on the screen. */
function showFaultyGame() {
  const { stdout, status, seconds } = run(["--all", "examples/asteroids-buggy"]);
  process.stdout.write(stdout);
  const found = codesIn(stdout).length;
  if (status !== 1 || found === 0) fail(`expected findings and exit code 1, got ${found} findings and exit code ${status}`);
  console.log(`\n(exit code 1 after ${seconds} s, as it should be: this game is broken on purpose; the mended one is examples/asteroids)\n`);
}

/** Thousands of findings are possible here: the first ones are shown, and the totals. */
function showThirdParty() {
  const { stdout, status, seconds } = run(["--all", "--format", "compact", "node_modules/three/examples/jsm"]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const findings = lines.filter((line) => codesIn(line).length > 0);
  for (const line of findings.slice(0, SHOWN_FINDINGS)) console.log(line);
  if (findings.length > SHOWN_FINDINGS) console.log(`... and ${findings.length - SHOWN_FINDINGS} more (the command above shows all of them)`);
  if ((status !== 0 && status !== 1) || findings.length === 0) fail(`expected findings, got ${findings.length} and exit code ${status}`);
  console.log(`\n${summary(findings)} in three.js' own examples, in ${seconds} s`);
}

/** @param {string[]} args */
function run(args) {
  console.log(`$ npx fa ${args.join(" ")}`);
  const startedMs = performance.now();
  const result = spawnSync(process.execPath, [fa, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
    // The findings are shown on our own terminal, so colour is right exactly when it is right for us.
    env: process.stdout.isTTY && process.env["NO_COLOR"] === undefined ? { ...process.env, FORCE_COLOR: "1" } : process.env,
  });
  if (result.error) fail(`\`fa\` could not be run: ${result.error.message}`);
  if (result.signal) fail(`\`fa\` was ended by ${result.signal}`);
  return { stdout: result.stdout, status: result.status, seconds: ((performance.now() - startedMs) / 1000).toFixed(1) };
}

/** @param {string} text */
function codesIn(text) {
  return stripVTControlCharacters(text).match(/\bFA\d{3}\b/g) ?? [];
}

/**
 * How many findings of each code, most first.
 *
 * @param {string[]} findings
 */
function summary(findings) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const line of findings) {
    const code = codesIn(line)[0] ?? "";
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code}: ${count}`);
  return `${findings.length} findings (${parts.join(", ")})`;
}

function builtCommand() {
  const folder = join(root, "packages/fa-cli");
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, bin.fa);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`\nnpm start failed: ${message}`);
  process.exit(1);
}
