/** What a benchmark found: rows with a verdict each, as a table and as data. */
import { cpus, totalmem, type } from "node:os";
import type { Goal } from "./runtime-contests.ts";

export interface RowResult {
  readonly name: string;
  /** What was measured of ours: "3.4 ns", "18.0 kB". */
  readonly ours: string;
  /** The baseline's name and figure; empty where the figure is absolute. */
  readonly baseline: string;
  /** As the goal is worded: "1.32x", "5.1x faster". */
  readonly result: string;
  readonly goal: string;
  readonly verdict: "ok" | "MISSED" | "shown" | "absent" | "FAILED";
  /** The numbers behind it, a list a round. */
  readonly rounds: Readonly<Record<string, readonly number[]>>;
  /** The median that the verdict is on. */
  readonly value: number | null;
}

/** What "at most 1.4" and its kin mean for a value, a ratio or nanoseconds. */
export function judge(goal: Goal | undefined, value: number): { readonly goal: string; readonly verdict: RowResult["verdict"]; readonly result: string } {
  if (goal === undefined) return { goal: "", verdict: "shown", result: `${value.toFixed(2)}x` };
  switch (goal.kind) {
    case "at most": return { goal: `<= ${goal.times}x`, verdict: verdictOf(value <= goal.times), result: `${value.toFixed(2)}x` };
    case "faster by": return { goal: `>= ${goal.times}x faster`, verdict: verdictOf(1 / value >= goal.times), result: `${(1 / value).toFixed(2)}x faster` };
    case "within": return { goal: `<= ${goal.ns} ns`, verdict: verdictOf(value <= goal.ns), result: `${value.toFixed(1)} ns` };
  }
}

export function verdictOf(reached: boolean): "ok" | "MISSED" {
  return reached ? "ok" : "MISSED";
}

const HEADINGS = ["work", "ours", "baseline", "result", "to reach", ""] as const;

/** The rows as a table for a terminal. */
export function tableOf(rows: readonly RowResult[]): string {
  const cells = [HEADINGS, ...rows.map((row) => [row.name, row.ours, row.baseline, row.result, row.goal, row.verdict === "shown" ? "" : row.verdict])];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
}

/** The machine and the engine that the figures hold for. */
export function machine(): Readonly<Record<string, string | number>> {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}
