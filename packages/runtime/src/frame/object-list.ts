/** Instances of one class, and arrays of them, recycled: the n-th of a frame is the n-th of the frame before, cleaned by its registered reset. */
import type { ClassType } from "../types/memory-type.ts";
import { resetOf } from "../types/object-type.ts";
import type { RecycledList } from "./bump-arena.ts";

export class ObjectList implements RecycledList<number> {
  touched = false;
  count = 0;
  private readonly Class: ClassType;
  private readonly instances: object[] = [];

  constructor(Class: ClassType) {
    this.Class = Class;
  }

  /** An instance that nobody else has in this frame. */
  take(): object {
    const index = this.count;
    let instance = this.instances[index];
    if (instance === undefined) {
      instance = new this.Class();
      this.instances[index] = instance;
    } else {
      resetOf(this.Class)?.(instance);
    }
    this.count = index + 1;
    return instance;
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

  /** @internal Debug mode: no instance is handed out twice. */
  forget(): void {
    this.instances.length = this.count;
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
