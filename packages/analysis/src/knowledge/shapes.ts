/**
 * Shapes of what is not loaded as source: the members of JavaScript's and the platform's own objects and of the runtime's API, as far as a
 * value reached through them matters. Read once, on first use. What is not listed is known by its name alone.
 *
 * Two names have a meaning of their own to the tracer:
 *   - `Infer<T>`: what an allocation of `T` gives: an instance of the class that `T` is, else a `View`
 *   - `Held<T>`: what a box made from `T` holds: an instance when `T` is a class, a `View` when it is a struct, else `T` itself
 */
import { parseShapes, type PackageShapes } from "./parse-shapes.ts";
import { PACKAGE_SHAPES } from "./package-shapes.ts";
import { PLATFORM_SHAPES } from "./platform-shapes.ts";
import { RUNTIME_SHAPES } from "./runtime-shapes.ts";

const TEXTS: ReadonlyMap<string, string> = new Map([["global", PLATFORM_SHAPES], ["@framealloc/runtime", RUNTIME_SHAPES], ...Object.entries(PACKAGE_SHAPES)]);
const parsed = new Map<string, PackageShapes>();

/** The shapes of a package; undefined when there are none. */
export function shapesOf(package_: string): PackageShapes | undefined {
  const known = parsed.get(package_);
  if (known !== undefined) return known;
  const text = TEXTS.get(package_);
  if (text === undefined) return undefined;
  const shapes = parseShapes(text);
  parsed.set(package_, shapes);
  return shapes;
}

/** Whether the package's shapes list an exported name. */
export function knowsName(package_: string, name: string): boolean {
  const shapes = shapesOf(package_);
  return shapes !== undefined && (shapes.classes.has(name) || shapes.functions.has(name) || shapes.aliases.has(name));
}

/** Names of all members in the runtime's shapes, for deciding which receivers are worth asking a type checker about. */
export function memberNames(package_: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const shape of shapesOf(package_)?.classes.values() ?? []) for (const name of [...shape.members.keys(), ...shape.statics.keys()]) names.add(name);
  return names;
}
