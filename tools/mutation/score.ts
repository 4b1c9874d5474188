/** How many mutants of each code were found, and what was said besides. */
import { compareDiagnostics, type Diagnostic } from "@framealloc/analysis";
import type { Operator } from "./mutant.ts";
import type { Outcome } from "./run-mutant.ts";

export interface Score {
  /** The intended code, or the operator's name. */
  readonly label: string;
  readonly mutants: number;
  readonly found: number;
  /** Found without an oracle. */
  readonly foundUntyped: number;
  /** Other codes with the number of mutants that they were reported on, most first. */
  readonly besides: readonly (readonly [string, number])[];
}

export type Mode = "typed" | "untyped";

function isIntended({ code, name }: Diagnostic, operator: Operator): boolean {
  return code === operator.code || operator.orElse?.includes(name) === true;
}

export function isFound({ mutant: { operator }, ...outcome }: Outcome, mode: Mode): boolean {
  return outcome[mode].some((diagnostic) => isIntended(diagnostic, operator));
}

/** By code, then, where `byOperator`, by operator; in their order. */
export function scoresOf(outcomes: readonly Outcome[], labelOf: (outcome: Outcome) => string): Score[] {
  const labels = [...new Set(outcomes.map(labelOf))];
  return labels.map((label) => {
    const group = outcomes.filter((outcome) => labelOf(outcome) === label);
    const besides = new Map<string, number>();
    for (const { mutant: { operator }, typed } of group) {
      const others = typed.filter((diagnostic) => !isIntended(diagnostic, operator));
      for (const code of new Set(others.map((each) => each.code))) besides.set(code, (besides.get(code) ?? 0) + 1);
    }
    return {
      label,
      mutants: group.length,
      found: group.filter((outcome) => isFound(outcome, "typed")).length,
      foundUntyped: group.filter((outcome) => isFound(outcome, "untyped")).length,
      besides: [...besides].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1)),
    };
  });
}

/** What is said without an oracle and not with one: types must never take a finding away. */
export function onlyUntyped({ typed, untyped }: Outcome): Diagnostic[] {
  return untyped.filter((diagnostic) => !typed.some((other) => compareDiagnostics(diagnostic, other) === 0));
}

export function percent(found: number, of: number): number {
  return of === 0 ? 0 : (100 * found) / of;
}
