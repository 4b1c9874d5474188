/** Every source file begins with a comment that says what it is; a generated one with the line that says so. */
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
  if (isGenerated(file) || headerOf(file) !== "") return [];
  return [{ path: file.path, line: 1, message: "begins without a `/** ... */` comment that says what the file is" }];
}
