/**
 * Records what an allocator does, for a trace: frames, zones, memory, transfers. The last events are kept, in a ring of numbers; recording makes no garbage.
 *
 *   record   | what | time | duration or size | a | b | c |
 */
import type { SmartAlloc } from "../allocator.ts";
import { DISPOSE } from "../dispose-symbol.ts";
import { badArgument } from "../errors.ts";
import type { FrameEvent } from "../lifecycle/frame-event.ts";
import { clockOriginMs, makeClock, type Clock } from "../tags/clock.ts";
import type { TraceEvent } from "./chrome-trace.ts";

const CELLS = 6;
const FRAME = 1;
const MEMORY = 2;
const SENT = 3;
const RECEIVED = 4;
const ZONE = 5;
/** All agents are in one process of the trace. */
const PROCESS = 1;

export interface RecorderOptions {
  /** Events that are kept, the last ones. Default 65,536: 3 MB. */
  readonly capacity?: number;
  /** The thread of the trace. Default: the allocator's `agentId` when the recorder is attached; give one where agents share no memory, as all are 0 there. */
  readonly tid?: number;
  /** How the thread is called. Default "agent 0". */
  readonly name?: string;
}

export class TraceRecorder {
  private readonly capacity: number;
  private readonly cells: Float64Array;
  private written = 0;
  private readonly clock: Clock = makeClock();
  private readonly originMs: number = clockOriginMs();
  private readonly times: Float64Array = new Float64Array(1);
  private tid: number | undefined;
  private readonly name: string | undefined;
  private readonly zoneNames: string[] = [];
  private readonly zoneNumbers: Map<string, number> = new Map();
  private readonly zones: TraceZone[] = [];
  private openZones = 0;

