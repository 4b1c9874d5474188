/**
 * Frames as a track of its own in the Performance panel of Chrome's DevTools, by `console.timeStamp` with its further arguments: label, begin, end, track, group,
 * colour; milliseconds of `performance.now()`. The panel shows them while it records; otherwise nothing keeps them.
 */
import type { SmartAlloc } from "../allocator.ts";
import { formatBytes } from "../byte-units.ts";

export interface DevtoolsOptions {
  /** Default "frames". */
  readonly track?: string;
  /** Default "framealloc". */
  readonly group?: string;
  /** Frames that take longer are shown as errors. Default: none are. */
  readonly slowMs?: number;
}

type TimeStamp = (label: string, beginMs: number, endMs: number, track: string, group: string, color: string) => void;

/** Shows each frame of an allocator from here on; turns its lifecycle tracking on. Gives the function that ends it. Allocates a label a frame. Does nothing where the console has no `timeStamp`. */
export function devtoolsTracks(alloc: SmartAlloc, { track = "frames", group = "framealloc", slowMs = Infinity }: DevtoolsOptions = {}): () => void {
  const { timeStamp } = console as { timeStamp?: TimeStamp };
  if (typeof timeStamp !== "function") return () => {};
  alloc.enableLifecycleTracking();
  return alloc.onFrameEvent((event) => {
    if (event.type !== "frameEnd") return;
    const endMs = performance.now();
    const durationMs = event.durationUs / 1e3;
    timeStamp.call(console, `frame ${event.frameNumber}, ${formatBytes(event.peak)}`, endMs - durationMs, endMs, track, group, durationMs > slowMs ? "error" : "primary");
  });
}
