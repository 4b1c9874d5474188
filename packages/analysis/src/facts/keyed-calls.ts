/**
 * Calls of what was looked up by a key that came in as an argument: `emit(name) { for (const listener of this.#listeners[name]) listener(); }` runs the listeners of that name alone.
 *
 * Theory: may, from the callee backwards to where it was taken out of a container (`list[key]`, `map.get(key)`, a method that is given nothing else), through variables that are stored once, rounds of
 * loops, copies of lists, members of records, and callbacks of array methods, out of the function that they stand in. The key is a parameter, a member of one (`event.type`), or a
 * text made of one. Known misses: containers that are searched by comparing (`if (entry.name === name)`), and keys that go through a field.
 */
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { CallEdge } from "./call-edges.ts";

/** Where a key comes from: a parameter of this function, or a member of it. */
export interface KeySource {
  readonly function: FunctionIR;
  readonly position: number;
  readonly member: string | null;
}

const MAX_STEPS = 14;
/** Give the list that they are called on, a copy or a part of it. */
const LISTS: ReadonlySet<string> = new Set(["slice", "concat", "values", "filter", "reverse", "toReversed", "from", "at", "pop", "shift"]);
/** Call a function with the elements of what they are called on. */
const WALKS: ReadonlySet<string> = new Set(["forEach", "map", "some", "every", "filter", "find", "reduce"]);
/** Methods of what holds the listeners. */
const OF_CONTAINERS: ReadonlySet<string> = new Set([...LISTS, ...WALKS, "push", "unshift", "splice", "indexOf", "lastIndexOf", "includes", "findIndex", "sort", "join", "add", "set", "get", "has", "delete", "clear", "keys", "entries"]);
/** A text of a text. */
const TEXT_METHODS: ReadonlySet<string> = new Set(["split", "trim", "toLowerCase", "toUpperCase", "toString", "concat"]);

type CallOp = Op & { readonly op: "call" };

/** The call that an edge stands for; undefined for any other operation. */
export function callOf(fn: FunctionIR, edge: CallEdge): CallOp | undefined {
  let call = calls.get(edge);
  if (call === undefined) calls.set(edge, (call = fn.blocks[edge.block]?.ops.find((op): op is CallOp => op.op === "call" && op.calleeSpan === edge.span) ?? null));
  return call ?? undefined;
}

const calls = new WeakMap<CallEdge, CallOp | null>();

export interface KeyedCall {
  readonly op: CallOp;
  readonly block: BlockId;
  readonly source: KeySource;
}

const known = new WeakMap<FunctionIR, readonly KeyedCall[]>();

/** Calls of what a function looked up by a parameter, its own or one of a function around it; found once. */
export function keyedCalls(module: ModuleIR, fn: FunctionIR): readonly KeyedCall[] {
  let calls = known.get(fn);
  if (calls === undefined) known.set(fn, (calls = findKeyedCalls(module, fn)));
  return calls;
}

function findKeyedCalls(module: ModuleIR, fn: FunctionIR): readonly KeyedCall[] {
  const calls: KeyedCall[] = [];
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "call" || (op.key !== null && OF_CONTAINERS.has(op.key))) continue;
      const through = op.receiver !== null && (op.key === "call" || op.key === "apply") ? op.receiver : op.callee;
      const source = new Trace(module, fn, 0).lookedUpBy(through);
      if (source !== null) calls.push({ op, block: block.id, source });
    }
  }
  return calls;
}

/** The parameter, or member of one, that a value is or is made of. */
export function parameterOf(module: ModuleIR, fn: FunctionIR, temp: Temp): KeySource | null {
  return new Trace(module, fn, 0).key(temp);
}

/** Of `typeof event === "string" ? event : event.type` the member: a text has none, and is what it would be. */
function nearest(found: readonly (KeySource | null)[]): KeySource | null {
  const known = found.filter((each) => each !== null);
  return known.find(({ member }) => member !== null) ?? known[0] ?? null;
}

/** `if (typeof event === "string") event = new Event(event)` */
function isMadeOf(fn: FunctionIR, value: Temp, parameter: VariableId): boolean {
  const index = functionIndex(fn);
  const made = index.operation(value);
  const parts = made?.op === "new" ? made.args : made?.op === "object" ? made.parts.map((part) => ({ temp: part.value })) : [];
  return parts.some(({ temp }) => {
    const part = index.operation(temp);
    return part?.op === "load" && part.variable === parameter;
  });
}

/** Follows values backwards in one function, and from there in the one that it stands in. */
class Trace {
  readonly #module: ModuleIR;
  readonly #fn: FunctionIR;
  #steps: number;

  constructor(module: ModuleIR, fn: FunctionIR, steps: number) {
    this.#module = module;
    this.#fn = fn;
    this.#steps = steps;
  }

