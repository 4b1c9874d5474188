/** The parts of `a || b` and `a && b`, a temp that several blocks copy something into, and of `x === true`. Syntactic. */
import type { Places } from "../dataflow/places.ts";
import { append } from "../source/append.ts";
import type { BlockId, FunctionIR, Op, Temp } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

/** Where a temp is written in several blocks (`a || b`): what is copied into it; null for any other. */
export function severalOf(places: Places, temp: Temp): readonly { readonly src: Temp; readonly block: BlockId }[] | null {
  let at = temp;
  while (places.index.definitions(at) === null) {
    const definition = places.index.operation(at);
    if (definition?.op !== "copy" && definition?.op !== "cast") return null;
    at = definition.src;
  }
  const written = copiesIn(places.fn).get(at);
  return written !== undefined && written.length === places.index.definitions(at)?.length ? written : null;
}

const copiesIn = onceFor((fn: FunctionIR): ReadonlyMap<Temp, readonly { readonly src: Temp; readonly block: BlockId }[]> => {
  const copies = new Map<Temp, { src: Temp; block: BlockId }[]>();
  for (const { id, ops } of fn.blocks) for (const op of ops) if (op.op === "copy") append(copies, op.dst, { src: op.src, block: id });
  return copies;
});

/** `a` of `a && b`, where the whole is true: what is copied in the block was found otherwise on the only way there. */
export function isRefuted(places: Places, block: BlockId, src: Temp, truthy: boolean): boolean {
  const [from, ...more] = places.fn.blocks[block]?.predecessors ?? [];
  const terminal = from === undefined || more.length > 0 ? undefined : places.fn.blocks[from]?.terminal;
  return terminal?.kind === "branch" && terminal.on === "truthy" && terminal.test === src && terminal.then !== terminal.else && (terminal.then === block) !== truthy;
}

/** `x === true`, `false !== x`: the value, and what it is where the comparison holds. */
export function comparedWithTruth(places: Places, op: Op & { readonly op: "binary" }): { readonly temp: Temp; readonly truth: boolean } | null {
  if (!/^[!=]==?$/.test(op.operator)) return null;
  for (const [constant, temp] of [[op.right, op.left], [op.left, op.right]] as const) {
    const value = places.origin(constant);
    if (value?.op === "const" && typeof value.value === "boolean") return { temp, truth: value.value === op.operator.startsWith("=") };
  }
  return null;
}
