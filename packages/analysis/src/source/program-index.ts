/**
 * Syntactic indexes over the operations of a program, made module by module on first demand: what is stored in a variable, set on an object
 * that a variable or `this` names, put into a container, and where a function may be called. By name and binding only: who asks for the
 * calls of a function has to look at each one's callee.
 */
import { append } from "./append.ts";
import type { ClassId, ClassIR, FunctionId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "./ir.ts";
import { moduleOps } from "./module-ops.ts";
import { onceFor } from "./once-for.ts";
import { type Definition, type FunctionIndex, functionIndex } from "./function-index.ts";
import { isSameList, ProgramQuestion } from "./kept-facts.ts";
import type { Linker } from "./link.ts";
import { sharedNames } from "./program-globals.ts";

/** A temp of a function. */
export interface ValueSite {
  readonly function: FunctionIR;
  readonly temp: Temp;
}

export interface SetSite extends ValueSite {
  readonly key: string;
}

/** `holder.push(value)`, `holder.set(key, value)`, `holder[i] = value`. */
export interface ContainerWrite extends ValueSite {
  readonly spread: boolean;
  /** The key of a map's entry. */
  readonly keyTemp: Temp | null;
}

export type CallOp = Op & { readonly op: "call" | "new" | "super-call" };

export interface CallSite {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly op: CallOp;
}

/** Whose `this` it is: a class's instances, a class itself, or what a function is called on. */
export type ThisOwner = `class ${ClassId}` | `static ${ClassId}` | `function ${FunctionId}`;

/** What `x` of `x.key` is, as written. */
type Holder = `variable ${VariableId}` | `variable ${VariableId}.${string}` | `${ThisOwner}.${string}`;

export interface ModuleIndex {
  readonly stores: ReadonlyMap<VariableId, readonly ValueSite[]>;
  readonly setsOnVariable: ReadonlyMap<VariableId, readonly SetSite[]>;
  readonly setsOnPrototype: ReadonlyMap<VariableId, readonly SetSite[]>;
  readonly setsOnThis: ReadonlyMap<ThisOwner, readonly SetSite[]>;
  readonly containerWrites: ReadonlyMap<Holder, readonly ContainerWrite[]>;
  readonly functionSites: ReadonlyMap<FunctionId, ValueSite>;
  readonly classOfVariable: ReadonlyMap<VariableId, ClassIR>;
  readonly callsOfVariable: ReadonlyMap<VariableId, readonly CallSite[]>;
  readonly callsOfFunction: ReadonlyMap<FunctionId, readonly CallSite[]>;
}

const CONTAINER_WRITERS: ReadonlyMap<string, { readonly value: number; readonly key: number | null }> = new Map([
  ["push", { value: 0, key: null }],
  ["unshift", { value: 0, key: null }],
  ["add", { value: 0, key: null }],
  ["fill", { value: 0, key: null }],
  ["set", { value: 1, key: 0 }],
]);

export class ProgramIndex {
  readonly #modules: readonly ModuleIR[];
  readonly #linker: Linker;
  /** By key, what each module has. */
  #listsByKey: Map<string, (readonly CallSite[])[]> | null = null;
  readonly #callsByKey = new Map<string, readonly CallSite[]>();
  #callsOfDeclaration: Map<ModuleIR, Map<VariableId, CallSite[]>> | null = null;

  constructor(modules: readonly ModuleIR[], linker: Linker) {
    this.#modules = modules;
    this.#linker = linker;
  }

  of(module: ModuleIR): ModuleIndex {
    return scanOf(module).index;
  }

  ofFunction(fn: FunctionIR): FunctionIndex {
    return functionIndex(fn);
  }

  /** Calls `x.key(...)` and `new x.key(...)` anywhere. */
  callsByKey(key: string): readonly CallSite[] {
    return callsOfKey.of(this, key);
  }

  findCallsByKey(key: string): readonly CallSite[] {
    let sites = this.#callsByKey.get(key);
    if (sites === undefined) this.#callsByKey.set(key, (sites = (this.#listsByKey ??= this.#linkKeys()).get(key)?.flat() ?? []));
    return sites;
  }

  /** Calls and constructions through a declared name, also by its imports in other modules. */
  callsOfVariable(module: ModuleIR, variable: VariableId): readonly CallSite[] {
    return callsOfName.of(this, `${variable} ${module.file}`);
  }

  findCallsOfVariable(file: string, variable: VariableId): readonly CallSite[] {
    const module = this.#linker.module(file);
    return module === undefined ? [] : ((this.#callsOfDeclaration ??= this.#linkCalls()).get(module)?.get(variable) ?? []);
  }

  /** `super(...)` in the constructor of a class. */
  superCallsIn(module: ModuleIR, class_: ClassIR): readonly CallSite[] {
    return scanOf(module).superCalls.get(class_) ?? [];
  }

  /** Once for all keys: a large program is asked for thousands, and to look for each of them in every module would take their product. */
  #linkKeys(): Map<string, (readonly CallSite[])[]> {
    const lists = new Map<string, (readonly CallSite[])[]>();
    for (const module of this.#modules) for (const [key, sites] of scanOf(module).callsByKey) append(lists, key, sites);
    return lists;
  }

  #linkCalls(): Map<ModuleIR, Map<VariableId, CallSite[]>> {
    const linked = new Map<ModuleIR, Map<VariableId, CallSite[]>>();
    for (const module of this.#modules) {
      for (const [variable, sites] of this.of(module).callsOfVariable) {
        const entity = this.#linker.ofVariable(module, variable, "value");
        if (entity?.kind !== "variable") continue;
        let calls = linked.get(entity.module);
        if (calls === undefined) linked.set(entity.module, (calls = new Map()));
        append(calls, entity.variable, ...sites);
      }
    }
    this.#linkScripts(linked);
    return linked;
  }

  /** Calls of a name that another script declares. */
  #linkScripts(linked: Map<ModuleIR, Map<VariableId, CallSite[]>>): void {
    const callsOfGlobal = new Map<string, CallSite[]>();
    for (const module of this.#modules) for (const [name, sites] of scanOf(module).callsOfGlobal) append(callsOfGlobal, name, ...sites);
    if (callsOfGlobal.size === 0) return;
    for (const module of this.#modules) {
      for (const [variable, name] of sharedNames(module)) {
        const sites = callsOfGlobal.get(name);
        if (sites === undefined) continue;
        let calls = linked.get(module);
        if (calls === undefined) linked.set(module, (calls = new Map()));
        append(calls, variable, ...sites);
      }
    }
  }
}

const callsOfKey = new ProgramQuestion((program) => program.tracer.parts().index, (index: ProgramIndex, key: string) => index.findCallsByKey(key), isSameList);
const callsOfName = new ProgramQuestion((program) => program.tracer.parts().index, (index: ProgramIndex, key: string) => {
  const at = key.indexOf(" ");
  return index.findCallsOfVariable(key.slice(at + 1), Number(key.slice(0, at)));
}, isSameList);

/** The class that a variable of a module is declared as. */
export function classOfVariable(module: ModuleIR, variable: VariableId): ClassIR | undefined {
  return scanOf(module).index.classOfVariable.get(variable);
}

const scanOf = onceFor((module: ModuleIR) => new ModuleScan(module, functionIndex));

/** Whose `this` a function's is: an arrow's is its parent's. */
export function thisOwner(module: ModuleIR, fn: FunctionIR): ThisOwner {
  const holder = thisFunction(module, fn);
  if (holder.class === null) return `function ${holder.id}`;
  return holder.static ? `static ${holder.class}` : `class ${holder.class}`;
}

/** The function that binds the `this` which `fn` sees. */
export function thisFunction(module: ModuleIR, fn: FunctionIR): FunctionIR {
  let at = fn;
  while (at.kind === "arrow" && at.parent !== null) {
    const parent = module.functions[at.parent];
    if (parent === undefined) break;
    at = parent;
  }
  return at;
}

/** One module's pass. */
class ModuleScan {
  readonly callsByKey = new Map<string, CallSite[]>();
  readonly superCalls = new Map<ClassIR, CallSite[]>();
  readonly callsOfGlobal = new Map<string, CallSite[]>();
  readonly index: ModuleIndex;
  readonly #module: ModuleIR;
  readonly #stores = new Map<VariableId, ValueSite[]>();
  readonly #setsOnVariable = new Map<VariableId, SetSite[]>();
  readonly #setsOnPrototype = new Map<VariableId, SetSite[]>();
  readonly #setsOnThis = new Map<ThisOwner, SetSite[]>();
  readonly #containerWrites = new Map<Holder, ContainerWrite[]>();
  readonly #functionSites = new Map<FunctionId, ValueSite>();
  readonly #callsOfVariable = new Map<VariableId, CallSite[]>();
  readonly #callsOfFunction = new Map<FunctionId, CallSite[]>();
  readonly #thisAliases = new Map<VariableId, ThisOwner>();

  constructor(module: ModuleIR, indexOf: (fn: FunctionIR) => FunctionIndex) {
    this.#module = module;
    for (const { fn, op } of moduleOps(module).listed) this.#scan(fn, indexOf(fn), op);
    for (const [variable, owner] of this.#thisAliases) {
      const sets = this.#setsOnVariable.get(variable);
      if (sets !== undefined) append(this.#setsOnThis, owner, ...sets);
    }
    const classOfVariable = new Map<VariableId, ClassIR>();
    for (const class_ of module.classes) if (class_.variable !== null && !classOfVariable.has(class_.variable)) classOfVariable.set(class_.variable, class_);
    this.index = {
      stores: this.#stores, setsOnVariable: this.#setsOnVariable, setsOnPrototype: this.#setsOnPrototype, setsOnThis: this.#setsOnThis,
      containerWrites: this.#containerWrites, functionSites: this.#functionSites, classOfVariable,
      callsOfVariable: this.#callsOfVariable, callsOfFunction: this.#callsOfFunction,
    };
  }

  #scan(fn: FunctionIR, index: FunctionIndex, op: Op): void {
    switch (op.op) {
      case "store":
        append(this.#stores, op.variable, { function: fn, temp: op.src });
        if (op.init && isOp(index.definition(op.src), "this")) this.#thisAliases.set(op.variable, thisOwner(this.#module, fn));
        break;
      case "set":
        this.#scanSet(fn, index, op);
        break;
      case "function":
        if (!this.#functionSites.has(op.function)) this.#functionSites.set(op.function, { function: fn, temp: op.dst });
        break;
      case "call": case "new": case "super-call":
        this.#scanCall(fn, index, op);
        break;
      default:
        break;
    }
  }

  #scanSet(fn: FunctionIR, index: FunctionIndex, op: Op & { readonly op: "set" }): void {
    const object = index.definition(op.object);
    if (op.key === null || /^\d+$/.test(op.key)) {
      const holder = this.#holder(fn, index, op.object);
      if (holder !== null) append(this.#containerWrites, holder, { function: fn, temp: op.src, spread: false, keyTemp: op.index });
      if (op.key === null) return;
    }
    const site: SetSite = { function: fn, temp: op.src, key: op.key };
    if (isOp(object, "load")) append(this.#setsOnVariable, object.variable, site);
    else if (isOp(object, "this")) append(this.#setsOnThis, thisOwner(this.#module, fn), site);
    else if (isOp(object, "get") && object.key === "prototype") {
      const holder = index.definition(object.object);
      if (isOp(holder, "load")) append(this.#setsOnPrototype, holder.variable, site);
    }
  }

  #scanCall(fn: FunctionIR, index: FunctionIndex, op: CallOp): void {
    const site: CallSite = { module: this.#module, function: fn, op };
    if (op.op === "super-call") {
      const owner = thisFunction(this.#module, fn).class;
      const class_ = owner === null ? undefined : this.#module.classes[owner];
      if (class_ !== undefined) append(this.superCalls, class_, site);
      return;
    }
    const callee = index.definition(op.callee);
    if (isOp(callee, "load")) append(this.#callsOfVariable, callee.variable, site);
    else if (isOp(callee, "function")) append(this.#callsOfFunction, callee.function, site);
    else if (isOp(callee, "global")) append(this.callsOfGlobal, callee.name, site);
    else if (isOp(callee, "get") && callee.key !== null) {
      append(this.callsByKey, callee.key, site);
      if (op.op === "call") this.#scanContainerWrite(fn, index, op, callee.key, callee.object);
    }
  }

  #scanContainerWrite(fn: FunctionIR, index: FunctionIndex, op: Op & { readonly op: "call" }, method: string, receiver: Temp): void {
    const writer = CONTAINER_WRITERS.get(method);
    if (writer === undefined) return;
    const holder = this.#holder(fn, index, receiver);
    if (holder === null) return;
    const values = method === "push" || method === "unshift" ? op.args : op.args.slice(writer.value, writer.value + 1);
    const keyTemp = writer.key === null ? null : (op.args[writer.key]?.temp ?? null);
    for (const value of values) append(this.#containerWrites, holder, { function: fn, temp: value.temp, spread: value.spread, keyTemp });
  }

  #holder(fn: FunctionIR, index: FunctionIndex, temp: Temp): Holder | null {
    const object = index.definition(temp);
    if (isOp(object, "load")) return `variable ${object.variable}`;
    if (!isOp(object, "get") || object.key === null) return null;
    const base = index.definition(object.object);
    if (isOp(base, "this")) return `${thisOwner(this.#module, fn)}.${object.key}`;
    return isOp(base, "load") ? `variable ${base.variable}.${object.key}` : null;
  }
}

/** Narrows a definition to one kind of operation. */
export function isOp<K extends Op["op"]>(definition: Definition | undefined, op: K): definition is Op & { readonly op: K } {
  return definition !== undefined && (definition as Partial<Op>).op === op;
}
