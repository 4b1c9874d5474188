/**
 * The specifiers that a text may import, found without parsing it: every quoted text behind `from`, `import`, `import.defer`, `import.source` or `require`.
 * A superset of the truth, as it also looks inside comments and strings; it misses only specifiers that are written with escapes or are not
 * literal. Linear in the text.
 */
export interface ScannedImport {
  readonly specifier: string;
  /** Offset of the specifier's first character, inside its quotes. */
  readonly start: number;
}

const KEYWORD = /\b(?:from|import(?:\s*\.\s*(?:defer|source))?|require)(?=[\s"'`(/?])/g;
// Without its end a quoted text is none; a template with parts is not constant.
const QUOTED = /"([^"\n]*)"|'([^'\n]*)'|`([^`$]*)`/y;
const BLANKS = /\s*/y;

/** In order of appearance, repeats included. */
export function scanImports(text: string): readonly ScannedImport[] {
  const found: ScannedImport[] = [];
  const gaps = new Gaps(text);
  for (const match of text.matchAll(KEYWORD)) {
    let at = gaps.skip(match.index + match[0].length);
    if (text.startsWith("?.", at)) at = gaps.skip(at + 2);
    if (text[at] === "(") at = gaps.skip(at + 1);
    QUOTED.lastIndex = at;
    const quoted = QUOTED.exec(text);
    if (quoted !== null) found.push({ specifier: quoted[1] ?? quoted[2] ?? quoted[3] ?? "", start: at + 1 });
  }
  return found;
}

/** Skips blanks and comments. */
class Gaps {
  private readonly text: string;
  /** No block comment ends behind here, so none is looked for again. */
  private lastEnd = Infinity;

  constructor(text: string) {
    this.text = text;
  }

  skip(offset: number): number {
    let at = offset;
    for (;;) {
      BLANKS.lastIndex = at;
      BLANKS.test(this.text);
      at = BLANKS.lastIndex;
      if (this.text.startsWith("//", at)) {
        const end = this.text.indexOf("\n", at);
        if (end < 0) return this.text.length;
        at = end + 1;
      } else if (this.text.startsWith("/*", at) && at < this.lastEnd) {
        const end = this.text.indexOf("*/", at + 2);
        if (end < 0) {
          this.lastEnd = at;
          return at;
        }
        at = end + 2;
      } else return at;
    }
  }
}
