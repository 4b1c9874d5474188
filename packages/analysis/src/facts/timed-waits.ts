/**
 * Branches that time leads to, and that put it off again: `timer += dt; if (timer >= 2) { timer = 0; spawn(); }`, `if (now - last > 500) { last = now; ... }`, `if (now > next) { next = now + 500; ... }`,
 * `if (--cooldown <= 0) { cooldown = 60; ... }`, `if (frame % 60 === 0) ...`. What runs so seldom is no matter of every frame.
 *
 * Theory: a comparison is a linear form over places, above zero where the branch is taken. What the branch writes into one of these places on all of its ways says how far below zero the form is afterwards: by so much
 * must time go on until it is taken again. Must, by constants (`number-ranges.ts`), and where time counts (`time-values.ts`): a pile of things is filled as fast as there are things. Whether a number means seconds
 * or milliseconds nobody says; it counts as long where it is so in either. Known misses: waits that are settings of who uses the code, waits between 16 and 50, timers that a callee sets.
 */
import type { Places } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import { FASTEST_IDLE_PERIOD_MS } from "../knowledge/hot-entries.ts";
import type { Program } from "../program.ts";
import type { BlockId, Temp } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import { type Condition, lastSegment } from "./cold-tests.ts";
import { callsOf } from "./handed-on.ts";
import { type NumberRange, rangeOf } from "./number-ranges.ts";
import { addsTime, countsTime, isTime, runsForElements } from "./time-values.ts";

/** Why such a branch is cold. */
export const TIME_IS_OVER = "runs when a time is over";
/** A frame of the fastest screens in common use. */
const SHORTEST_FRAME_MS = 1000 / 120;
const IDLE_FRAMES = FASTEST_IDLE_PERIOD_MS / SHORTEST_FRAME_MS;
/** In seconds. */
const IDLE_SECONDS = FASTEST_IDLE_PERIOD_MS / 1000;
/** No timer waits for less than this many milliseconds: it is a number of seconds. */
const FEWEST_MS = 16;
const MAX_DEPTH = 6;
/** `frame`, `frameCount`, `_ticks` */
const COUNTS_FRAMES = /^[_$]*(?:frame|tick)s?(?:_?(?:count|counter|number|no|id|index|num))?$|(?:_|[a-z])(?:Frame|Tick)s?(?:Count|Counter)?$/i;

/** A place, how often it is counted, and where it was read. */
interface Term {
  readonly times: number;
  readonly temp: Temp;
}

interface LinearForm {
  readonly terms: ReadonlyMap<string, Term>;
  readonly least: number;
  readonly most: number;
}

export class TimedWaits {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether the branch waits for a time to be over, and lets at least some frames go by until it is taken again. */
  areLong(branch: BranchEffects, places: Places, id: BlockId, condition: Condition): boolean {
    if (condition.kind === "empty") return this.#isOfSomeFrames(places, condition.temp);
    return this.#putOff(branch, places, id, condition).some((place) => branch.undone(id, place, () => true));
  }

