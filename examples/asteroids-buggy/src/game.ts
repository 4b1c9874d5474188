/**
 * The rules. One `step` is one frame: everything it works out on the way (grid, hits, sound levels) lives in frame memory and is gone
 * at `endFrame`; asteroids and bullets come from the pool and go back to it; what stays is plain numbers.
 *
 * I1  no frame is open between two steps
 * I2  the same seed and the same keys give the same game
 */
import { f32, i32, type FrameVec, type SmartAlloc } from "@framealloc/runtime";
import { asteroidOf, bulletOf, findHits } from "./collisions.ts";
import { Asteroid, Bullet, HEIGHT, MAX_ASTEROIDS, MAX_BULLETS, radiusOf, Ship, shortest, type Size, WIDTH } from "./entities.ts";
import { FIRE, LEFT, RIGHT, THRUST } from "./input.ts";
import { Particles } from "./particles.ts";
import { Random } from "./random.ts";
import { type Records, Summary } from "./records.ts";
import { Roster } from "./roster.ts";
import { Score } from "./score.ts";
import { Sound } from "./sound.ts";

const SECTORS = 8;
const MAX_WAVE = 9;

export class Game {
  readonly ship = new Ship();
  readonly asteroids = new Roster<Asteroid>(MAX_ASTEROIDS);
  readonly bullets = new Roster<Bullet>(MAX_BULLETS);
  readonly score = new Score();
  readonly particles: Particles;
  wave = 0;
  over = false;
  /** The eighth of the circle around the ship, counted from the right, in which an asteroid is nearest; -1 for none in sight. */
  danger = -1;
  readonly #alloc: SmartAlloc;
  readonly #random: Random;
  readonly #records: Records;
  readonly #sound: Sound;

  constructor(alloc: SmartAlloc, seed: number, records: Records, soundPort: MessagePort | null = null) {
    this.#alloc = alloc;
    this.#random = new Random(seed);
    this.#records = records;
    this.#sound = new Sound(alloc, soundPort);
    this.particles = new Particles(alloc, this.#random);
    this.ship.reset();
  }

  /** One sixtieth of a second, with the keys held in it. */
  step(keys: number): void {
    const alloc = this.#alloc;
    if (this.over) return;
    alloc.beginFrame();
    if (this.asteroids.count === 0) this.#nextWave();
    const shots = this.#steer(keys);
    this.#move();
    const hits = findHits(alloc, this.bullets, this.asteroids);
    this.#resolve(hits);
    this.#sweep();
    this.particles.update();
    this.#sound.play(this.ship.thrusting ? 0.3 : 0, shots, hits.length, this.danger < 0 ? 0 : 0.2);
    if (this.ship.shield === 0 && this.#shipIsHit()) this.#loseShip();
    alloc.endFrame();
    this.score.tick(hits.length); // want FA004 "`hits`"
    this.#look();
  }

  /** Equal for equal games: positions of all that flies, in no order, and the points. */
  checksum(): number {
    const alloc = this.#alloc;
    let sum = this.score.points;

    alloc.beginFrame();
    const rocks = alloc.frameSlice(i32, MAX_ASTEROIDS);
    for (let index = 0; index < this.asteroids.count; index++) rocks[index] = place(this.asteroids.at(index));
    sum = mixed(sum, rocks);

    alloc.beginFrame(); // want FA006
    const shots = alloc.frameSlice(i32, MAX_BULLETS);
    for (let index = 0; index < this.bullets.count; index++) shots[index] = place(this.bullets.at(index));
    sum = mixed(sum, shots);
    alloc.endFrame();

    return mixedOne(sum, place(this.ship));
  }

  /** Gives back what the game holds of the allocator's memory; it cannot be played after that. */
  dispose(): void {
    this.over = true;
    while (this.bullets.count > 0) this.#alloc.poolFree(this.bullets.removeAt(0));
    while (this.asteroids.count > 0) this.#alloc.poolFree(this.asteroids.removeAt(0));
    this.particles.dispose();
  }

  /** The ship obeys; gives back how many bullets it fired. */
  #steer(keys: number): number {
    const { ship } = this;
    if ((keys & LEFT) !== 0) ship.angle -= 0.075;
    if ((keys & RIGHT) !== 0) ship.angle += 0.075;
    ship.thrusting = (keys & THRUST) !== 0;
    if (ship.thrusting) {
      ship.vx += Math.cos(ship.angle) * 0.12;
      ship.vy += Math.sin(ship.angle) * 0.12;
    }
    ship.vx *= 0.992;
    ship.vy *= 0.992;
    ship.shield = Math.max(0, ship.shield - 1);
    ship.cooldown = Math.max(0, ship.cooldown - 1);
    ship.aim();
    if ((keys & FIRE) === 0 || ship.cooldown > 0 || this.bullets.isFull) return 0;
    ship.cooldown = 9;
    this.#fire();
    return 1;
  }

  #fire(): void {
    const { ship } = this;
    const bullet = this.#alloc.poolAlloc(Bullet);
    bullet.x = ship.nose.x;
    bullet.y = ship.nose.y;
    bullet.vx = ship.vx + Math.cos(ship.angle) * 9;
    bullet.vy = ship.vy + Math.sin(ship.angle) * 9;
    bullet.angle = ship.angle;
    bullet.radius = 2;
    bullet.alive = true;
    bullet.stepsLeft = 55;
    this.bullets.add(bullet);
    this.score.shots += 1;
  }

