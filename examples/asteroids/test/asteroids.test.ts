/** Plays the game without a page: by script, twice the same, and without garbage. */
import { kilobytes, SmartAlloc } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asteroidOf, bulletOf, findHits } from "../src/collisions.ts";
import { Asteroid, type Body, Bullet, HEIGHT, WIDTH } from "../src/entities.ts";
import { Game } from "../src/game.ts";
import { FIRE, LEFT, RIGHT, THRUST } from "../src/input.ts";
import { Random } from "../src/random.ts";
import { Records, type RecordStore, Summary } from "../src/records.ts";
import { Replay } from "../src/replay.ts";
import { Roster } from "../src/roster.ts";

const FRAMES = 600;

class MemoryStore implements RecordStore {
  bestPoints = 0;
  accuracy = 0;

  async best(): Promise<number> {
    return this.bestPoints;
  }

  async keep(points: number, accuracy: number): Promise<void> {
    this.bestPoints = points;
    this.accuracy = accuracy;
  }
}

/** Sweeps round slowly, always firing, and pushes now and then. */
function scripted(frame: number): number {
  const turn = frame % 11 < 4 ? LEFT : 0;
  const push = frame % 401 < 20 ? THRUST : 0;
  return FIRE | turn | push;
}

let alloc: SmartAlloc;
let store: MemoryStore;

beforeEach(() => {
  alloc = new SmartAlloc({ frameArenaSize: kilobytes(256) });
  store = new MemoryStore();
});

afterEach(() => {
  alloc.dispose();
});

function newGame(seed: number): Game {
  return new Game(alloc, seed, new Records(store));
}

function played(seed: number, frames: number): Game {
  const game = newGame(seed);
  for (let frame = 0; frame < frames; frame++) game.step(scripted(frame));
  return game;
}

function scattered<T extends Body>(random: Random, roster: Roster<T>, make: () => T, radius: number): Roster<T> {
  while (!roster.isFull) {
    const body = make();
    body.x = random.between(0, WIDTH);
    body.y = random.between(0, HEIGHT);
    body.radius = radius;
    roster.add(body);
  }
  return roster;
}

/** Pairs that touch, neither of which was hit by or hit anything. */
function missedPairs(bullets: Roster<Bullet>, asteroids: Roster<Asteroid>, hitBullets: ReadonlySet<number>, hitAsteroids: ReadonlySet<number>): string[] {
  const missed: string[] = [];
  for (let bullet = 0; bullet < bullets.count; bullet++) {
    for (let asteroid = 0; asteroid < asteroids.count; asteroid++) {
      if (hitBullets.has(bullet) || hitAsteroids.has(asteroid)) continue;
      if (bullets.at(bullet).touches(asteroids.at(asteroid))) missed.push(`${bullet} and ${asteroid}`);
    }
  }
  return missed;
}

describe("600 headless frames", () => {
  it("are the same game twice", () => {
    const first = played(7, FRAMES);
    const second = played(7, FRAMES);
    expect(second.checksum()).toBe(first.checksum());
    expect(second.score.points).toBe(first.score.points);
    expect(second.asteroids.count).toBe(first.asteroids.count);
  });

  it("are another game with another seed", () => {
    expect(played(8, FRAMES).checksum()).not.toBe(played(7, FRAMES).checksum());
  });

  it("raise the score and use the combo", () => {
    const game = played(7, FRAMES);
    expect(game.score.shots).toBeGreaterThan(20);
    expect(game.score.hits).toBeGreaterThan(0);
    expect(game.score.points).toBeGreaterThanOrEqual(20 * game.score.hits);
  });

  it("leave no frame open and as many entities in the pool as are on the screen", () => {
    const game = played(7, FRAMES);
    expect(alloc.inFrame()).toBe(false);
    for (let index = 0; index < game.asteroids.count; index++) expect(game.asteroids.at(index).alive).toBe(true);
    for (let index = 0; index < game.bullets.count; index++) expect(game.bullets.at(index).alive).toBe(true);
  });
});

describe("collisions", () => {
  it("are what testing every bullet with every asteroid finds", () => {
    const random = new Random(3);
    let found = 0;
    for (let round = 0; round < 200; round++) {
      const asteroids = scattered(random, new Roster<Asteroid>(40), () => new Asteroid(), 26);
      const bullets = scattered(random, new Roster<Bullet>(20), () => new Bullet(), 2);
      alloc.beginFrame();
      const hits = findHits(alloc, bullets, asteroids);
      const hitBullets = new Set<number>();
      const hitAsteroids = new Set<number>();
      for (let index = 0; index < hits.length; index++) {
        const hit = hits.get(index);
        expect(bullets.at(bulletOf(hit)).touches(asteroids.at(asteroidOf(hit)))).toBe(true);
        hitBullets.add(bulletOf(hit));
        hitAsteroids.add(asteroidOf(hit));
      }
      expect([hitBullets.size, hitAsteroids.size]).toEqual([hits.length, hits.length]);
      expect(missedPairs(bullets, asteroids, hitBullets, hitAsteroids)).toEqual([]);
      found += hits.length;
      alloc.endFrame();
    }
    expect(found).toBeGreaterThan(200);
  });
});

