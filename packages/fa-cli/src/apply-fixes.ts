/**
 * Applies rewrites to texts. A rewrite is applied whole or not at all; one that touches what another of this pass has rewritten waits for the next pass.
 *
 * Invariants
 *   I1  the result depends on the findings and the texts alone, not on the order of either
 *   I2  only files that `isOpen` allows are touched; a byte-order mark and the line breaks of a file stay as they are
 */
import type { Diagnostic, Fix, TextEdit } from "@framealloc/analysis";

export interface FixPass {
  /** New texts by name, only of files that changed. */
  readonly texts: ReadonlyMap<string, string>;
  /** What was applied, in the order of the findings. */
  readonly applied: readonly { readonly diagnostic: Diagnostic; readonly fix: Fix }[];
}

export interface FixOptions {
  readonly suggestions: boolean;
  readonly isOpen: (file: string) => boolean;
  /** The text as it is on the disk, byte-order mark included; undefined for a file that cannot be read. */
  readonly textOf: (file: string) => string | undefined;
}

/** `diagnostics` are sorted. Of several rewrites of a finding the first that is allowed is taken. */
export function applyFixes(diagnostics: readonly Diagnostic[], options: FixOptions): FixPass {
  const chosen = new Map<string, TextEdit[]>();
  const applied: { diagnostic: Diagnostic; fix: Fix }[] = [];
  for (const diagnostic of diagnostics) {
    const fix = diagnostic.fixes.find((each) => (each.safe || options.suggestions) && each.edits.length > 0 && each.edits.every((edit) => options.isOpen(edit.at.file)));
    if (fix === undefined || !isFree(fix, chosen)) continue;
    for (const edit of fix.edits) chosen.set(edit.at.file, [...(chosen.get(edit.at.file) ?? []), edit]);
    applied.push({ diagnostic, fix });
  }
  const texts = new Map<string, string>();
  for (const [file, edits] of chosen) {
    const before = options.textOf(file);
    if (before === undefined) continue;
    const after = rewritten(before, edits);
    if (after !== before) texts.set(file, after);
  }
  return { texts, applied: applied.filter(({ fix }) => fix.edits.some(({ at }) => texts.has(at.file))) };
}

/**
 * Whether its edits lie apart from each other and from those taken already. Two insertions at one place do not, unless both say that any order will do: then
 * it is that of the findings.
 */
function isFree(fix: Fix, chosen: ReadonlyMap<string, readonly TextEdit[]>): boolean {
  return fix.edits.every((edit, index) => {
    const others = [...(chosen.get(edit.at.file) ?? []), ...fix.edits.filter((other, at) => at !== index && other.at.file === edit.at.file)];
    return others.every(({ at: { span }, beside }) => span.end < edit.at.span.start || edit.at.span.end < span.start || isApart(span, edit.at.span) || (beside === true && edit.beside === true && span.start === edit.at.span.start));
  });
}

/** Ranges that touch end to end are apart when neither is empty. */
function isApart(a: { readonly start: number; readonly end: number }, b: { readonly start: number; readonly end: number }): boolean {
  return a.start !== a.end && b.start !== b.end && (a.end <= b.start || b.end <= a.start);
}

function rewritten(source: string, edits: readonly TextEdit[]): string {
  const mark = source.startsWith("\uFEFF") ? "\uFEFF" : "";
  const text = source.slice(mark.length);
  const isWindows = /^[^\n]*\r\n/.test(text);
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.at.span.start - b.at.span.start)) {
    result += text.slice(at, edit.at.span.start) + (isWindows ? edit.text.replace(/\r?\n/g, "\r\n") : edit.text);
    at = edit.at.span.end;
  }
  return mark + result + text.slice(at);
}
