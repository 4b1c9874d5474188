/**
 * Which temps and own variables a block may still read: backward, may; the element is a set of names, join is union. Variables that
 * inner functions capture are always live.
 */
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";

export interface Live {
  readonly temps: ReadonlySet<Temp>;
  readonly variables: ReadonlySet<VariableId>;
}

const known = new WeakMap<FunctionIR, readonly Live[]>();

/** For each block, what is read in it or after it before it is written. */
export function liveness(module: ModuleIR, fn: FunctionIR): readonly Live[] {
  const found = known.get(fn);
  if (found !== undefined) return found;
  const live = fn.blocks.map((): { temps: Set<Temp>; variables: Set<VariableId> } => ({ temps: new Set(), variables: new Set() }));
  for (let changed = true; changed; ) {
    changed = false;
    for (let id = fn.blocks.length - 1; id >= 0; id--) {
      const block = fn.blocks[id];
      const entry = live[id];
      if (block === undefined || entry === undefined) continue;
      const before = entry.temps.size + entry.variables.size;
      addEntry(module, fn, block, entry, live);
      changed = changed || entry.temps.size + entry.variables.size > before;
    }
  }
  known.set(fn, live);
  return live;
}

interface Growing {
  readonly temps: Set<Temp>;
  readonly variables: Set<VariableId>;
}

function addEntry(module: ModuleIR, fn: FunctionIR, block: Block, into: Growing, live: readonly Growing[]): void {
  const current: Growing = { temps: new Set(), variables: new Set() };
  for (const next of successors(block)) {
    for (const temp of live[next]?.temps ?? []) current.temps.add(temp);
    for (const variable of live[next]?.variables ?? []) current.variables.add(variable);
  }
  const { terminal } = block;
  if (terminal.kind === "next") current.temps.delete(terminal.value);
  for (const temp of terminalTemps(block)) current.temps.add(temp);
  for (let index = block.ops.length - 1; index >= 0; index--) {
    const op = block.ops[index];
    if (op === undefined) continue;
    if ("dst" in op) current.temps.delete(op.dst);
    if (op.op === "store" && module.variables[op.variable]?.owner === fn.id) current.variables.delete(op.variable);
    if (op.op === "load" || op.op === "dispose") current.variables.add(op.variable);
    for (const temp of operandsOf(op)) current.temps.add(temp);
  }
  // A handler may be entered from anywhere in the block: what it reads is live whatever the block writes.
  if (block.handler !== null) {
    for (const temp of live[block.handler]?.temps ?? []) current.temps.add(temp);
    for (const variable of live[block.handler]?.variables ?? []) current.variables.add(variable);
  }
  for (const temp of current.temps) into.temps.add(temp);
  for (const variable of current.variables) into.variables.add(variable);
}

/** The blocks that control may go to next, a handler aside. */
export function successors(block: Block): BlockId[] {
  const { terminal } = block;
  switch (terminal.kind) {
    case "goto": return [terminal.to];
    case "branch": return [terminal.then, terminal.else];
    case "next": return [terminal.body, terminal.done];
    case "return": return [terminal.to];
    case "throw": case "exit": return [];
  }
}

function terminalTemps({ terminal }: Block): Temp[] {
  switch (terminal.kind) {
    case "branch": return [terminal.test];
    case "next": return [terminal.iterator];
    case "return": return terminal.value === null ? [] : [terminal.value];
    case "throw": return [terminal.value];
    case "goto": case "exit": return [];
  }
}

/** The temps that an operation reads. */
export function operandsOf(op: Op): Temp[] {
  switch (op.op) {
    case "copy": case "cast": case "store": case "store-global": case "rest": case "unary": case "iterate": case "await": case "import": return [op.src];
    case "get": case "delete": return op.index === null ? [op.object] : [op.object, op.index];
    case "set": return op.index === null ? [op.object, op.src] : [op.object, op.index, op.src];
    case "call": return [op.callee, ...(op.receiver === null ? [] : [op.receiver]), ...op.args.map((arg) => arg.temp)];
    case "new": return [op.callee, ...op.args.map((arg) => arg.temp)];
    case "super-call": return op.args.map((arg) => arg.temp);
    case "object": return op.parts.flatMap((part) => (part.keyTemp === null ? [part.value] : [part.value, part.keyTemp]));
    case "jsx": return [...(op.tag === null ? [] : [op.tag]), ...op.parts.flatMap((part) => (part.keyTemp === null ? [part.value] : [part.value, part.keyTemp])), ...op.children.map((child) => child.temp)];
    case "array": return op.elements.flatMap((element) => (element === null ? [] : [element.temp]));
    case "template": return [...op.parts];
    case "binary": return [op.left, op.right];
    case "yield": return op.src === null ? [] : [op.src];
    case "const": case "load": case "global": case "this": case "super": case "meta": case "function": case "class": case "dispose": case "leave": case "opaque": return [];
  }
}
