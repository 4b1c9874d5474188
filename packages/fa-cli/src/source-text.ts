/**
 * A file's text by lines and columns, and the texts of a program read when they are first asked for: only files that something is reported
 * in are read a second time.
 */
import { posix } from "node:path";
import type { Host } from "./host.ts";

/** Both from 1; the column counts UTF-16 units, as editors and SARIF do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface SourceText {
  /** Without a byte-order mark. */
  readonly text: string;
  readonly lineCount: number;
  /** An offset past the end is taken for the end. */
  positionAt(offset: number): Position;
  /** Without its line break; empty when there is no such line. */
  line(line: number): string;
  lineStart(line: number): number;
}

/** Undefined for a file that cannot be read (any more). */
export type SourceReader = (file: string) => SourceText | undefined;

/** Reads by name relative to the root. Texts are kept for the run. */
export function sourceReader(host: Host, root: string): SourceReader {
  const known = new Map<string, SourceText | undefined>();
  return (file) => {
    if (!known.has(file)) {
      const source = host.read(posix.join(root, file));
      known.set(file, source.ok ? sourceText(source.text) : undefined);
    }
    return known.get(file);
  };
}

/** Cost: one pass over the text, then a binary search a question. */
export function sourceText(source: string): SourceText {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  const starts = [0];
  for (const { 0: mark, index } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + mark.length);
  const lineStart = (line: number): number => starts[line - 1] ?? text.length;
  return {
    text,
    lineCount: starts.length,
    lineStart,
    line: (line) => text.slice(lineStart(line), lineStart(line + 1)).replace(/[\r\n]+$/, ""),
    positionAt: (offset) => {
      const at = Math.min(Math.max(offset, 0), text.length);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        // `middle` lies within the array.
        if ((starts[middle] ?? 0) <= at) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
    },
  };
}
