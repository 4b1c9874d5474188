/** How views print and turn to JSON: as their fields, not as the memory below. */

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Gives a view class `toJSON`, unless a field is called so, and its printed form in Node. */
export function describeView(prototype: object, fields: readonly string[]): void {
  function plain(this: object): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const name of fields) result[name] = (this as Record<string, unknown>)[name];
    return result;
  }
  if (!fields.includes("toJSON")) Object.defineProperty(prototype, "toJSON", { value: plain, configurable: true, writable: true });
  Object.defineProperty(prototype, INSPECT, { value: plain, configurable: true, writable: true });
}

/** The same for what is gone through by iteration: an array of what it gives. `name` is printed when its life is over. */
export function describeList(prototype: object, name: string): void {
  function plain(this: Iterable<unknown>): unknown[] {
    return [...this];
  }
  function print(this: Iterable<unknown> & { readonly isAlive?: boolean }): unknown {
    return this.isAlive === false ? `${name} (stale)` : [...this];
  }
  Object.defineProperty(prototype, "toJSON", { value: plain, configurable: true, writable: true });
  Object.defineProperty(prototype, INSPECT, { value: print, configurable: true, writable: true });
}

/** What JSON of a box is: that of its value, whose own `toJSON` the serialiser no longer asks. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("toJSON" in value) || typeof value.toJSON !== "function") return value;
  return (value as { toJSON(): unknown }).toJSON();
}
