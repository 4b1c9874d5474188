/** Of one module: its calls by the name of the member that is called. For what looks for calls of a few names and is not there in most modules. */
import type { ModuleIR } from "./ir.ts";
import { type ListedOp, moduleOps, type PlacedOp } from "./module-ops.ts";
import { onceFor } from "./once-for.ts";

export type CallPlace = PlacedOp<ListedOp & { readonly op: "call" }>;

interface Calls {
  /** In the order of the text. */
  readonly all: readonly CallPlace[];
  /** Places in `all`; by null those that call no member by name. */
  readonly byName: ReadonlyMap<string | null, readonly number[]>;
}

/**
 * Finds in a module the calls whose member's name `isWanted` accepts, in the order of the text; null is the name of a call of something else. Found once a module: `isWanted` must answer by
 * the name alone.
 */
export function callsOfMembers(isWanted: (name: string | null) => boolean): (module: ModuleIR) => readonly CallPlace[] {
  return onceFor((module) => {
    const calls = callsIn(module);
    const wanted: number[] = [];
    for (const [name, places] of calls.byName) if (isWanted(name)) wanted.push(...places);
    if (wanted.length === 0) return NO_CALLS;
    const { all } = calls;
    return wanted.sort((a, b) => a - b).flatMap((place) => all[place] ?? []);
  });
}

const NO_CALLS: readonly CallPlace[] = [];

const callsIn = onceFor((module: ModuleIR): Calls => {
  const all = moduleOps(module).calls;
  const byName = new Map<string | null, number[]>();
  all.forEach(({ op: { key } }, at) => {
    const places = byName.get(key);
    if (places === undefined) byName.set(key, [at]);
    else places.push(at);
  });
  return { all, byName };
});
