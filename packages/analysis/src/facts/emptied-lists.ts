/**
 * Branches that wait for something in a list or a set and then empty it: `if (this.added.length > 0) { this.take(this.added); this.added = []; }`. They run as often as somebody puts something in.
 *
 * Must, from the function alone: every way through the branch empties what was asked. Who fills it is asked of hot code (`addedIn`), by the name of the member or the variable. Known misses: lists that a callee
 * fills which they are handed to, and those that are filled under another name.
 */
import { type Place, type Places, placesOf } from "../dataflow/places.ts";
import type { Block, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import { ADDS, empties, isNothing } from "./drained-lists.ts";

/** Ends the name of a list in the flags of `ColdBlocks`. */
export const ADDED = "[+]";
/** Begins the name of a variable, which no member has. */
const VARIABLE = "$";

/** The list or set whose length a place is; null for any other place. */
export function listAsked(place: Place): Place {
  return place === null ? null : /^(.+)\.(?:length|size)$/.exec(place)?.[1] ?? null;
}

/** Whether every way through the branch empties the list. */
export function emptiesList(branch: BranchEffects, places: Places, id: number, list: string): boolean {
  return branch.outlives(list) && branch.mustPass(id, (at) => branch.block(at).ops.some((op) => empties(places, op, list) || emptiesVariable(places, op, list) || takesAll(places, op, list)));
}

/** The flag that is raised when hot code puts something into the list; null where it has no name. */
export function addedTo(places: Places, list: string): string | null {
  const name = nameOf(places, list);
  return name === null ? null : name + ADDED;
}

/** Names of the lists and sets that a block puts something into itself. */
export function addedIn(module: ModuleIR, fn: FunctionIR, block: Block): ReadonlySet<string> {
  let added = addedBy.get(block);
  if (added === undefined) addedBy.set(block, (added = findAdded(placesOf(module, fn), block)));
  return added;
}

const addedBy = new WeakMap<Block, ReadonlySet<string>>();

function findAdded(places: Places, { ops }: Block): ReadonlySet<string> {
  const added = new Set<string>();
  const add = (temp: Temp): void => {
    const name = nameOf(places, places.of(temp));
    if (name !== null) added.add(name);
  };
  for (const op of ops) {
    if (op.op === "call" && op.receiver !== null && op.key !== null && ADDS.has(op.key) && !(op.key === "splice" && op.args.length < 3)) add(op.receiver);
    else if (op.op === "set" && op.key === null) add(op.object);
    else if (op.op === "set" && op.key !== null && !isNothing(places, op.src)) added.add(op.key);
    else if (op.op === "store" && !op.init && !isNothing(places, op.src)) added.add(VARIABLE + (places.module.variables[op.variable]?.name ?? ""));
  }
  return added;
}

function nameOf(places: Places, list: Place): string | null {
  const variable = places.variableOf(list);
  if (variable !== null) return VARIABLE + (places.module.variables[variable]?.name ?? "");
  return /\.([\w$#]+)$/.exec(list ?? "")?.[1] ?? null;
}

function emptiesVariable(places: Places, op: Op, list: string): boolean {
  return op.op === "store" && list === `v${op.variable}` && isNothing(places, op.src);
}

/** `list.splice(0)`, `list.splice(0, list.length)` */
function takesAll(places: Places, op: Op, list: string): boolean {
  if (op.op !== "call" || op.key !== "splice" || op.receiver === null || places.of(op.receiver) !== list) return false;
  const [from, count] = op.args;
  return from !== undefined && places.of(from.temp) === "c:0" && (count === undefined || places.of(count.temp) === `${list}.length`);
}
