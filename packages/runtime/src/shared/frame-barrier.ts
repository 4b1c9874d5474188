/**
 * Where agents meet at the end of a frame: each signals once a generation, and who waits goes on when all that are counted have.
 *
 *   workers:      ... work ... signalFrameComplete()                       coordinator:  signalFrameComplete(), waitAll(), endFrame(), reset()
 *   as equals:    ... work ... signalFrameComplete(), waitAndReset()
 *
 * The words are those of gate.ts. A barrier object stands for its agent: it knows which member it is, and up to which generation it has gone on. A signal is
 * counted in the generation that is open, also when somebody has not yet looked at the one before: it stays complete for that one until its own `reset`, or
 * its next signal. A barrier that was not shared stands for all its members: each signal is another one's.
 *
 * Where memory is not shared, the words are those of the agent that made the barrier, and the others hear of them by messages (posted-gate.ts).
 */
import { capabilities } from "../capabilities.ts";
import { badArgument, cannotBlock, overSignalled } from "../errors.ts";
import {
  abandonGeneration, addMember, arrive, arrivedMask, claimMember, GATE, GATE_WORDS, generationOf, initGate, MAX_MEMBERS, open, registeredMask, removeMember, spareMember, takeMember,
} from "./gate.ts";
import { PostedGate } from "./posted-gate.ts";
import { checkMs } from "./wait-signal.ts";
import { canBlock, readGate, waitAsync, waitWhile } from "./words.ts";

/** What `share()` gives: structured-cloneable, for `FrameBarrier.attach` in another agent. */
export interface SharedBarrier {
  readonly framealloc: "barrier";
  /** Undefined where memory is not shared. */
  readonly buffer: SharedArrayBuffer | undefined;
  readonly name: string;
  readonly threads: readonly string[];
  /** Where memory is not shared: the words as they were. */
  readonly words?: readonly number[];
}

/** Of a barrier, and of this agent's waits at it. */
export interface BarrierStats {
  readonly generations: number;
  /** Members that are waited for, and those of them that arrived. */
  readonly members: number;
  readonly arrived: number;
  /** By this agent. */
  readonly signals: number;
  readonly waits: number;
  readonly timeouts: number;
  readonly waitedMs: number;
  readonly longestWaitMs: number;
}

/** Looks before sleeping: who is about to arrive is met without the kernel. */
const SPINS = 2000;
/** Sleeps are cut: an agent may die between the last arrival and the waking. */
const SLICE_MS = 20;
const POLL_MS = 1;

export class FrameBarrier {
  private readonly shared: SharedBarrier;
  private readonly words: Int32Array;
  /** Where memory is not shared. */
  private readonly posted: PostedGate | undefined;
  /** True once another agent may be a member. */
  private isShared: boolean;
  private own = -1;
  /** The generation that this agent is in. */
  private current: number;
  private signals = 0;
  private waits = 0;
  private timeouts = 0;
  private waitedMs = 0;
  private longestWaitMs = 0;

  /** A barrier for so many agents that signal: from 1 to 24. `memory` "local": it goes by messages also where memory can be shared. Throws `argument` for any other number. */
  constructor(agents: number, { memory = "auto" }: { readonly memory?: "auto" | "local" } = {}) {
    // First, so that what fails to open is not what the next one opens.
    const given = opening;
    opening = undefined;
    if (!Number.isInteger(agents) || agents < 1 || agents > MAX_MEMBERS) throw badArgument("FrameBarrier", "agents", agents, `an integer from 1 to ${MAX_MEMBERS}`);
    const isAttached = given?.isAttached === true;
    this.shared = isAttached ? given.shared : newShared(given?.shared.threads ?? [], memory !== "local");
    const { buffer, name } = this.shared;
    this.words = new Int32Array(buffer ?? new ArrayBuffer(GATE_WORDS * 4));
    if (!isAttached) initGate(this.words, agents);
    else if (buffer === undefined) this.words.set(this.shared.words ?? []);
    this.isShared = isAttached;
    const thread = given?.thread;
    this.posted = buffer === undefined ? new PostedGate(name, this.words, !isAttached, thread) : undefined;
    if (thread !== undefined) {
      this.own = this.memberOf(thread);
      takeMember(this.words, this.own);
    }
    this.current = generationOf(this.words);
  }

