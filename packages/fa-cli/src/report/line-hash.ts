/**
 * Fingerprints of findings that do not change when lines are inserted above: the code, the file, what the line says, and which one of the
 * findings alike it is. Lines without a finding do not count, so that a copy of a line changes nothing.
 */
import { createHash } from "node:crypto";
import type { Diagnostic } from "@framealloc/analysis";
import type { SourceReader } from "../source-text.ts";

/** Asked for all findings of a run in their order; no two answers are alike. Cost: a hash a finding. */
export function lineHasher(sources: SourceReader): (diagnostic: Diagnostic) => string {
  const seen = new Map<string, number>();
  return ({ code, at }) => {
    const source = sources(at.file);
    const text = source === undefined ? "" : source.line(source.positionAt(at.span.start).line);
    const hash = digest(`${code}\0${at.file}\0${withoutBlanks(text)}`);
    const ordinal = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, ordinal);
    return `${hash}:${ordinal}`;
  };
}

/** Indentation and spacing are a formatter's. */
function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, "");
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
