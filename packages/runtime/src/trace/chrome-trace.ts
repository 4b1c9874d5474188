/**
 * Traces in the JSON form of the Trace Event Format, which Perfetto (ui.perfetto.dev) and `chrome://tracing` open: one thread for each agent.
 *
 *   X  a slice: begin and duration          C  counters          s, f  the two ends of an arrow          M  names of threads
 *
 * Times are microseconds. Slices of one thread lie beside or inside each other, as the format wants them; an arrow binds to the slice around each of its ends,
 * and has both ends.
 */

/** One event of a trace. Plain data: post those of workers to whoever writes the file. */
export interface TraceEvent {
  readonly ph: "X" | "C" | "s" | "f" | "M";
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  /** The agent. */
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of an arrow: the same at both ends. */
  readonly id?: string;
  /** "e": an arrow ends at the slice around it. */
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, number | string>>;
}

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
}

/** Microseconds that the end of a transfer is wide, where there is room: an arrow needs a slice to bind to. */
const TRANSFER_US = 1;

/**
 * One trace of what several recorders saw, for `JSON.stringify`: sorted, from time 0, without arrows of which one end is missing. O(n log n). Allocates what it returns.
 *
 * @example fs.writeFileSync("trace.json", JSON.stringify(chromeTrace(recorder.events(), eventsOfWorker)));
 */
export function chromeTrace(...recorded: readonly (readonly TraceEvent[])[]): ChromeTrace {
  const all = recorded.flat();
  const names = all.filter(({ ph }) => ph === "M");
  const timed = all.filter(({ ph }) => ph !== "M");
  const start = timed.reduce((least, { ts }) => Math.min(least, ts), Infinity);
  const fromStart = timed.map((event) => ({ ...event, ts: event.ts - start }));
  const threads = new Map<number, TraceEvent[]>();
  for (const event of fromStart) if (event.ph === "X") threads.set(event.tid, [...(threads.get(event.tid) ?? []), event]);
  const slices = [...threads.values()].flatMap(nested);
  const rest = fromStart.filter(({ ph }) => ph !== "X");
  const sent = idsOf(rest, "s");
  const received = idsOf(rest, "f");
  const paired = rest.filter(({ id }) => id === undefined || (sent.has(id) && received.has(id)));
  return { traceEvents: [...names, ...[...slices, ...paired].sort(inOrder)], displayTimeUnit: "ms" };
}

function idsOf(events: readonly TraceEvent[], ph: TraceEvent["ph"]): ReadonlySet<string | undefined> {
  return new Set(events.filter((event) => event.ph === ph).map(({ id }) => id));
}

/** Outer slices before inner ones, slices before the arrows that bind to them. */
function inOrder(a: TraceEvent, b: TraceEvent): number {
  return a.ts - b.ts || RANK[a.ph] - RANK[b.ph] || (b.dur ?? 0) - (a.dur ?? 0);
}

const RANK: Readonly<Record<TraceEvent["ph"], number>> = { M: 0, X: 1, s: 2, f: 3, C: 4 };

/** Slices of one thread: one that would go beyond the slice that it begins in ends with it; ends of transfers are as wide as there is room. */
function nested(slices: readonly TraceEvent[]): TraceEvent[] {
  const sorted = [...slices].sort(inOrder);
  const open: number[] = [];
  return sorted.map((slice, i) => {
    while (open.length > 0 && (open.at(-1) ?? 0) <= slice.ts) open.pop();
    const next = sorted[i + 1]?.ts ?? Infinity;
    const wanted = slice.cat === "transfer" ? Math.min(slice.ts + TRANSFER_US, next) : slice.ts + (slice.dur ?? 0);
    const end = Math.min(wanted, open.at(-1) ?? Infinity);
    open.push(end);
    return { ...slice, dur: end - slice.ts };
  });
}
