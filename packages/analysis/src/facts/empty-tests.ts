/** What the way out of a test says of a container's length: `while (list.length > 0)` is left when nothing is in it. */
import type { Op, Temp, Terminal } from "../source/ir.ts";

const COUNTS: ReadonlySet<string> = new Set(["length", "size"]);

/** Comparisons of a count, on the left, with 0 or 1, that hold when it is 0, and that hold when it is not. */
const EMPTY_WHEN: ReadonlyMap<string, boolean> = new Map([["=== 0", true], ["== 0", true], ["<= 0", true], ["< 1", true], ["!== 0", false], ["!= 0", false], ["> 0", false], [">= 1", false]]);
const MIRRORED: ReadonlyMap<string, string> = new Map([["<", ">"], [">", "<"], ["<=", ">="], [">=", "<="]]);

/** The container that is empty on this way of a branch; null when the test says nothing of one. `ops` are those of the branch's block. */
export function emptyOn(branch: Terminal & { readonly kind: "branch" }, taken: boolean, ops: readonly Op[]): Temp | null {
  if (branch.on !== "truthy") return null;
  const madeBy = (temp: Temp): Op | undefined => ops.findLast((op) => "dst" in op && op.dst === temp);
  const counted = (temp: Temp): Temp | null => {
    const op = madeBy(temp);
    return op?.op === "get" && op.key !== null && COUNTS.has(op.key) ? op.object : null;
  };
  let test = branch.test;
  let isTrue = taken;
  for (let op = madeBy(test); op?.op === "unary" && op.operator === "!"; op = madeBy(test)) {
    test = op.src;
    isTrue = !isTrue;
  }
  const compared = madeBy(test);
  if (compared?.op !== "binary") return isTrue ? null : counted(test);
  const number = (temp: Temp): number | null => {
    const op = madeBy(temp);
    return op?.op === "const" && typeof op.value === "number" ? op.value : null;
  };
  const [left, right] = [counted(compared.left), counted(compared.right)];
  const operator = left === null ? (MIRRORED.get(compared.operator) ?? compared.operator) : compared.operator;
  const emptyWhen = EMPTY_WHEN.get(`${operator} ${left === null ? number(compared.left) : number(compared.right)}`);
  return emptyWhen === isTrue ? (left ?? right) : null;
}
