/**
 * Fingerprints of findings that do not change when lines are inserted above: what the line says, which one of its equals in the file it is, and which one
 * of its equals on the line the finding is.
 */
import { createHash } from "node:crypto";
import type { Diagnostic } from "@framealloc/analysis";
import type { SourceReader, SourceText } from "../source-text.ts";

/** Asked for the findings in their order; cost: one pass over each file that has any. */
export function lineHasher(sources: SourceReader): (diagnostic: Diagnostic) => string {
  const ordinals = new Map<string, readonly number[]>();
  const seen = new Map<string, number>();
  return ({ code, at }) => {
    const source = sources(at.file);
    if (source === undefined) return `${digest(`${code}\0${at.file}`)}:1`;
    let ofFile = ordinals.get(at.file);
    if (ofFile === undefined) ordinals.set(at.file, (ofFile = lineOrdinals(source)));
    const { line } = source.positionAt(at.span.start);
    const onLine = `${at.file}\0${line}\0${code}`;
    const before = seen.get(onLine) ?? 0;
    seen.set(onLine, before + 1);
    return `${digest(`${withoutBlanks(source.line(line))}\0${before}`)}:${ofFile[line - 1] ?? 1}`;
  };
}

/** For each line, how many lines up to it say the same; from 1. */
function lineOrdinals(source: SourceText): readonly number[] {
  const counts = new Map<string, number>();
  return Array.from({ length: source.lineCount }, (_, index) => {
    const text = withoutBlanks(source.line(index + 1));
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count;
  });
}

/** Indentation and spacing are a formatter's. */
function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, "");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
