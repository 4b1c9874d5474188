/**
 * Where a frame value may be when its frame ends, or when a function with no known caller is left: a place that outlives the frame is an
 * escape. May-analysis over the cells of one state; a cell that was overwritten before holds nothing any more, so it is silent; so is one that would have been
 * overwritten but for a call that might throw.
 * Misses: places reached through values that nothing is known of (results of unresolved calls).
 */
import { ELEMENT, nameOf, type Origin, rootOf } from "../dataflow/origin.ts";
import type { Cell } from "../dataflow/cell.ts";
import type { State } from "../dataflow/state.ts";
import { isExported } from "../source/exported-variables.ts";
import type { ModuleIR } from "../source/ir.ts";
import type { SinkKind } from "./frame-events.ts";
import { type CellsByBase, cellsByBase, type FrameRun, frameSite, reach } from "./frame-run.ts";

/** Reports the cells that hold a live value of this allocator's frame, which ends now. */
export function judgeCells(run: FrameRun, state: State, key: Origin): void {
  judgeKept(run, state, (origin) => frameSite(origin)?.allocator === key);
}

/** Reports the cells that hold one of these live frame values, which are over now. */
export function judgeKept(run: FrameRun, state: State, isOurs: (origin: Origin) => boolean): void {
  if (run.phase !== "report") return;
  if (!holdsAny(state, isOurs)) return;
  const index = cellsByBase(state);
  for (const cell of state.cells.values()) {
    const sink = cell.isSkipped === true ? null : sinkOf(run, cell);
    if (sink !== null && !isDropped(run, state, cell.base)) judgeCell(run, state, cell, sink, isOurs, index);
  }
}

/** What a variable or field held at entry was replaced there (`queue = []`), and nothing that outlives the function has it: with what is in it, it dies. */
function isDropped(run: FrameRun, state: State, place: Origin | null): boolean {
  for (let at = place; at !== null; at = at.kind === "field" ? at.base : null) {
    const now = at.kind === "variable" ? state.readVariable(run.table, at.module, at.variable) : at.kind === "field" ? state.readField(run.table, at.base, at.name) : null;
    if (now === null || now.has(at)) continue;
    const lost = at;
    if (![...state.cells.values()].some((cell) => cell.value.has(lost) && sinkOf(run, cell) !== null)) return true;
  }
  return false;
}

/** Whether any variable or field holds a frame value. */
export function holdsFrameValue(state: State): boolean {
  return holdsAny(state, () => true);
}

/** Most states keep no frame value anywhere, and may have thousands of cells: then nobody need ask what each of them leads to. */
function holdsAny(state: State, ours: (origin: Origin) => boolean): boolean {
  for (const cell of state.cells.values()) for (const origin of cell.value) if (frameSite(origin) !== null && ours(origin)) return true;
  return false;
}

/** Reports the cells that hold a live frame value where no caller is known that could still clear them. */
export function judgeAtRoot(run: FrameRun, state: State): void {
  if (!holdsAny(state, () => true)) return;
  const index = cellsByBase(state);
  for (const cell of state.cells.values()) {
    const sink = cell.isSkipped === true ? null : sinkOf(run, cell);
    // A parameter's object may die with the frame; an activation's variable dies with its function.
    if (sink === null || sink === "parameter" || sink === "closure") continue;
    if (sink === "container" && cell.base !== null && rootOf(cell.base).kind === "param") continue;
    if (isDropped(run, state, cell.base)) continue;
    judgeCell(run, state, cell, sink, () => true, index);
  }
}

