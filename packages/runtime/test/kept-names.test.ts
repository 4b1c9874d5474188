/**
 * Bundlers that keep names set that of each class, and V8 compiles nothing that makes instances of a class whose name was set: it tries again and again. The
 * classes that are made for types have none. The loader of these programs keeps names.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** A few are given up for other reasons while types of fields are still learned. */
const FEW = 20;

test.each(["struct", "scalar"])("what makes views of a %s is compiled where names are kept", (kind) => {
  const program = fileURLToPath(new URL("programs/make-views.ts", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, ["--trace-opt", "--import", "tsx", program, kind], { encoding: "utf8", cwd: fileURLToPath(new URL("..", import.meta.url)), maxBuffer: 1 << 28 });
  expect(stderr).toBe("");
  expect(stdout).toContain("made 1000000: true");
  const lines = stdout.split("\n").filter((line) => /JSFunction (?:make|makeMany) /.test(line));
  expect(lines.filter((line) => line.includes("completed optimizing")).length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes("aborted optimizing")).length).toBeLessThan(FEW);
});
