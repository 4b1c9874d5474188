/** Instances of one class, and arrays of them, recycled: the n-th of a frame is the n-th of the frame before, cleaned by its registered reset. */
import type { ClassType } from "../types/memory-type.ts";
import { checkClass, resetOf } from "../types/object-type.ts";
import type { RecycledList } from "./bump-arena.ts";

export class ObjectList implements RecycledList<number> {
  touched = false;
  count = 0;
  readonly Class: ClassType;
  /** One place more than there are instances: reading behind the end of an array is slow. */
  private readonly instances: (object | undefined)[] = [undefined];
  /** How one is cleaned; asked for once a frame. */
  private reset: ((instance: object) => void) | undefined = undefined;

  constructor(Class: ClassType) {
    checkClass(Class, "frameAlloc");
    this.Class = Class;
  }

  /** An instance that nobody else has in this frame. */
  take(): object {
    const index = this.count;
    const instance = this.instances[index];
    this.count = index + 1;
    if (instance === undefined) return this.more(index);
    if (this.reset !== undefined) this.clean(index, instance, this.reset);
    return instance;
  }

  position(): number {
    return this.count;
  }

  beginFrame(): void {
    this.count = 0;
    this.reset = resetOf(this.Class);
  }

  rewind(position: number | undefined): void {
    this.count = position ?? 0;
  }

  /** @internal Debug mode: no instance is handed out twice. */
  forget(): void {
    this.instances.length = this.count;
    this.instances.push(undefined);
  }

  private clean(index: number, instance: object, reset: (instance: object) => void): void {
    try {
      reset(instance);
    } catch (error) {
      this.count = index;
      throw error;
    }
  }

  private more(index: number): object {
    let made: object;
    try {
      made = new this.Class();
    } catch (error) {
      this.count = index;
      throw error;
    }
    this.instances[index] = made;
    this.instances.push(undefined);
    return made;
  }
}

/** Arrays of instances: the n-th of a frame is the n-th of the frame before when it is as long. */
export class ObjectArrayList implements RecycledList<number> {
  touched = false;
  count = 0;
  private readonly arrays: object[][] = [];

  /** An array of `length` places, filled with whatever it held. */
  take(length: number): object[] {
    const before = this.arrays[this.count];
    const array = before !== undefined && before.length === length ? before : new Array<object>(length);
    this.arrays[this.count] = array;
    this.count += 1;
    return array;
  }

  position(): number {
    return this.count;
  }

  beginFrame(): void {
    this.count = 0;
  }

  rewind(position: number | undefined): void {
    this.count = position ?? 0;
  }

  /** @internal Debug mode: no array is handed out twice. */
  forget(): void {
    this.arrays.length = this.count;
  }
}
