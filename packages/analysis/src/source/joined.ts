/**
 * What the modules of a program say together, put together once and kept from one analysis to the next while none of them says anything else. An edit rarely changes what
 * its file says of names: then what was put together of all files still is the answer, the same object, and what rests on that may be kept with it.
 *
 * Holds what the modules of the last program said, and nothing of the modules themselves; another program takes its place.
 */
import type { ModuleIR } from "./ir.ts";
import { isNoting, note, Readable } from "./reads.ts";

/** Texts, numbers, and sets, maps, lists and objects of them: no part of a module, which another text would make another object. */
export type Said = string | number | boolean | null | undefined | ReadonlySet<Said> | ReadonlyMap<Said, Said> | readonly Said[] | { readonly [key: string]: Said };

/**
 * `said` tells what a module says, by the module alone (`once-for.ts`); `join` is given that of each module, in their order, and must ask nothing else. Cost: one look at
 * each module, and a comparison of what those say that are new; `join` only where one of them says something new.
 */
export function joined<T extends Said, J>(said: (module: ModuleIR) => T, join: (parts: readonly T[]) => J): (modules: readonly ModuleIR[]) => J {
  let last: { readonly parts: readonly T[]; readonly whole: J } | null = null;
  const known = new WeakMap<readonly ModuleIR[], { readonly whole: J }>();
  return (modules) => {
    if (isNoting()) for (const module of modules) if (module instanceof Readable) note(module);
    let found = known.get(modules);
    if (found !== undefined) return found.whole;
    const parts = modules.map(said);
    const before = last;
    if (before?.parts.length !== parts.length || !parts.every((part, index) => isSame(part, before.parts[index]))) last = { parts, whole: join(parts) };
    found = last as { readonly whole: J };
    known.set(modules, { whole: found.whole });
    return found.whole;
  };
}

/** The union of sets of names. */
export function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const set of sets) for (const each of set) all.add(each);
  return all;
}

/** Whether two things say the same in the same order. */
export function isSame(a: Said, b: Said): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b);
  if (isSet(a) || isSet(b)) return isSet(a) && isSet(b) && a.size === b.size && areSame([...a], [...b]);
  if (isMap(a) || isMap(b)) return isMap(a) && isMap(b) && a.size === b.size && areSame([...a.keys()], [...b.keys()]) && areSame([...a.values()], [...b.values()]);
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && areSame(a, b);
  return areSame(Object.keys(a), Object.keys(b)) && areSame(Object.values(a), Object.values(b));
}

function areSame(a: readonly Said[], b: readonly Said[]): boolean {
  return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
}

function isSet(value: Said): value is ReadonlySet<Said> {
  return value instanceof Set;
}

function isMap(value: Said): value is ReadonlyMap<Said, Said> {
  return value instanceof Map;
}
