/**
 * Loops that go on until something happens, as the loop of a game or a simulation does: without a count, a length or elements to go through.
 *
 * Theory: syntactic over the control-flow graph. `endless`: no test, and no explicit exit. `flag`: goes on while a variable or property is set that
 * its rounds do not write, or only to true or false. `until`: any other test by truth, or an exit out of `while (true)`. A comparison counts: such a loop is in none of these.
 * Misses: counters that are tested by truth (`while (n--)` is seen, `while (left)` with `left -= 1` is taken for `until`).
 */
import { successors } from "../cfg/order.ts";
import { loopBlocks } from "../dataflow/loops.ts";
import { type FunctionIndex, functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, Op, Temp, Terminal } from "../source/ir.ts";

export type OpenEnd = "endless" | "flag" | "until";

/** How the loop with this head ends; null for a loop that goes through elements or counts. */
export function openEnd(fn: FunctionIR, head: BlockId): OpenEnd | null {
  const inside = loopBlocks(fn, head);
  if (fn.blocks[head]?.terminal.kind === "next") return null;
  const tests: Temp[] = [];
  let left = false;
  for (const id of inside) {
    const block = fn.blocks[id];
    if (block === undefined) continue;
    if (block.ops.some((op) => op.op === "leave" && leaves(op, inside, head))) left = true;
    if (block.terminal.kind === "branch" && isTest(block.terminal, inside)) tests.push(block.terminal.test);
  }
  if (tests.length === 0) return left ? "until" : "endless";
  const index = functionIndex(fn);
  const kinds = tests.map((test) => testKind(fn, inside, index, test));
  if (kinds.includes(null)) return null;
  return kinds.every((kind) => kind === "flag") ? "flag" : "until";
}

/** Not a `break` of a switch or loop inside this one; an error is no way to end. */
function leaves(op: Op & { readonly op: "leave" }, inside: ReadonlySet<BlockId>, head: BlockId): boolean {
  if (op.kind === "return") return true;
  return op.kind === "break" && op.loop !== null && (op.loop === head || !inside.has(op.loop));
}

/** The loop's own test: one way goes on, the other leaves without a statement that says so. */
function isTest(branch: Terminal, inside: ReadonlySet<BlockId>): boolean {
  const ways = successors(branch).map((to) => inside.has(to));
  return ways.includes(true) && ways.includes(false);
}

function testKind(fn: FunctionIR, inside: ReadonlySet<BlockId>, index: FunctionIndex, temp: Temp): "flag" | "until" | null {
  const made = index.definition(temp);
  if (made === undefined || !("op" in made) || index.definitions(temp) !== null) return null;
  switch (made.op) {
    case "unary": return made.operator === "!" ? testKind(fn, inside, index, made.src) : null;
    case "copy": case "cast": return testKind(fn, inside, index, made.src);
    case "load": return writes(fn, inside, (op) => op.op === "store" && op.variable === made.variable && !isSwitch(index, op.src)) ? "until" : "flag";
    case "get": return made.key === null || COUNTS.has(made.key) ? null : writes(fn, inside, (op) => op.op === "set" && op.key === made.key && !isSwitch(index, op.src)) ? "until" : "flag";
    case "call": return "until";
    default: return null;
  }
}

const COUNTS: ReadonlySet<string> = new Set(["length", "size"]);

/** A value that turns a flag on or off. */
function isSwitch(index: FunctionIndex, temp: Temp): boolean {
  const made = index.definition(temp);
  return made !== undefined && "op" in made && index.definitions(temp) === null && made.op === "const" && made.type === "boolean";
}

function writes(fn: FunctionIR, inside: ReadonlySet<BlockId>, isWrite: (op: Op) => boolean): boolean {
  return [...inside].some((id) => fn.blocks[id]?.ops.some(isWrite) === true);
}
