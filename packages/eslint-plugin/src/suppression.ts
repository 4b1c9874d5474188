/** The comments of `fa` (`// fa-ignore-next-line -- reason`) in a file that ESLint lints: what they take away here, they take away there. */
import type { Diagnostic, Rule } from "@framealloc/analysis";
import { expandCode, knownCodes } from "@framealloc/rules/codes";
import { DRIVER_CODES, readDirectives, type TextLines } from "@framealloc/rules/configuration";
import type { TSESLint } from "@typescript-eslint/utils";
import { commentsOf } from "./parsed-file.ts";

/** Whether a comment takes a finding of this file away. Whether it does so in vain is for `fa` to say, which runs every rule. */
export function suppressionIn(sourceCode: TSESLint.SourceCode, rules: readonly Rule[]): (diagnostic: Diagnostic) => boolean {
  const comments = commentsOf(sourceCode.ast).filter(({ value }) => /(?:^|\s)fa-/.test(value));
  if (comments.length === 0) return () => false;
  const known = knownCodes(rules, DRIVER_CODES);
  const lines = linesOf(sourceCode);
  const active = readDirectives(comments, lines).directives.map(({ words, firstLine, lastLine }) => {
    const codes = words.flatMap((word) => {
      const found = expandCode(word, known);
      return found.ok ? found.codes : [];
    });
    return { firstLine, lastLine, takes: (code: string) => words.length === 0 || codes.includes(code) };
  });
  return ({ code, at }) => {
    const { line } = lines.positionAt(at.span.start);
    return active.some(({ firstLine, lastLine, takes }) => firstLine <= line && line <= lastLine && takes(code));
  };
}

function linesOf(sourceCode: TSESLint.SourceCode): TextLines {
  const { text, lines } = sourceCode;
  return {
    text,
    lineCount: lines.length,
    positionAt: (offset) => sourceCode.getLocFromIndex(offset),
    line: (line) => lines[line - 1] ?? "",
    lineStart: (line) => (line <= lines.length ? sourceCode.getIndexFromLoc({ line, column: 0 }) : text.length),
  };
}
