/**
 * What is known at one point of a function, on the paths of one typestate (property simulation: one state for each combination of frame
 * states, so that a condition that decided a frame's state stays tied to it).
 *
 * Theory: forward, may. Element: `temps`, `cells` and `facts` below; join is pointwise union (facts: intersection). Cells are variables and
 * fields; a cell that is not written holds what the place held at entry. A cell is overwritten when its base is one thing (strong
 * update), else it grows.
 */
import type { BlockId, ModuleIR, Temp, VariableId } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { type Cell, fieldKey, initialOf, joinStores, type Place, type StorePlace } from "./cell.ts";
import { CLOSED_FRAME, type FrameState, joinFrames } from "./frame-state.ts";
import { type FrameBytes, joinSizes } from "./frame-bytes.ts";
import { forgetMarks, joinMarks, type Mark, NO_MARK } from "./mark.ts";
import { nearestCells } from "./nearest-cells.ts";
import { ELEMENT, EMPTY, type Origin, type OriginTable, rootOf, sameValue, single, union, type Value } from "./origin.ts";
import { OwnedStates } from "./owned-states.ts";
import { renameCells } from "./rename-cells.ts";
import { type Moves, replaced, speaksOf } from "./rename-origins.ts";

/** Something done while the frame stood as the caller left it: right only when the caller holds one. */
export interface Pending {
  readonly key: Origin;
  readonly id: string;
}

/** Something written in the function while a frame that it began itself is open: forgotten when the frame ends. */
export interface FrameWork {
  readonly key: Origin;
  readonly at: Location;
  /** `frameAlloc` for an allocation; null for a suspension. */
  readonly allocation: string | null;
}

export class State {
  readonly temps: Map<Temp, Value>;
  readonly cells: Map<string, Cell>;
  readonly frames: Map<Origin, FrameState>;
  readonly marks: Map<Origin, Mark>;
  readonly facts: Map<Origin, boolean>;
  /** Heads of loops that went round once, where it is known that they do. */
  readonly went: Set<BlockId>;
  /** Explicit exits taken while a frame begun here was open. */
  readonly leaves: Map<string, { readonly at: Location; readonly kind: string; readonly key: Origin }>;
  /** Frame allocations and ends made so far while the frame stood as the caller left it. */
  readonly pending: Map<string, Pending>;
  /** What was done in the open frames so far. */
  readonly work: Map<string, FrameWork>;
  /** Rollbacks in the frames that are open, by the checkpoint that was gone back to. */
  readonly rollbacks: Map<Origin, { readonly at: Location; readonly key: Origin }>;
  /** What the open frames hold at least, by the place of the allocation and the calls that lead there. */
  readonly sizes: Map<string, FrameBytes>;
  /** Sites whose latest value something may still hold. */
  readonly made: Set<Origin>;
  /** What must be given back, and what was. */
  readonly owned: OwnedStates;
  /** How a frame stands that nothing is known of: as the caller left it, or closed while a module is first evaluated. */
  readonly entry: FrameState;

  constructor(from: State | FrameState) {
    if (!(from instanceof State)) {
      this.entry = from;
      this.temps = new Map();
      this.cells = new Map();
      this.frames = new Map();
      this.marks = new Map();
      this.facts = new Map();
      this.went = new Set();
      this.leaves = new Map();
      this.pending = new Map();
      this.work = new Map();
      this.rollbacks = new Map();
      this.sizes = new Map();
      this.made = new Set();
      this.owned = new OwnedStates();
      return;
    }
    this.entry = from.entry;
    this.temps = new Map(from.temps);
    this.cells = new Map(from.cells);
    this.frames = new Map(from.frames);
    this.marks = new Map(from.marks);
    this.facts = new Map(from.facts);
    this.went = new Set(from.went);
    this.leaves = new Map(from.leaves);
    this.pending = new Map(from.pending);
    this.work = new Map(from.work);
    this.rollbacks = new Map(from.rollbacks);
    this.sizes = new Map(from.sizes);
    this.made = new Set(from.made);
    this.owned = new OwnedStates(from.owned);
  }

  clone(): State {
    return new State(this);
  }

  /** The typestate of frames, which with that of what is owned keeps states apart. */
  frameTypestate(): string {
    const parts: string[] = [];
    for (const [key, frame] of this.frames) if (frame.assumed !== "any" || frame.now !== "entry") parts.push(`${key.id}${frame.assumed[0] ?? ""}${frame.now[0] ?? ""}`);
    for (const checkpoint of this.rollbacks.keys()) parts.push(`r${checkpoint.id}`);
    for (const head of this.went) parts.push(`l${head}`);
    for (const [guard, { committed }] of this.marks) if (committed) parts.push(`c${guard.id}`);
    return parts.sort().join(" ");
  }

  frame(key: Origin): FrameState {
    return this.frames.get(key) ?? (key.kind === "site" ? CLOSED_FRAME : this.entry);
  }

  mark(origin: Origin): Mark {
    return this.marks.get(origin) ?? NO_MARK;
  }

