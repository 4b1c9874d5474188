/**
 * What a value is as a key: a constant text (each of its words, when it holds spaces), or the name of a constant, a class, a member of an enumeration or of an object of constants, which begin with a
 * capital letter (`.TICK`, and every text that something of this name is).
 *
 * Theory: may, of the whole program at once. A member of a value (`event.type`) is what its literal or its constructor says. Known misses: keys made at run time; two things of one name count as one.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { isSame } from "../source/joined.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { addTo } from "./add-to.ts";
import { constantText } from "./constant-value.ts";
import { givenTo } from "./given-values.ts";
import { madeWith } from "./made-with.ts";

const MAX_DEPTH = 4;

/** What names stand for anywhere in the program: by the name itself, and by `name.member` of what holds an object literal. */
type Texts = ReadonlyMap<string, ReadonlySet<string>>;

export class KeyNames {
  readonly #program: Program;
  readonly #passed = new Map<FunctionIR, Map<Temp | string, ReadonlySet<string> | null>>();
  #texts: Texts | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Asked again for each call that is found. */
  passed(module: ModuleIR, fn: FunctionIR, temp: Temp, member: string | null): ReadonlySet<string> | null {
    let ofFunction = this.#passed.get(fn);
    if (ofFunction === undefined) this.#passed.set(fn, (ofFunction = new Map()));
    const key = member === null ? temp : `${temp} ${member}`;
    let keys = ofFunction.get(key);
    if (keys === undefined) ofFunction.set(key, (keys = member === null ? this.keysOf(module, fn, temp, 0) : this.keysOfMember(module, fn, temp, member, 0)));
    return keys;
  }

  keysOf(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): ReadonlySet<string> | null {
    const index = functionIndex(fn);
    const op = index.operation(temp);
    if (depth > MAX_DEPTH || op === undefined) return null;
    const choices = index.definitions(temp);
    if (choices !== null) return unionOf(choices.map((each) => ("op" in each && each.op === "copy" ? this.keysOf(module, fn, each.src, depth + 1) : null)));
    if (op.op === "copy" || op.op === "cast") return this.keysOf(module, fn, op.src, depth + 1);
    const text = constantText(module, fn, temp);
    const name = op.op === "get" ? op.key : op.op === "load" ? constantName(module, op.variable) : null;
    if (text === null) return name === null || !/^[A-Z]/.test(name) || (op.op === "get" && !isOfName(module, fn, op.object)) ? null : this.#named(name);
    const words = text.split(/\s+/).filter((word) => word !== "");
    return new Set(name === null ? words : [...words, `.${name}`]);
  }

  keysOfMember(module: ModuleIR, fn: FunctionIR, temp: Temp, member: string, depth: number): ReadonlySet<string> | null {
    const index = functionIndex(fn);
    const op = index.operation(temp);
    if (depth > MAX_DEPTH || op === undefined) return null;
    if (op.op === "copy" || op.op === "cast") return this.keysOfMember(module, fn, op.src, member, depth + 1);
    // A text has no such member: who asks for one takes the text itself as well.
    if (op.op === "const") return typeof op.value === "string" ? this.keysOf(module, fn, temp, depth) : null;
    if (op.op === "object") return this.keysOf(module, fn, op.parts.find(({ key }) => key === member)?.value ?? -1, depth);
    if (op.op === "new") {
      const held = madeWith(this.#program, module, fn, op, member);
      return held === null ? null : this.keysOf(held.module, held.function, held.temp, depth);
    }
    const name = op.op === "get" ? op.key : op.op === "load" ? module.variables[op.variable]?.name ?? null : null;
    if (name === null) return null;
    return this.#keysOfHeld(module, fn, op, member, depth + 1) ?? textsOf.of(this, `${name}.${member}`) ?? null;
  }

  /** Of a variable that is stored once, or a member that is given instances. */
  #keysOfHeld(module: ModuleIR, fn: FunctionIR, op: Op, member: string, depth: number): ReadonlySet<string> | null {
    if (op.op === "get" && op.key !== null) {
      const given = givenTo(this.#program, module, fn, op.object, op.key).filter((value) => functionIndex(value.function).operation(value.temp)?.op === "new");
      return given.length === 0 ? null : unionOf(given.map((value) => this.keysOfMember(value.module, value.function, value.temp, member, depth)));
    }
    const owner = op.op === "load" ? module.functions[module.variables[op.variable]?.owner ?? -1] : undefined;
    const stores = op.op === "load" && owner !== undefined ? functionIndex(owner).stores(op.variable) : [];
    const [only, ...others] = stores;
    return owner === undefined || only === undefined || others.length > 0 ? null : this.keysOfMember(module, owner, only.op.src, member, depth);
  }

  #named(name: string): ReadonlySet<string> {
    return new Set([`.${name}`, ...(textsOf.of(this, name) ?? [])]);
  }

  textsOf(name: string): ReadonlySet<string> | undefined {
    return (this.#texts ??= mergeAll(this.#program.modules.map(textsIn))).get(name);
  }
}

export const keyNames = onceFor((program: Program) => new KeyNames(program));
const textsOf = new ProgramQuestion(keyNames, (names: KeyNames, name: string) => names.textsOf(name), (before, now) => isSame(before, now));

/** A name that stands for one thing throughout its module. */
function constantName(module: ModuleIR, variable: number): string | null {
  const declared = module.variables[variable];
  return declared !== undefined && declared.owner === 0 && !declared.reassigned ? declared.name : null;
}

/** `Kind` of `Kind.Move`: an enumeration, a class or an object of the module, or what is imported. */
function isOfName(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  if (op?.op === "get") return op.key !== null && isOfName(module, fn, op.object);
  return op?.op === "load" && constantName(module, op.variable) !== null;
}

/** Texts of one module by what they are called. */
const textsIn = onceFor((module: ModuleIR): Texts => {
  const texts = new Map<string, Set<string>>();
  const add = (fn: FunctionIR, name: string, temp: Temp, depth: number): void => {
    const value = functionIndex(fn).operation(temp);
    if (value?.op === "const" && typeof value.value === "string") addTo(texts, name, value.value);
    else if (value?.op === "object" && depth === 0) for (const part of value.parts) if (part.key !== null) add(fn, `${name}.${part.key}`, part.value, 1);
  };
  const { listed, fieldValues } = moduleOps(module);
  for (const { fn, op } of listed) {
    if (op.op === "store") add(fn, module.variables[op.variable]?.name ?? "", op.src, 0);
    else if (op.op === "set" && op.key !== null) add(fn, op.key, op.src, 0);
    else if (op.op === "object") for (const part of op.parts) if (part.key !== null) add(fn, part.key, part.value, 1);
  }
  for (const { fn, value } of fieldValues) add(fn, fn.name, value, 0);
  return texts;
});

function unionOf(sets: readonly (ReadonlySet<string> | null)[]): ReadonlySet<string> | null {
  const all = new Set<string>();
  for (const set of sets) {
    if (set === null) return null;
    for (const each of set) all.add(each);
  }
  return all;
}

function mergeAll(maps: readonly Texts[]): Texts {
  const merged = new Map<string, Set<string>>();
  for (const map of maps) for (const [name, texts] of map) for (const text of texts) addTo(merged, name, text);
  return merged;
}