function judgeCell(run: FrameRun, state: State, cell: Cell, sink: SinkKind, ours: (origin: Origin) => boolean, index: CellsByBase): void {
  const held = reach(run, state, cell.value, index);
  for (const origin of held) {
    const site = frameSite(origin);
    if (site === null || !ours(origin) || state.mark(rootOf(origin)).ended.length > 0) continue;
    const inner = cell.value.has(origin) ? [] : olderHolders(run, state, held, origin);
    for (const holder of inner) {
      for (const store of holder.stores) if (store.value.has(origin)) run.emit({ kind: "escape", at: store.at, site, sink: holder.name === ELEMENT ? "container" : "field", name: nameOfHolder(cell, holder), inner: store.inner, ended: [] });
    }
    if (inner.length > 0 || isReadByModuleAlone(cell)) continue;
    for (const store of cell.stores) {
      if (!reach(run, state, store.value, index).has(origin)) continue;
      run.emit({ kind: "escape", at: store.at, site, sink: keptByClosure(cell, origin) ? "closure" : sink, name: nameOfCell(cell), inner: store.inner, ended: [] });
    }
  }
}

/** A variable that no function names and no other module can: each use of what it holds is judged where it stands. */
function isReadByModuleAlone({ base, module, variable }: Cell): boolean {
  return base === null && module !== null && module.variables[variable]?.captured === false && !isExported(module, variable);
}

/** Fields of what was made before the frame that have the value: it was put into them, and not with them into what outlives it. */
function olderHolders(run: FrameRun, state: State, held: ReadonlySet<Origin>, origin: Origin): Cell[] {
  const holders: Cell[] = [];
  for (const cell of state.cells.values()) {
    const root = cell.base === null ? null : rootOf(cell.base);
    if (cell.base !== null && root?.kind === "site" && cell.value.has(origin) && held.has(cell.base) && !run.madeInFrame.has(run.table.site(root.site, false))) holders.push(cell);
  }
  return holders;
}

/** `world.kept`: through what is known by name; `Each.kept` where only its class has one. */
function nameOfHolder(outer: Cell, { base, name }: Cell): string {
  const root = base === null ? null : rootOf(base);
  const owner = root?.kind === "site" ? (root.site.binding ?? root.site.class?.class.name) : undefined;
  const known = owner === undefined || owner === "" ? nameOfCell(outer) : owner;
  return name === ELEMENT ? known : `${known}.${name}`;
}

/** Held only through a function that captured it. */
function keptByClosure(cell: Cell, origin: Origin): boolean {
  if (cell.value.has(origin)) return false;
  for (const held of cell.value) if (held.kind === "function") return true;
  return false;
}

/** What kind of place a cell is, when it outlives the function's frames; null for places that die with the function. */
export function sinkOf(run: FrameRun, cell: Cell): SinkKind | null {
  if (cell.base === null) {
    const variable = cell.module?.variables[cell.variable];
    if (variable === undefined || cell.module === null) return null;
    if (variable.owner === 0) {
      return isExported(cell.module, cell.variable) ? "export" : "module";
    }
    return isAncestor(run, cell.module, variable.owner) ? "closure" : null;
  }
  const root = rootOf(cell.base);
  switch (root.kind) {
    case "global": return cell.base === root ? "global" : cell.name === ELEMENT ? "container" : "field";
    case "class": return cell.base === root ? "static" : cell.name === ELEMENT ? "container" : "field";
    case "this": case "variable": return cell.name === ELEMENT ? "container" : "field";
    case "param": return cell.name === ELEMENT ? "container" : "parameter";
    case "function": case "site": case "const": case "expr": case "scalar": case "unknown": case "field": return null;
  }
}

/** Whether a variable's function is around the one at hand: then its activation is older than the frame. */
function isAncestor(run: FrameRun, module: ModuleIR, owner: number): boolean {
  if (module !== run.module) return false;
  for (let id = run.fn.parent; id !== null; id = run.module.functions[id]?.parent ?? null) if (id === owner) return true;
  return false;
}

export function nameOfCell(cell: Cell): string {
  if (cell.base === null) return cell.name;
  return cell.name === ELEMENT ? nameOf(cell.base) : `${nameOf(cell.base)}.${cell.name}`;
}