describe("the rules", () => {
  it("let the ship fire from its nose, and not again before it has cooled down", () => {
    const game = newGame(1);
    game.step(FIRE);
    expect(game.bullets.count).toBe(1);
    expect(Math.hypot(game.bullets.at(0).x - game.ship.x, game.bullets.at(0).y - game.ship.y)).toBeCloseTo(12 + 9, 3);
    game.step(FIRE);
    expect(game.bullets.count).toBe(1);
    for (let frame = 0; frame < 9; frame++) game.step(FIRE);
    expect(game.bullets.count).toBe(2);
  });

  it("take a bullet back when its time is over", () => {
    const game = newGame(1);
    game.step(FIRE);
    // Nothing stands in the bullet's way.
    for (let index = 0; index < game.asteroids.count; index++) game.asteroids.at(index).x = 1;
    for (let frame = 0; frame < 60; frame++) game.step(0);
    expect(game.bullets.count).toBe(0);
  });

  it("split a large asteroid into two of the middle size", () => {
    const game = newGame(1);
    game.step(0);
    const before = game.asteroids.count;
    const target = game.asteroids.at(0);
    target.x = game.ship.x;
    target.y = game.ship.y - 100;
    target.vx = 0;
    target.vy = 0;
    game.step(FIRE);
    for (let frame = 0; frame < 20; frame++) game.step(0);
    expect(game.score.hits).toBe(1);
    expect(game.score.points).toBe(20);
    expect(game.asteroids.count).toBe(before + 1);
    let middle = 0;
    for (let index = 0; index < game.asteroids.count; index++) if (game.asteroids.at(index).size === 2) middle += 1;
    expect(middle).toBe(2);
  });

  it("end the game after three lost ships and hand in the score", async () => {
    const game = newGame(1);
    game.score.points = 70;
    for (let frame = 0; frame < 2_000 && !game.over; frame++) {
      game.step(0);
      const rock = game.asteroids.at(0);
      rock.x = game.ship.x;
      rock.y = game.ship.y;
    }
    expect(game.over).toBe(true);
    expect(game.score.lives).toBe(0);
    // The store answers in a later microtask; a timer comes after all of them.
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    expect(store.bestPoints).toBe(70);
  });

  it("write down a replay by its runs", async () => {
    const replay = new Replay(alloc);
    for (let frame = 0; frame < 300; frame++) replay.record(frame < 290 ? LEFT : FIRE);
    let written = new Uint8Array();
    const size = await replay.save({ put: async (_name, bytes) => { written = Uint8Array.from(bytes); } }, "test");
    expect(size).toBe(6);
    expect([...written]).toEqual([LEFT, 255, LEFT, 35, FIRE, 10]);
    expect(alloc.inFrame()).toBe(false);
    const again = new Replay(alloc);
    expect(again.load(written)).toBe(true);
    expect(again.steps).toBe(300);
    expect([0, 289, 290, 299].map((step) => again.keysAt(step))).toEqual([LEFT, LEFT, FIRE, FIRE]);
  });

  it("refuse a replay with an empty run, and leave the one that is there", () => {
    const replay = new Replay(alloc);
    replay.record(THRUST);
    expect(replay.load(Uint8Array.of(LEFT, 5, RIGHT, 0))).toBe(false);
    expect(replay.steps).toBe(1);
    expect(replay.keysAt(0)).toBe(THRUST);
    expect(alloc.inFrame()).toBe(false);
  });
});

describe("records", () => {
  it("keep a better score with its accuracy", async () => {
    const records = new Records(store);
    const summary = alloc.heapAlloc(Summary);
    summary.points = 120;
    summary.shots = 8;
    summary.hits = 2;
    await records.submit(summary);
    expect(records.best).toBe(120);
    expect(store.bestPoints).toBe(120);
    expect(store.accuracy).toBe(0.25);
    summary.points = 70;
    await records.submit(summary);
    alloc.heapFree(summary);
    expect(records.best).toBe(120);
    expect(store.bestPoints).toBe(120);
  });
});

it("makes no garbage while it runs", () => {
  const game = newGame(7);
  let frame = 0;
  const step = (): void => {
    // A game that is over does nothing, which would prove nothing.
    game.score.lives = 3;
    game.step(scripted(frame));
    frame += 1;
  };
  expect(expectNoAlloc(step, { warmup: 8_000 })).toBe(0);
  expect(game.over).toBe(false);
  expect(game.wave).toBeGreaterThan(3);
  expect(game.score.hits).toBeGreaterThan(100);
});
