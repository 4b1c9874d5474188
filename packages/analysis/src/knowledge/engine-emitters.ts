/** Engines' emitters: members of their objects that are some, and constants that name their events. */
import type { ApiKey, TracedType } from "../source/traced-type.ts";
import { canonicalApi } from "./package-aliases.ts";

/** `scene.events.on`, `this.game.events.on`, `this.app.on`: the member's path, and the method that the tables list. */
const EMITTERS: readonly (readonly [RegExp, ApiKey])[] = [
  [/^phaser:[\w.]+#(?:\w+\.)*events\.(?:on|addListener)$/, "phaser:Events.EventEmitter#on"],
  [/^playcanvas:\w+#(?:\w+\.)*app\.on$/, "playcanvas:AppBase#on"],
];

/** The method of the emitter that a member is; any other name as it is. */
export function emitterMethod(api: ApiKey): ApiKey {
  return EMITTERS.find(([pattern]) => pattern.test(api))?.[1] ?? api;
}

/** The event that an engine's constant names: `Phaser.Scenes.Events.POST_UPDATE`; null for any other value. */
export function eventNamed(type: TracedType): string | null {
  const api = type.kind === "external" && type.side === "value" ? canonicalApi(`${type.package}:${type.path}`) : "";
  const name = /^phaser:(?:Scenes|Core)\.Events\.([A-Z_]+)$/.exec(api)?.[1];
  return name === undefined ? null : name.replaceAll("_", "").toLowerCase();
}
