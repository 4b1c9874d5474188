/**
 * The clock of phases. A number with a fraction that comes out of a call is garbage, unless engines compile the call into its caller; so the clock
 * puts it in a typed array. `performance.now` makes such a number in Node itself, while Node's `hrtime` makes a pair, which is compiled away
 * where the call has been compiled into its caller. That is sure in a small function only, so this one must not be compiled into a large one itself: a
 * proxy keeps V8 from it. Browsers have `performance` alone, worklets for audio only `Date`.
 */

/** Puts milliseconds with a fraction, of which only differences mean anything, in cell `index`. Never goes back, except by `Date`. */
export type Clock = (cells: Float64Array, index: number) => void;

export function makeClock(): Clock {
  const { process } = globalThis as { readonly process?: { readonly hrtime?: () => readonly [number, number] } };
  const hrtime = process?.hrtime;
  if (typeof hrtime === "function") {
    const clock: Clock = (cells, index) => {
      const [seconds, nanoseconds] = hrtime();
      cells[index] = seconds * 1e3 + nanoseconds / 1e6;
    };
    return new Proxy(clock, {});
  }
  if (typeof performance === "undefined") return (cells, index) => { cells[index] = Date.now(); };
  return (cells, index) => { cells[index] = performance.now(); };
}

/** What is to be added to the clock of this agent for one that all agents of the process, or of the page, share. */
export function clockOriginMs(): number {
  const { process } = globalThis as { readonly process?: { readonly hrtime?: unknown } };
  // Threads of Node share `hrtime`; a page's agents each have a `performance` that began with them.
  if (typeof process?.hrtime === "function" || typeof performance === "undefined") return 0;
  return performance.timeOrigin;
}
