/**
 * Whether an edit moved code and changed none: a comment, a blank line, an indentation. All that was found before then holds, at other places.
 *
 * Two texts are the same code when they have the same tokens, the same comments that say something to the analysis or to TypeScript, and, since a line break may
 * end a statement, the same intermediate form. The spans of the two forms pair the old places with the new ones.
 */
import type { Diagnostic, ModuleIR, Span } from "@framealloc/analysis";

/** A tree of any parser, with its tokens. */
export interface TokenTree {
  readonly tokens?: readonly { readonly type: string; readonly value: string }[];
  readonly comments?: readonly { readonly type: string; readonly value: string }[];
}

/** What a text says to the analysis and to TypeScript, wherever in the text it stands. Null for a tree without tokens. Cost: linear. */
export function codeOf({ tokens, comments = [] }: TokenTree): string | null {
  if (tokens === undefined) return null;
  // JSDoc, `/// <reference>`, `@ts-ignore`, `@jsx`.
  const speaking = comments.filter(({ value }) => /^[*/]|@/.test(value));
  return [...tokens, ...speaking].map(({ type, value }) => `${type} ${value}`).join("\0");
}

/** Where each span of the old form is in the new one, by `spanKey`; null when the two differ in more than their spans. Cost: one walk over both. */
export function movedSpans(before: ModuleIR, after: ModuleIR): ReadonlyMap<string, Span> | null {
  const spans = new Map<string, Span>();
  return pairSpans(before, after, spans) ? spans : null;
}

/** An offset alone says too little: a file and its first statement begin at the same one, and only one of them moves. */
function spanKey({ start, end }: Span): string {
  return `${start}:${end}`;
}

function pairSpans(before: unknown, after: unknown, spans: Map<string, Span>): boolean {
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null) return Object.is(before, after);
  if (Array.isArray(before)) return Array.isArray(after) && before.length === after.length && before.every((each, index) => pairSpans(each, after[index], spans));
  if (isSpan(before)) return isSpan(after) && pair(before, after, spans);
  const keys = Object.keys(before);
  const other = after as Readonly<Record<string, unknown>>;
  return keys.length === Object.keys(after).length && keys.every((key) => key in other && pairSpans((before as Readonly<Record<string, unknown>>)[key], other[key], spans));
}

function isSpan(value: object): value is Span {
  return "start" in value && "end" in value && typeof value.start === "number" && typeof value.end === "number";
}

function pair(before: Span, after: Span, spans: Map<string, Span>): boolean {
  const key = spanKey(before);
  const known = spans.get(key);
  spans.set(key, after);
  return known === undefined || (known.start === after.start && known.end === after.end);
}

/** The findings of a file at their new places; null when one names a place that is no span of the form. */
export function movedFindings(diagnostics: readonly Diagnostic[], spans: ReadonlyMap<string, Span>): readonly Diagnostic[] | null {
  const moved: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const { file } = diagnostic.at;
    let isLost = false;
    const place = (at: Diagnostic["at"]): Diagnostic["at"] => {
      if (at.file !== file) return at;
      const span = spans.get(spanKey(at.span));
      isLost ||= span === undefined;
      return { file, span: span ?? at.span };
    };
    const steps = (list: Diagnostic["related"]): Diagnostic["related"] => list.map((step) => ({ ...step, at: place(step.at) }));
    // A rewrite takes more text with it than the form has spans for: it is worded anew.
    if (diagnostic.fixes.length > 0) return null;
    moved.push({ ...diagnostic, at: place(diagnostic.at), related: steps(diagnostic.related), chain: steps(diagnostic.chain) });
    if (isLost) return null;
  }
  return moved;
}
