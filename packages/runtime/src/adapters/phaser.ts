/** Phaser: a frame is one step of the game, from `prestep` to `postrender`. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("phaser");

interface GameEvents {
  on(name: string, callback: () => void): unknown;
  off(name: string, callback: () => void): unknown;
}

/** A `PluginManager`. */
export interface GameOwner {
  readonly game: { readonly events: object };
}

/**
 * A global plugin. Scenes reach the allocator as `alloc` of the plugin, by a mapping or `this.plugins.get("frames")`.
 *
 * @example new Game({ plugins: { global: [{ key: "frames", plugin: FramesPlugin, start: true, mapping: "frames", data: { alloc } }] } });
 */
export class FramesPlugin<A extends FrameHolder = FrameHolder> {
  readonly pluginManager: GameOwner;
  readonly game: GameOwner["game"];
  /** Set by `init`, which Phaser calls first. */
  alloc: A | undefined = undefined;
  private detach: (() => void) | undefined = undefined;

  constructor(pluginManager: GameOwner) {
    this.pluginManager = pluginManager;
    this.game = pluginManager.game;
  }

  init(data?: { readonly alloc?: A }): void {
    this.alloc = data?.alloc;
  }

  /** Begins and ends frames from here on. Throws a `TypeError` when the plugin's data has no allocator. */
  start(): void {
    this.stop();
    // Whoever gives none is told.
    const frames = new EngineFrames("phaser", this.game, this.alloc as FrameHolder);
    const events = this.game.events as GameEvents;
    events.on("prestep", frames.begin);
    events.on("postrender", frames.end);
    this.detach = () => {
      events.off("prestep", frames.begin);
      events.off("postrender", frames.end);
      frames.detach();
    };
  }

  stop(): void {
    this.detach?.();
    this.detach = undefined;
  }

  destroy(): void {
    this.stop();
  }
}
