/** The benchmarks themselves: every contestant does its work and finds in memory what it wrote; contestants take turns; one that fails is told. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { ratiosOf, runContest, timesOf, type Contestant } from "../../bench/contest.ts";
import { compileBaselines } from "../../bench/installed-copy.ts";
import { median } from "../../bench/median.ts";
import { judge } from "../../bench/report.ts";
import { CONTESTS, type Entry } from "../../bench/runtime-contests.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "framealloc-bench-"));
const programs = compileBaselines(scratch);
afterAll(() => { rmSync(scratch, { recursive: true }); });

function commandOf(entry: Entry): readonly string[] | undefined {
  if ("case" in entry) return [process.execPath, join(root, "bench/contestant.mjs"), entry.case, entry.variant, JSON.stringify(entry.options ?? {})];
  const program = programs?.get(entry.program);
  return program === undefined ? undefined : [program, ...entry.args.map(String)];
}

describe.each(CONTESTS)("contest $name", ({ entries, rows, noGarbage }) => {
  it.for(Object.entries(entries))("%s finds what it wrote, and gives a time", ([, entry], { skip }) => {
    const [command, ...args] = commandOf(entry) ?? [];
    if (command === undefined) return skip("no C compiler");
    const { stdout, stderr, status } = spawnSync(command, args, { input: "sample 0\n", encoding: "utf8" });
    expect(status, stderr).toBe(0);
    const [first, second] = stdout.trim().split("\n").map((line) => JSON.parse(line) as { readonly absent?: string; readonly ns?: number });
    if (first?.absent !== undefined) return skip(`the runtime has no ${first.absent}`);
    expect(first).toEqual({ ready: true });
    expect(second?.ns).toBeGreaterThan(0);
  });

  it("its rows name its entries", () => {
    const named = [...rows.flatMap(({ ours, baseline }) => [ours, ...(baseline === undefined ? [] : [baseline])]), ...noGarbage];
    expect(named.filter((name) => entries[name] === undefined)).toEqual([]);
  });
});

/** A contestant that notes each request in a file and says a number each time. */
function noting(name: string, log: string, ns: number): Contestant {
  const program = `
    const { appendFileSync } = require("node:fs");
    console.log('{"ready":true}');
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(name)} + " " + line.split(" ")[0] + "\\n");
      console.log(JSON.stringify({ ns: ${ns} }));
    });`;
  return { command: process.execPath, args: ["-e", program] };
}

const EFFORT = { rounds: 2, samples: 2, sampleMs: 1, warmMs: 1 };

it("contestants take turns, another one first each time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "framealloc-bench-"));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  const log = join(folder, "log");
  const { samples } = await runContest(new Map([["a", noting("a", log, 6)], ["b", noting("b", log, 4)]]), EFFORT);
  const requests = readFileSync(log, "utf8").trim().split("\n");
  expect(requests).toEqual(["a warm", "b warm", "a sample", "b sample", "b sample", "a sample", "b warm", "a warm", "b sample", "a sample", "a sample", "b sample"]);
  const [a = [], b = []] = [samples.get("a"), samples.get("b")];
  expect(timesOf(a)).toEqual([6, 6]);
  expect(ratiosOf(a, b)).toEqual([1.5, 1.5]);
});

it("a contestant that fails is an error that names it and says why", async () => {
  const failing: Contestant = { command: process.execPath, args: ["-e", "console.log('{\"ready\":true}'); console.error('no memory'); process.stdin.once('data', () => process.exit(3))"] };
  await expect(runContest(new Map([["ours", failing]]), EFFORT)).rejects.toThrow("ours ended with exit code 3: no memory");
});

it("a contestant that cannot take part is left out", async () => {
  const absent: Contestant = { command: process.execPath, args: ["-e", "console.log('{\"absent\":\"soa\"}')"] };
  const result = await runContest(new Map([["ours", absent]]), EFFORT);
  expect(result.absent).toEqual(new Map([["ours", "soa"]]));
  expect(result.samples.size).toBe(0);
});

it("a median is the middle", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, NaN]);
});

it("a goal is judged on the exact value", () => {
  expect(judge({ kind: "at most", times: 1.4 }, 1.4)).toEqual({ goal: "<= 1.4x", verdict: "ok", result: "1.40x" });
  expect(judge({ kind: "at most", times: 1.4 }, 1.401).verdict).toBe("MISSED");
  expect(judge({ kind: "faster by", times: 4 }, 0.25)).toEqual({ goal: ">= 4x faster", verdict: "ok", result: "4.00x faster" });
  expect(judge({ kind: "faster by", times: 4 }, 0.26).verdict).toBe("MISSED");
  expect(judge({ kind: "within", ns: 50 }, 50.1)).toEqual({ goal: "<= 50 ns", verdict: "MISSED", result: "50.1 ns" });
  expect(judge(undefined, 9).verdict).toBe("shown");
});
