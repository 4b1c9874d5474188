/** Sparks: a ring of structs in heap memory; the oldest makes room for the newest. */
import { array, f32, type Infer, type SmartAlloc, struct } from "@framealloc/runtime";
import type { Random } from "./random.ts";

const Spark = struct({ x: f32, y: f32, vx: f32, vy: f32, life: f32 }, { name: "Spark" });
const CAPACITY = 512;
const MAX_BURST = 48;
const Sparks = array(Spark, CAPACITY);

export class Particles {
  readonly #alloc: SmartAlloc;
  readonly #random: Random;
  readonly #sparks: Infer<typeof Sparks>;
  #next = 0;

  constructor(alloc: SmartAlloc, random: Random) {
    this.#alloc = alloc;
    this.#random = random;
    this.#sparks = alloc.heapAlloc(Sparks);
  }

  get capacity(): number {
    return CAPACITY;
  }

  /** The spark at an index below `capacity`; it is lit while its `life` is positive. */
  at(index: number): Infer<typeof Spark> {
    return this.#sparks.at(index);
  }

  /** Sends up to `MAX_BURST` sparks from a point in all directions; taken together they stay where they are. Needs an open frame. */
  burst(x: number, y: number, wanted: number): void {
    const count = Math.min(wanted, MAX_BURST);
    const velocity = this.#alloc.frameSlice(f32, 2 * MAX_BURST);
    let meanX = 0;
    let meanY = 0;
    for (let index = 0; index < count; index++) {
      const angle = this.#random.between(0, 2 * Math.PI);
      const speed = this.#random.between(0.4, 3.2);
      const vx = Math.cos(angle) * speed;
      const vy = Math.sin(angle) * speed;
      velocity[2 * index] = vx;
      velocity[2 * index + 1] = vy;
      meanX += vx / count;
      meanY += vy / count;
    }
    for (let index = 0; index < count; index++) {
      const spark = this.#sparks.at(this.#next);
      spark.x = x;
      spark.y = y;
      spark.vx = (velocity[2 * index] ?? 0) - meanX;
      spark.vy = (velocity[2 * index + 1] ?? 0) - meanY;
      spark.life = 1;
      this.#next = (this.#next + 1) % CAPACITY;
    }
  }

  dispose(): void {
    this.#alloc.heapFree(this.#sparks);
  }

  update(): void {
    for (let index = 0; index < CAPACITY; index++) {
      const spark = this.#sparks.at(index);
      if (spark.life <= 0) continue;
      spark.x += spark.vx;
      spark.y += spark.vy;
      spark.life -= 0.02;
    }
  }
}
