/**
 * Which scopes of tags are open at each operation of a function: those that `tagScope` opened here and that nothing disposed of since.
 *
 * Theory: forward, must. Element: the calls that opened a scope, in order; join keeps what both have; what an exception leaves is taken to be closed.
 * Misses: scopes handed to other functions to dispose of, which stay open here.
 */
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { TagCall } from "./tag-uses.ts";

const DISPOSE = "@@dispose";

/** By operation; an operation that is not in it has none open. `calls` are those of this function. */
export function openScopes(fn: FunctionIR, calls: readonly TagCall[]): ReadonlyMap<Op, readonly TagCall[]> {
  const openers = new Map<Op, TagCall>(calls.filter(({ effect }) => effect.kind === "scope").map((call) => [call.op, call]));
  if (openers.size === 0) return new Map();
  const held = holders(fn, openers);
  const atEntry = new Map<BlockId, readonly TagCall[]>([[0, []]]);
  const open = new Map<Op, readonly TagCall[]>();
  // Lists only shrink where ways meet, so this ends.
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of fn.blocks) {
      const entered = atEntry.get(block.id);
      if (entered === undefined) continue;
      const left = block.ops.reduce((scopes, op) => {
        open.set(op, scopes);
        return after(op, scopes, openers, held, fn);
      }, entered);
      for (const next of fn.blocks) {
        if (!next.predecessors.includes(block.id)) continue;
        const known = atEntry.get(next.id);
        const joined = known === undefined ? left : known.filter((call) => left.includes(call));
        if (known !== undefined && joined.length === known.length) continue;
        atEntry.set(next.id, joined);
        changed = true;
      }
    }
  }
  return open;
}

function after(op: Op, scopes: readonly TagCall[], openers: ReadonlyMap<Op, TagCall>, held: ReadonlyMap<VariableId, TagCall>, fn: FunctionIR): readonly TagCall[] {
  const opened = openers.get(op);
  if (opened !== undefined) return [...scopes, opened];
  const closed = op.op === "dispose" ? held.get(op.variable) : op.op === "call" && op.key === DISPOSE && op.receiver !== null ? heldBy(fn, op.receiver, held) : undefined;
  const at = closed === undefined ? -1 : scopes.indexOf(closed);
  // To leave one is to leave those inside it.
  return at < 0 ? scopes : scopes.slice(0, at);
}

/** Variables that are set once, to a scope. */
function holders(fn: FunctionIR, openers: ReadonlyMap<Op, TagCall>): ReadonlyMap<VariableId, TagCall> {
  const held = new Map<VariableId, TagCall>();
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      const made = op.op === "store" && op.init ? source(fn, op.src) : undefined;
      const call = made === undefined ? undefined : openers.get(made);
      if (op.op === "store" && call !== undefined) held.set(op.variable, call);
    }
  }
  return held;
}

function heldBy(fn: FunctionIR, temp: Temp, held: ReadonlyMap<VariableId, TagCall>): TagCall | undefined {
  const made = source(fn, temp);
  return made?.op === "load" ? held.get(made.variable) : undefined;
}

function source(fn: FunctionIR, temp: Temp): Op | undefined {
  const definition = functionIndex(fn).definition(temp);
  if (definition === undefined || !("op" in definition)) return undefined;
  return definition.op === "copy" || definition.op === "cast" ? source(fn, definition.src) : definition;
}
