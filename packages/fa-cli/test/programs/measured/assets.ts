/** Imports what bundlers know of and Node does not: each is a value here, and makes no garbage. */
import level, { speed } from "./level.json";
import "./page.css";
import shader from "./shader.glsl";
import ship from "./ship.png";
import own from "./suffix?raw";
import raw from "./suffix.ts?raw";

const texts: readonly string[] = [shader, ship, raw];
export let total = 0;

if (level.speed !== 2 || speed !== 2 || !shader.includes("void main") || !ship.endsWith("/ship.png") || !raw.includes("enum Suffix") || own !== raw || import.meta.env.DEV) throw new Error("an asset is not what a bundler gives");

export function frame(): void {
  total += texts.length * speed;
}
