/**
 * Blocks whose work is no matter of every frame, by what is done in them: a fault is reported, listeners are told that something begins or ends, the object destroys itself or gives way to another, a
 * sound or a tween starts. A branch that always comes to one of them is taken now and then.
 *
 * Theory: the union of what is found by each of these, which say theirs themselves. Known misses: what each of them misses.
 */
import { placesOf } from "../dataflow/places.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { BlockId, FunctionIR, ModuleIR } from "../source/ir.ts";
import { announces } from "./announcements.ts";
import { complains } from "./complaints.ts";
import { endsOwnLife } from "./endings.ts";
import { oneShots } from "./one-shots.ts";
import { stateMachines } from "./state-machines.ts";

/** Blocks, and why a branch that always comes to one of them is cold. */
export type Occasion = readonly [blocks: ReadonlySet<BlockId>, why: string];

/** Why code is cold that ends the state which it is of. */
export const ANOTHER_STATE = "goes over to another state";

export interface Occasions {
  /** Those that the function has. */
  of(module: ModuleIR, fn: FunctionIR): readonly Occasion[];
}

export const occasions: Fact<Occasions> = defineFact("occasions", (_program, get) => {
  const machines = get(stateMachines);
  const starts = get(oneShots);
  return {
    of(module, fn) {
      const all: readonly Occasion[] = [...told(module, fn), [machines.of(module, fn), ANOTHER_STATE], [starts.of(module, fn), "starts something that goes on by itself"]];
      return all.filter(([blocks]) => blocks.size > 0);
    },
  };
});

/** Blocks that somebody is told something in, or that the object itself ends in. */
function told(module: ModuleIR, fn: FunctionIR): readonly Occasion[] {
  const places = placesOf(module, fn);
  const faults = new Set<BlockId>();
  const announcements = new Set<BlockId>();
  const endings = new Set<BlockId>();
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (complains(places, op)) faults.add(block.id);
      else if (announces(places, op)) announcements.add(block.id);
      else if (endsOwnLife(places, op)) endings.add(block.id);
    }
  }
  return [[faults, "reports a fault"], [announcements, "tells that something begins or ends"], [endings, "runs when something ends"]];
}