  #move(): void {
    this.ship.drift();
    for (let index = 0; index < this.asteroids.count; index++) {
      const asteroid = this.asteroids.at(index);
      asteroid.drift();
      asteroid.angle += asteroid.spin;
    }
    for (let index = 0; index < this.bullets.count; index++) {
      const bullet = this.bullets.at(index);
      bullet.drift();
      bullet.stepsLeft -= 1;
      if (bullet.stepsLeft <= 0) bullet.alive = false;
    }
  }

  #resolve(hits: FrameVec<number>): void {
    for (let index = 0; index < hits.length; index++) {
      const hit = hits.get(index);
      const asteroid = this.asteroids.at(asteroidOf(hit));
      this.bullets.at(bulletOf(hit)).alive = false;
      this.score.hit(asteroid.size);
      this.#shatter(asteroid);
    }
  }

  /** Leaves two asteroids of the next smaller size in the place of one. */
  #shatter(asteroid: Asteroid): void {
    asteroid.alive = false;
    this.particles.burst(asteroid.x, asteroid.y, 8 * asteroid.size);
    if (asteroid.size === 1) return;
    const size: Size = asteroid.size === 3 ? 2 : 1;
    this.#spawnAsteroid(asteroid.x, asteroid.y, size);
    this.#spawnAsteroid(asteroid.x, asteroid.y, size);
  }

  #spawnAsteroid(x: number, y: number, size: Size): void {
    if (this.asteroids.isFull) return;
    const random = this.#random;
    const asteroid = this.#alloc.poolAlloc(Asteroid);
    const heading = random.between(0, 2 * Math.PI);
    const speed = random.between(0.6, 1.4) * (4 - size);
    asteroid.x = x;
    asteroid.y = y;
    asteroid.vx = Math.cos(heading) * speed;
    asteroid.vy = Math.sin(heading) * speed;
    asteroid.angle = heading;
    asteroid.spin = random.between(-0.03, 0.03);
    asteroid.radius = radiusOf(size);
    asteroid.size = size;
    asteroid.seed = Math.floor(random.between(0, 1000));
    asteroid.alive = true;
    this.asteroids.add(asteroid);
  }

  /** Gives what is no longer alive back to the pool. */
  #sweep(): void {
    for (let index = this.bullets.count - 1; index >= 0; index--) {
      if (!this.bullets.at(index).alive) this.#alloc.poolFree(this.bullets.removeAt(index));
    }
    for (let index = this.asteroids.count - 1; index >= 0; index--) {
      if (!this.asteroids.at(index).alive) this.#alloc.poolFree(this.asteroids.removeAt(index));
    }
  }

  /** Large asteroids on the edges, where the ship is not. */
  #nextWave(): void {
    this.wave += 1;
    const count = 3 + Math.min(this.wave, MAX_WAVE);
    for (let index = 0; index < count; index++) {
      const onSide = this.#random.next() < 0.5;
      const along = this.#random.next();
      this.#spawnAsteroid(onSide ? 0 : along * WIDTH, onSide ? along * HEIGHT : 0, 3);
    }
    this.ship.shield = Math.max(this.ship.shield, 60);
  }

  #shipIsHit(): boolean {
    for (let index = 0; index < this.asteroids.count; index++) {
      if (this.asteroids.at(index).touches(this.ship)) return true;
    }
    return false;
  }

  /** @cold once a life */
  #loseShip(): void {
    const { ship, score } = this;
    this.particles.burst(ship.x, ship.y, 40);
    this.#sound.rumble(Math.hypot(ship.x - WIDTH / 2, ship.y - HEIGHT / 2));
    score.lives -= 1;
    ship.reset();
    if (score.lives > 0) return;
    this.over = true;
    const summary = this.#alloc.frameAlloc(Summary);
    summary.points = score.points;
    summary.wave = this.wave;
    summary.shots = score.shots;
    summary.hits = score.hits;
    void this.#records.submit(summary);
  }

  /** Finds the direction in which the nearest asteroid is. */
  #look(): void {
    const nearest = this.#alloc.frameSlice(f32, SECTORS).fill(200); // want FA001
    for (let index = 0; index < this.asteroids.count; index++) {
      const asteroid = this.asteroids.at(index);
      const dx = shortest(asteroid.x - this.ship.x, WIDTH);
      const dy = shortest(asteroid.y - this.ship.y, HEIGHT);
      const sector = Math.floor((Math.atan2(dy, dx) / (2 * Math.PI) + 1) * SECTORS) % SECTORS;
      nearest[sector] = Math.min(nearest[sector] ?? 0, Math.sqrt(dx * dx + dy * dy) - asteroid.radius);
    }
    let closest = 200;
    this.danger = -1;
    for (let sector = 0; sector < SECTORS; sector++) {
      const distance = nearest[sector] ?? closest;
      if (distance >= closest) continue;
      closest = distance;
      this.danger = sector;
    }
  }
}

/** A body's position as one number: hundredths of a pixel, 16 bits each way after folding. */
function place(body: { readonly x: number; readonly y: number }): number {
  return Math.imul(Math.round(body.x * 100), 65599) ^ Math.round(body.y * 100);
}

function mixed(sum: number, values: Int32Array): number {
  values.sort();
  let result = sum;
  for (let index = 0; index < values.length; index++) result = mixedOne(result, values[index] ?? 0);
  return result;
}

function mixedOne(sum: number, value: number): number {
  return (Math.imul(sum ^ value, 0x01000193) + 0x9e37) | 0;
}
