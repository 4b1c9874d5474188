/**
 * Questions whose answer says that something is stale: `const rebuild = made === null || made.version !== source.version`, `needsUpdate(geometry)`, `list.some((each) => each.batch === null)`.
 * A branch on the answer is as rare as what is asked changes, when it ends what is asked.
 *
 * Theory: must. A constant that is given says what led to it: the branches before it, or a change that it stands inside of. Every way in which the value comes to be true (or false, where that is asked) says that two places differ, that a place holds nothing, or that a flag is raised;
 * a number that has outgrown another, and an attempt that failed, may be asked beside. Through flags of the function, `||`, `&&`, and callees two levels deep; a callee that is not
 * seen, or more than `MAX_TARGETS` of them, may say anything.
 * Known misses: answers that are kept in a field, or given as a number.
 */
import { type Place, type Places, placesOf } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { Answers } from "../source/reads.ts";
import { type Condition, testOf } from "./cold-tests.ts";
import { inCaller } from "./passed-places.ts";
import { comparedWithTruth, isRefuted, severalOf } from "./joined-values.ts";
import { takenFrom } from "./taken-places.ts";
import { conditionsAround, conditionsOn, type Side, waysInto } from "./ways-in.ts";

/** One of the things that are asked. `beside`: of no weight where nothing else is asked. */
export interface Staleness {
  readonly kind: "differ" | "empty" | "full" | "beside";
  readonly places: readonly Place[];
}

const MAX_DEPTH = 2;
const MAX_TARGETS = 4;
const MAX_STORES = 8;

type CallOp = Op & { readonly op: "call" };

/** Of one program. */
export class StaleAnswers {
  readonly #program: Program;
  /** By the calls that are still followed and by what is asked. */
  readonly #answers = Array.from({ length: MAX_DEPTH + 1 }, () => ({ true: new Answers<FunctionIR, readonly Staleness[] | null>(), false: new Answers<FunctionIR, readonly Staleness[] | null>() }));
  /** Flags whose stores are being looked at, in a call of their own each: of `changed = changed || ...` nothing new is asked. */
  readonly #flags = new Set<string>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** What is asked where a flag of the function, or the answer of a call, is tested; null when the test may go that way for another reason, or is of anything else. */
  of(places: Places, test: Temp, truthy: boolean): readonly Staleness[] | null {
    const asked = subjectOf(places, test);
    return asked?.op === "call" || (asked?.op === "load" && isFlag(places, asked.variable)) ? this.#asked(places, test, truthy, 0) : null;
  }

  /** Whether the last test on a way into the block asks that: `a.version !== b.version`, `!made.ready`, `isStale(made)`, and of `const isNew = before !== type && ...` one of its parts. */
  areAsked(places: Places, id: BlockId, way: readonly Side[] | undefined): boolean {
    const [last] = way ?? [];
    if (last === undefined) return false;
    if (conditionsOn(places, [last]).some((condition) => isStale(stalenessOf(places, condition)) || (condition.kind === "empty" && takenFrom(places, id, condition.place) !== null))) return true;
    const asked = last.branch.on === "truthy" ? this.of(places, last.branch.test, last.taken) : null;
    return asked?.some(isStale) === true && asked.every(({ kind }) => kind !== "full");
  }

  #asked(places: Places, temp: Temp, truthy: boolean, depth: number): readonly Staleness[] | null {
    const several = severalOf(places, temp);
    if (several !== null) return all(several.filter(({ block, src }) => !isRefuted(places, block, src, truthy)), ({ src, block }) => this.#given(places, src, truthy, block, depth));
    const op = places.origin(temp);
    if (op?.op === "unary" && op.operator === "!") return this.#asked(places, op.src, !truthy, depth);
    const same = op?.op === "binary" ? comparedWithTruth(places, op) : null;
    if (same !== null) return this.#asked(places, same.temp, same.truth === truthy, depth);
    if (op?.op === "load" && isFlag(places, op.variable)) return this.#raised(places, op.variable, truthy, depth);
    const direct = stalenessOf(places, testOf(places, temp, truthy));
    if (direct !== null) return [direct];
    return op?.op === "call" ? this.#answered(places, op, truthy, depth) : null;
  }

  #raised(places: Places, flag: VariableId, truthy: boolean, depth: number): readonly Staleness[] | null {
    const stores = places.index.stores(flag);
    const key = `${depth} ${places.module.file} ${flag}`;
    if (this.#flags.has(key)) return [];
    if (stores.length > MAX_STORES) return null;
    this.#flags.add(key);
    const asked = all(stores, ({ op, block }) => this.#given(places, op.src, truthy, block, depth));
    this.#flags.delete(key);
    return asked;
  }

  /** What is asked where a value is given in a block: a constant says what led there. */
  #given(places: Places, temp: Temp, truthy: boolean, block: BlockId, depth: number): readonly Staleness[] | null {
    const truth = constantTruth(places, temp);
    if (truth === null) return this.#asked(places, temp, truthy, depth);
    if (truth !== truthy) return [];
    const ways = waysInto(places, block);
    const said = ways === null ? null : all(ways, (way) => {
      const found = conditionsOn(places, way).map((condition) => stalenessOf(places, condition)).filter((asked) => asked !== null);
      // All of it holds there: what is stale of it is enough, whatever else there must be.
      const stale = found.filter(isStale);
      return stale.length > 0 ? stale : found.length > 0 ? found : null;
    });
    return said ?? changeAround(places, block);
  }

