/** Vectors that are compiled into the frame and vanish there, but for the one that is kept. */
class Vector {
  readonly x: number;
  readonly y: number;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  plus(other: Vector): Vector {
    return new Vector(this.x + other.x, this.y + other.y);
  }

  get length(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}

const wind = new Vector(0.25, 0.5);
const speed = new Vector(1.5, 2.25);
export const sink: { value: unknown } = { value: null };

export function frame(): void {
  const moved = speed.plus(wind).plus(wind);
  sink.value = new Vector(moved.length, moved.x);
}
