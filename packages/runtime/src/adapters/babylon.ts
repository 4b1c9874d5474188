/** Babylon.js: a frame is one of the engine's render loop, or one `render` of the scene where nobody runs that loop. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("babylon");

interface Observable {
  add(callback: () => void, mask?: number, insertFirst?: boolean): object | null;
  remove(observer: never): boolean;
}

/** A `Scene`. */
export interface ObservedScene {
  getEngine(): { readonly onBeginFrameObservable: object; readonly onEndFrameObservable: object };
  readonly onBeforeAnimationsObservable: object;
  readonly onAfterRenderObservable: object;
}

/** Begins and ends the allocator's frame with those of the scene's engine, until it is detached. */
export function attachFrames(scene: ObservedScene, alloc: FrameHolder): () => void {
  const frames = new EngineFrames("babylon", scene, alloc);
  const engine = scene.getEngine();
  let isInLoop = false;
  const ends = (
    [
      [engine.onBeginFrameObservable, true, () => { isInLoop = true; frames.begin(); }],
      [scene.onBeforeAnimationsObservable, true, () => { if (!isInLoop) frames.begin(); }],
      [scene.onAfterRenderObservable, false, () => { if (!isInLoop) frames.end(); }],
      [engine.onEndFrameObservable, false, () => { isInLoop = false; frames.end(); }],
    ] as const
  ).map(([target, isFirst, callback]) => {
    const observable = target as Observable;
    const observer = observable.add(callback, -1, isFirst);
    return () => observable.remove(observer as never);
  });
  return () => {
    for (const end of ends) end();
    frames.detach();
  };
}
