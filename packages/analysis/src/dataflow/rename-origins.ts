/** Origins in place of others, in values and in chains of fields: what sites made before becomes their old values, all in one pass. */
import { type Origin, type OriginTable, rootOf, type Value } from "./origin.ts";

/** By what is replaced, which no move leads to. Both sides are sites. */
export type Moves = ReadonlyMap<Origin, Origin>;

export function replaced(table: OriginTable, value: Value, moves: Moves): Value {
  if (!touched(value, moves)) return value;
  const moved = new Set<Origin>();
  for (const origin of value) moved.add(rebase(table, origin, moves));
  return moved;
}

function touched(value: Value, moves: Moves): boolean {
  for (const origin of value) if (moves.has(rootOf(origin))) return true;
  return false;
}

/** The same chain of fields from another root, when its root is replaced. */
export function rebase(table: OriginTable, origin: Origin, moves: Moves): Origin {
  const to = moves.get(rootOf(origin));
  return to === undefined ? origin : onto(table, origin, to);
}

function onto(table: OriginTable, origin: Origin, root: Origin): Origin {
  return origin.kind === "field" ? table.field(onto(table, origin.base, root), origin.name) : root;
}

/** Whether a fact about the first is one about something that is replaced. */
export function speaksOf(origin: Origin, moves: Moves): boolean {
  if (origin.kind === "expr") return origin.operands.some((operand) => speaksOf(operand, moves));
  return moves.has(rootOf(origin));
}