  #answered(places: Places, op: CallOp, truthy: boolean, depth: number): readonly Staleness[] | null {
    if (depth >= MAX_DEPTH) return null;
    const callback = op.key === (truthy ? "some" : "every") && op.args[0] !== undefined ? this.#program.tracer.typeOf(places.module, places.fn, op.args[0].temp) : null;
    if (callback?.kind === "function") return this.#ofFunction(callback.module, callback.function, truthy, depth + 1)?.map((each) => ({ ...each, places: each.places.map(() => null) })) ?? null;
    const { functions, apis, complete } = this.#program.tracer.targets(places.module, places.fn, op.dst);
    // A function of a package has the name of an API as well.
    if (!complete || apis.length > functions.length || functions.length === 0 || functions.length > MAX_TARGETS) return null;
    return all(functions, ({ module, function: fn }) => {
      const asked = this.#ofFunction(module, fn, truthy, depth + 1);
      if (asked === null) return !truthy && isAttempt(module, fn) ? [{ kind: "beside", places: [] }] : null;
      return asked.map((each) => ({ ...each, places: each.places.map((place) => (place === null ? null : inCaller(places, op, module, fn, place))) }));
    });
  }

  /** In the places of the function itself. */
  #ofFunction(module: ModuleIR, fn: FunctionIR, truthy: boolean, depth: number): readonly Staleness[] | null {
    return this.#answers[depth]?.[`${truthy}`].of(fn, () => this.#findAsked(module, fn, truthy, depth)) ?? null;
  }

  #findAsked(module: ModuleIR, fn: FunctionIR, truthy: boolean, depth: number): readonly Staleness[] | null {
    const places = placesOf(module, fn);
    return fn.async || fn.generator ? null : all(fn.blocks, ({ id, terminal }) => {
      if (terminal.kind !== "return") return [];
      if (terminal.value === null) return truthy ? [] : null;
      return this.#given(places, terminal.value, truthy, id, depth);
    });
  }
}

/** The changes without which no path reaches the block, whatever else there must be; null for none. */
function changeAround(places: Places, block: BlockId): readonly Staleness[] | null {
  const found = conditionsAround(places, block).flatMap((condition) => {
    const asked = stalenessOf(places, condition);
    return asked?.kind === "differ" ? [asked] : [];
  });
  return found.length > 0 ? found : null;
}

/** What all of them say; null when one of them, or nothing, does. */
function all<T>(each: readonly T[], ask: (one: T) => readonly Staleness[] | null): readonly Staleness[] | null {
  const found: Staleness[] = [];
  for (const one of each) {
    const asked = ask(one);
    if (asked === null) return null;
    found.push(...asked);
  }
  return found.length > 0 ? found : null;
}

/** What a condition alone asks of that kind. */
export function stalenessOf(places: Places, condition: Condition | null): Staleness | null {
  const isMember = (place: Place): boolean => place !== null && place.includes(".");
  switch (condition?.kind) {
    case "differ": return condition.places.some((place) => isMember(place) || (place !== null && places.isKept(place))) ? { kind: "differ", places: condition.places } : null;
    case "empty": case "full": return isMember(condition.place) ? { kind: condition.kind, places: [condition.place] } : null;
    case "below": return isMember(condition.small) && isMember(condition.large) ? { kind: "beside", places: [] } : null;
    default: return null;
  }
}

/** Whether it says so whoever ends it: two places differ, or one holds nothing. */
export function isStale(asked: Staleness | null): boolean {
  return asked?.kind === "differ" || asked?.kind === "empty";
}

function isFlag(places: Places, variable: VariableId): boolean {
  return places.isLocal(variable) && places.module.variables[variable]?.kind !== "parameter";
}

/** What is tested, under `!` and comparisons with true and false. */
function subjectOf(places: Places, test: Temp): Op | null {
  const op = places.origin(test);
  if (op?.op === "unary" && op.operator === "!") return subjectOf(places, op.src);
  const same = op?.op === "binary" ? comparedWithTruth(places, op) : null;
  return same === null ? op : subjectOf(places, same.temp);
}

function constantTruth(places: Places, temp: Temp): boolean | null {
  const op = places.origin(temp);
  return op?.op === "const" && typeof op.value === "boolean" ? op.value : null;
}

/** `if (!add(item)) grow()`: it does something, and says by true and false alone whether that was possible. */
function isAttempt(module: ModuleIR, fn: FunctionIR): boolean {
  const places = placesOf(module, fn);
  const said = fn.blocks.flatMap(({ terminal }) => (terminal.kind === "return" ? [terminal.value === null ? null : constantTruth(places, terminal.value)] : []));
  return said.includes(true) && said.includes(false) && !said.includes(null) && fn.blocks.some(({ ops }) => ops.some((op) => op.op === "set" || op.op === "call"));
}
