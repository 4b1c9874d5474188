/** The game of the examples, played by script. */
import { kilobytes, SmartAlloc } from "@framealloc/runtime";
import { Game } from "../../../../../examples/asteroids/src/game.ts";
import { FIRE, LEFT, THRUST } from "../../../../../examples/asteroids/src/input.ts";
import { Records } from "../../../../../examples/asteroids/src/records.ts";

const alloc = new SmartAlloc({ frameArenaSize: kilobytes(256) });
const game = new Game(alloc, 7, new Records({ best: () => Promise.resolve(0), keep: () => Promise.resolve() }));

export function frame(_time: number, _delta: number, index: number): void {
  game.step(FIRE | (index % 11 < 4 ? LEFT : 0) | (index % 401 < 20 ? THRUST : 0));
}