  readVariable(table: OriginTable, module: ModuleIR, variable: VariableId): Value {
    const cell = this.cells.get(variableKey(table, module, variable));
    return cell?.value ?? new Set([table.variable(module, variable)]);
  }

  writeVariable(table: OriginTable, module: ModuleIR, variable: VariableId, value: Value, place: Place): void {
    const name = module.variables[variable]?.name ?? "";
    this.cells.set(variableKey(table, module, variable), { base: null, module, variable, name, value, stores: [{ ...place, value }], isEmptied: false });
  }

  readField(table: OriginTable, base: Origin, name: string): Value {
    // A count holds nothing; a container's own elements are no properties of it.
    if (name === "length" || name === "size") return table.scalarValue;
    const own = this.#field(table, base, name);
    // A computed key may have written this name, and an element read may read any name.
    return name === ELEMENT ? own : union(table, own, this.cells.get(fieldKey(base, ELEMENT))?.value ?? new Set());
  }

  #field(table: OriginTable, base: Origin, name: string): Value {
    const cell = this.cells.get(fieldKey(base, name));
    if (cell !== undefined) return cell.value;
    if (base.kind === "site") return base.site.kind === "result" || base.site.kind === "instance" || base.site.kind === "allocator" ? new Set([table.field(base, name)]) : new Set();
    return new Set([table.field(base, name)]);
  }

  /** Sets a variable to a value with the stores that made it up. */
  putVariable(table: OriginTable, module: ModuleIR, variable: VariableId, value: Value, stores: readonly StorePlace[]): void {
    const name = module.variables[variable]?.name ?? "";
    this.cells.set(variableKey(table, module, variable), { base: null, module, variable, name, value, stores, isEmptied: false });
  }

  writeField(table: OriginTable, bases: Value, name: string, value: Value, place: Place): void {
    this.putField(table, bases, name, value, [{ ...place, value }]);
  }

  /** Overwrites the field when it is one thing's, else adds to it. */
  putField(table: OriginTable, bases: Value, name: string, value: Value, added: readonly StorePlace[]): void {
    const only = single(bases);
    for (const base of bases) {
      if (base.kind === "unknown" || base.kind === "scalar" || base.kind === "const" || base.kind === "expr") continue;
      const key = fieldKey(base, name);
      const strong = only !== null && name !== ELEMENT && !(base.kind === "site" && base.old);
      const before = this.cells.get(key);
      const value_ = strong ? value : union(table, before?.value ?? EMPTY, value);
      for (const origin of value) this.owned.give(origin);
      const stores = strong || before === undefined ? added : joinStores(table, before.stores, added);
      this.cells.set(key, { base, module: null, variable: -1, name, value: value_, stores, isEmptied: before?.isEmptied === true });
    }
  }

  /** What was put there is taken out. `isAll`: nothing is left for sure, also of what somebody else put there. */
  clearField(bases: Value, name: string, isAll = false): void {
    const base = single(bases);
    if (base === null || base.kind === "unknown" || base.kind === "scalar" || base.kind === "const" || base.kind === "expr") return;
    const before = this.cells.get(fieldKey(base, name));
    if (before !== undefined || isAll) this.cells.set(fieldKey(base, name), { base, module: null, variable: -1, name, value: EMPTY, stores: [], isEmptied: isAll || before?.isEmptied === true });
  }

  /** A call threw, which calls may: what would have been written after it is not. */
  skipWrites(): void {
    for (const [key, cell] of this.cells) if (cell.isSkipped !== true) this.cells.set(key, { ...cell, isSkipped: true });
  }

  /**
   * Replaces origins by others everywhere: the values that sites made before become their old ones. One pass over the state, however many sites there
   * are: a call may make a thousand things anew.
   */
  rename(table: OriginTable, moves: Moves): void {
    let held: ReadonlySet<Origin> | null = null;
    const isHeld = (origin: Origin): boolean => (held ??= this.#held()).has(origin);
    for (const [from, to] of moves) this.owned.rename(from, to, isHeld);
    for (const origin of this.facts.keys()) if (speaksOf(origin, moves)) this.facts.delete(origin);
    const known = new Map([...moves].filter(([from]) => this.made.has(from)));
    for (const from of moves.keys()) this.made.add(from);
    if (known.size === 0) return;
    for (const [temp, value] of this.temps) this.temps.set(temp, replaced(table, value, known));
    renameCells(table, this.cells, known);
    for (const [from, to] of known) {
      const mark = this.marks.get(from);
      this.marks.delete(from);
      if (mark !== undefined) this.marks.set(to, joinMarks(this.mark(to), mark));
      this.rollbacks.delete(from);
    }
    for (const [origin, each] of this.marks) {
      const after = replaced(table, each.after, known);
      if (after !== each.after) this.marks.set(origin, { ...each, after });
    }
  }

  /** Forgets what no later operation can read: temps, own variables, and what happened to values that nothing holds. */
  prune(keepsTemp: (temp: Temp) => boolean, keepsCell: (cell: Cell) => boolean): void {
    for (const temp of this.temps.keys()) if (!keepsTemp(temp)) this.temps.delete(temp);
    for (const [key, cell] of this.cells) if (!keepsCell(cell)) this.cells.delete(key);
    const held = this.#held();
    for (const [key, cell] of this.cells) if (cell.base !== null && rootOf(cell.base).kind === "site" && !held.has(rootOf(cell.base))) this.cells.delete(key);
    forgetMarks(this.marks, (origin) => origin.kind !== "site" || held.has(origin));
    for (const origin of this.made) if (!held.has(origin)) this.made.delete(origin);
    this.owned.prune((origin) => held.has(origin));
  }

  /** Forgets the cells that lie deepest when there are more than a limit; true when it did. */
  forgetFar(most: number): boolean {
    if (this.cells.size <= most) return false;
    const kept = new Set(nearestCells([...this.cells.values()], [...this.temps.values()], most));
    for (const [key, cell] of this.cells) if (!kept.has(cell)) this.cells.delete(key);
    return true;
  }

  /** What temps, variables and the caller's objects lead to, through fields of what was made here. */
  #held(): ReadonlySet<Origin> {
    const held = new Set<Origin>();
    const queue: Origin[] = [];
    const note = (value: Value): void => {
      for (const origin of value) {
        const root = rootOf(origin);
        if (root.kind !== "site" || held.has(root)) continue;
        held.add(root);
        queue.push(root);
      }
    };
    const fields = new Map<Origin, Value[]>();
    for (const value of this.temps.values()) note(value);
    for (const cell of this.cells.values()) {
      const root = cell.base === null ? null : rootOf(cell.base);
      if (root?.kind !== "site") note(cell.value);
      else fields.set(root, [...(fields.get(root) ?? []), cell.value]);
    }
    for (let root = queue.pop(); root !== undefined; root = queue.pop()) for (const value of fields.get(root) ?? []) note(value);
    return held;
  }

  /** Adds another state of the same typestate; true when this one changed. */
  join(table: OriginTable, other: State): boolean {
    let changed = false;
    for (const [temp, value] of other.temps) changed = joinInto(this.temps, temp, value, (a, b) => union(table, a, b)) || changed;
    changed = this.#joinCells(table, other) || changed;
    for (const [key, frame] of other.frames) changed = joinInto(this.frames, key, frame, joinFrames) || changed;
    for (const [origin, mark] of other.marks) changed = joinInto(this.marks, origin, mark, joinMarks) || changed;
    for (const [origin, truth] of this.facts) {
      if (other.facts.get(origin) !== truth) changed = this.facts.delete(origin) || changed;
    }
    changed = this.owned.join(other.owned) || changed;
    for (const origin of other.made) if (!this.made.has(origin)) changed = this.made.add(origin) !== undefined;
    for (const [key, leave] of other.leaves) if (!this.leaves.has(key)) changed = this.leaves.set(key, leave) !== undefined;
    for (const [key, work] of other.work) if (!this.work.has(key)) changed = this.work.set(key, work) !== undefined;
    for (const [key, rollback] of other.rollbacks) if (!this.rollbacks.has(key)) changed = this.rollbacks.set(key, rollback) !== undefined;
    changed = joinSizes(this.sizes, other.sizes) || changed;
    for (const [key, need] of other.pending) if (!this.pending.has(key)) changed = this.pending.set(key, need) !== undefined;
    return changed;
  }

  #joinCells(table: OriginTable, other: State): boolean {
    let changed = false;
    for (const [key, cell] of other.cells) {
      const mine = this.cells.get(key);
      const value = union(table, mine?.value ?? initialOf(table, cell), cell.value);
      const stores = joinStores(table, mine?.stores ?? [], cell.stores);
      const isEmptied = mine?.isEmptied === true && cell.isEmptied;
      const isSkipped = cell.isSkipped === true && (mine === undefined || mine.isSkipped === true);
      if (mine !== undefined && sameValue(value, mine.value) && stores === mine.stores && isEmptied === mine.isEmptied && isSkipped === (mine.isSkipped === true)) continue;
      this.cells.set(key, { ...cell, value, stores, isEmptied, isSkipped });
      changed = true;
    }
    for (const [key, cell] of this.cells) {
      if (other.cells.has(key)) continue;
      const value = union(table, cell.value, initialOf(table, cell));
      if (value === cell.value && !cell.isEmptied) continue;
      this.cells.set(key, { ...cell, value, isEmptied: false });
      changed = true;
    }
    return changed;
  }
}

export function variableKey(table: OriginTable, module: ModuleIR, variable: VariableId): string {
  return `v${table.variable(module, variable).id}`;
}

function joinInto<K, V>(map: Map<K, V>, key: K, value: V, join: (a: V, b: V) => V): boolean {
  const mine = map.get(key);
  const joined = mine === undefined ? value : join(mine, value);
  if (joined === mine) return false;
  map.set(key, joined);
  return true;
}
