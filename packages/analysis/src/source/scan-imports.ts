/**
 * The specifiers that a text may import, found without parsing it: one regular expression over the text.
 * A superset of the truth, as it also matches inside comments and strings; it misses only specifiers that are written with escapes
 * or are not literal. Linear in the text.
 */
export interface ScannedImport {
  readonly specifier: string;
  /** Offset of the specifier's first character, inside its quotes. */
  readonly start: number;
}

// After `from`, `import` or a call of `import` or `require`, blanks and comments may stand before the quote.
const GAP = String.raw`(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*`;
const QUOTED = String.raw`(?:"([^"\n]*)"|'([^'\n]*)'|${"`"}([^${"`"}$]*)${"`"})`;
const PATTERN = new RegExp(String.raw`\b(?:from|import|require)${GAP}(?:(?:\?\.${GAP})?\(${GAP})?${QUOTED}`, "g");

/** In order of appearance, repeats included. */
export function scanImports(text: string): readonly ScannedImport[] {
  const found: ScannedImport[] = [];
  PATTERN.lastIndex = 0;
  for (let match = PATTERN.exec(text); match !== null; match = PATTERN.exec(text)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    const end = match.index + match[0].length - 1;
    found.push({ specifier, start: end - specifier.length });
    // A false match may have swallowed a true one (`export { "import" } from "x"`): go on right after the keyword.
    PATTERN.lastIndex = match.index + "from".length;
  }
  return found;
}
