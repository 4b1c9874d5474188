/**
 * The keys under which functions are handed over (`on("resize", this.#resized)`, `handlers.set(Kind.Move, move)`), and those that calls pass (`emit(TICK)`, `emit({ type: "tick" })`).
 *
 * Theory: may, of the whole program at once; what is a key says `key-names.ts`. A function's keys are those of every call that is given both.
 * Known misses: what `key-names.ts` misses; listeners that go through a parameter.
 */
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { kept } from "../source/kept-facts.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { functionsOf } from "./function-values.ts";
import { keyNames, type KeyNames } from "./key-names.ts";

export interface Listener {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly keys: Set<string>;
  /** Visible functions that it was handed to. */
  readonly takers: Set<FunctionIR>;
}

export interface ListenerKeys {
  /** Handed over to a method of the class that this function is of, or to a function of its module. */
  besides(fn: FunctionIR): readonly Listener[];
  /** Of a function that is handed over under keys that are known; undefined for any other. */
  of(fn: FunctionIR): ReadonlySet<string> | undefined;
  /** What a value is as a key, or its member of this name; null when that is not known. */
  passed(module: ModuleIR, fn: FunctionIR, temp: Temp, member: string | null): ReadonlySet<string> | null;
}

/** A name, a listener, what it is called on, and how. */
const MAX_ARGUMENTS = 5;

export const listenerKeys: Fact<ListenerKeys> = defineFact("listener-keys", (program) => {
  const names = keyNames(program);
  let known: ReadonlyMap<FunctionIR, Listener> | null = null;
  let byTaker: ReadonlyMap<string, readonly Listener[]> | null = null;
  const listeners = (): ReadonlyMap<FunctionIR, Listener> => (known ??= listenersOf(program, names));
  return {
    of: (fn) => listeners().get(fn)?.keys,
    besides: (fn) => (byTaker ??= groupByTaker(listeners().values())).get(placeOf(fn)) ?? [],
    passed: (module, fn, temp, member) => names.passed(module, fn, temp, member),
  };
});

/** A class of a file, or the file's functions that are of none. */
function placeOf({ file, class: class_ }: FunctionIR): string {
  return `${file}\0${class_}`;
}

function groupByTaker(listeners: Iterable<Listener>): ReadonlyMap<string, readonly Listener[]> {
  const groups = new Map<string, Listener[]>();
  for (const listener of listeners) {
    for (const place of new Set([...listener.takers].map(placeOf))) {
      const group = groups.get(place);
      if (group === undefined) groups.set(place, [listener]);
      else group.push(listener);
    }
  }
  return groups;
}

function listenersOf(program: Program, names: KeyNames): ReadonlyMap<FunctionIR, Listener> {
  const listeners = new Map<FunctionIR, Listener>();
  for (const module of program.modules) {
    if (callsWithKeys(module).length === 0) continue;
    for (const { module: at, function: fn, keys, takers } of kept("listeners", module, () => [...listenersIn(program, names, module).values()])) {
      let known = listeners.get(fn);
      if (known === undefined) listeners.set(fn, (known = { module: at, function: fn, keys: new Set(), takers: new Set() }));
      for (const key of keys) known.keys.add(key);
      for (const taker of takers) known.takers.add(taker);
    }
  }
  return listeners;
}

function listenersIn(program: Program, names: KeyNames, module: ModuleIR): ReadonlyMap<FunctionIR, Listener> {
  const listeners = new Map<FunctionIR, Listener>();
  for (const { function: fn, op, keys } of callsWithKeys(module)) {
    const given = keys.flatMap((temp) => [...(names.keysOf(module, fn, temp, 0) ?? [])]);
    if (given.length > 0) addListeners(program, module, fn, op, given, listeners);
  }
  return listeners;
}

interface CallWithKey {
  readonly function: FunctionIR;
  readonly op: Op & { readonly op: "call" };
  /** Arguments that may be keys. */
  readonly keys: readonly Temp[];
}

/** Calls that are given what may be a key, and what may be called: most are not, and that is seen without an index of the function. */
const callsWithKeys = onceFor((module: ModuleIR): readonly CallWithKey[] => {
  const calls: CallWithKey[] = [];
  for (const fn of new Set(moduleOps(module).calls.flatMap((each) => (mayListen(each.op) ? [each.fn] : [])))) {
    const mayBeKey = new Set<Temp>();
    const mayBeCalled = new Set<Temp>();
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op === "call" && mayListen(op) && op.args.some((arg) => mayBeCalled.has(arg.temp))) {
          const keys = op.args.flatMap((arg) => (arg.spread || !mayBeKey.has(arg.temp) ? [] : [arg.temp]));
          if (keys.length > 0) calls.push({ function: fn, op, keys });
        }
        if ("dst" in op) note(module, op, mayBeKey, mayBeCalled);
      }
    }
  }
  return calls;
});

function mayListen({ args }: Op & { readonly op: "call" }): boolean {
  return args.length > 1 && args.length <= MAX_ARGUMENTS;
}

/** Variables that are declared with a text. */
const textVariables = onceFor((module: ModuleIR): ReadonlySet<VariableId> => {
  const held = new Set<VariableId>();
  for (const { fn, op } of moduleOps(module).listed) {
    const value = op.op === "store" && op.init ? functionIndex(fn).operation(op.src) : undefined;
    if (op.op === "store" && value?.op === "const" && typeof value.value === "string") held.add(op.variable);
  }
  return held;
});

/** What is computed or made is neither. */
function note(module: ModuleIR, op: Op & { readonly dst: Temp }, keys: Set<Temp>, called: Set<Temp>): void {
  switch (op.op) {
    case "const":
      if (typeof op.value === "string") keys.add(op.dst);
      break;
    case "function":
      called.add(op.dst);
      break;
    case "get":
      if (op.key !== null) (/^[A-Z]/.test(op.key) ? keys : called).add(op.dst);
      break;
    case "load": {
      called.add(op.dst);
      const declared = module.variables[op.variable];
      if (declared?.reassigned === false && (/^[A-Z]/.test(declared.name) || textVariables(module).has(op.variable))) keys.add(op.dst);
      break;
    }
    case "copy": case "cast":
      if (keys.has(op.src)) keys.add(op.dst);
      if (called.has(op.src)) called.add(op.dst);
      break;
    case "call":
      if (op.key === "bind") called.add(op.dst);
      break;
    default:
      break;
  }
}

function addListeners(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, keys: readonly string[], listeners: Map<FunctionIR, Listener>): void {
  const { functions: takers } = program.tracer.targets(module, fn, op.dst);
  for (const arg of op.args) {
    for (const value of arg.spread || !mayBeFunction(fn, arg.temp) ? [] : functionsOf(program, module, fn, arg.temp)) {
      let known = listeners.get(value.function);
      if (known === undefined) listeners.set(value.function, (known = { ...value, keys: new Set(), takers: new Set() }));
      for (const key of keys) known.keys.add(key);
      for (const taker of takers) known.takers.add(taker.function);
    }
  }
}

/** Cheaply: what is computed, made or constant is none. */
function mayBeFunction(fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  return op !== undefined && (op.op === "function" || op.op === "load" || op.op === "copy" || op.op === "cast" || (op.op === "get" && op.key !== null) || (op.op === "call" && op.key === "bind"));
}

