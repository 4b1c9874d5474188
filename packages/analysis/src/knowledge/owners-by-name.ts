/** Whose a name of a knowledge table is: a filter by the packages that a program has to do with. */
import type { ApiKey } from "../source/traced-type.ts";

/** By name, all its owners. Null for a name that somebody has who is always there, whose owner is null. */
export function ownersByName(entries: readonly (readonly [owner: string | null, name: string])[]): ReadonlyMap<string, ReadonlySet<string> | null> {
  const owners = new Map<string, Set<string> | null>();
  for (const [owner, name] of entries) {
    const known = owners.get(name);
    if (owner === null) owners.set(name, null);
    else if (known === undefined) owners.set(name, new Set([owner]));
    else known?.add(owner);
  }
  return owners;
}

/** The packages of a table that is keyed by API. */
export function ownersOf(table: Readonly<Record<ApiKey, unknown>>): ReadonlySet<string> {
  return new Set(Object.keys(table).map((api) => api.slice(0, api.lastIndexOf(":"))));
}
