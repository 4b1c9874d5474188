/**
 * Phases: named stretches of a frame, nested, with what each allocated and how long it took.
 *
 * A phase that runs again finds the record of its last time by the path that leads there, so a frame that has the phases of the one before makes no
 * garbage. Bytes and counts are the growth of the ledger's total between begin and end, those of inner phases included.
 *
 * Phases begun in a frame end with it. One that was begun outside of any frame may go on over several.
 */
import { badArgument, noPhaseToEnd } from "../errors.ts";
import { DISPOSE } from "../dispose-symbol.ts";
import type { BumpArena } from "../frame/bump-arena.ts";
import { makeClock, type Clock } from "./clock.ts";
import type { Ledger } from "./ledger.ts";
import type { Tags } from "./tags.ts";

/** What happened in a phase. The same object each time the phase runs at the same place: read it before the phase begins again. */
export interface Phase {
  readonly name: string;
  /** `"render::shadows"` */
  readonly path: string;
  /** Allocated between begin and end, inner phases included. */
  readonly bytes: number;
  readonly count: number;
  readonly durationMs: number;
}

/** A phase in one frame, all its runs together. */
export interface PhaseStats extends Phase {
  readonly runs: number;
}

class PhaseRecord implements Phase {
  readonly name: string;
  readonly path: string;
  readonly outer: PhaseRecord | undefined;
  readonly scope: PhaseScope;
  /** Of the last run. */
  bytes = 0;
  count = 0;
  durationMs = 0;
  /** The frame that it was last begun in; `NO_FRAME` outside of one. */
  beganIn = 0;
  /** The list of a frame's phases that it is on. */
  list = 0;
  isOpen = false;
  /** What the ledger's total and the clock said when it began. */
  startBytes = 0;
  startCount = 0;
  startMs = 0;
  /** Of all runs of the frame `beganIn`. */
  readonly sum = { runs: 0, bytes: 0, count: 0, durationMs: 0 };
  private readonly inner: Map<string, PhaseRecord> = new Map();

  constructor(name: string, path: string, outer: PhaseRecord | undefined, phases: Phases) {
    this.name = name;
    this.path = path;
    this.outer = outer;
    this.scope = new PhaseScope(phases, this);
  }

  child(name: string, phases: Phases): PhaseRecord {
    return this.inner.get(name) ?? this.newChild(name, phases);
  }

  private newChild(name: string, phases: Phases): PhaseRecord {
    const record = new PhaseRecord(name, this.outer === undefined ? name : `${this.path}::${name}`, this, phases);
    this.inner.set(name, record);
    return record;
  }
}

/** Ends its phase when disposed, and those begun in it; no effect when the phase has ended already. */
export class PhaseScope {
  private readonly phases: Phases;
  private readonly record: PhaseRecord;

  constructor(phases: Phases, record: PhaseRecord) {
    this.phases = phases;
    this.record = record;
  }

  [DISPOSE](): void {
    if (this.record.isOpen) this.phases.endThrough(this.record);
  }
}

const NO_FRAME = -1;

export class Phases {
  private readonly frames: BumpArena;
  private readonly tags: Tags;
  private readonly ledger: Ledger;
  private readonly clock: Clock = makeClock();
  /** What the clock said last. */
  private readonly now: Float64Array = new Float64Array(1);
  private readonly root: PhaseRecord = new PhaseRecord("", "", undefined, this);
  private current: PhaseRecord = this.root;
  /** The phases of the frame `usedIn`, in the order in which they first began. */
  private readonly used: PhaseRecord[] = [];
  private usedCount = 0;
  private usedIn = NO_FRAME;
  private listCount = 1;

  constructor(frames: BumpArena, tags: Tags, ledger: Ledger) {
    this.frames = frames;
    this.tags = tags;
    this.ledger = ledger;
  }

  /** Begins a phase inside the one that is open. `argument` for what is no name. */
  begin(name: string): void {
    this.open(name, "beginPhase");
  }

  /** Ends the innermost phase and tells of it. Throws `argument` when none is open. */
  end(): Phase {
    const record = this.current;
    if (record === this.root) throw noPhaseToEnd();
    this.close(record);
    return record;
  }

  /** A phase that ends when the scope is disposed. The scope is recycled. */
  scope(name: string): PhaseScope {
    return this.open(name, "phaseScope").scope;
  }

  /** Calls `fn` in a phase, also ended when it throws, and gives what it returned. */
  with<R>(name: string, fn: () => R): R {
    const record = this.open(name, "withPhase");
    try {
      return fn();
    } finally {
      if (record.isOpen) this.endThrough(record);
    }
  }

  /**
   * The phases of the open frame, or of the last one, or of what ran since outside of any; each with the sum of its runs that have ended.
   * Allocates.
   */
  stats(): PhaseStats[] {
    return this.used.slice(0, this.usedCount).map(({ name, path, sum }) => ({ name, path, ...sum }));
  }

  /** The path of the innermost phase; empty when none is open. */
  path(): string {
    return this.current.path;
  }

  /** @internal Ends the phases that were begun in the frame. */
  frameEnding(): void {
    const frame = this.frames.frameNumber();
    while (this.current.beganIn === frame && this.current !== this.root) this.close(this.current);
  }

  /** @internal Ends `record`, which is open, and all phases inside it. */
  endThrough(record: PhaseRecord): void {
    while (record.isOpen) this.close(this.current);
  }

  private open(name: string, call: string): PhaseRecord {
    if (typeof name !== "string" || name === "") throw badArgument(call, "name", name, "a name");
    const record = this.current.child(name, this);
    const frame = this.frames.inFrame() ? this.frames.frameNumber() : NO_FRAME;
    this.note(record, frame);
    this.tags.settle();
    const { total } = this.ledger;
    record.startBytes = total.bytes;
    record.startCount = total.count;
    record.isOpen = true;
    this.current = record;
    this.clock(this.now, 0);
    record.startMs = this.now[0] ?? 0;
    return record;
  }

  /** Begins the sums of a new frame, and those of a phase that the frame did not have yet. */
  private note(record: PhaseRecord, frame: number): void {
    if (frame !== this.usedIn) {
      this.usedIn = frame;
      this.usedCount = 0;
      this.listCount += 1;
    }
    record.beganIn = frame;
    if (record.list === this.listCount) return;
    record.list = this.listCount;
    this.used[this.usedCount] = record;
    this.usedCount += 1;
    const { sum } = record;
    sum.runs = 0;
    sum.bytes = 0;
    sum.count = 0;
    sum.durationMs = 0;
  }

  private close(record: PhaseRecord): void {
    this.clock(this.now, 0);
    const durationMs = (this.now[0] ?? 0) - record.startMs;
    this.tags.settle();
    const { total } = this.ledger;
    const { sum } = record;
    record.bytes = total.bytes - record.startBytes;
    record.count = total.count - record.startCount;
    record.durationMs = durationMs;
    record.isOpen = false;
    sum.runs += 1;
    sum.bytes += record.bytes;
    sum.count += record.count;
    sum.durationMs += durationMs;
    this.current = record.outer ?? this.root;
  }
}
