/**
 * `npm run mutate`: plants bugs in clean programs and counts how many the analyzer finds, by code, with a type oracle and without one. Bugs are planted by
 * syntax tree and by what the engine knows of calls; which of all possible ones are run is drawn by lot, the same for the same seed.
 *
 *   --seed N        1 unless said
 *   --most N        mutants of each operator in each program; 4 unless said, 0 for all
 *   --only TEXT     of those drawn, the ones whose place, code, operator or description has the text; given more than once, all must fit
 *   --operators     a line for each operator, not for each code
 *   --show          prints the texts of the mutants that were missed
 *
 * Exit code 1 when a code is found in fewer than 95 % of its mutants, or in fewer than 85 % without an oracle; when a code has no mutant; or when a
 * finding is there only without an oracle.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CATALOGUE } from "@framealloc/rules";
import { analyze } from "@framealloc/fa-cli";
import { typeOracle } from "../packages/fa-cli/src/type-oracle.ts";
import { chooseMutants } from "./mutation/choose-mutants.ts";
import { CleanProgram } from "./mutation/clean-program.ts";
import { loadOperators } from "./mutation/load-operators.ts";
import { textsOf } from "./mutation/mutant.ts";
import { type MutableOracle, nameOf, type Outcome, runMutant } from "./mutation/run-mutant.ts";
import { isFound, onlyUntyped, percent, type Score, scoresOf } from "./mutation/score.ts";
import { walkFiles } from "./walk-files.mjs";

export const CLEAN_PROGRAMS = ["fixtures/projects/particle-storm", "fixtures/projects/flock", "fixtures/projects/dungeon", "examples/asteroids/src"];

const LEAST_TYPED = 95;
const LEAST_UNTYPED = 85;

const root = fileURLToPath(new URL("..", import.meta.url));

/** Reads one of them. Throws when a rule speaks on it: then it is not clean, and nothing planted in it proves anything. */
export function readCleanProgram(folder: string): CleanProgram {
  const files = walkFiles(join(root, folder)).filter((file) => /\.[cm]?[jt]sx?$/.test(file));
  const program = new CleanProgram(folder.replace(/^fixtures\/projects\/|^examples\/|\/src$/g, ""), new Map(files.map((file) => [file, readFileSync(join(root, folder, file), "utf8")])));
  const [first] = analyze(program.input, CATALOGUE).diagnostics;
  if (first !== undefined) throw new Error(`${folder} is not clean: ${first.code} in ${first.at.file}: ${first.message}`);
  return program;
}

/** Asks TypeScript about the program's files as they lie on disk, but for what it is told. */
export function oracleOf(folder: string): MutableOracle {
  return typeOracle({ root: join(root, folder), tsconfig: null });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: "string", default: "1" }, most: { type: "string", default: "4" }, only: { type: "string", multiple: true, default: [] }, operators: { type: "boolean", default: false }, show: { type: "boolean", default: false } } });
  const operators = await loadOperators();
  const programs = CLEAN_PROGRAMS.map(readCleanProgram);
  const oracles = new Map(programs.map((program, index) => [program, oracleOf(CLEAN_PROGRAMS[index] ?? "")]));
  const most = Number(values.most) === 0 ? Infinity : Number(values.most);
  const mutants = chooseMutants(programs, operators, Number(values.seed), most).filter((mutant) => values.only.every((text) => nameOf(mutant).includes(text)));
  const outcomes = mutants.map((mutant) => runMutant(mutant, CATALOGUE, oracles.get(mutant.program) ?? oracleOf("")));
  printTable(scoresOf(outcomes, ({ mutant: { operator } }) => (values.operators ? `${operator.code} ${operator.name}` : operator.code)));
  printMissed(outcomes, values.show);
  const scores = scoresOf(outcomes, ({ mutant }) => mutant.operator.code);
  const without = values.only.length > 0 ? [] : [...new Set(operators.map(({ code }) => code))].filter((code) => !scores.some(({ label }) => label === code));
  for (const code of without) console.log(`no mutant for ${code}`);
  const isEnough = scores.every((score) => percent(score.found, score.mutants) >= LEAST_TYPED && percent(score.foundUntyped, score.mutants) >= LEAST_UNTYPED);
  if (!isEnough || without.length > 0 || outcomes.length === 0 || outcomes.some((outcome) => onlyUntyped(outcome).length > 0)) process.exitCode = 1;
}

function printTable(scores: readonly Score[]): void {
  const total: Score = { label: "all", mutants: sum(scores, "mutants"), found: sum(scores, "found"), foundUntyped: sum(scores, "foundUntyped"), besides: [] };
  const rows = [...scores, total].map(({ label, mutants, found, foundUntyped, besides }) => [label, `${mutants}`, `${found}`, `${percent(found, mutants).toFixed(1)} %`, `${foundUntyped}`, `${percent(foundUntyped, mutants).toFixed(1)} %`, besides.map(([code, times]) => `${code} ${times}`).join(", ")]);
  const header = ["code", "mutants", "found", "", "untyped", "", "on the same mutants"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...rows]) console.log(row.map((cell, column) => (column === 0 || column === header.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ").trimEnd());
}

function sum(scores: readonly Score[], what: "mutants" | "found" | "foundUntyped"): number {
  return scores.reduce((total, score) => total + score[what], 0);
}

function printMissed(outcomes: readonly Outcome[], withTexts: boolean): void {
  for (const outcome of outcomes) {
    const name = nameOf(outcome.mutant);
    for (const mode of ["typed", "untyped"] as const) {
      if (isFound(outcome, mode) || (mode === "untyped" && !isFound(outcome, "typed"))) continue;
      const said = outcome[mode].map(({ code, at }) => `${code} in ${at.file}`).join(", ");
      console.log(`missed${mode === "untyped" ? " without an oracle" : ""}: ${name}${said === "" ? "" : ` (found: ${said})`}`);
      if (withTexts) for (const [file, text] of textsOf(outcome.mutant)) console.log(`--- ${file}\n${text}`);
    }
    for (const { code, at, message } of onlyUntyped(outcome)) console.log(`only without an oracle: ${name}: ${code} in ${at.file}: ${message}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
