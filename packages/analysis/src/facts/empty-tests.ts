/** What a test, or a count, says of a container's length: `while (list.length > 0)` is left when nothing is in it, `list.splice(0, list.length)` leaves nothing. */
import { placesOf } from "../dataflow/places.ts";
import { functionIndex } from "../source/function-index.ts";
import type { CallArg, FunctionIR, ModuleIR, Op, Temp, Terminal } from "../source/ir.ts";

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

/** Whether `list.splice(...)` with these arguments takes out all that there is. */
export function takesAll(module: ModuleIR, fn: FunctionIR, receiver: Temp | null, [from, count]: readonly CallArg[]): boolean {
  const start = from === undefined ? undefined : functionIndex(fn).operation(from.temp);
  if (receiver === null || start?.op !== "const" || start.value !== 0) return false;
  if (count === undefined) return true;
  const counted = functionIndex(fn).operation(count.temp);
  const place = placesOf(module, fn).of(receiver);
  return counted?.op === "get" && counted.key === "length" && place !== null && placesOf(module, fn).of(counted.object) === place;
}
