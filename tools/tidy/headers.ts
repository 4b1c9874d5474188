/** Every source file begins with a comment that says what it is; a generated one with the line that says so. A fact's says more. */
import { GENERATED_SOURCE } from "../generate.ts";
import type { SourceText, TidyFault } from "./source-text.ts";

/** The text of the header comment, or "" when the file does not begin with one. A first line `#!` may come before it. */
export function headerOf({ text, comments }: SourceText): string {
  const start = (/^(?:\uFEFF)?(?:#![^\n]*\n)?\s*/.exec(text)?.[0] ?? "").length;
  const first = comments.find((comment) => comment.start >= start && comment.type === "Block");
  return first !== undefined && first.start === start && first.value.startsWith("*") ? first.value.slice(1).trim() : "";
}

export function isGenerated({ text }: SourceText): boolean {
  return text.startsWith(`${GENERATED_SOURCE}\n`);
}

export function checkHeader(file: SourceText): TidyFault[] {
  const header = headerOf(file);
  if (isGenerated(file)) return [];
  if (header === "") return [{ path: file.path, line: 1, message: "begins without a `/** ... */` comment that says what the file is" }];
  if (!/\bdefineFact(<|\()/.test(file.text) || !file.path.startsWith(FACTS)) return [];
  return STATED.flatMap(({ pattern, what }) => (pattern.test(header) ? [] : [{ path: file.path, line: 1, message: `defines a fact, and its first comment does not state ${what}` }]));
}

const FACTS = "packages/analysis/src/facts/";
const STATED = [{ pattern: /\bTheory\b/, what: "its theory (`Theory: ...`)" }, { pattern: /\bmiss(es)?\b/i, what: "what it misses (`Known misses: ...`)" }] as const;
