/**
 * Variables of a module that one function fills and empties again before it ends: `if (isRunning) ...; isRunning = true; ...; isRunning = false`, `const list = used.length ? [] : used; ...; list.length = 0`.
 * When the function begins they hold something only where it is called while it runs.
 *
 * Must: no other function of the module reads or writes the variable, it is not exported, whatever is put into it is taken out on every way from there to the end (exceptions aside), and the function does not call
 * itself, through two others at most. Known misses: members are judged by name (`bracketed-members.ts`); variables that closures of the function use.
 */
import { successors } from "../cfg/order.ts";
import type { Place, Places } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import type { Block, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { alwaysMeets } from "./ways-past.ts";

const ADDS: ReadonlySet<string> = new Set(["push", "unshift", "add", "set", "splice"]);
const CALL_DEPTH = 2;

/** Whether the place, a variable or how many it holds, is empty whenever the function begins that is no call of itself. */
export function isEmptyAtFirst(program: Program, places: Places, place: Place): boolean {
  const { module, fn } = places;
  const variable = places.variableOf(place?.replace(/\.(?:length|size)$/, "") ?? null);
  if (variable === null || module.variables[variable]?.owner !== 0 || fn.kind === "module" || module.exports.some((each) => each.kind === "local" && each.variable === variable)) return false;
  if (module.functions.some((each) => each !== fn && each.kind !== "module" && each.captures.includes(variable))) return false;
  const isFilled = (op: Op): boolean => fills(places, op, variable);
  const isEmptied = (op: Op): boolean => empties(places, op, variable);
  const isAlways = fn.blocks.every((block) => block.ops.every((op, at) => !isFilled(op) || isMetAfter(fn, block, at, isEmptied)));
  return isAlways && fn.blocks.some(({ ops }) => ops.some(isEmptied)) && !calls(program, module, fn, fn, CALL_DEPTH);
}

function isMetAfter(fn: FunctionIR, block: Block, at: number, hits: (op: Op) => boolean): boolean {
  if (block.ops.slice(at + 1).some(hits)) return true;
  return successors(block.terminal).every((next) => alwaysMeets(fn, next, (id) => fn.blocks[id]?.ops.some(hits) === true, () => false));
}

function fills(places: Places, op: Op, variable: VariableId): boolean {
  if (op.op === "store") return op.variable === variable && !isEmpty(places, op.src);
  if (op.op === "set") return (op.key === null || (op.key === "length" && !isEmpty(places, op.src))) && mayBe(places, op.object, variable);
  return op.op === "call" && op.receiver !== null && (op.key === null || ADDS.has(op.key)) && mayBe(places, op.receiver, variable);
}

function empties(places: Places, op: Op, variable: VariableId): boolean {
  if (op.op === "store") return op.variable === variable && isEmpty(places, op.src);
  if (op.op === "set") return op.key === "length" && isEmpty(places, op.src) && mayBe(places, op.object, variable);
  return op.op === "call" && op.key === "clear" && op.receiver !== null && mayBe(places, op.receiver, variable);
}

/** The variable itself, or a local one that was given it, perhaps by a condition. */
function mayBe(places: Places, temp: Temp, variable: VariableId, depth = 0): boolean {
  const op = places.origin(temp);
  if (op === null) return depth < 2 && (places.index.definitions(temp) ?? []).some((each) => "op" in each && each.op === "copy" && mayBe(places, each.src, variable, depth + 1));
  if (op.op !== "load") return false;
  return op.variable === variable || (depth < 2 && places.isLocal(op.variable) && places.storesOf(op.variable).some(({ src }) => mayBe(places, src, variable, depth + 1)));
}

function isEmpty(places: Places, temp: Temp): boolean {
  const op = places.origin(temp);
  if (op?.op === "array") return op.elements.length === 0;
  if (op?.op === "global") return op.name === "undefined";
  return op?.op === "const" && (op.type === "undefined" || op.value === null || op.value === false || op.value === 0);
}

function calls(program: Program, module: ModuleIR, fn: FunctionIR, sought: FunctionIR, depth: number): boolean {
  return fn.blocks.some(({ ops }) => ops.some((op) => op.op === "call" && program.tracer.targets(module, fn, op.dst).functions.some((target) => target.function === sought || (depth > 0 && calls(program, target.module, target.function, sought, depth - 1)))));
}
