/**
 * The rules of the Trace Event Format for the events that are used here, by which a viewer reads a trace: what is wrong with one. Made from the format's
 * document ("Trace Event Format", sections on complete, counter, flow and metadata events) and from how Perfetto's trace processor reads such a file, not from what the
 * recorder writes. Perfetto counts whole nanoseconds, rounded (older ones: cut off); drops a slice that ends after the one that it began in
 * (`slice_drop_overlapping_complete_event`); reads the id of a flow as a number or as hexadecimal text, wholly (`flow_invalid_id`); and binds an end of a flow to the slice of the thread that
 * began last in the order of the file (`flow_no_enclosing_slice`).
 */
interface Event {
  readonly ph?: unknown;
  readonly name?: unknown;
  readonly cat?: unknown;
  readonly pid?: unknown;
  readonly tid?: unknown;
  readonly ts?: unknown;
  readonly dur?: unknown;
  readonly id?: unknown;
  readonly bp?: unknown;
  readonly args?: unknown;
}

/** All that is wrong with a trace, by event; empty for a right one. `json`: the text of the file. */
export function faultsOfTrace(json: string): string[] {
  const file = JSON.parse(json) as { readonly traceEvents?: unknown; readonly displayTimeUnit?: unknown };
  if (!Array.isArray(file.traceEvents)) return ["`traceEvents` is no array"];
  const events = file.traceEvents as Event[];
  const faults = events.flatMap((event, i) => faultsOfEvent(event).map((fault) => `${i}: ${fault}`));
  if (file.displayTimeUnit !== undefined && file.displayTimeUnit !== "ms" && file.displayTimeUnit !== "ns") faults.push("`displayTimeUnit` is neither ms nor ns");
  return [...faults, ...faultsOfNesting(events), ...faultsOfFlows(events)];
}

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;

function faultsOfEvent(event: Event): string[] {
  const faults: string[] = [];
  if (typeof event.name !== "string" || event.name === "") faults.push("no name");
  if (!Number.isInteger(event.pid) || !Number.isInteger(event.tid)) faults.push("`pid` or `tid` is no integer");
  if (!isTime(event.ts)) faults.push(`\`ts\` is ${String(event.ts)}`);
  switch (event.ph) {
    case "X":
      if (!isTime(event.dur)) faults.push(`\`dur\` is ${String(event.dur)}`);
      break;
    case "C":
      if (typeof event.args !== "object" || event.args === null || Object.values(event.args).length === 0 || !Object.values(event.args).every((value) => typeof value === "number")) faults.push("a counter without numbers");
      break;
    case "s":
    case "f":
      if (!(typeof event.id === "string" ? /^(?:0x)?[0-9a-f]{1,16}$/i.test(event.id) : Number.isSafeInteger(event.id) && Number(event.id) >= 0)) faults.push(`a flow with the id ${String(event.id)}, which is no hexadecimal number`);
      if (typeof event.cat !== "string") faults.push("a flow without category");
      if (event.ph === "f" && event.bp !== "e") faults.push("the end of a flow that does not bind to the slice around it");
      break;
    case "M":
      if (event.name === "thread_name" && typeof (event.args as { readonly name?: unknown } | undefined)?.name !== "string") faults.push("a thread's name without text");
      break;
    default: faults.push(`\`ph\` is ${String(event.ph)}`);
  }
  return faults;
}

/** Slices of one thread lie beside or inside each other, in nanoseconds, whichever way they are made whole; zero ones stand on each other. */
function faultsOfNesting(events: readonly Event[]): string[] {
  const faults: string[] = [];
  for (const whole of [Math.round, Math.trunc]) {
    for (const [thread, slices] of byThread(events)) {
      const open: number[] = [];
      for (const { ts, dur } of slices.map((slice) => ({ ts: whole(slice.ts * 1000), dur: whole(slice.dur * 1000) })).sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
        while (open.length > 0 && (open.at(-1) as number) <= ts) open.pop();
        if (open.length > 0 && ts + dur > (open.at(-1) as number)) faults.push(`thread ${thread}: a slice from ${ts} to ${ts + dur} ns crosses the end of another, ${open.at(-1)}`);
        open.push(ts + dur);
      }
    }
  }
  return faults;
}

/** A flow has a beginning and an end, in this order, each within a slice of its thread. */
function faultsOfFlows(events: readonly Event[]): string[] {
  const faults: string[] = [];
  const threads = byThread(events);
  const ends = new Map<string, { s: Event[]; f: Event[] }>();
  for (const event of events) {
    if (event.ph !== "s" && event.ph !== "f") continue;
    const key = `${String(event.cat)} ${String(event.name)} ${String(event.id)}`;
    const pair = ends.get(key) ?? { s: [], f: [] };
    pair[event.ph].push(event);
    ends.set(key, pair);
    const around = threads.get(`${String(event.pid)} ${String(event.tid)}`) ?? [];
    if (!around.some(({ ts, dur }) => ts <= (event.ts as number) && (event.ts as number) <= ts + dur)) faults.push(`flow ${key}: an end outside of any slice`);
    const last = events.slice(0, events.indexOf(event)).findLast(({ ph, pid, tid }) => ph === "X" && pid === event.pid && tid === event.tid);
    if (last?.cat !== event.cat || last?.ts !== event.ts) faults.push(`flow ${key}: an end that binds to ${String(last?.name)}, not to the slice of its own`);
  }
  for (const [key, { s, f }] of ends) {
    if (s.length !== 1 || f.length !== 1) faults.push(`flow ${key}: ${s.length} beginnings, ${f.length} ends`);
    else if ((s[0]?.ts as number) > (f[0]?.ts as number)) faults.push(`flow ${key}: it ends before it begins`);
  }
  return faults;
}

function byThread(events: readonly Event[]): Map<string, { readonly ts: number; readonly dur: number }[]> {
  const threads = new Map<string, { readonly ts: number; readonly dur: number }[]>();
  for (const { ph, pid, tid, ts, dur } of events) {
    if (ph !== "X") continue;
    const thread = `${String(pid)} ${String(tid)}`;
    threads.set(thread, [...(threads.get(thread) ?? []), { ts: Number(ts), dur: Number(dur) }]);
  }
  return threads;
}
