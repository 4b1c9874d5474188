/** `if (points.length < 3) return [];`: a list is given back empty because there is too little to work on. Must, from the blocks that lead there alone. */
import type { Places } from "../dataflow/places.ts";
import type { Block, Temp } from "../source/ir.ts";

export function hasNothingToDo(places: Places, { ops, terminal, predecessors }: Block): boolean {
  const [made, ...more] = ops.filter((op) => op.op !== "leave");
  if (more.length > 0 || made?.op !== "array" || made.elements.length > 0 || terminal.kind !== "return" || terminal.value !== made.dst) return false;
  return predecessors.every((from) => {
    const test = places.fn.blocks[from]?.terminal;
    return test?.kind === "branch" && isOfLength(places, test.test);
  });
}

function isOfLength(places: Places, temp: Temp): boolean {
  const test = places.origin(temp);
  if (test?.op === "get") return test.key === "length" || test.key === "size";
  if (test?.op === "unary" && test.operator === "!") return isOfLength(places, test.src);
  return test?.op === "binary" && (isOfLength(places, test.left) ? places.origin(test.right)?.op === "const" : isOfLength(places, test.right) && places.origin(test.left)?.op === "const");
}
