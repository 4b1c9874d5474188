/**
 * Reads what a fixture expects out of its comments:
 *
 *   save(view); // want FA002 "`view`" FA601       a diagnostic of each code starts on this line; the text is part of its message
 *   const v = make(); // fact escapes(v) = none    what the analysis must know about `v` on this line
 *
 * One comment may hold several, as `// want FA002 // fact escapes(v) = field`.
 */
import type { Span } from "@framealloc/analysis";
import { parseModule } from "../packages/fa-cli/src/parse.ts";

export interface Want {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: string;
  /** Part of the message; empty when any message will do. */
  readonly text: string;
}

export interface ExpectedFact {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly kind: string;
  readonly name: string;
  readonly value: string;
}

export interface Expectations {
  readonly wants: readonly Want[];
  readonly facts: readonly ExpectedFact[];
  /** Comments that begin like an expectation and cannot be read as one, as `file:line: text`. */
  readonly faults: readonly string[];
}

const WANT = /^want((?: FA\d{3}(?: "(?:[^"\\]|\\.)*")?)+)$/;
const WANTED = /FA(\d{3})(?: ("(?:[^"\\]|\\.)*"))?/g;
const FACT = /^fact ([a-z]+)\(([^()]+)\) = (.+)$/;

/** The expectations of one file. Comments are told from strings by the parser; a text that cannot be parsed is searched line by line. */
export function readExpectations(file: string, text: string): Expectations {
  const wants: Want[] = [];
  const facts: ExpectedFact[] = [];
  const faults: string[] = [];
  for (const { line, comment } of lineComments(file, text)) {
    for (const part of comment.split(" // ").map((piece) => piece.trim())) {
      const want = WANT.exec(part);
      const fact = FACT.exec(part);
      if (want !== null) wants.push(...readWants(file, line, want[1] ?? ""));
      else if (fact !== null) facts.push({ file, line, kind: fact[1] ?? "", name: fact[2] ?? "", value: (fact[3] ?? "").trim() });
      else if (/^(want|fact)\b.*(FA\d|=)/.test(part)) faults.push(`${file}:${line}: not an expectation: \`${part}\``);
    }
  }
  return { wants, facts, faults };
}

function readWants(file: string, line: number, list: string): Want[] {
  return [...list.matchAll(WANTED)].map(([, digits, quoted]) => ({
    file,
    line,
    code: `FA${digits}`,
    text: quoted === undefined ? "" : (JSON.parse(quoted) as string),
  }));
}

interface LineComment {
  readonly line: number;
  readonly comment: string;
}

function lineComments(file: string, text: string): LineComment[] {
  const { module } = parseModule(file, text, "project");
  if (module === null) {
    return text.split("\n").flatMap((lineText, index) => {
      const at = lineText.indexOf("// ");
      return at === -1 ? [] : [{ line: index + 1, comment: lineText.slice(at + 3).trim() }];
    });
  }
  const lineOf = lineFinder(module.text);
  return module.comments.filter(({ type }) => type === "Line").map(({ value, start }) => ({ line: lineOf(start), comment: value.trim() }));
}

/** From an offset to its line, counted from 1. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** The offsets of a line, counted from 1, without its end. */
export function lineSpan(text: string, line: number): Span {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return { start, end: start + (lines[line - 1] ?? "").length };
}
