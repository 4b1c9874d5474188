/** The ship of the faulty example turns in every frame. */
import { Ship } from "../../../../../examples/asteroids-buggy/src/entities.ts";

const ship = new Ship();
ship.reset();

export function frame(): void {
  ship.angle += 0.01;
  ship.aim();
}
