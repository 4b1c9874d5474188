/** PixiJS: a frame is one update of a ticker, the rendering of its application included. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("pixi");

/** A `Ticker`. */
export interface PrioritizedTicker {
  add(callback: () => void, context?: undefined, priority?: number): unknown;
  remove(callback: () => void): unknown;
}

/** Begins and ends the allocator's frame around all listeners of a ticker, or of an application's, until it is detached. */
export function attachFrames(appOrTicker: PrioritizedTicker | { readonly ticker: PrioritizedTicker }, alloc: FrameHolder): () => void {
  const frames = new EngineFrames("pixi", appOrTicker, alloc);
  const ticker = "ticker" in appOrTicker ? appOrTicker.ticker : appOrTicker;
  ticker.add(frames.begin, undefined, Infinity);
  ticker.add(frames.end, undefined, -Infinity);
  return () => {
    ticker.remove(frames.begin);
    ticker.remove(frames.end);
    frames.detach();
  };
}
