/** A loop of frames without an engine: `requestAnimationFrame` where there is one, a timer elsewhere. */
import { badArgument } from "../errors.ts";

interface LoopedFrames {
  withFrame<R>(fn: () => R): R;
}

interface Scheduler {
  readonly requestAnimationFrame?: (step: (timeMs: number) => void) => number;
  readonly cancelAnimationFrame?: (request: number) => void;
  readonly setTimeout: (step: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: never) => void;
}

/** Without a screen: 60 in a second. */
const TIMER_MS = 1000 / 60;

/**
 * Calls `fn` in a frame of its own again and again, with the milliseconds since the last time: 0 at first. Gives the function that ends the loop. What `fn` throws ends the
 * frame and the loop. FA607 when it returns a promise, `argument` for what is no allocator or no function.
 */
export function frameLoop(alloc: LoopedFrames, fn: (deltaMs: number) => void): () => void {
  if (typeof (alloc as LoopedFrames | undefined)?.withFrame !== "function") throw badArgument("frameLoop", "alloc", alloc, "a `SmartAlloc` or a `FrameArena`");
  if (typeof fn !== "function") throw badArgument("frameLoop", "fn", fn, "a function");
  const scheduler = globalThis as unknown as Scheduler;
  let isRunning = true;
  let lastMs = NaN;
  let deltaMs = 0;
  let request: unknown;
  const isOnScreen = scheduler.requestAnimationFrame !== undefined;
  const inFrame = (): void => fn(deltaMs);
  const step = (timeMs = performance.now()): void => {
    deltaMs = lastMs > 0 ? timeMs - lastMs : 0;
    lastMs = timeMs;
    alloc.withFrame(inFrame);
    if (isRunning) ask();
  };
  const onTimer = (): void => step();
  const ask = (): void => {
    request = isOnScreen ? scheduler.requestAnimationFrame?.(step) : scheduler.setTimeout(onTimer, TIMER_MS);
  };
  ask();
  return () => {
    isRunning = false;
    if (isOnScreen) scheduler.cancelAnimationFrame?.(request as number);
    else scheduler.clearTimeout(request as never);
  };
}
