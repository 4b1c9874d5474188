/**
 * A pool of any objects: made when first needed, cleaned when they are released, handed out again.
 *
 * The pool holds on to all objects at rest and to none in use, so one that is lost in use can be collected; it still counts. Nothing is made in a
 * steady state.
 *
 * Invariants:
 *   I1  an object of the pool is at rest or in use, as its mark says, and on the stack exactly while it is at rest
 *   I2  available <= size <= max
 */
import { badArgument, doubleFree, foreignFree, objectsExhausted } from "../errors.ts";

export interface ObjectPoolOptions {
  /** Objects made at once. Default 0. */
  readonly initial?: number;
  /** Objects made at most. Default: no limit. */
  readonly max?: number;
}

interface Mark {
  isResting: boolean;
}

export class ObjectPool<T extends object> {
  private readonly create: () => T;
  private readonly reset: ((object: T) => void) | undefined;
  private readonly max: number;
  private readonly marks: WeakMap<T, Mark> = new WeakMap();
  /** A stack. Counted, as an array that is popped and pushed gives its memory up and takes it again. */
  private readonly resting: (T | undefined)[] = [];
  private restingCount = 0;
  private made = 0;

  /**
   * `create` makes an object, a new one each time; `reset` cleans one that is released. Throws `argument` for what is no function, for an `initial` or `max`
   * that is no count, and for `create` when it gives something that is no new object.
   */
  constructor(create: () => T, reset?: (object: T) => void, options: ObjectPoolOptions = {}) {
    if (typeof create !== "function") throw badArgument("objectPool", "create", create, "a function that makes an object");
    if (reset !== undefined && typeof reset !== "function") throw badArgument("objectPool", "reset", reset, "a function, or left out");
    if (typeof options !== "object" || options === null) throw badArgument("objectPool", "options", options, "{ initial, max }");
    const { initial = 0, max = Infinity } = options;
    if (max !== Infinity && (!Number.isSafeInteger(max) || max < 0)) throw badArgument("objectPool", "max", max, "an integer of at least 0, or Infinity");
    if (!Number.isSafeInteger(initial) || initial < 0 || initial > max) throw badArgument("objectPool", "initial", initial, "an integer from 0 to `max`");
    this.create = create;
    this.reset = reset;
    this.max = max;
    for (let i = 0; i < initial; i += 1) {
      this.make(true);
    }
  }

  /** Objects at rest: so many can be acquired without making one. */
  get available(): number {
    return this.restingCount;
  }

  /** Objects made so far, at rest and in use. */
  get size(): number {
    return this.made;
  }

  /** An object that nobody else has, until its release. Throws FA304 when `max` are in use; what `create` throws. */
  acquire(): T {
    const object = this.tryAcquire();
    if (object === undefined) throw objectsExhausted(this.made, this.max);
    return object;
  }

  /** As `acquire`; undefined when `max` are in use. */
  tryAcquire(): T | undefined {
    if (this.restingCount === 0) return this.made < this.max ? this.make(false) : undefined;
    this.restingCount -= 1;
    const object = this.resting[this.restingCount] as T;
    this.resting[this.restingCount] = undefined;
    (this.marks.get(object) as Mark).isResting = false;
    return object;
  }

  /**
   * Cleans an object and takes it back. Throws FA401 for one that was released before and FA206 for one of another origin; then, and when `reset`
   * throws, nothing is changed.
   */
  release(object: T): void {
    const mark = this.marks.get(object);
    if (mark === undefined) throw foreignFree("release");
    if (mark.isResting) throw doubleFree("release");
    // Before the call, which might release it too.
    mark.isResting = true;
    try {
      this.reset?.(object);
    } catch (error) {
      mark.isResting = false;
      throw error;
    }
    this.rest(object);
  }

  private rest(object: T): void {
    this.resting[this.restingCount] = object;
    this.restingCount += 1;
  }

  private make(isResting: boolean): T {
    const made: unknown = this.create();
    const isObject = (typeof made === "object" && made !== null) || typeof made === "function";
    if (!isObject || this.marks.has(made as T)) throw badArgument("objectPool", "create", made, "a function that gives a new object each time");
    const object = made as T;
    this.marks.set(object, { isResting });
    this.made += 1;
    if (isResting) this.rest(object);
    return object;
  }
}
