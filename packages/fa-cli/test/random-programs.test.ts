/**
 * Whatever the text, the analysis ends, without a fault of its own, and says the same of the same files in any order. `FUZZ_RUNS=10000` for a soak;
 * `FUZZ_SEED` repeats a run. Of what fails fast-check prints the smallest program and the seed.
 */
import { CATALOGUE } from "@framealloc/rules";
import { analyze } from "@framealloc/analysis";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openTexts } from "../src/open-texts.ts";
import { randomProgram, type RandomProgram } from "./random-program.ts";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 300);
const SEED = Number(process.env["FUZZ_SEED"] ?? (RUNS > 300 ? Date.now() % 0x7fff_ffff : 20261));
const MOST_SECONDS = 10;

interface Said {
  readonly diagnostics: string;
  readonly faults: string;
  /** The analysis' own failures: FA901 each. */
  readonly own: readonly string[];
}

function say(files: ReadonlyMap<string, string>): Said {
  const { input, faults } = openTexts(files);
  const { diagnostics, failures } = analyze(input, CATALOGUE);
  for (const { at, code } of diagnostics) {
    const length = files.get(at.file)?.length ?? -1;
    if (at.span.start < 0 || at.span.end > length || at.span.start > at.span.end) throw new Error(`${code} at ${at.span.start}..${at.span.end} of ${at.file}, which ends at ${length}`);
  }
  const failed = failures.map(({ code, error }) => `${code}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return { diagnostics: JSON.stringify(diagnostics), faults: JSON.stringify(faults), own: [...failed, ...faults.filter(({ kind }) => kind === "internal").map(({ message }) => message)] };
}

test(`${RUNS} random programs`, () => {
  const reached = { parsed: 0, damaged: 0, reported: 0 };
  const property = fc.property(randomProgram, (program: RandomProgram) => {
    const files = Object.entries(program);
    const before = process.cpuUsage();
    const said = say(new Map(files));
    expect(said.own).toEqual([]);
    // In a soak of all, else of some: it doubles the time.
    if (RUNS > 300 || (reached.parsed + reached.damaged) % 4 === 0) expect(say(new Map(files.toReversed()))).toEqual(said);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2 * MOST_SECONDS);
    if (said.faults === "[]") reached.parsed++;
    else reached.damaged++;
    if (said.diagnostics !== "[]") reached.reported++;
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
  // The grammar is worth something only while all three are common.
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(RUNS / 20);
}, 3_600_000);
