/**
 * Sleeping until another agent has done something, without losing a wake-up.
 *
 *   sleeper:  read the signal -> say so -> meet -> look again -> sleep while the signal is what it was
 *   waker:    do it -> did anybody say so? -> take that back -> change the signal, wake all
 *
 * Either the sleeper's look comes after what the waker did, or the waker's question after the sleeper said so. A waker whose deed is the change of one word has no need of an atomic to ask: a sleeper
 * meets it there, by a change of that word that leaves it as it is, and one of the two changes comes after the other. Whoever takes it back changes the signal after that, and the sleeper
 * read it before: so it does not fall asleep on the new one. Between two sleeps one waker alone has the cost of waking. Sleeps are cut into slices all the same: an
 * agent may die between the steps of the waker.
 */
import { badArgument, cannotBlock } from "../errors.ts";
import { canBlock, clearWaiting, pause, readSignal, readWaiting, seesWaiting, setWaiting, wake, waitAsync, waitWhile } from "./words.ts";

const SLICE_MS = 50;
/**
 * Turns of the pauses between looks before sleeping: what comes soon is had without the kernel. An agent that looks again at once takes the cache line away from the one that is about to
 * write it, which costs both several times what an item costs. So where things are there after the first pause each time, in a stream, the next pause is longer, and there are more.
 */
const FIRST_TURNS = 32;
const MOST_TURNS = 1024;
/** All of them together: some 16 microseconds, which is three times what it costs to be put to sleep and woken. Where the other agent waits for this one's processor all of it is lost. */
const TURNS_AWAKE = 2000;
/** Between two looks where the engine cannot wait without blocking. */
const POLL_MS = 1;

/** Where the signal is, and whether anybody sleeps on it. */
export interface Signal {
  readonly words: Int32Array;
  readonly signal: number;
  readonly waiting: number;
  /** Meets those that wake by `raiseMet`, having said that one waits. */
  readonly meet: () => void;
  /** This agent's first pause. */
  turns: number;
}

export function newSignal(words: Int32Array, signal: number, waiting: number, meet: () => void): Signal {
  return { words, signal, waiting, meet, turns: FIRST_TURNS };
}

/** Wakes who sleeps, if anybody does. */
export function raise(at: Signal): void {
  if (readWaiting(at.words, at.waiting) !== 0) wakeSleepers(at);
}

/** The same for who has just changed the word that sleepers of this signal meet at. */
export function raiseMet(at: Signal): void {
  if (seesWaiting(at.words, at.waiting)) wakeSleepers(at);
}

function wakeSleepers(at: Signal): void {
  if (clearWaiting(at.words, at.waiting)) wake(at.words, at.signal);
}

/** Says that this agent is about to sleep: it has to look again, and may sleep then while the signal is what this gives. */
export function announce(at: Signal): number {
  const seen = readSignal(at.words, at.signal);
  setWaiting(at.words, at.waiting);
  return seen;
}

/** Throws `argument` for what is no time to wait: the end of the wait would never come. */
export function checkMs(call: string, name: string, ms: number): void {
  if (typeof ms !== "number" || Number.isNaN(ms)) throw badArgument(call, name, ms, "a number of milliseconds, or Infinity");
}

/** What `look` gives once that is not undefined; undefined when `ms` are over. Blocks: FA209 where that cannot be. */
export function waitFor<R>(at: Signal, look: () => R | undefined, ms: number, call: string, instead: string): R | undefined {
  checkMs(call, "ms", ms);
  const first = at.turns;
  for (let turns = first, passed = 0; passed < TURNS_AWAKE; passed += turns, turns = Math.min(turns * 2, MOST_TURNS)) {
    pause(turns);
    const found = look();
    if (found === undefined) continue;
    at.turns = passed === 0 ? Math.min(first * 2, MOST_TURNS) : FIRST_TURNS;
    return found;
  }
  at.turns = FIRST_TURNS;
  if (!canBlock()) throw cannotBlock(call, instead);
  for (const endMs = performance.now() + ms; ; ) {
    const seen = announce(at);
    at.meet();
    const found = look();
    const leftMs = endMs - performance.now();
    if (found !== undefined || leftMs <= 0) return found;
    waitWhile(at.words, at.signal, seen, Math.min(leftMs, SLICE_MS));
  }
}

/** As `waitFor`, without blocking. */
export async function waitForAsync<R>(at: Signal, look: () => R | undefined, ms: number): Promise<R | undefined> {
  for (const endMs = performance.now() + ms; ; ) {
    const seen = announce(at);
    at.meet();
    const found = look();
    const leftMs = endMs - performance.now();
    if (found !== undefined || leftMs <= 0) return found;
    await sleep(at, seen, Math.min(leftMs, SLICE_MS));
  }
}

function sleep(at: Signal, seen: number, ms: number): Promise<unknown> {
  const waiting = waitAsync(at.words, at.signal, seen, ms);
  // The timer also keeps the process alive, which such a wait does not.
  return new Promise<unknown>((resolve) => {
    const timer = setTimeout(resolve, waiting === undefined ? Math.min(ms, POLL_MS) : ms);
    void waiting?.then((how) => {
      clearTimeout(timer);
      resolve(how);
    });
  });
}
