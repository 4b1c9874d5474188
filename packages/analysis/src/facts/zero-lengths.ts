/**
 * What stands in where a length is zero: `const l = v.length(); return l ? v.scale(1 / l) : new Vector(1, 0)`. The guard is there because the other arm divides by the length, and hardly any measured length is
 * exactly zero. A count is zero often.
 *
 * Must, by the value: a root (`Math.sqrt`, `Math.hypot`, `** 0.5`, or the answer of functions that give nothing else) is found to be zero, or below `TINY`, and code that only the other arm leads to divides by it.
 * Known misses: squares of lengths that are tested before the root is drawn.
 */
import { type Places, placesOf } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import type { Program } from "../program.ts";
import type { BlockId, Op, Temp } from "../source/ir.ts";
import type { Side } from "./ways-in.ts";
import { alwaysMeets } from "./ways-past.ts";

const TINY = 1e-3;
const MAX_DEPTH = 3;

/** Whether the last test on the way found a length of zero by which is divided otherwise. */
export function isOfNoLength(program: Program, places: Places, id: BlockId, way: readonly Side[] | undefined): boolean {
  const [last] = way ?? [];
  const length = last === undefined || last.branch.on !== "truthy" ? null : lengthTested(places, last.branch.test, last.taken);
  if (last === undefined || length === null || !dividesBy(places, last, id, length)) return false;
  return isRoot(program, places, length, 0);
}

/** What is zero, or as good as, where the test says so. */
function lengthTested(places: Places, test: Temp, truthy: boolean): Temp | null {
  const op = places.origin(test);
  if (op?.op === "unary" && op.operator === "!") return lengthTested(places, op.src, !truthy);
  if (op?.op !== "binary") return truthy ? null : test;
  const [left, right] = [numberOf(places, op.left), numberOf(places, op.right)];
  const value = left === null ? op.left : op.right;
  const limit = left ?? right;
  if (limit === null || (left !== null && right !== null) || limit < 0 || limit > TINY) return null;
  if (/^[!=]==?$/.test(op.operator)) return limit === 0 && op.operator.startsWith("=") === truthy ? value : null;
  const below = op.operator === "<" || op.operator === "<=";
  if (!below && op.operator !== ">" && op.operator !== ">=") return null;
  // `length < 1e-6`, `1e-6 > length`
  return (left === null ? below : !below) === truthy ? value : null;
}

function numberOf(places: Places, temp: Temp): number | null {
  const op = places.origin(temp);
  return op?.op === "const" && typeof op.value === "number" ? op.value : null;
}

/** Whether a block that is reached by the other way alone divides by the value. */
function dividesBy(places: Places, { branch, taken }: Side, id: BlockId, length: Temp): boolean {
  const { fn } = places;
  const other = taken ? branch.else : branch.then;
  const { dominators } = regionsOf(fn);
  const isOther = fn.blocks[other]?.predecessors.length === 1 || alwaysMeets(fn, id, (at) => fn.blocks[at]?.terminal.kind === "return", () => false);
  if (!isOther) return false;
  return fn.blocks.some((block) => dominators.dominates(other, block.id) && block.ops.some((op) => divides(places, op, length)));
}

function divides(places: Places, op: Op, length: Temp): boolean {
  if (op.op !== "binary" || op.operator !== "/") return false;
  const [by, value] = [places.origin(op.right), places.origin(length)];
  return op.right === length || (by !== null && by === value) || (by?.op === "load" && value?.op === "load" && by.variable === value.variable);
}

function isRoot(program: Program, places: Places, temp: Temp, depth: number): boolean {
  const op = places.origin(temp);
  if (depth > MAX_DEPTH || op === null) return false;
  if (op.op === "load") {
    const [store, ...others] = places.storesOf(op.variable);
    return store !== undefined && others.length === 0 && places.module.variables[op.variable]?.kind !== "parameter" && isRoot(program, places, store.src, depth + 1);
  }
  if (op.op === "binary") return op.operator === "**" && numberOf(places, op.right) === 0.5;
  if (op.op !== "call") return false;
  const { functions, apis, complete } = program.tracer.targets(places.module, places.fn, op.dst);
  if (functions.length === 0) return apis.length > 0 && apis.every((api) => api === "global:Math.sqrt" || api === "global:Math.hypot");
  return complete && functions.every(({ module, function: fn }) => {
    const given = fn.blocks.flatMap(({ terminal }) => (terminal.kind === "return" ? [terminal.value] : []));
    return given.length > 0 && given.every((value) => value !== null && isRoot(program, placesOf(module, fn), value, depth + 1));
  });
}