  /** The barrier that another agent shares; with `thread`, as the one of that name. Throws `argument` for anything else. */
  static attach(shared: SharedBarrier, thread?: string): FrameBarrier {
    if (typeof shared !== "object" || shared === null || shared.framealloc !== "barrier") throw badArgument("attach", "shared", shared, "what `share()` of a barrier gave");
    if (thread !== undefined && !shared.threads.includes(thread)) throw badArgument("attach", "thread", thread, `one of those that the builder was told: ${shared.threads.join(", ")}`);
    opening = { shared, isAttached: true, thread: thread === undefined ? undefined : shared.threads.indexOf(thread) };
    return new FrameBarrier(1);
  }

  /** @internal */
  static named(threads: readonly string[]): FrameBarrier {
    opening = { shared: newShared(threads, true), isAttached: false, thread: undefined };
    return new FrameBarrier(threads.length);
  }

  /** For other agents: `worker.postMessage(barrier.share())`. From here on each barrier object is one member. */
  share(): SharedBarrier {
    this.isShared = true;
    return this.posted === undefined ? this.shared : { ...this.shared, words: [...this.words] };
  }

  /** Which member this agent is, for `unregister` by another when this one died; -1 before its first signal. */
  get member(): number {
    return this.own;
  }

  /**
   * Says that this agent's part of the frame is done. Does not wait. Throws FA205 when it has signalled in this generation already, and when more agents signal than
   * are counted; then nothing is changed.
   */
  signalFrameComplete(): void {
    if (this.posted?.isClient === true) this.current = this.posted.signal();
    else if (this.isShared) this.signalAsMember();
    else this.signalAsNext();
    this.signals += 1;
  }

  /** Waits until all have signalled; then the frame may end. Blocks: FA209 on the main thread of a page, and where memory is not shared. */
  waitAll(): void {
    this.block("waitAll", Infinity);
  }

  /** As `waitAll`, `ms` at most; false when they were over first. `argument` for an `ms` that is no number. */
  waitTimeout(ms: number): boolean {
    checkMs("waitTimeout", "ms", ms);
    return this.block("waitTimeout", ms);
  }

  /** As `waitAll`, without blocking: for the main thread of a page. */
  async waitAllAsync(): Promise<void> {
    const startMs = performance.now();
    while (!this.isComplete()) {
      if (this.posted !== undefined) await this.posted.change();
      else await this.sleep(readGate(this.words, GATE));
    }
    this.note(startMs, true);
  }

  /** `waitAll` and `reset`. */
  waitAndReset(): void {
    this.waitAll();
    this.reset();
  }

  /** Begins this agent's next frame, when all have signalled. Earlier it gives the generation up: who signalled is forgotten, and who waits goes on. */
  reset(): void {
    if (this.isComplete()) this.current += 1;
    else if (this.posted?.isClient === true) this.posted.abandon();
    else {
      abandonGeneration(this.words);
      this.posted?.tell();
      this.current = generationOf(this.words);
    }
  }

  /** Whether all have signalled in the generation that this agent is in. */
  isComplete(): boolean {
    // Who signalled last may have died before it opened the gate.
    if (this.posted?.isClient !== true) open(this.words);
    else this.current = Math.max(this.current, this.posted.begun);
    return generationOf(this.words) > this.current;
  }

  /** Agents that have signalled in the generation that this agent is in. */
  arrivedCount(): number {
    return count(this.isComplete() ? registeredMask(this.words) : arrivedMask(this.words));
  }

  /** How many generations are complete. The same for all agents. */
  generation(): number {
    return generationOf(this.words);
  }

  /** Counts one more agent, from this generation on. Throws `argument` when there are 24. */
  register(): void {
    if (this.posted?.isClient === true) return this.posted.register();
    if (addMember(this.words) < 0) throw badArgument("register", "agents", MAX_MEMBERS + 1, `at most ${MAX_MEMBERS}`);
    this.posted?.tell();
  }