  lookedUpBy(temp: Temp): KeySource | null {
    if (++this.#steps > MAX_STEPS) return null;
    const index = functionIndex(this.#fn);
    const only = index.definition(temp);
    for (const made of index.definitions(temp) ?? (only === undefined ? [] : [only])) {
      const found = "op" in made ? this.#through(made) : this.lookedUpBy(made.iterator);
      if (found !== null) return found;
    }
    return null;
  }

  #through(op: Op): KeySource | null {
    switch (op.op) {
      case "copy": case "cast": case "iterate": return this.lookedUpBy(op.src);
      case "load": return this.#variable(op.variable);
      case "get": return (op.key === null && op.index !== null ? this.key(op.index) : null) ?? this.lookedUpBy(op.object);
      case "array": return op.elements.length === 1 && op.elements[0]?.spread === true ? this.lookedUpBy(op.elements[0].temp) : null;
      case "call": return this.#given(op);
      default: return null;
    }
  }

  /** `map.get(name)`, `this.#listenersOf(name)`, `list.slice()`, `Array.from(list)` */
  #given(op: CallOp): KeySource | null {
    const [first, ...others] = op.args;
    if (op.receiver !== null && op.key !== null && LISTS.has(op.key)) return this.lookedUpBy(op.key === "from" && first !== undefined ? first.temp : op.receiver);
    return first === undefined || first.spread || others.length > 0 ? null : this.key(first.temp);
  }

  #variable(variable: VariableId): KeySource | null {
    const declared = this.#module.variables[variable];
    const owner = declared === undefined || declared.owner === 0 ? undefined : this.#module.functions[declared.owner];
    if (declared === undefined || owner === undefined) return null;
    if (declared.kind === "parameter") return this.#walkedOver(owner);
    const trace = owner === this.#fn ? this : new Trace(this.#module, owner, this.#steps);
    for (const { op } of functionIndex(owner).stores(variable)) {
      const found = trace.lookedUpBy(op.src);
      if (found !== null) return found;
    }
    return null;
  }

  /** The parameter of a callback that is handed to `list.forEach`. */
  #walkedOver(callback: FunctionIR): KeySource | null {
    const parent = callback.parent === null ? undefined : this.#module.functions[callback.parent];
    for (const op of parent === undefined ? [] : parent.blocks.flatMap(({ ops }) => ops)) {
      if (parent === undefined || op.op !== "function" || op.function !== callback.id) continue;
      for (const use of functionIndex(parent).usesOf(op.dst)) {
        if (use.kind === "argument" && use.op.op === "call" && use.op.receiver !== null && use.op.key !== null && WALKS.has(use.op.key)) return new Trace(this.#module, parent, this.#steps).lookedUpBy(use.op.receiver);
      }
    }
    return null;
  }

  /** The parameter that a key is, is a member of, or is made of; on some way. */
  key(temp: Temp): KeySource | null {
    if (++this.#steps > MAX_STEPS) return null;
    const index = functionIndex(this.#fn);
    const choices = index.definitions(temp);
    if (choices !== null) return nearest(choices.map((each) => ("op" in each && each.op === "copy" ? this.key(each.src) : null)));
    const made = index.definition(temp);
    if (made === undefined) return null;
    if (!("op" in made)) return this.key(made.iterator);
    switch (made.op) {
      case "copy": case "cast": case "iterate": return this.key(made.src);
      case "get": {
        const of = this.key(made.object);
        return of === null || made.key === null || /^\d+$/.test(made.key) ? of : of.member === null ? { ...of, member: made.key } : null;
      }
      case "binary": return made.operator === "+" ? this.key(made.left) ?? this.key(made.right) : null;
      case "template": return made.parts.map((part) => this.key(part)).find((found) => found !== null) ?? null;
      case "call": return made.receiver !== null && made.key !== null && TEXT_METHODS.has(made.key) ? this.key(made.receiver) : null;
      case "load": return this.#keyVariable(made.variable);
      default: return null;
    }
  }

  #keyVariable(variable: VariableId): KeySource | null {
    const declared = this.#module.variables[variable];
    const owner = declared === undefined || declared.owner === 0 ? undefined : this.#module.functions[declared.owner];
    if (declared === undefined || owner === undefined) return null;
    const position = owner.params.findIndex((param) => !param.rest && param.variable === variable);
    const stores = functionIndex(owner).stores(variable);
    if (position >= 0) return stores.every(({ op }) => op.init || isMadeOf(owner, op.src, variable)) ? { function: owner, position, member: null } : null;
    const [only, ...others] = stores;
    if (only === undefined || others.length > 0) return null;
    return (owner === this.#fn ? this : new Trace(this.#module, owner, this.#steps)).key(only.op.src);
  }
}
