/** Classes as types: how an instance is made, and how a recycled one is cleaned before it is handed out again. */
import type { ClassType } from "./memory-type.ts";

type Reset = (instance: object) => void;

const resets = /* @__PURE__ */ new WeakMap<ClassType, Reset>();

/**
 * Sets how a recycled instance of `Class` is cleaned before an allocation hands it out again, in every allocator of this agent; the last call counts.
 * Without one, an instance comes as it was left.
 *
 * @example registerReset(THREE.Vector3, (v) => v.set(0, 0, 0));
 */
export function registerReset<T extends object>(Class: ClassType<T>, reset: (instance: T) => void): void {
  resets.set(Class, reset as Reset);
}

/** @internal */
export function resetOf(Class: ClassType): Reset | undefined {
  return resets.get(Class);
}
