/**
 * `npm run bench -- runtime`: measures the runtime side by side with its baselines, prints the table and writes it to `bench/results/runtime.json`.
 * `npm run bench -- analyzer`: the same for `fa` and its peers (see analyzer.ts); `--project DIR` measures on other sources than three.js', `--node FILE` by another Node too.
 * `npm run bench -- plugin`: typed linting with the ESLint plugin and without (see plugin.ts); `--project DIR` as well.
 * `npm run bench -- agents`: the same for two agents beside each other, to `bench/results/agents.json`.
 *
 *   --quick       shorter warm-ups and samples; still five rounds
 *   --only TEXT   only contests and probes whose name, or one of whose rows, has the text
 *   --check       exit code 1 when a figure is not reached (and, in any case, when something could not be measured)
 *   --runtime DIR a package folder with another build of the runtime, measured instead of ours; writes no file
 *
 * How it is measured: see contest.ts. Absolute times are of the machine; what counts are the ratios.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { agentRows } from "./agents-probes.ts";
import { garbageOf, ratiosOf, runContest, timesOf, type Contestant, type ContestResult, type Effort } from "./contest.ts";
import { makeInstalledCopy, ROOT, type InstalledCopy } from "./installed-copy.ts";
import { median } from "./median.ts";
import { judge, machine, tableOf, verdictOf, type RowResult } from "./report.ts";
import { CONTESTS, type Contest, type Entry, type Row } from "./runtime-contests.ts";
import { PROBES } from "./runtime-probes.ts";

const FULL = { rounds: 5, samples: 15, sampleMs: 4, warmMs: 400, frames: 2000, imports: 15, items: 200_000 };
const QUICK = { rounds: 5, samples: 5, sampleMs: 2, warmMs: 150, frames: 500, imports: 5, items: 50_000 };

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: "boolean", default: false }, only: { type: "string" }, check: { type: "boolean", default: false }, runtime: { type: "string" }, project: { type: "string" }, node: { type: "string" } },
  });
  if (positionals.join() === "analyzer") {
    const { analyzerRows } = await import("./analyzer.ts");
    finish(await analyzerRows({ quick: values.quick, project: values.project, node: values.node }), "analyzer", values.quick, values.check, values.project === undefined);
    return;
  }
  if (positionals.join() === "plugin") {
    const { pluginRows } = await import("./plugin.ts");
    finish(pluginRows(values.quick ? 1 : 5, values.project), "plugin", values.quick, values.check, values.project === undefined);
    return;
  }
  const [subject] = positionals;
  if (positionals.length !== 1 || (subject !== "runtime" && subject !== "agents")) throw new Error("usage: npm run bench -- runtime|agents|analyzer|plugin [--quick] [--only TEXT] [--check]");
  const copy = await makeInstalledCopy(values.runtime);
  const rows: RowResult[] = [];
  try {
    if (copy.programs === undefined) console.error("no C compiler (`cc`): the rows against C are left out");
    const effort = values.quick ? QUICK : FULL;
    if (subject === "agents") rows.push(...(await orFailure("agents", () => agentRows(copy.folder, effort))));
    for (const contest of CONTESTS.filter(() => subject === "runtime").filter((each) => isWanted(values.only, each.name, ...each.rows.map(({ name }) => name)))) {
      console.error(`${contest.name} ...`);
      rows.push(...(await orFailure(contest.name, () => measure(contest, copy, effort))));
    }
    for (const [name, probe] of Object.entries(PROBES)) {
      if (subject !== "runtime" || !isWanted(values.only, name)) continue;
      console.error(`${name} ...`);
      rows.push(...(await orFailure(name, () => probe(copy.folder, effort))));
    }
  } finally {
    copy.remove();
  }
  finish(rows, subject, values.quick, values.check, values.only === undefined && values.runtime === undefined);
}

/** Prints, judges, and writes what is not a part of the whole. */
function finish(rows: readonly RowResult[], name: string, quick: boolean, check: boolean, isWhole: boolean): void {
  console.log(tableOf(rows));
  const missed = rows.filter(({ verdict }) => verdict === "MISSED").length;
  console.log(`\n${rows.filter(({ verdict }) => verdict === "ok").length} reached, ${missed} missed, ${rows.filter(({ verdict }) => verdict === "absent").length} not measured`);
  if (isWhole) write(rows, name, quick);
  if ((check && missed > 0) || rows.some(({ verdict }) => verdict === "FAILED")) process.exitCode = 1;
}

