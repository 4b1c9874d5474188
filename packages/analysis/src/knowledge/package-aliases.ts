/** One name for packages that give the same API under several, and for the globals of their script builds: the tables list the first only. */
import type { ApiKey } from "../source/traced-type.ts";

const PACKAGES: ReadonlyMap<string, string> = new Map([
  ["babylonjs", "@babylonjs/core"],
  ["@babylonjs/core/Legacy/legacy", "@babylonjs/core"],
  ["three-stdlib", "three"],
  ["super-three", "three"],
  ["@pixi/app", "pixi.js"],
  ["@pixi/core", "pixi.js"],
  ["@pixi/display", "pixi.js"],
  ["@pixi/math", "pixi.js"],
  ["@pixi/ticker", "pixi.js"],
  ["pixi.js-legacy", "pixi.js"],
  ["planck-js", "planck"],
  ["cannon", "cannon-es"],
]);

const GLOBALS: ReadonlyMap<string, string> = new Map([
  ["THREE", "three"],
  ["Phaser", "phaser"],
  ["BABYLON", "@babylonjs/core"],
  ["PIXI", "pixi.js"],
  ["pc", "playcanvas"],
  ["CANNON", "cannon-es"],
  ["planck", "planck"],
  ["Matter", "matter-js"],
]);

/** Modules that give functions of the global object once more. */
const OF_GLOBALS: ReadonlySet<string> = new Set(["timers", "node:timers"]);

/** The name under which the tables list a package. */
export function canonicalPackage(name: string): string {
  return PACKAGES.get(name) ?? name;
}

/** The package whose global it is; undefined for any other name. */
export function packageOfGlobal(name: string): string | undefined {
  return GLOBALS.get(name);
}

/** The same for an API: `global:THREE.Mesh` is `three:Mesh`, `babylonjs:Scene` is `@babylonjs/core:Scene`, `node:timers:setInterval` is `global:setInterval`. */
export function canonicalApi(api: ApiKey): ApiKey {
  const split = api.lastIndexOf(":");
  const owner = api.slice(0, split);
  const path = api.slice(split + 1);
  if (OF_GLOBALS.has(owner)) return `global:${path.replace(/^default\./, "")}`;
  if (owner !== "global") return `${canonicalPackage(owner)}:${path}`;
  const dot = path.indexOf(".");
  const package_ = dot < 0 ? undefined : GLOBALS.get(path.slice(0, dot));
  return package_ === undefined ? api : `${package_}:${path.slice(dot + 1)}`;
}
