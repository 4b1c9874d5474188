/**
 * The type oracle: a type checker behind one question, asked in a batch, only for receivers that the tracer cannot name and whose
 * member a rule cares about. The analysis runs without one; with one it may only learn more.
 */
import type { KeptAnswers } from "./oracle-answers.ts";
import type { Location } from "./span.ts";

/** What the checker calls the type of an expression: the name of its class or interface and where it is declared. */
export interface OracleAnswer {
  readonly name: string;
  /** The declaring file, relative to the project's root; null when outside it. */
  readonly file: string | null;
  /** The package that declares it, from its path under node_modules, or `"global"` for TypeScript's own libraries. */
  readonly package: string | null;
}

export interface TypeOracle {
  /** One answer a question, in order; undefined where the checker does not know either. */
  resolve(questions: readonly Location[]): readonly (OracleAnswer | undefined)[];
  /** Answers of earlier analyses that still hold: they are not asked for again. What is answered now is added to them. */
  readonly kept?: KeptAnswers;
}
