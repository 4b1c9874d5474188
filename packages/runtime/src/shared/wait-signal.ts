/**
 * Sleeping until another agent has done something, without losing a wake-up.
 *
 *   sleeper:  count in -> read the signal -> look again -> sleep while the signal is that -> count out
 *   waker:    do it -> anybody counted in? -> change the signal, wake
 *
 * Either the sleeper's look comes after what the waker did, or the waker's question after the sleeper counted itself in. Sleeps are cut into slices all the same: an
 * agent may die between the two steps of the waker.
 */
import { cannotBlock } from "../errors.ts";
import { canBlock, countWaiter, readSignal, readWaiters, wake, waitAsync, waitWhile } from "./words.ts";

const SLICE_MS = 50;
/** Looks before sleeping: what comes soon is had without the kernel. */
const SPINS = 200;
/** Between two looks where the engine cannot wait without blocking. */
const POLL_MS = 1;

/** Where the signal and the count of sleepers are. */
export interface Signal {
  readonly words: Int32Array;
  readonly signal: number;
  readonly waiters: number;
}

/** Wakes one sleeper, or all, if there are any. */
export function raise(at: Signal, count = 1): void {
  if (readWaiters(at.words, at.waiters) > 0) wake(at.words, at.signal, count);
}

/** What `look` gives once that is not undefined; undefined when `ms` are over. Blocks: FA209 where that cannot be. */
export function waitFor<R>(at: Signal, look: () => R | undefined, ms: number, call: string, instead: string): R | undefined {
  for (let i = 0; i < SPINS; i += 1) {
    const found = look();
    if (found !== undefined) return found;
  }
  if (!canBlock()) throw cannotBlock(call, instead);
  const endMs = performance.now() + ms;
  countWaiter(at.words, at.waiters, 1);
  try {
    for (;;) {
      const seen = readSignal(at.words, at.signal);
      const found = look();
      const leftMs = endMs - performance.now();
      if (found !== undefined || leftMs <= 0) return found;
      waitWhile(at.words, at.signal, seen, Math.min(leftMs, SLICE_MS));
    }
  } finally {
    countWaiter(at.words, at.waiters, -1);
  }
}

/** As `waitFor`, without blocking. */
export async function waitForAsync<R>(at: Signal, look: () => R | undefined, ms: number): Promise<R | undefined> {
  const endMs = performance.now() + ms;
  countWaiter(at.words, at.waiters, 1);
  try {
    for (;;) {
      const seen = readSignal(at.words, at.signal);
      const found = look();
      const leftMs = endMs - performance.now();
      if (found !== undefined || leftMs <= 0) return found;
      await sleep(at, seen, Math.min(leftMs, SLICE_MS));
    }
  } finally {
    countWaiter(at.words, at.waiters, -1);
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
