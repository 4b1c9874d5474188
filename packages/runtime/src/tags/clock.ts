/**
 * The clock of phases. A number with a fraction that comes out of a call is garbage, unless engines compile the call into its caller; so the clock
 * puts it in a typed array. Up to Node 22 `performance.now` makes such a number in Node itself, while `hrtime` makes a pair, which is compiled away
 * where the call has been compiled into its caller. That is sure in a small function only, so this one must not be compiled into a large one itself: a
 * proxy keeps V8 from it. From Node 24 on it is the other way round: V8 calls `performance.now` without a number being made, and the pair remains. Browsers have
 * `performance` alone, worklets for audio only `Date`.
 */

/** Puts milliseconds with a fraction, of which only differences mean anything, in cell `index`. Never goes back, except by `Date`. */
export type Clock = (cells: Float64Array, index: number) => void;

/** The first version of Node whose `performance.now` makes no garbage. */
const FAST_PERFORMANCE = 24;

type HrTime = () => readonly [number, number];

export function makeClock(): Clock {
  const hrtime = hrtimeOfOldNode();
  if (hrtime !== undefined) {
    return keptApart((cells, index) => {
      const [seconds, nanoseconds] = hrtime();
      cells[index] = seconds * 1e3 + nanoseconds / 1e6;
    });
  }
  if (typeof performance === "undefined") return (cells, index) => { cells[index] = Date.now(); };
  const clock: Clock = (cells, index) => { cells[index] = performance.now(); };
  return nodeVersion() === 0 ? clock : keptApart(clock);
}

function keptApart(clock: Clock): Clock {
  return new Proxy(clock, {});
}

/** What is to be added to the clock of this agent for one that all agents of the process, or of the page, share. */
export function clockOriginMs(): number {
  // Threads of Node share `hrtime`; each agent has a `performance` that began with it.
  return hrtimeOfOldNode() !== undefined || typeof performance === "undefined" ? 0 : performance.timeOrigin;
}

function hrtimeOfOldNode(): HrTime | undefined {
  const { process } = globalThis as { readonly process?: { readonly hrtime?: HrTime } };
  const hrtime = process?.hrtime;
  return nodeVersion() < FAST_PERFORMANCE && typeof hrtime === "function" ? hrtime : undefined;
}

/** The first number of it; 0 elsewhere. */
function nodeVersion(): number {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return Number.parseInt(process?.versions?.node ?? "0", 10);
}
