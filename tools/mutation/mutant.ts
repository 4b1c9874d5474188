/** A planted bug, and what plants it. */
import type { AnalysisSettings, Span } from "@framealloc/analysis";
import type { CleanProgram } from "./clean-program.ts";

export interface Edit {
  readonly file: string;
  /** Replaced by `text`; empty to insert. */
  readonly span: Span;
  readonly text: string;
}

/** One way to break a program, as edits of its texts. */
export interface Planted {
  /** At least one; the first is where the bug is said to be. */
  readonly edits: readonly [Edit, ...Edit[]];
  /** In words, for the list of those that were missed: `` `hits` posted ``. */
  readonly what: string;
}

/** A kind of bug. A file in `operators/`, named after the code that must find them, exports a list. */
export interface Pattern {
  /** Unique. */
  readonly name: string;
  /** Names of rules that take the place of the code's own for some of its mutants, by the catalogue. */
  readonly orElse?: readonly string[];
  /** What the project's configuration says besides, for rules that it decides. */
  readonly settings?: Partial<AnalysisSettings>;
  /** Every place where the program can be broken this way, in the order of its files and texts. Each must be a bug, whatever the program does. */
  plant(program: CleanProgram): Iterable<Planted>;
}

export interface Operator extends Pattern {
  /** The code that must find it. */
  readonly code: string;
}

export interface Mutant extends Planted {
  readonly operator: Operator;
  readonly program: CleanProgram;
}

/** An edit that puts text in front of an offset. */
export function insert(file: string, at: number, text: string): Edit {
  return { file, span: { start: at, end: at }, text };
}

/** The texts that the mutant changes, by file. Edits of one place go in their order. */
export function textsOf({ edits, program }: Mutant): Map<string, string> {
  const texts = new Map<string, string>();
  const ordered = edits.map((edit, index) => ({ edit, index })).sort((a, b) => b.edit.span.start - a.edit.span.start || b.index - a.index);
  for (const { edit: { file, span, text } } of ordered) {
    const before = texts.get(file) ?? program.treeOf(file).text;
    texts.set(file, before.slice(0, span.start) + text + before.slice(span.end));
  }
  return texts;
}
