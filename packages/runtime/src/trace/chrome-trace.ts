/**
 * Traces in the JSON form of the Trace Event Format, which Perfetto (ui.perfetto.dev) and `chrome://tracing` open: one thread for each agent.
 *
 *   X  a slice: begin and duration          C  counters          s, f  the two ends of an arrow          M  names of threads
 *
 * Times are microseconds. Slices of one thread lie beside or inside each other, as the format wants them; an arrow binds to the slice around each of its ends,
 * and has both ends. Perfetto counts in whole nanoseconds, and drops a slice that ends one after the slice around it: so times are whole ones here.
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
  /** Of an arrow: the same at both ends. Hexadecimal, as Perfetto reads no other text. */
  readonly id?: string;
  /** "e": an arrow ends at the slice around it. */
  readonly bp?: "e";
  readonly args?: Readonly<Record<string, number | string>>;
}

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: "ms";
}

/** Nanoseconds that the end of a transfer is wide, where there is room: an arrow needs a slice to bind to. */
const TRANSFER_NS = 1000;

/** An event in whole nanoseconds from the start. */
interface Timed {
  readonly event: TraceEvent;
  readonly beginNs: number;
  endNs: number;
}

/**
 * One trace of what several recorders saw, for `JSON.stringify`: sorted, from time 0, without arrows of which one end is missing. O(n log n). Allocates what it returns.
 *
 * @example fs.writeFileSync("trace.json", JSON.stringify(chromeTrace(recorder.events(), eventsOfWorker)));
 */
export function chromeTrace(...recorded: readonly (readonly TraceEvent[])[]): ChromeTrace {
  const all = recorded.flat();
  const names = all.filter(({ ph }) => ph === "M");
  const sent = idsOf(all, "s");
  const received = idsOf(all, "f");
  const events = all.filter(({ ph, id }) => ph !== "M" && (id === undefined || (sent.has(id) && received.has(id))));
  const start = events.reduce((least, { ts }) => Math.min(least, ts), Infinity);
  const timed = events.map((event): Timed => ({ event, beginNs: Math.round((event.ts - start) * 1000), endNs: Math.round((event.ts - start + (event.dur ?? 0)) * 1000) })).sort(inOrder);
  const threads = new Map<number, Timed[]>();
  for (const each of timed) {
    if (each.event.ph !== "X") continue;
    const slices = threads.get(each.event.tid);
    if (slices === undefined) threads.set(each.event.tid, [each]);
    else slices.push(each);
  }
  for (const slices of threads.values()) nest(slices);
  return { traceEvents: [...names, ...timed.map(toMicroseconds)], displayTimeUnit: "ms" };
}

function idsOf(events: readonly TraceEvent[], ph: TraceEvent["ph"]): ReadonlySet<string | undefined> {
  return new Set(events.filter((event) => event.ph === ph).map(({ id }) => id));
}

/**
 * Outer slices before inner ones. The slice of a transfer's end has no duration, as its arrow, which was recorded after it and stays behind it: it binds to the slice that
 * began last.
 */
function inOrder(a: Timed, b: Timed): number {
  return a.beginNs - b.beginNs || b.endNs - a.endNs;
}

/** Slices of one thread, in order: one that would go beyond the slice that it begins in ends with it; ends of transfers are as wide as there is room. */
function nest(slices: readonly Timed[]): void {
  const open: number[] = [];
  for (const [i, slice] of slices.entries()) {
    while (open.length > 0 && (open.at(-1) ?? 0) <= slice.beginNs) open.pop();
    const wanted = slice.event.cat === "transfer" ? Math.min(slice.beginNs + TRANSFER_NS, slices[i + 1]?.beginNs ?? Infinity) : slice.endNs;
    slice.endNs = Math.min(wanted, open.at(-1) ?? Infinity);
    open.push(slice.endNs);
  }
}

function toMicroseconds({ event, beginNs, endNs }: Timed): TraceEvent {
  return { ...event, ts: usOf(beginNs), ...(event.ph === "X" ? { dur: usOf(endNs - beginNs) } : {}) };
}

/** Microseconds that give as many nanoseconds again, whether a reader rounds or cuts off. */
function usOf(ns: number): number {
  const us = ns / 1000;
  return Math.trunc(us * 1000) === ns ? us : (ns + 0.25) / 1000;
}
