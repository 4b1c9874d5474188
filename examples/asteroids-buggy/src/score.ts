/** Points and lives. Hits in quick succession are worth more. */
import type { Size } from "./entities.ts";

const COMBO_STEPS = 60;
const MAX_COMBO = 4;

export class Score {
  points = 0;
  lives = 3;
  shots = 0;
  hits = 0;
  combo = 1;
  #comboSteps = 0;

  hit(size: Size): void {
    const worth = size === 3 ? 20 : size === 2 ? 50 : 100;
    this.points += worth * this.combo;
    this.hits += 1;
  }

  /** Once a step, with the number of hits in it. */
  tick(hits: number): void {
    if (hits > 0) {
      this.combo = Math.min(MAX_COMBO, this.combo + hits);
      this.#comboSteps = COMBO_STEPS;
    } else if (this.#comboSteps > 0) {
      this.#comboSteps -= 1;
    } else {
      this.combo = 1;
    }
  }
}
