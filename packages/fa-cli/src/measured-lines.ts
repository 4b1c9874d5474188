/**
 * What was measured, joined with what the analysis predicts. The profiler knows functions, the analysis lines: the bytes measured in a function are those of
 * its lines that are predicted to make garbage; of several they are shared out as predicted. Where nothing is predicted, the function's own
 * first line stands for it. What a constructor makes is the line's that says `new`, and what code outside of the program makes the line's that calls it, where such a line
 * is predicted to.
 */
import { compareText, createFactReader, type FunctionIR, functionName, hotGarbage, type HotGarbage, type ModuleIR, type Program } from "@framealloc/analysis";
import type { MeasuredPlace, MeasuredSite } from "./measure-protocol.ts";
import { sitesOfWhole } from "./sized-sites.ts";

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

/** What is nearly all of something is called by its name. */
const MOST = 0.9;

/** A measured function, as the program knows it. */
interface Owner {
  /** Null when it is none of the program's. */
  readonly file: string | null;
  readonly line: number;
  readonly function: { readonly module: ModuleIR; readonly function: FunctionIR } | null;
  readonly sites: readonly Site[];
  readonly name: string;
}

/** `nameOf` turns an absolute path into a name of the program; null for a file that is none of it. `lineOf` counts from 1. */
export function joinLines(program: Program, { whole, apart }: { readonly whole: readonly MeasuredSite[]; readonly apart: readonly MeasuredSite[] }, names: { readonly nameOf: (path: string) => string | null; readonly textOf: (file: string) => string }): readonly MeasuredLine[] {
  const sites = createFactReader(program)(hotGarbage);
  const lines = new Map<string, readonly number[]>();
  const startsOf = (file: string): readonly number[] => {
    let starts = lines.get(file);
    if (starts === undefined) lines.set(file, (starts = lineStarts(names.textOf(file))));
    return starts;
  };
  const lineOf = (file: string, offset: number): number => startsOf(file).findLastIndex((start) => start <= offset) + 1;
  const places = new Map<string, Owner>();
  const ownerOf = (place: MeasuredPlace): Owner => {
    const key = `${place.file}:${place.line}:${place.column}`;
    let owner = places.get(key);
    if (owner === undefined) {
      const file = place.file === "" ? null : names.nameOf(place.file);
      const found = file === null ? null : innermost(program, file, (startsOf(file)[place.line - 1] ?? 0) + place.column - 1);
      places.set(key, (owner = { file, line: place.line, function: found, sites: found === null ? [] : sites.filter((site) => site.hot.function === found.function), name: found === null ? place.name : functionName(found.module, found.function) || place.name }));
    }
    return owner;
  };
  const bytesOf = new Map<Owner, { readonly place: MeasuredPlace; bytes: number; boxed: number }>();
  const answering = (frames: readonly MeasuredPlace[]): MeasuredPlace | undefined => frames[answerable(frames.map(ownerOf))];
  const isPredicted = (frames: readonly MeasuredPlace[]): boolean => { const place = answering(frames); return place !== undefined && ownerOf(place).sites.length > 0; };
  for (const { frames, bytes: bytesPerFrame, boxedBytes } of sitesOfWhole(whole, apart, isPredicted)) {
    const place = answering(frames);
    if (place === undefined) continue;
    const owner = ownerOf(place);
    const known = bytesOf.get(owner);
    if (known === undefined) bytesOf.set(owner, { place, bytes: bytesPerFrame, boxed: boxedBytes });
    else {
      known.bytes += bytesPerFrame;
      known.boxed += boxedBytes;
    }
  }
  const joined: MeasuredLine[] = [];
  const taken = new Set<Site>();
  for (const [owner, { place, bytes, boxed }] of bytesOf) {
    const predicted = owner.sites.reduce((sum, { site }) => sum + site.bytes, 0);
    if (predicted === 0) {
      joined.push({ file: owner.file ?? place.file, line: owner.line, bytesPerFrame: bytes, predictedBytes: null, function: owner.name, what: boxed >= MOST * bytes ? "boxed numbers, which are not predicted" : "no allocation is predicted here", status: "measured only", shared: false });
      continue;
    }
    for (const site of owner.sites) {
      taken.add(site);
      joined.push({ ...placeOf(site, lineOf), bytesPerFrame: (bytes * site.site.bytes) / predicted, predictedBytes: site.site.bytes, status: "measured and predicted", shared: owner.sites.length > 1 });
    }
  }
  for (const site of sites) if (!taken.has(site)) joined.push({ ...placeOf(site, lineOf), bytesPerFrame: null, predictedBytes: site.site.bytes, status: "predicted only", shared: false });
  return joined.sort((a, b) => (b.bytesPerFrame ?? -1) - (a.bytesPerFrame ?? -1) || compareText(a.file, b.file) || a.line - b.line || compareText(a.what, b.what));
}

function placeOf({ hot, site }: Site, lineOf: (file: string, offset: number) => number): Pick<MeasuredLine, "file" | "line" | "function" | "what"> {
  return { file: hot.module.file, line: lineOf(hot.module.file, site.span.start), function: functionName(hot.module, hot.function) || "(anonymous)", what: site.what };
}

/** Which of a function and its callers the bytes belong to. */
function answerable(owners: readonly Owner[]): number {
  for (const [index, owner] of owners.entries()) {
    if (owner.sites.length > 0) return index;
    const passesOn = owner.function === null || owner.function.function.kind === "constructor" || owner.function.function.kind === "field";
    if (!passesOn) return 0;
  }
  return 0;
}

/** The innermost function around an offset. The engine says where the parameters begin. */
function innermost(program: Program, file: string, offset: number): Owner["function"] {
  const module = program.modules.find((each) => each.file === file);
  let found: FunctionIR | null = null;
  for (const fn of module?.functions ?? []) {
    const start = Math.min(fn.span.start, fn.nameSpan.start);
    if (fn.kind === "module" || start > offset || fn.span.end <= offset) continue;
    if (found === null || fn.span.end - fn.span.start < found.span.end - found.span.start) found = fn;
  }
  return module === undefined || found === null ? null : { module, function: found };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
