/**
 * Which bullet hits which asteroid. The grid is rebuilt in frame memory every step: two slices and a vec that cost a pointer bump
 * each and are gone at the end of the frame.
 *
 *   heads[cell]  ->  asteroid + 1  ->  links[asteroid]  ->  asteroid + 1  ->  0
 */
import { type FrameVec, i32, type SmartAlloc, u8 } from "@framealloc/runtime";
import { type Asteroid, type Bullet, HEIGHT, MAX_ASTEROIDS, MAX_BULLETS, WIDTH } from "./entities.ts";
import type { Roster } from "./roster.ts";

/** Wider than the largest asteroid and a bullet together, so that the eight cells around a bullet's are enough. */
const CELL = 80;
const COLUMNS = WIDTH / CELL;
const ROWS = HEIGHT / CELL;

/** Pairs packed by `bulletOf` and `asteroidOf`; no bullet and no asteroid is in two of them. The vec lives until the frame ends. */
export function findHits(alloc: SmartAlloc, bullets: Roster<Bullet>, asteroids: Roster<Asteroid>): FrameVec<number> {
  const heads = alloc.frameSlice(u8, COLUMNS * ROWS);
  const links = alloc.frameSlice(u8, MAX_ASTEROIDS);
  const hits = alloc.frameVec(i32, MAX_BULLETS);
  for (let index = 0; index < asteroids.count; index++) {
    const asteroid = asteroids.at(index);
    const cell = cellAt(Math.floor(asteroid.x / CELL), Math.floor(asteroid.y / CELL));
    links[index] = heads[cell] ?? 0;
    heads[cell] = index + 1;
  }
  for (let index = 0; index < bullets.count; index++) {
    const target = firstTouched(bullets.at(index), asteroids, heads, links, hits);
    if (target >= 0) hits.push((index << 8) | target);
  }
  return hits;
}

export function bulletOf(hit: number): number {
  return hit >> 8;
}

export function asteroidOf(hit: number): number {
  return hit & 0xff;
}

/** Index of an asteroid that the bullet touches and that no earlier bullet has hit, or -1. */
function firstTouched(bullet: Bullet, asteroids: Roster<Asteroid>, heads: Uint8Array, links: Uint8Array, hits: FrameVec<number>): number {
  const column = Math.floor(bullet.x / CELL);
  const row = Math.floor(bullet.y / CELL);
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      let link = heads[cellAt(column + dx, row + dy)] ?? 0;
      while (link !== 0) {
        const index = link - 1;
        if (bullet.touches(asteroids.at(index)) && !isHit(hits, index)) return index;
        link = links[index] ?? 0;
      }
    }
  }
  return -1;
}

function isHit(hits: FrameVec<number>, asteroid: number): boolean {
  for (let index = 0; index < hits.length; index++) {
    if (asteroidOf(hits.get(index)) === asteroid) return true;
  }
  return false;
}

/** The grid has no edges either. */
function cellAt(column: number, row: number): number {
  return ((row + ROWS) % ROWS) * COLUMNS + ((column + COLUMNS) % COLUMNS);
}
