/** PlayCanvas: a frame is one tick of the application, from `frameupdate` to `frameend`. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("playcanvas");

/** An `AppBase` or an `Application`. */
export interface TickingApp {
  on(name: string, callback: () => void): unknown;
  off(name: string, callback: () => void): unknown;
}

/** Begins and ends the allocator's frame with those of the application, until it is detached or the application destroyed. */
export function attachFrames(app: TickingApp, alloc: FrameHolder): () => void {
  const frames = new EngineFrames("playcanvas", app, alloc);
  const detach = (): void => {
    app.off("frameupdate", frames.begin);
    app.off("frameend", frames.end);
    app.off("destroy", detach);
    frames.detach();
  };
  app.on("frameupdate", frames.begin);
  app.on("frameend", frames.end);
  app.on("destroy", detach);
  return detach;
}
