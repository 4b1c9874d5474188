/**
 * `npm run bench -- plugin`: the ESLint plugin beside typed linting without it, typescript-eslint's `recommendedTypeChecked` in both:
 *
 *   typed lint      the whole project, each in a process of its own, in turns: the ratio of a round counts
 *   re-lint         an edited file in the same process, as an editor does: what the plugin adds at the median, for an edit of a comment and for one of code
 *
 * The sources are planck's, which come in TypeScript; `--project DIR` takes a copy of others, with a tsconfig of our own.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectBuilt } from "../tools/build-packages.mjs";
import { ROOT } from "./installed-copy.ts";
import { median } from "./median.ts";
import { type RowResult, verdictOf } from "./report.ts";

const MOST_TIMES = 1.25;
const MOST_ADDED_MS = 50;
const EDITS = 9;

interface Lint {
  readonly files: number;
  readonly onceMs: number;
  readonly comment: readonly number[];
  readonly code: readonly number[];
}

/** Throws when a lint fails, or a file of the project cannot be linted. */
export function pluginRows(rounds: number, project: string | undefined): readonly RowResult[] {
  expectBuilt(ROOT, "@framealloc/eslint-plugin");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "framealloc-bench-")));
  try {
    cpSync(project ?? join(ROOT, "node_modules/planck/src"), join(folder, "src"), { recursive: true, filter: (each) => !/[/\\](?:node_modules|\.git)$/.test(each) });
    writeFileSync(join(folder, "package.json"), '{ "name": "corpus", "private": true, "type": "module" }\n');
    const compilerOptions = { allowJs: true, checkJs: false, noEmit: true, skipLibCheck: true, experimentalDecorators: true, target: "esnext", module: "esnext", moduleResolution: "bundler", lib: ["esnext", "dom", "webworker"], types: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    return rowsOf(takeTurns(rounds, folder), project ?? "planck");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Side = "with" | "without";

function takeTurns(rounds: number, folder: string): Readonly<Record<Side, readonly Lint[]>> {
  const measured: Record<Side, Lint[]> = { with: [], without: [] };
  for (let round = 0; round < rounds; round += 1) {
    const order: readonly Side[] = round % 2 === 0 ? ["with", "without"] : ["without", "with"];
    for (const side of order) measured[side].push(lint(folder, side));
  }
  return measured;
}

function lint(folder: string, side: Side): Lint {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--max-old-space-size=6000", join(ROOT, "bench/probes/lint.mjs"), folder, side, String(EDITS)], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`the lint ${side} the plugin ended with ${status}: ${stderr.slice(-1000)}`);
  return JSON.parse(stdout) as Lint;
}

function rowsOf({ with: ours, without }: Readonly<Record<Side, readonly Lint[]>>, project: string): readonly RowResult[] {
  const label = `${project} (${ours[0]?.files ?? 0} files)`;
  const ratios = ours.map(({ onceMs }, round) => onceMs / (without[round]?.onceMs ?? NaN));
  const ratio = median(ratios);
  const times = (lints: readonly Lint[]): readonly number[] => lints.map(({ onceMs }) => onceMs);
  const seconds = (list: readonly number[]): string => `${(median(list) / 1000).toFixed(1)} s`;
  const once: RowResult = {
    name: `${label}: typed lint`, ours: seconds(times(ours)), baseline: `without ${seconds(times(without))}`, result: `${ratio.toFixed(2)}x`, goal: `<= ${MOST_TIMES}x`,
    verdict: verdictOf(ratio <= MOST_TIMES), value: ratio, rounds: { ours: times(ours), without: times(without), ratio: ratios },
  };
  return [once, ...(["comment", "code"] as const).map((kind) => relintRow(label, kind, ours, without))];
}

function relintRow(label: string, kind: "comment" | "code", ours: readonly Lint[], without: readonly Lint[]): RowResult {
  const added = ours.map((each, round) => median(each[kind]) - median(without[round]?.[kind] ?? []));
  const all = (lints: readonly Lint[]): readonly number[] => lints.flatMap((each) => [...each[kind]]);
  const value = median(added);
  return {
    name: `${label}: re-lint of a file whose ${kind} was edited`, ours: `${median(all(ours)).toFixed(0)} ms`, baseline: `without ${median(all(without)).toFixed(0)} ms`, result: `${value < 0 ? "" : "+"}${value.toFixed(0)} ms`,
    goal: `<= +${MOST_ADDED_MS} ms`, verdict: verdictOf(value <= MOST_ADDED_MS), value, rounds: { ours: all(ours), without: all(without), added },
  };
}
