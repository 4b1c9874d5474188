/** Classes as types: how an instance is made, and how a recycled one is cleaned before it is handed out again. */
import { badArgument } from "../errors.ts";
import type { ClassType } from "./memory-type.ts";

type Reset = (instance: object) => void;

const resets = /* @__PURE__ */ new WeakMap<ClassType, Reset>();

/**
 * Sets how a recycled instance of `Class` is cleaned before an allocation hands it out again, in every allocator of this agent; the last call counts.
 * Without one, an instance comes as it was left. Throws `FrameAllocError` (`argument`) for what is no class and no function.
 *
 * @example registerReset(THREE.Vector3, (v) => v.set(0, 0, 0));
 */
export function registerReset<T extends object>(Class: ClassType<T>, reset: (instance: T) => void): void {
  checkClass(Class, "registerReset");
  if (typeof reset !== "function") throw badArgument("registerReset", "reset", reset, "a function");
  resets.set(Class, reset as Reset);
}

const NOTHING_MADE: ProxyHandler<ClassType> = { construct: () => ({}) };

/** @internal JavaScript callers pass any function: throws `argument` for one that `new` cannot be used with. Asked once a class. */
export function checkClass(Class: ClassType, call: string): void {
  try {
    // A proxy is a constructor where what it stands for is one, and does not call it. Nothing else may be made of the class: engines would lay its instances out by that.
    new (new Proxy(Class, NOTHING_MADE))();
  } catch {
    throw badArgument(call, "type", Class, "a scalar, a struct, an array or a class");
  }
}

/** @internal */
export function resetOf(Class: ClassType): Reset | undefined {
  return resets.get(Class);
}
