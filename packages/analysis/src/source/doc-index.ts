/** Finds the doc comment in front of a declaration: the nearest one that only blanks and other comments part from it. */
import type { ParsedComment } from "./parsed-module.ts";

export class DocIndex {
  private readonly text: string;
  private readonly byEnd = new Map<number, ParsedComment>();

  constructor(text: string, comments: readonly ParsedComment[]) {
    this.text = text;
    for (const comment of comments) this.byEnd.set(comment.end, comment);
  }

  /** The `/** ... *\/` before an offset, or null. Cost: the blanks and comments between. */
  before(offset: number): ParsedComment | null {
    let at = offset;
    for (;;) {
      while (at > 0 && isBlank(this.text.charCodeAt(at - 1))) at--;
      const comment = this.byEnd.get(at);
      if (comment === undefined || comment.start >= at) return null;
      if (isDoc(comment)) return comment;
      at = comment.start;
    }
  }

  /** All doc comments, in order. */
  all(): ParsedComment[] {
    return [...this.byEnd.values()].filter(isDoc);
  }
}

function isDoc(comment: ParsedComment): boolean {
  return comment.type === "Block" && comment.value.charCodeAt(0) === 42 && comment.value.length > 1;
}

function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0xfeff;
}