  /** Counts an agent less: this one, or one that died, by its name or its `member`. The others go on when it was the last that was missing. */
  unregister(which?: string | number): void {
    const member = which === undefined ? (this.own >= 0 ? this.own : spareMember(this.words)) : typeof which === "number" ? which : this.shared.threads.indexOf(which);
    if (!Number.isInteger(member) || member < 0 || member >= MAX_MEMBERS) throw badArgument("unregister", "which", which, "the name of a thread, or the `member` of a barrier");
    if (member === this.own) this.own = -1;
    if (this.posted?.isClient === true) return this.posted.unregister(which === undefined ? undefined : member);
    removeMember(this.words, member);
    this.posted?.tell();
  }

  /** Allocates what it returns. */
  barrierStats(): BarrierStats {
    const { signals, waits, timeouts, waitedMs, longestWaitMs } = this;
    return { generations: this.generation(), members: count(registeredMask(this.words)), arrived: count(arrivedMask(this.words)), signals, waits, timeouts, waitedMs, longestWaitMs };
  }

  private signalAsMember(): void {
    if (this.own < 0) this.own = claimMember(this.words);
    if (this.own < 0) throw overSignalled("a barrier signalled by more agents than it counts");
    const generation = arrive(this.words, this.own);
    if (generation < 0) throw overSignalled("a barrier signalled twice by one agent in one generation");
    this.current = generation;
    this.posted?.tell();
  }

  private signalAsNext(): void {
    const left = registeredMask(this.words) & ~arrivedMask(this.words);
    if (this.isComplete() || left === 0) throw overSignalled("a barrier signalled once more after all agents had, and before its `reset`");
    arrive(this.words, 31 - Math.clz32(left & -left));
  }

  private memberOf(thread: number): number {
    if ((registeredMask(this.words) & (1 << thread)) === 0 && this.posted === undefined) throw badArgument("attach", "thread", this.shared.threads[thread], "one that was not unregistered");
    return thread;
  }

  private block(call: string, ms: number): boolean {
    const startMs = performance.now();
    for (let i = 0; i < SPINS; i += 1) if (this.isComplete()) return this.note(startMs, true);
    if (this.posted !== undefined || !canBlock()) throw cannotBlock(call, "waitAllAsync()");
    for (const endMs = startMs + ms; ; ) {
      const seen = readGate(this.words, GATE);
      if (this.isComplete()) return this.note(startMs, true);
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return this.note(startMs, false);
      waitWhile(this.words, GATE, seen, Math.min(leftMs, SLICE_MS));
    }
  }

  private sleep(seen: number): Promise<unknown> {
    const waiting = waitAsync(this.words, GATE, seen, SLICE_MS);
    // The timer also keeps the process alive, which such a wait does not.
    return new Promise<unknown>((resolve) => {
      const timer = setTimeout(resolve, waiting === undefined ? POLL_MS : SLICE_MS);
      void waiting?.then((how) => {
        clearTimeout(timer);
        resolve(how);
      });
    });
  }

  private note(startMs: number, isComplete: boolean): boolean {
    const ms = performance.now() - startMs;
    this.waits += 1;
    this.waitedMs += ms;
    this.longestWaitMs = Math.max(this.longestWaitMs, ms);
    if (!isComplete) this.timeouts += 1;
    return isComplete;
  }
}

/** A barrier whose agents have names: `new FrameBarrierBuilder().withThread("main").withThread("physics").build()`. */
export class FrameBarrierBuilder {
  private readonly threads: string[] = [];

  /** Counts an agent that signals. `argument` for a name that is none, or there already. */
  withThread(name: string): this {
    if (typeof name !== "string" || name === "" || this.threads.includes(name)) throw badArgument("withThread", "name", name, "a name that is not there yet");
    this.threads.push(name);
    return this;
  }

  /** Throws `argument` without any thread, and for more than 24. */
  build(): FrameBarrier {
    return FrameBarrier.named(this.threads);
  }
}

/** What the constructor opens, while it runs for `attach` or `named`. */
let opening: { readonly shared: SharedBarrier; readonly isAttached: boolean; readonly thread: number | undefined } | undefined;

function newShared(threads: readonly string[], isShared: boolean): SharedBarrier {
  const buffer = capabilities.shared && isShared ? new SharedArrayBuffer(GATE_WORDS * 4) : undefined;
  return { framealloc: "barrier", buffer, name: `framealloc-${Math.random().toString(36).slice(2)}`, threads: [...threads] };
}

function count(mask: number): number {
  let bits = 0;
  for (let left = mask; left !== 0; left &= left - 1) bits += 1;
  return bits;
}
