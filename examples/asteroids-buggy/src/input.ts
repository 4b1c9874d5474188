/** Keys as bits of one number: small enough to record, and the same for a player and a script. */
export const LEFT = 1;
export const RIGHT = 2;
export const THRUST = 4;
export const FIRE = 8;

const BITS: Readonly<Record<string, number>> = { ArrowLeft: LEFT, ArrowRight: RIGHT, ArrowUp: THRUST, Space: FIRE };

export class Keyboard {
  #held = 0;

  get held(): number {
    return this.#held;
  }

  /** Listens to the keys of a page. */
  listen(target: Window): void {
    target.addEventListener("keydown", (event) => {
      const bit = BITS[event.code] ?? 0;
      if (bit !== 0) event.preventDefault();
      this.#held |= bit;
    });
    target.addEventListener("keyup", (event) => { this.#held &= ~(BITS[event.code] ?? 0); });
    target.addEventListener("blur", () => { this.#held = 0; });
  }
}