  /** Parts of such a branch, itself aside, that always put it off: `if (timer <= 0) { if (isPressed) { fire(); timer = 0.5; } }`. */
  partsThatWait(branch: BranchEffects, places: Places, id: BlockId, condition: Condition): readonly BlockId[] {
    const regions = regionsOf(places.fn);
    return this.#putOff(branch, places, id, condition).flatMap((place) => {
      const writes = (at: BlockId): boolean => branch.writesIn(at).some((write) => write.place === place);
      return regions.inside(id).filter((inner) => inner !== id && !branch.isCold(inner) && regions.mustPass(id, writes, (at) => branch.isCold(at), inner));
    });
  }

  /** The places of the comparison that only what lasts long is written to, wherever in the branch. */
  #putOff(branch: BranchEffects, places: Places, id: BlockId, condition: Condition): readonly string[] {
    const [small, large] = condition.kind === "below" ? condition.temps : [];
    const form = small === undefined || large === undefined ? null : sum(this.#formOf(places, large), this.#formOf(places, small), -1);
    if (form === null) return [];
    return [...form.terms].flatMap(([place, { times }]) => (Math.abs(times) === 1 && branch.outlives(place) && this.#isLong(places, form, place, this.#waitAfter(places, form, place, id)) ? [place] : []));
  }

  /** `frame % 60 === 0` */
  #isOfSomeFrames(places: Places, tested: Temp): boolean {
    const rest = places.origin(tested);
    if (rest?.op !== "binary" || rest.operator !== "%") return false;
    const counted = places.of(rest.left);
    const every = counted === null || !this.#countsFrames(places, counted) ? null : this.#rangeOf(places, rest.right);
    return every !== null && every.least > IDLE_FRAMES;
  }

  #isLong(places: Places, form: LinearForm, place: string, wait: NumberRange | null): boolean {
    if (wait === null) return false;
    if (wait.least > IDLE_FRAMES && [...form.terms.keys()].some((each) => this.#countsFrames(places, each))) return true;
    const isIdle = wait.least > FASTEST_IDLE_PERIOD_MS || (wait.least > IDLE_SECONDS && wait.most < FEWEST_MS);
    return isIdle && this.#isOfTime(places, form, place);
  }

  /** By its name, or as it is made one larger once a call by a function that nobody in sight calls in a loop. */
  #countsFrames(places: Places, place: string): boolean {
    if (COUNTS_FRAMES.test(lastSegment(places, place))) return true;
    const { module, fn } = places;
    const writes = fn.blocks.flatMap((block) => writtenTo(places, block.id, place).map((temp) => ({ block, temp })));
    const isOnce = writes.some(({ block, temp }) => block.loopDepth === 0 && isOneMore(places, temp, place)) && writes.every(({ block }) => block.loopDepth === 0);
    return isOnce && !runsForElements(this.#program, module, fn) && callsOf(this.#program, fn).every((site) => site.function.blocks.every(({ ops, loopDepth }) => loopDepth === 0 || !ops.includes(site.op)));
  }

  #isOfTime(places: Places, form: LinearForm, place: string): boolean {
    const isMoment = [...form.terms].some(([each, { temp }]) => each !== place && isTime(this.#program, { module: places.module, function: places.fn, temp }));
    const term = form.terms.get(place);
    return isMoment || isCountedIn(this.#program, places, place) || (term !== undefined && countsTime(this.#program, { module: places.module, function: places.fn, temp: term.temp }));
  }

  /** How much has to be added to the form until it is above zero again, after all that the branch may write; null where one of its writes does not say. */
  #waitAfter(places: Places, form: LinearForm, place: string, id: BlockId): NumberRange | null {
    let all: NumberRange | null = null;
    for (const src of regionsOf(places.fn).inside(id).flatMap((at) => writtenTo(places, at, place))) {
      const after = this.#after(places, form, place, src);
      if (after === null) return null;
      all = all === null ? after : { least: Math.min(all.least, after.least), most: Math.max(all.most, after.most) };
    }
    return all;
  }

  #after(places: Places, form: LinearForm, place: string, src: Temp): NumberRange | null {
    const given = this.#formOf(places, src);
    const times = form.terms.get(place)?.times ?? 0;
    if (given === null) return null;
    // The form is just above zero when the branch is taken: what is added to the place is all that counts.
    const isMoved = given.terms.get(place)?.times === 1;
    const own: LinearForm = { terms: new Map([[place, { times: 1, temp: src }]]), least: 0, most: 0 };
    const moved = sum(given, own, -1);
    const after = moved === null ? null : isMoved ? scaled(moved, times) : sum(form, moved, times);
    if (after === null) return null;
    let { least, most } = after;
    for (const { times: count, temp } of after.terms.values()) {
      const range = this.#rangeOf(places, temp);
      if (range === null) return null;
      least += Math.min(count * range.least, count * range.most);
      most += Math.max(count * range.least, count * range.most);
    }
    return { least: -most, most: -least };
  }

  #rangeOf(places: Places, temp: Temp): NumberRange | null {
    return rangeOf(this.#program, { module: places.module, function: places.fn, temp });
  }

  #formOf(places: Places, temp: Temp, depth = 0): LinearForm | null {
    const op = places.origin(temp);
    if (op === null || depth > MAX_DEPTH) return null;
    if (op.op === "const") return typeof op.value === "number" ? constant(op.value, op.value) : null;
    if (op.op === "unary") return op.operator === "-" ? scaled(this.#formOf(places, op.src, depth + 1), -1) : null;
    if (op.op === "binary") return this.#ofBinary(places, op, depth);
    if (op.op === "load") {
      const [store, ...others] = places.storesOf(op.variable);
      const held = store === undefined || others.length > 0 || !store.init || places.module.variables[op.variable]?.reassigned === true ? undefined : places.origin(store.src);
      if (held?.op === "binary" || held?.op === "unary") return this.#formOf(places, store?.src ?? temp, depth + 1);
    }
    const place = places.of(temp);
    if (place !== null) return { terms: new Map([[place, { times: 1, temp }]]), least: 0, most: 0 };
    const range = this.#rangeOf(places, temp);
    return range === null ? null : constant(range.least, range.most);
  }

  #ofBinary(places: Places, { operator, left, right, dst }: { readonly operator: string; readonly left: Temp; readonly right: Temp; readonly dst: Temp }, depth: number): LinearForm | null {
    const first = (): LinearForm | null => this.#formOf(places, left, depth + 1);
    if (operator === "+") return sum(first(), this.#formOf(places, right, depth + 1), 1);
    // `timer %= 2` takes off as much as is over.
    if (operator === "-" || operator === "%") return sum(first(), this.#formOf(places, right, depth + 1), -1);
    const range = this.#rangeOf(places, dst);
    return range === null ? null : constant(range.least, range.most);
  }
}

/** What a block itself writes to a place. */
function writtenTo(places: Places, id: BlockId, place: string): readonly Temp[] {
  return (places.fn.blocks[id]?.ops ?? []).flatMap((op) => {
    if (op.op === "store") return `v${op.variable}` === place ? [op.src] : [];
    if (op.op !== "set") return [];
    const list = op.key === null && op.index !== null ? places.of(op.object) : null;
    const written = list === null || op.index === null ? places.memberSet(op) : `${list}[${places.of(op.index) ?? "*"}]`;
    return written === place ? [op.src] : [];
  });
}

/** `count + 1`, of a count that is kept. */
function isOneMore(places: Places, temp: Temp, place: string): boolean {
  const op = places.origin(temp);
  if (op?.op !== "binary" || op.operator !== "+") return false;
  const [by, counted] = places.of(op.left) === place ? [op.right, op.left] : [op.left, op.right];
  const one = places.origin(by);
  return places.of(counted) === place && one?.op === "const" && one.value === 1;
}

/** Whether the function itself adds time to a place, or takes it off. */
function isCountedIn(program: Program, places: Places, place: string): boolean {
  return places.fn.blocks.some(({ id }) => writtenTo(places, id, place).some((temp) => addsTime(program, { module: places.module, function: places.fn, temp }, (op) => op !== undefined && "dst" in op && places.of(op.dst) === place)));
}

function constant(least: number, most: number): LinearForm {
  return { terms: new Map(), least, most };
}

function scaled(form: LinearForm | null, by: number): LinearForm | null {
  return sum(constant(0, 0), form, by);
}

function sum(one: LinearForm | null, other: LinearForm | null, by: number): LinearForm | null {
  if (one === null || other === null) return null;
  const terms = new Map(one.terms);
  for (const [place, { times, temp }] of other.terms) {
    const now = (terms.get(place)?.times ?? 0) + by * times;
    if (now === 0) terms.delete(place);
    else terms.set(place, { times: now, temp });
  }
  return { terms, least: one.least + Math.min(by * other.least, by * other.most), most: one.most + Math.max(by * other.least, by * other.most) };
}
