/**
 * What flies about. Asteroids and bullets come from the pool, which hands out recycled instances as they were left: whoever
 * spawns one sets every field.
 */
export const WIDTH = 960;
export const HEIGHT = 720;
export const MAX_ASTEROIDS = 128;
export const MAX_BULLETS = 32;

/** A circle that drifts through a world without edges. Lengths in pixels, times in steps of 1/60 s. */
export class Body {
  x = 0;
  y = 0;
  vx = 0;
  vy = 0;
  /** Radians, 0 to the right, clockwise on the screen. */
  angle = 0;
  radius = 0;
  alive = false;

  drift(): void {
    this.x = wrapped(this.x + this.vx, WIDTH);
    this.y = wrapped(this.y + this.vy, HEIGHT);
  }

  touches(other: Body): boolean {
    const dx = shortest(other.x - this.x, WIDTH);
    const dy = shortest(other.y - this.y, HEIGHT);
    const reach = this.radius + other.radius;
    return dx * dx + dy * dy < reach * reach;
  }
}

/** 3 is large, 1 is small. */
export type Size = 1 | 2 | 3;

export class Asteroid extends Body {
  size: Size = 3;
  spin = 0;
  /** Decides the outline. */
  seed = 0;
}

export class Bullet extends Body {
  stepsLeft = 0;
}

export class Ship extends Body {
  /** Where bullets leave the ship. */
  nose = { x: 0, y: 0 };
  cooldown = 0;
  /** Steps for which nothing can hit it. */
  shield = 0;
  thrusting = false;

  /** Puts the ship in the middle, at rest, with its shield up. */
  reset(): void {
    this.x = WIDTH / 2;
    this.y = HEIGHT / 2;
    this.vx = 0;
    this.vy = 0;
    this.angle = -Math.PI / 2;
    this.radius = 12;
    this.alive = true;
    this.cooldown = 0;
    this.shield = 90;
    this.aim();
  }

  /** Moves the nose to where the ship points. */
  aim(): void {
    const { x, y, angle, radius } = this;
    this.nose = { x: wrapped(x + Math.cos(angle) * radius, WIDTH), y: wrapped(y + Math.sin(angle) * radius, HEIGHT) }; // want FA530
  }
}

export function radiusOf(size: Size): number {
  return size === 3 ? 46 : size === 2 ? 26 : 14;
}

/** `value` brought into [0, limit), given that it left by less than one `limit`. */
function wrapped(value: number, limit: number): number {
  return value < 0 ? value + limit : value >= limit ? value - limit : value;
}

/** The shorter way round between two places that are `difference` apart. */
export function shortest(difference: number, limit: number): number {
  const half = limit / 2;
  return difference > half ? difference - limit : difference < -half ? difference + limit : difference;
}
