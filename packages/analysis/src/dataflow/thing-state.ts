/**
 * A state that also knows, of each thing under a protocol (a transfer handle), what was done to it so far. States are kept apart by that too, so a
 * condition that decided it stays tied to it.
 *
 * Theory: forward; one standing a thing and path, join of two is `any`, of which nothing is reported. A thing that a caller supplied begins as
 * `entry` and carries the steps done to it, which each caller takes again with what it has there. `lost` is a may-set: things that nothing holds
 * any more though the protocol is not over.
 */
import type { Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { Cell } from "./cell.ts";
import type { FrameState } from "./frame-state.ts";
import { type Origin, type OriginTable, rootOf } from "./origin.ts";
import type { Moves } from "./rename-origins.ts";
import { State } from "./state.ts";

/** One thing done to a value that the caller supplied. */
export interface Step {
  readonly what: string;
  readonly at: Location;
}

export interface Standing {
  /** A state of the protocol, `entry`, or `any`. */
  readonly now: string;
  /** Where it came to stand so; null as long as it is `entry`. */
  readonly at: Location | null;
  /** Since entry, for what the caller supplied. */
  readonly steps: readonly Step[];
  /** Stored or handed to where it is not followed: what becomes of it is not known, what was done to it is. */
  readonly escaped: boolean;
}

export const AT_ENTRY: Standing = { now: "entry", at: null, steps: [], escaped: false };

export class ThingState extends State {
  readonly things: Map<Origin, Standing>;
  readonly lost: Set<Origin>;
  /** Which fresh values begin under the protocol, and how: null for those that do not. */
  readonly begins: (origin: Origin) => string | null;

  constructor(from: ThingState | FrameState, begins: (origin: Origin) => string | null) {
    super(from);
    this.begins = begins;
    this.things = new Map<Origin, Standing>(from instanceof ThingState ? from.things : []);
    this.lost = new Set<Origin>(from instanceof ThingState ? from.lost : []);
  }

  override clone(): ThingState {
    return new ThingState(this, this.begins);
  }

  override frameTypestate(): string {
    const parts: string[] = [];
    for (const [origin, { now }] of this.things) if (now !== "entry") parts.push(`${origin.id}:${now}`);
    return `${super.frameTypestate()} ${parts.sort().join(" ")}`;
  }

  /** As `State.rename`, for sites that make a value each: the values begin their protocol anew. */
  override rename(table: OriginTable, moves: Moves): void {
    super.rename(table, moves);
    for (const [from, to] of moves) {
      const former = this.things.get(from);
      this.things.delete(from);
      if (former !== undefined && isOpen(this, from, former) && !this.#holds(to)) this.lost.add(from);
      const begins = this.begins(from);
      if (begins !== null && from.kind === "site") this.things.set(from, { now: begins, at: from.site.at, steps: [], escaped: false });
    }
  }

  override prune(keepsTemp: (temp: Temp) => boolean, keepsCell: (cell: Cell) => boolean): void {
    super.prune(keepsTemp, keepsCell);
    for (const [origin, standing] of this.things) {
      if (origin.kind !== "site" || this.made.has(origin)) continue;
      if (isOpen(this, origin, standing)) this.lost.add(origin);
      this.things.delete(origin);
    }
  }

  override join(table: OriginTable, other: State): boolean {
    let changed = super.join(table, other);
    if (!(other instanceof ThingState)) return changed;
    for (const origin of other.lost) if (!this.lost.has(origin)) changed = this.lost.add(origin) !== undefined;
    for (const [origin, standing] of other.things) {
      const mine = this.things.get(origin);
      const joined = joinStandings(mine ?? missing(this, origin), standing);
      if (mine !== undefined && joined === mine) continue;
      this.things.set(origin, joined);
      changed = true;
    }
    for (const [origin, standing] of this.things) {
      if (other.things.has(origin)) continue;
      const joined = joinStandings(standing, missing(other, origin));
      if (joined !== standing) changed = this.things.set(origin, joined) !== undefined;
    }
    return changed;
  }

  #holds(origin: Origin): boolean {
    for (const value of this.temps.values()) for (const each of value) if (rootOf(each) === origin) return true;
    for (const cell of this.cells.values()) for (const each of cell.value) if (rootOf(each) === origin) return true;
    return false;
  }
}

/** Of a thing that a state says nothing of: a value not made on its path joins as whatever the other path says. */
function missing(state: ThingState, origin: Origin): Standing | null {
  return state.begins(origin) === null ? AT_ENTRY : null;
}

/** What it began as, and nobody else can go on with it. */
function isOpen(state: ThingState, origin: Origin, { now, escaped }: Standing): boolean {
  const begins = state.begins(origin);
  return begins !== null && !escaped && (now === begins || now === "detached");
}

function joinStandings(a: Standing | null, b: Standing | null): Standing {
  if (a === null || b === null) return a ?? b ?? AT_ENTRY;
  const escaped = a.escaped || b.escaped;
  if (a.now === b.now) return escaped === a.escaped ? a : { ...a, escaped };
  if (a.now === "any" && a.escaped) return a;
  const steps = a.steps.length >= b.steps.length ? a.steps : b.steps;
  return { now: "any", at: a.at, steps, escaped: true };
}