/** What cannot be measured takes nothing else with it: it is a row that says so, and why is told at once. */
async function orFailure(name: string, measured: () => Promise<readonly RowResult[]>): Promise<readonly RowResult[]> {
  try {
    return await measured();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return [{ name, ours: "", baseline: "", result: "not measured: see above", goal: "", verdict: "FAILED", value: null, rounds: {} }];
  }
}

function isWanted(only: string | undefined, ...names: readonly string[]): boolean {
  return only === undefined || names.some((name) => name.toLowerCase().includes(only.toLowerCase()));
}

function write(rows: readonly RowResult[], name: string, quick: boolean): void {
  const folder = join(ROOT, "bench/results");
  mkdirSync(folder, { recursive: true });
  const result = { date: new Date().toISOString(), machine: machine(), quick, rows };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 1)}\n`);
}

async function measure(contest: Contest, copy: InstalledCopy, effort: Effort): Promise<RowResult[]> {
  const contestants = new Map<string, Contestant>();
  for (const [name, entry] of Object.entries(contest.entries)) {
    const contestant = contestantOf(entry, copy);
    if (contestant !== undefined) contestants.set(name, contestant);
  }
  const result = await runContest(contestants, effort);
  const rows = contest.rows.map((row) => toResult(row, result));
  for (const name of contest.noGarbage) {
    const contestant = contestants.get(name);
    if (contestant === undefined || result.absent.has(name)) continue;
    const bytes = await garbageOf(name, contestant);
    rows.push({ name: `${contest.name}: garbage of a frame, ${name}`, ours: `${bytes} bytes`, baseline: "", result: "", goal: "0 bytes", verdict: verdictOf(bytes === 0), value: bytes, rounds: {} });
  }
  return rows;
}

/** Undefined for a C program without a compiler. */
function contestantOf(entry: Entry, copy: InstalledCopy): Contestant | undefined {
  if ("case" in entry) return { command: process.execPath, args: [join(copy.folder, "bench/contestant.mjs"), entry.case, entry.variant, JSON.stringify(entry.options ?? {})] };
  const program = copy.programs?.get(entry.program);
  return program === undefined ? undefined : { command: program, args: entry.args.map(String) };
}

function toResult(row: Row, { samples, absent }: ContestResult): RowResult {
  const ours = samples.get(row.ours);
  const baseline = row.baseline === undefined ? undefined : samples.get(row.baseline);
  if (ours === undefined || (row.baseline !== undefined && baseline === undefined)) {
    const why = absent.get(row.ours) ?? (row.baseline === undefined ? undefined : absent.get(row.baseline));
    const reason = why === undefined ? "no C compiler" : `${why}: not there yet`;
    return { name: row.name, ours: "", baseline: row.baseline ?? "", result: reason, goal: "", verdict: "absent", value: null, rounds: {} };
  }
  const times = timesOf(ours);
  if (baseline === undefined) {
    const { goal, verdict, result } = judge(row.goal ?? { kind: "within", ns: Infinity }, median(times));
    return { name: row.name, ours: result, baseline: "", result: "", goal: row.goal === undefined ? "" : goal, verdict: row.goal === undefined ? "shown" : verdict, value: median(times), rounds: { ours: times } };
  }
  const ratios = ratiosOf(ours, baseline);
  return {
    name: row.name,
    ours: `${median(times).toFixed(2)} ns`,
    baseline: `${row.baseline ?? ""} ${median(timesOf(baseline)).toFixed(2)} ns`,
    ...judge(row.goal, median(ratios)),
    value: median(ratios),
    rounds: { ours: times, [row.baseline ?? "baseline"]: timesOf(baseline), ratio: ratios },
  };
}
