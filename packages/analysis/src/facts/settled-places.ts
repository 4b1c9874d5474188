/**
 * Places that a branch makes what it asks for: `if (style.display !== "none") { style.display = "none"; ... }`. The next call finds it so, unless somebody makes it something else in the meantime.
 *
 * Theory: must. Every way through the branch writes that very constant, a callee on every way through itself; no other value is written on one way with the branch. What other code of the hot paths
 * writes is asked by name, of a variable by its declaration (`unsettled`). What a call gives is another thing each time, lookups aside.
 * Known misses: constants that are kept in variables are compared as any two places are (`cold-blocks.ts`); a place that a new object holds otherwise.
 */
import { originOf, type Place, placesOf } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { append } from "../source/append.ts";
import type { BranchEffects } from "./branch-effects.ts";
import { constantKey, testOf } from "./cold-tests.ts";
import { isOnOneWay } from "./ways-past.ts";

/** A flag of `ColdBlocks`: the name of what must stay what it was made, and the constant. Null where the branch does not make it so. */
export function settledBy(branch: BranchEffects, module: ModuleIR, fn: FunctionIR, id: BlockId, place: Place, text: string): string | null {
  const name = nameOf(module, place);
  if (place === null || name === null || !branch.outlives(place) || /(?<!\.get)\(\)/.test(place)) return null;
  const settles = (at: BlockId): boolean => branch.writesIn(at).some((write) => write.place === place && write.text === text && write.perhaps !== true);
  if (!branch.mustPass(id, settles)) return null;
  const { dominators } = regionsOf(fn);
  const settled = armsOfSettled(module, fn, place, text);
  const unsettles = branch.writesTo(place).some(({ block, write }) => write.text !== text && !branch.isCold(block) && (isOnOneWay(fn, block, id) || settled.some((arm) => dominators.dominates(arm, block))));
  return unsettles ? null : flagOf(name, text);
}

/** Blocks that alone lead on from where the place was found to hold the constant: what makes it something else there takes turns with the branch. */
function armsOfSettled(module: ModuleIR, fn: FunctionIR, place: string, text: string): readonly BlockId[] {
  const places = placesOf(module, fn);
  return fn.blocks.flatMap(({ terminal }) => {
    if (terminal.kind !== "branch" || terminal.on !== "truthy") return [];
    return [true, false].flatMap((taken) => {
      const condition = testOf(places, terminal.test, taken);
      const arm = taken ? terminal.else : terminal.then;
      return condition?.kind === "other" && condition.place === place && condition.text === text && fn.blocks[arm]?.predecessors.length === 1 ? [arm] : [];
    });
  });
}

/** Of such flags those whose place the block makes something else. */
export function unsettled(module: ModuleIR, fn: FunctionIR, block: Block, flags: SettledFlags): readonly string[] {
  return writtenIn(module, fn, block).flatMap(({ name, flag }) => flags.get(name)?.filter((each) => each !== flag) ?? []);
}

/** What the places are called that a block writes. */
export function settledNames(module: ModuleIR, fn: FunctionIR, block: Block): readonly string[] {
  return writtenIn(module, fn, block).map(({ name }) => name);
}

function writtenIn(module: ModuleIR, fn: FunctionIR, block: Block): readonly Written[] {
  let written = writtenBy.get(block);
  if (written === undefined) writtenBy.set(block, (written = findWritten(module, fn, block)));
  return written;
}

/** By what the place is called. */
export type SettledFlags = ReadonlyMap<string, readonly string[]>;

/** Of the flags of `ColdBlocks` those that are of such a place. */
export function settledFlags(flags: Iterable<string>): SettledFlags {
  const settled = new Map<string, string[]>();
  for (const flag of flags) if (flag.includes(SETTLED)) append(settled, flag.slice(0, flag.indexOf(SETTLED)), flag);
  return settled;
}

interface Written {
  readonly name: string;
  readonly flag: string;
}

const writtenBy = new WeakMap<Block, readonly Written[]>();

function findWritten(module: ModuleIR, fn: FunctionIR, { ops }: Block): readonly Written[] {
  return ops.flatMap((op) => {
    const name = op.op === "set" ? op.key : op.op === "store" && !op.init ? variableName(module, op.variable) : null;
    return name === null || (op.op !== "set" && op.op !== "store") ? [] : [{ name, flag: flagOf(name, textOf(fn, op.src)) }];
  });
}

const SETTLED = "!";

function flagOf(name: string, text: string | null): string {
  return `${name}${SETTLED}${text ?? ""}`;
}

function nameOf(module: ModuleIR, place: Place): string | null {
  const variable = /^v(\d+)$/.exec(place ?? "")?.[1];
  return variable === undefined ? /\.([\w$#]+)$/.exec(place ?? "")?.[1] ?? null : variableName(module, Number(variable));
}

function variableName(module: ModuleIR, variable: number): string {
  return `${module.file}:${variable}`;
}

function textOf(fn: FunctionIR, temp: Temp): string | null {
  const op: Op | null = originOf(functionIndex(fn), temp);
  return op?.op === "const" ? constantKey(op) : null;
}
