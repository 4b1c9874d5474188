/**
 * Loops over a list of what has changed, which is emptied when all is done: `for (const chunk of this.changed) build(chunk); this.changed.clear();`. Their bodies run as often as somebody puts something in.
 *
 * Must, from the function alone: every way from the end of the loop to the function's end empties the list, which outlives the call. Who fills it is asked of hot code (`filledIn`): by a method that adds, at an index,
 * by another list that takes its place, or by a call that it is handed to. Known misses: lists that are walked by an index or by `forEach`, and those that are filled through a method that gives them.
 */
import { type Places, placesOf } from "../dataflow/places.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { alwaysMeets } from "./ways-past.ts";

export const ADDS: ReadonlySet<string> = new Set(["push", "unshift", "add", "set", "splice", "append", "enqueue", "concat"]);

export interface DrainedLoop {
  readonly body: BlockId;
  readonly place: string;
}

/** The loops of a function, and the members that they drain. */
export function drainedLoops(places: Places): readonly DrainedLoop[] {
  return places.fn.blocks.flatMap(({ terminal }) => {
    if (terminal.kind !== "next") return [];
    const walk = places.index.operation(terminal.iterator);
    const place = walk?.op === "iterate" && walk.form === "of" ? places.of(walk.src) : null;
    if (place === null || !/\.[\w$#]+$/.test(place)) return [];
    return alwaysMeets(places.fn, terminal.done, (at) => places.fn.blocks[at]?.ops.some((op) => empties(places, op, place)) === true, () => false) ? [{ body: terminal.body, place }] : [];
  });
}

/** Whether it puts nothing, or an empty container, where the list is, or empties the list itself. */
export function empties(places: Places, op: Op, place: string): boolean {
  if (op.op === "call") return op.key === "clear" && op.receiver !== null && places.of(op.receiver) === place;
  if (op.op !== "set" || op.key === null) return false;
  return (places.memberSet(op) === place || (op.key === "length" && places.of(op.object) === place)) && isNothing(places, op.src);
}

/** 0, an empty list, a new container that is given nothing. */
export function isNothing(places: Places, temp: Temp): boolean {
  const value = places.origin(temp);
  if (value?.op === "array") return value.elements.length === 0;
  return value?.op === "new" ? value.args.length === 0 : value?.op === "const" && (value.value === 0 || value.value === null);
}

/** Names of the members, of any object, that a block puts something into. */
export function filledIn(module: ModuleIR, fn: FunctionIR, block: Block): ReadonlySet<string> {
  let filled = filledBy.get(block);
  if (filled === undefined) filledBy.set(block, (filled = findFilled(placesOf(module, fn), block)));
  return filled;
}

const filledBy = new WeakMap<Block, ReadonlySet<string>>();

function findFilled(places: Places, { ops }: Block): ReadonlySet<string> {
  const filled = new Set<string>();
  const add = (temp: Temp): void => {
    const key = mayBeMember(places.origin(temp)) ? /\.([\w$#]+)$/.exec(places.of(temp) ?? "")?.[1] : undefined;
    if (key !== undefined) filled.add(key);
  };
  for (const op of ops) {
    if (op.op === "call" && op.receiver !== null && op.key !== null && ADDS.has(op.key)) add(op.receiver);
    if (op.op === "call" || op.op === "new") for (const { temp } of op.args) add(temp);
    else if (op.op === "set" && op.key === null) add(op.object);
    else if (op.op === "set" && op.key !== null && !isNothing(places, op.src)) filled.add(op.key);
  }
  return filled;
}

/** A member, or a variable that may stand for one. */
function mayBeMember(op: Op | null): boolean {
  return op?.op === "get" || op?.op === "load";
}
