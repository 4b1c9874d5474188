/** Places in source text. Offsets count UTF-16 units from the start of the text without its byte-order mark. */

/** A half-open range `[start, end)` of one text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range in a named file; `file` is relative to the project's root, with forward slashes. */
export interface Location {
  readonly file: string;
  readonly span: Span;
}