  /** `argument` for options out of their range. */
  constructor({ capacity = 65_536, tid, name }: RecorderOptions = {}) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) throw badArgument("TraceRecorder", "capacity", capacity, "an integer of at least 1");
    if (tid !== undefined && (!Number.isSafeInteger(tid) || tid < 0)) throw badArgument("TraceRecorder", "tid", tid, "an integer of at least 0");
    this.capacity = capacity;
    this.cells = new Float64Array(capacity * CELLS);
    this.tid = tid;
    this.name = name;
  }

  /** Records an allocator from here on; turns its lifecycle tracking on. Gives the function that ends it. */
  attach(alloc: SmartAlloc): () => void {
    this.tid ??= alloc.seat();
    alloc.enableLifecycleTracking();
    return alloc.onFrameEvent((event) => this.hear(event));
  }

  /** A slice with a name until it is disposed, inside the open frame or zone: `using zone = recorder.zone("physics")`. Recycled by how many are open. */
  zone(name: string): TraceZone {
    const depth = this.openZones;
    this.openZones += 1;
    const zone = (this.zones[depth] ??= new TraceZone((ended) => this.endZone(ended, depth)));
    zone.begin(name, this.nowUs());
    return zone;
  }

  /** Events that are kept now. */
  get length(): number {
    return Math.min(this.written, this.capacity);
  }

  clear(): void {
    this.written = 0;
  }

  /** What is kept, the oldest first, for `chromeTrace`. Allocates what it returns. */
  events(): TraceEvent[] {
    const tid = this.tid ?? 0;
    const events: TraceEvent[] = [{ ph: "M", name: "thread_name", pid: PROCESS, tid, ts: 0, args: { name: this.name ?? `agent ${tid}` } }];
    for (let i = this.written - this.length; i < this.written; i += 1) events.push(...this.eventsAt((i % this.capacity) * CELLS, tid));
    return events;
  }

  private hear(event: FrameEvent): void {
    switch (event.type) {
      case "frameEnd":
        this.frameEnded(event);
        return;
      case "transferInitiated":
      case "transferCompleted":
        this.transferred(event);
        return;
      case "alloc":
      case "free":
      case "frameBegin":
      case "crossThreadFreeQueued":
      case "deferredProcessed":
      case "memoryPressure":
      case "budgetWarning":
      case "budgetExceeded":
      case "slabRefill":
    }
  }

  // A number with a fraction that is handed to a function is garbage, unless engines compile the call into its caller: so times go straight into the ring.

  private frameEnded(event: Extract<FrameEvent, { type: "frameEnd" }>): void {
    const { cells } = this;
    const at = this.next(FRAME, event.frameNumber, event.peak, event.totalAllocated);
    cells[at + 1] = event.timeUs - event.durationUs;
    cells[at + 2] = event.durationUs;
    const then = this.next(MEMORY, event.peak, event.poolBytes, event.heapBytes);
    cells[then + 1] = event.timeUs;
  }

  private transferred(event: Extract<FrameEvent, { type: "transferInitiated" | "transferCompleted" }>): void {
    const at = this.next(event.type === "transferInitiated" ? SENT : RECEIVED, event.ptr, event.generation, 0);
    this.cells[at + 1] = event.timeUs;
    this.cells[at + 2] = event.sizeBytes;
  }

  private endZone(zone: TraceZone, depth: number): void {
    if (depth >= this.openZones) return;
    const endUs = this.nowUs();
    // Those inside that are not ended end with it.
    for (let inner = this.openZones - 1; inner > depth; inner -= 1) this.writeZone(this.zones[inner], endUs);
    this.writeZone(zone, endUs);
    this.openZones = depth;
  }

  private writeZone(zone: TraceZone | undefined, endUs: number): void {
    if (zone === undefined) return;
    let number = this.zoneNumbers.get(zone.name);
    if (number === undefined) {
      number = this.zoneNames.push(zone.name) - 1;
      this.zoneNumbers.set(zone.name, number);
    }
    const at = this.next(ZONE, number, 0, 0);
    this.cells[at + 1] = zone.beganUs;
    this.cells[at + 2] = endUs - zone.beganUs;
  }

  private nowUs(): number {
    this.clock(this.times, 0);
    return ((this.times[0] ?? 0) + this.originMs) * 1e3;
  }

  /** Where the next record is, whose time and second number are still to be filled in. */
  private next(what: number, a: number, b: number, c: number): number {
    const at = (this.written % this.capacity) * CELLS;
    const { cells } = this;
    cells[at] = what;
    cells[at + 3] = a;
    cells[at + 4] = b;
    cells[at + 5] = c;
    this.written += 1;
    return at;
  }

  private eventsAt(at: number, tid: number): TraceEvent[] {
    const [what = 0, ts = 0, second = 0, a = 0, b = 0, c = 0] = this.cells.subarray(at, at + CELLS);
    const here = { pid: PROCESS, tid, ts };
    switch (what) {
      case FRAME: return [{ ph: "X", name: `frame ${a}`, cat: "frame", ...here, dur: second, args: { peakBytes: b, allocatedBytes: c } }];
      case MEMORY: return [{ ph: "C", name: `memory of agent ${tid}`, cat: "memory", ...here, args: { frame: a, pool: b, heap: c } }];
      case ZONE: return [{ ph: "X", name: this.zoneNames[a] ?? "", cat: "zone", ...here, dur: second }];
      case SENT:
      case RECEIVED: {
        const isSent = what === SENT;
        const slice: TraceEvent = { ph: "X", name: isSent ? "send" : "receive", cat: "transfer", ...here, dur: 0, args: { bytes: second } };
        // Without shared memory nothing names a transfer for both agents.
        if (a === 0) return [slice];
        const arrow = { name: "transfer", cat: "transfer", ...here, id: `0x${b.toString(16)}${a.toString(16).padStart(8, "0")}` };
        return [slice, isSent ? { ph: "s", ...arrow } : { ph: "f", bp: "e", ...arrow }];
      }
      default: return [];
    }
  }
}

/** Ends its zone when disposed, and those inside it; no effect the second time. */
export class TraceZone {
  /** @internal */
  name = "";
  /** @internal */
  beganUs = NaN;
  private isOpen = false;
  private readonly end: (zone: TraceZone) => void;

  /** @internal */
  constructor(end: (zone: TraceZone) => void) {
    this.end = end;
  }

  /** @internal */
  begin(name: string, timeUs: number): void {
    this.name = name;
    this.beganUs = timeUs;
    this.isOpen = true;
  }

  [DISPOSE](): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.end(this);
  }
}
