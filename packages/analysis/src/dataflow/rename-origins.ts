/** One origin in place of another, in values and in chains of fields. */
import { type Origin, type OriginTable, type Value } from "./origin.ts";

export function replaced(table: OriginTable, value: Value, from: Origin, to: Origin): Value {
  let changed = false;
  const moved = new Set<Origin>();
  for (const origin of value) {
    const target = rebase(table, origin, from, to);
    changed = changed || target !== origin;
    moved.add(target);
  }
  return changed ? moved : value;
}

/** The same chain of fields from another root, when it starts at `from`. */
export function rebase(table: OriginTable, origin: Origin, from: Origin, to: Origin): Origin {
  if (origin === from) return to;
  if (origin.kind !== "field") return origin;
  const base = rebase(table, origin.base, from, to);
  return base === origin.base ? origin : table.field(base, origin.name);
}

/** Whether a fact about the first is one about the second. */
export function speaksOf(origin: Origin, subject: Origin): boolean {
  if (origin.kind === "expr") return origin.operands.some((operand) => speaksOf(operand, subject));
  return origin === subject || (origin.kind === "field" && speaksOf(origin.base, subject));
}
