/** Places of findings as lines and columns, both from 1 and the end excluded. */
import { posix } from "node:path";
import type { Location } from "@framealloc/analysis";
import type { Position, SourceReader } from "../source-text.ts";
import type { ReportInput } from "./report.ts";

export interface Place {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** The file's path from the repository's folder. */
export function repositoryPath(file: string, { prefixes }: Pick<ReportInput, "prefixes">): string {
  return posix.join(prefixes.repository, file);
}

const START: Position = { line: 1, column: 1 };

/** The start of the file when its text cannot be read. */
export function placeOf(at: Location, sources: SourceReader): Place {
  const source = sources(at.file);
  if (source === undefined) return { file: at.file, start: START, end: START };
  return { file: at.file, start: source.positionAt(at.span.start), end: source.positionAt(Math.max(at.span.start, at.span.end)) };
}
