/**
 * What was measured, joined with what the analysis predicts. The profiler knows functions, the analysis lines: the bytes measured in a function are those of
 * its lines that are predicted to make garbage; of several they are shared out as predicted. Where nothing is predicted, the function's own
 * first line stands for it.
 */
import { compareText, createFactReader, functionName, hotGarbage, type HotGarbage, type Program } from "@framealloc/analysis";
import type { MeasuredFunction } from "./measure-protocol.ts";

export interface MeasuredLine {
  /** From the root where it is in it, else absolute. */
  readonly file: string;
  readonly line: number;
  /** Null for what is only predicted. */
  readonly bytesPerFrame: number | null;
  /** Null for what is only measured. */
  readonly predictedBytes: number | null;
  readonly function: string;
  readonly what: string;
  readonly status: "measured and predicted" | "measured only" | "predicted only";
  /** The bytes are this line's share of its function's, by prediction. */
  readonly shared: boolean;
}

type Site = HotGarbage;

/** `nameOf` turns an absolute path into a name of the program; null for a file that is none of it. `lineOf` counts from 1. */
export function joinLines(program: Program, measured: readonly MeasuredFunction[], names: { readonly nameOf: (path: string) => string | null; readonly textOf: (file: string) => string }): readonly MeasuredLine[] {
  const sites = createFactReader(program)(hotGarbage);
  const lines = new Map<string, readonly number[]>();
  const startsOf = (file: string): readonly number[] => {
    let starts = lines.get(file);
    if (starts === undefined) lines.set(file, (starts = lineStarts(names.textOf(file))));
    return starts;
  };
  const lineOf = (file: string, offset: number): number => startsOf(file).findLastIndex((start) => start <= offset) + 1;
  const joined: MeasuredLine[] = [];
  const taken = new Set<Site>();
  for (const each of measured) {
    const file = each.file === "" ? null : names.nameOf(each.file);
    const offset = file === null ? 0 : (startsOf(file)[each.line - 1] ?? 0) + each.column - 1;
    const owner = file === null ? null : innermost(program, file, offset);
    const own = owner === null ? [] : sites.filter((site) => site.hot.function === owner);
    const predicted = own.reduce((sum, { site }) => sum + site.bytes, 0);
    if (own.length === 0 || predicted === 0) {
      joined.push({ file: file ?? each.file, line: each.line, bytesPerFrame: each.bytesPerFrame, predictedBytes: null, function: each.name, what: "no allocation is predicted here", status: "measured only", shared: false });
      continue;
    }
    for (const site of own) {
      taken.add(site);
      joined.push({ ...placeOf(site, lineOf), bytesPerFrame: (each.bytesPerFrame * site.site.bytes) / predicted, predictedBytes: site.site.bytes, status: "measured and predicted", shared: own.length > 1 });
    }
  }
  for (const site of sites) if (!taken.has(site)) joined.push({ ...placeOf(site, lineOf), bytesPerFrame: null, predictedBytes: site.site.bytes, status: "predicted only", shared: false });
  return joined.sort((a, b) => (b.bytesPerFrame ?? -1) - (a.bytesPerFrame ?? -1) || compareText(a.file, b.file) || a.line - b.line || compareText(a.what, b.what));
}

function placeOf({ hot, site }: Site, lineOf: (file: string, offset: number) => number): Pick<MeasuredLine, "file" | "line" | "function" | "what"> {
  return { file: hot.module.file, line: lineOf(hot.module.file, site.span.start), function: functionName(hot.module, hot.function) || "(anonymous)", what: site.what };
}

/** The innermost function around an offset. The engine says where the parameters begin. */
function innermost(program: Program, file: string, offset: number): HotGarbage["hot"]["function"] | null {
  const module = program.modules.find((each) => each.file === file);
  let found: HotGarbage["hot"]["function"] | null = null;
  for (const fn of module?.functions ?? []) {
    const start = Math.min(fn.span.start, fn.nameSpan.start);
    if (fn.kind === "module" || start > offset || fn.span.end <= offset) continue;
    if (found === null || fn.span.end - fn.span.start < found.span.end - found.span.start) found = fn;
  }
  return found;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
