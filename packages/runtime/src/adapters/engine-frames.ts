/**
 * The frames of an allocator at the boundary of an engine: what every adapter does when its engine says that a frame begins, and that it ends.
 *
 * A frame that somebody opened by hand is left alone. One that the engine never ended, as code of the program threw, is ended when the next one begins.
 */
import { registered } from "./imported-adapters.ts";

/** What an adapter needs of an allocator: a `SmartAlloc` is one. */
export interface FrameHolder {
  beginFrame(): void;
  endFrame(): void;
  inFrame(): boolean;
  frameNumber(): number;
  /** @internal From here on frames are begun by the engine; undefined: by hand again. */
  setEngine(engine: string | undefined): void;
}

/** By engine object, the allocator whose frames it begins. */
const attached = new WeakMap<object, FrameHolder>();

/** By allocator, the engines that begin its frames: the one that was attached last is named. */
const enginesOf = new WeakMap<FrameHolder, string[]>();

/** The allocator that was attached last to an engine's object; undefined when none was. */
export function allocOf<A extends FrameHolder>(engineObject: object): A | undefined {
  // Of the type that was attached.
  return attached.get(engineObject) as A | undefined;
}

export class EngineFrames {
  private readonly alloc: FrameHolder;
  private readonly engine: string;
  /** The frame that was begun here and not ended yet; 0 for none. */
  private open = 0;
  private isAttached = true;

  /** Registers the adapter of an engine. Throws a `TypeError` for what is no allocator. */
  constructor(engine: string, engineObject: object, alloc: FrameHolder) {
    if (typeof alloc?.setEngine !== "function") throw new TypeError(`the adapter of ${engine} needs a \`SmartAlloc\``);
    this.alloc = alloc;
    this.engine = engine;
    const engines = enginesOf.get(alloc) ?? [];
    engines.push(engine);
    enginesOf.set(alloc, engines);
    registered(engine);
    alloc.setEngine(engine);
    attached.set(engineObject, alloc);
  }

  readonly begin = (): void => {
    this.end();
    const { alloc } = this;
    if (!this.isAttached || alloc.inFrame()) return;
    alloc.beginFrame();
    this.open = alloc.frameNumber();
  };

  readonly end = (): void => {
    const { alloc, open } = this;
    this.open = 0;
    if (open !== 0 && alloc.inFrame() && alloc.frameNumber() === open) alloc.endFrame();
  };

  /** `fn` in a frame, which also ends when it throws; within one that is open it takes part in that. */
  around<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
    const { alloc, begin, end } = this;
    return function framed(this: unknown, ...args: A): R {
      if (alloc.inFrame()) return fn.apply(this, args);
      begin();
      try {
        return fn.apply(this, args);
      } finally {
        end();
      }
    };
  }

  /** Ends an open frame; the engine begins none any more. */
  detach(): void {
    this.end();
    if (!this.isAttached) return;
    this.isAttached = false;
    const { alloc, engine } = this;
    const engines = enginesOf.get(alloc) ?? [];
    engines.splice(engines.indexOf(engine), 1);
    alloc.setEngine(engines.at(-1));
  }
}
