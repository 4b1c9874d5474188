/** What of the runtime is measured otherwise than by timing one operation: slow frames, memory, the time of an import, sizes of the entries. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./installed-copy.ts";
import { median } from "./median.ts";
import { verdictOf, type RowResult } from "./report.ts";

const run = promisify(execFile);
const MEGABYTE = 2 ** 20;
const COLLECTING = ["--expose-gc"];

interface ProbeEffort {
  readonly rounds: number;
  readonly frames: number;
  readonly imports: number;
}

/** A probe by the name that `--only` selects it by. */
export const PROBES: Readonly<Record<string, (folder: string, effort: ProbeEffort) => Promise<readonly RowResult[]>>> = {
  "many objects": manyObjects,
  memory: memoryUse,
  import: importTime,
  size: sizes,
};

async function probe<T>(folder: string, name: string, args: readonly string[], flags: readonly string[] = []): Promise<T> {
  const { stdout } = await run(process.execPath, [...flags, join(folder, "bench/probes", `${name}.mjs`), ...args]);
  return JSON.parse(stdout) as T;
}

interface FrameTimes {
  readonly p999Ms: number;
  readonly medianMs: number;
  readonly scavenges: number;
  readonly fullCollections: number;
}

async function manyObjects(folder: string, { rounds, frames }: ProbeEffort): Promise<readonly RowResult[]> {
  const ours: FrameTimes[] = [];
  const objects: FrameTimes[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await probe<FrameTimes>(folder, "many-objects", ["ours", String(frames)], COLLECTING));
    objects.push(await probe<FrameTimes>(folder, "many-objects", ["objects", String(frames)], COLLECTING));
  }
  const row = (name: string, figure: (times: FrameTimes) => number, times: number | undefined): RowResult => {
    const [mine, theirs] = [ours.map(figure), objects.map(figure)];
    const ratio = median(mine.map((ms, i) => ms / (theirs[i] ?? NaN)));
    return {
      name, value: ratio, rounds: { ours: mine, "plain objects": theirs },
      ours: `${median(mine).toFixed(3)} ms`, baseline: `plain objects ${median(theirs).toFixed(3)} ms`, result: `${(1 / ratio).toFixed(1)}x below`,
      goal: times === undefined ? "" : `>= ${times}x below`, verdict: times === undefined ? "shown" : verdictOf(1 / ratio >= times),
    };
  };
  const collections = ours.map(({ scavenges, fullCollections }) => scavenges + fullCollections);
  return [
    row(`50,000 objects a frame, ${frames} frames: p99.9 of frames`, ({ p999Ms }) => p999Ms, 10),
    row(`50,000 objects a frame, ${frames} frames: median frame`, ({ medianMs }) => medianMs, undefined),
    {
      name: `50,000 objects a frame, ${frames} frames: collections after warm-up`, value: Math.max(...collections),
      ours: String(Math.max(...collections)), baseline: `plain objects ${median(objects.map(({ scavenges }) => scavenges))}`, result: "",
      goal: "0", verdict: verdictOf(Math.max(...collections) === 0), rounds: { ours: collections, "plain objects": objects.map(({ scavenges }) => scavenges) },
    },
  ];
}

interface MemoryUse {
  readonly slotBytes: Readonly<Record<string, number>>;
  readonly newBytes: number | null;
  readonly usedBytes: number | null;
  readonly touchedBytes: number;
}

async function memoryUse(folder: string, { rounds }: ProbeEffort): Promise<readonly RowResult[]> {
  const found: MemoryUse[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(await probe<MemoryUse>(folder, "memory-use", [], COLLECTING));
  const resident = (name: string, figure: (use: MemoryUse) => number | null, limitBytes: number): RowResult => {
    const rounded = found.map(figure).filter((bytes) => bytes !== null);
    const value = rounded.length === 0 ? null : median(rounded);
    return {
      name, value, rounds: { bytes: rounded }, baseline: "", result: "", goal: `<= ${(limitBytes / MEGABYTE).toFixed(1)} MB resident`,
      ours: value === null ? "not known here" : `${(value / MEGABYTE).toFixed(2)} MB`, verdict: value === null ? "absent" : verdictOf(value <= limitBytes),
    };
  };
  const touched = found[0]?.touchedBytes ?? NaN;
  return [
    ...Object.keys(found[0]?.slotBytes ?? {}).map((kind): RowResult => {
      const bytes = found.map(({ slotBytes }) => slotBytes[kind] ?? NaN);
      return { name: `objects for each slot in use at once: ${kind}`, value: median(bytes), ours: `${median(bytes)} bytes`, baseline: "", result: "", goal: "", verdict: "shown", rounds: { bytes } };
    }),
    // 34 MB of address space: the arena, the heap, the slabs.
    resident("a new allocator with a 16 MB arena", ({ newBytes }) => newBytes, MEGABYTE),
    resident(`the same after using ${touched / MEGABYTE} MB of the arena`, ({ usedBytes }) => usedBytes, touched + MEGABYTE),
  ];
}

async function importTime(folder: string, { imports }: ProbeEffort): Promise<readonly RowResult[]> {
  const entries = [["@framealloc/runtime", 4], ["@framealloc/runtime/frame", undefined]] as const;
  const times = entries.map((): number[] => []);
  for (let round = 0; round < imports; round += 1) {
    for (const [i, [entry]] of entries.entries()) {
      const { ms } = await probe<{ readonly ms: number }>(folder, "import-time", [entry]);
      times[i]?.push(ms);
    }
  }
  return entries.map(([entry, limitMs], i): RowResult => {
    const value = median(times[i] ?? []);
    return {
      name: `import of ${entry}`, value, ours: `${value.toFixed(2)} ms`, baseline: "", result: "", goal: limitMs === undefined ? "" : `<= ${limitMs} ms`,
      verdict: limitMs === undefined ? "shown" : verdictOf(value <= limitMs), rounds: { ms: times[i] ?? [] },
    };
  });
}

/** The limits are those of `npm run size`, in .size-limit.json. */
async function sizes(): Promise<readonly RowResult[]> {
  // It ends with 1 when an entry is too big, and has said so.
  const { stdout } = await run(process.execPath, [join(ROOT, "node_modules/size-limit/bin.js"), "--json"], { cwd: ROOT }).catch((error: unknown) => error as { readonly stdout: string });
  const entries = JSON.parse(stdout) as readonly { readonly name: string; readonly size: number; readonly sizeLimit: number; readonly passed: boolean }[];
  const unmeasured = entries.filter(({ size }) => !(size > 0)).map(({ name }) => name);
  if (unmeasured.length > 0) throw new Error(`no size of ${unmeasured.join(", ")}: is it built?`);
  return entries.map(({ name, size, sizeLimit, passed }) => ({
    name: `size of ${name}, min+gzip`, value: size, ours: `${(size / 1000).toFixed(2)} kB`, baseline: "", result: "", goal: `<= ${sizeLimit / 1000} kB`, verdict: verdictOf(passed), rounds: { bytes: [size] },
  }));
}
