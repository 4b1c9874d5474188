/**
 * Where a value was read from, as a text that is equal for equal places inside one function: `this.cache`, `v12.width`, `v3[v4]`, `import.meta.env.DEV`.
 * A variable that is stored once stands for what was stored in it, so `const c = this.cache; c.x` is `this.cache.x`; a getter of the class that only gives a field stands
 * for that field.
 *
 * Syntactic: two places with one text hold one value only while nothing between writes them, which is all that the judgement of a condition
 * and its branch needs. Known misses: aliases through other functions, computed keys that are no variable or constant.
 */
import { functionIndex, type FunctionIndex, isOperation, type Store } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

/** A place, or null when the value is no place's: the result of arithmetic, of an unnamed call. */
export type Place = string | null;

const MAX_DEPTH = 12;
/** Operations that give something new. */
const MAKES: ReadonlySet<string> = new Set(["object", "array", "new"]);

export class Places {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly index: FunctionIndex;
  readonly #known: (Place | undefined)[] = [];

  constructor(module: ModuleIR, fn: FunctionIR) {
    this.module = module;
    this.fn = fn;
    this.index = functionIndex(fn);
  }

  of(temp: Temp): Place {
    let place = this.#known[temp];
    if (place === undefined) this.#known[temp] = place = this.#of(temp, 0);
    return place;
  }

  /** The operation that alone writes the temp, seen through casts and single copies. */
  origin(temp: Temp): Op | null {
    return originOf(this.index, temp);
  }

  storesOf(variable: VariableId): readonly Store["op"][] {
    return this.index.stores(variable).map(({ op }) => op);
  }

  /** Held by this function's own activation and by nothing that outlives it. */
  isLocal(variable: VariableId): boolean {
    const declared = this.module.variables[variable];
    return declared !== undefined && declared.owner === this.fn.id && !declared.captured && this.fn.kind !== "module";
  }

  /** A variable of an outer function or of the module that is assigned again: it holds in the next call what this one left there. */
  isKept(place: string): boolean {
    const variable = this.variableOf(place);
    return variable !== null && !this.isLocal(variable) && this.module.variables[variable]?.reassigned === true;
  }

  /** `const groups = {}; groups[k] = ...`: whether it is of what each call makes for itself. A call that waits may be one for many frames. */
  isMadeHere(place: string): boolean {
    const variable = this.fn.async || this.fn.generator ? undefined : /^v(\d+)\b/.exec(place)?.[1];
    if (variable === undefined || !this.isLocal(Number(variable))) return false;
    const stores = this.storesOf(Number(variable));
    return stores.length > 0 && stores.every(({ src }) => MAKES.has(this.origin(src)?.op ?? ""));
  }

  /** The variable a place is, when it is one: `v12`. */
  variableOf(place: Place): VariableId | null {
    return place !== null && /^v\d+$/.test(place) ? Number(place.slice(1)) : null;
  }

  /** Of a place, by name. */
  memberOf(base: string, key: string): string {
    const fields = base === "this" && this.fn.class !== null ? fieldsGiven(this.module)[this.fn.class] : undefined;
    return `${base}.${fields?.get(key) ?? key}`;
  }

  /** The member that an operation sets, by its name; null for any other operation. */
  memberSet(op: Op): Place {
    const base = op.op === "set" && op.key !== null ? this.of(op.object) : null;
    return base === null || op.op !== "set" || op.key === null ? null : this.memberOf(base, op.key);
  }

  #of(temp: Temp, depth: number): Place {
    const op = this.origin(temp);
    if (op === null || depth > MAX_DEPTH) return null;
    switch (op.op) {
      case "this": return "this";
      case "global": return `g:${op.name}`;
      case "meta": return op.name;
      case "load": return this.#ofVariable(op.variable, depth);
      case "const": return `c:${String(op.value)}`;
      case "get": return this.#member(op.object, op.key, op.index, depth);
      case "call": return this.#lookup(op, depth);
      default: return null;
    }
  }

  #ofVariable(variable: VariableId, depth: number): Place {
    const declared = this.module.variables[variable];
    const stores = this.storesOf(variable);
    if (declared?.owner === this.fn.id && declared.kind !== "parameter" && !declared.reassigned && stores.length === 1 && stores[0]?.init === true) {
      return this.#of(stores[0].src, depth + 1) ?? `v${variable}`;
    }
    return `v${variable}`;
  }

  #member(object: Temp, key: string | null, index: Temp | null, depth: number): Place {
    const base = this.#of(object, depth + 1);
    if (base === null) return null;
    if (key !== null) return this.memberOf(base, key);
    return `${base}[${(index === null ? null : this.#of(index, depth + 1)) ?? "*"}]`;
  }

  /** `cache.get(k)` reads an element of `cache`. */
  #lookup(op: Op & { readonly op: "call" }, depth: number): Place {
    if (op.receiver === null || op.key === null) return null;
    const base = this.#of(op.receiver, depth + 1);
    return base === null ? null : `${base}.${op.key}()`;
  }
}

export function originOf(index: FunctionIndex, temp: Temp): Op | null {
  let at = temp;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (index.definitions(at) !== null) return null;
    const definition = index.definition(at);
    if (definition === undefined || !isOperation(definition)) return null;
    if (definition.op !== "copy" && definition.op !== "cast") return definition;
    at = definition.src;
  }
  return null;
}

/** What a test asks behind its negations, and whether they turn the answer. */
export function withoutNegations(index: FunctionIndex, test: Temp): { readonly tested: Temp; readonly isNegated: boolean } {
  let isNegated = false;
  let tested = test;
  for (let op = originOf(index, tested); op?.op === "unary" && op.operator === "!"; op = originOf(index, tested)) {
    isNegated = !isNegated;
    tested = op.src;
  }
  return { tested, isNegated };
}

const known = new WeakMap<FunctionIR, Places>();

/** The places of a function, made once. */
export function placesOf(module: ModuleIR, fn: FunctionIR): Places {
  let places = known.get(fn);
  if (places === undefined) known.set(fn, (places = new Places(module, fn)));
  return places;
}

/** By class, the getters that only give a field, and which. */
const fieldsGiven = onceFor(({ classes, functions }: ModuleIR): readonly ReadonlyMap<string, string>[] =>
  classes.map(({ members }) => {
    const given = new Map<string, string | null>();
    for (const { kind, name, static: isStatic, function: id } of members) {
      if (kind !== "getter" || name === null || isStatic || given.has(name)) continue;
      const body = id === null ? undefined : functions[id];
      given.set(name, body === undefined ? null : fieldGivenBy(body));
    }
    return new Map([...given].flatMap(([name, field]) => (field === null ? [] : [[name, field] as const])));
  }));

/** The field of `this` that is all that a getter reads and gives; null for another getter. */
function fieldGivenBy(getter: FunctionIR): string | null {
  const index = functionIndex(getter);
  const given = getter.blocks.flatMap(({ terminal }) => (terminal.kind === "return" ? [terminal.value] : []));
  const [value] = given;
  if (value === undefined || value === null || given.length > 1) return null;
  const read = index.definition(value);
  if (read === undefined || !("op" in read) || read.op !== "get") return null;
  const holder = index.definition(read.object);
  return holder !== undefined && "op" in holder && holder.op === "this" ? read.key : null;
}
