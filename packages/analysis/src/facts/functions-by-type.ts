/**
 * The functions behind a value of a declared function type (`type Step = (dt: number) => void`): what the program puts into places of that very type.
 *
 * Theory: may, of the whole program, by the identity of the type's declaration. A place is a parameter, also one of a list of such functions or the rest of the arguments; a variable or field with
 * that type, or with the type of a container, list or record of such; what is pushed, added or set there; a property of an object literal of a declared type. A call is told what its value is called where it
 * was read (`steps` of `for (const step of this.steps) step(dt)`): functions of places with other names are not meant then; what a parameter is given is in the fields that keep it (`keeping-fields.ts`).
 * What is put there may come from places of other types (`this.tick = options.tick`), or be a parameter that is handed on: those types are asked in turn.
 * Known misses: containers that are filled by `splice`, `Object.assign` or a spread; functions that a function with a declared result gives.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { isSameList, kept, ProgramQuestion } from "../source/kept-facts.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import type { TracedType } from "../source/traced-type.ts";
import type { TypeTerm } from "../source/type-term.ts";
import { membersCalled } from "./called-members.ts";
import { functionsOf, type FunctionValue } from "./function-values.ts";
import { fieldsThatKeep } from "./keeping-fields.ts";
import { madeAs, mayHold, NO_FUNCTIONS, typed } from "./may-hold-functions.ts";
import { namesOf } from "./place-names.ts";

/** What is put into places of one type may come from places of another one: `this.tick = options.tick`. */
interface Source {
  readonly term: TypeTerm;
  /** What the value is called where it was read; null for any name. */
  readonly names: ReadonlySet<string> | null;
  /** What the place is called that it goes to. */
  readonly name: string | null;
}

interface Held extends FunctionValue {
  /** What the place is called; null for any name. */
  readonly name: string | null;
}

/** A value, and the name of the place that it is put into. */
interface Given {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
  readonly name: string | null;
}

/** By the type's declaration. */
interface Collected {
  readonly held: Map<TypeTerm, Held[]>;
  readonly sources: Map<TypeTerm, Source[]>;
}

/** Not kept in any place: it is called by who was given it. */
const HANDED_ON = "";
const MAX_DEPTH = 4;
/** Put their last argument into what they are called on. */
const FILLS: ReadonlySet<string> = new Set(["push", "unshift", "add", "set"]);

export class FunctionsByType {
  readonly #program: Program;
  #known: Collected | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** What a call of this value may enter; empty where its type is no declared function type. */
  calledAs(module: ModuleIR, fn: FunctionIR, callee: Temp): readonly FunctionValue[] {
    const type = this.#program.tracer.typeOf(module, fn, callee);
    const held = this.#of(type);
    const names = held.length === 0 ? null : namesOf(this.#program, module, fn, callee);
    const meant = held.filter(({ name }) => name === null || names === null || names.has(name));
    return meant.filter((each, index) => meant.findIndex((other) => other.function === each.function) === index);
  }

  #of(type: TracedType): readonly Held[] {
    if (type.kind === "union") return type.members.flatMap((member) => this.#of(member));
    return type.kind === "callable" ? this.#putInto(type.term, new Set()) : [];
  }

  /** By itself, or out of places of other types. */
  #putInto(term: TypeTerm, seen: Set<TypeTerm>): readonly Held[] {
    if (seen.has(term)) return [];
    seen.add(term);
    const held = heldAs.of(this, term);
    const sources = sourcesOf.of(this, term);
    return sources.length === 0 ? held : [...held, ...sources.flatMap(({ term: from, names, name }) => this.#putInto(from, seen).filter((each) => each.name === null || names === null || names.has(each.name) || each.name === name).map((each) => ({ ...each, name })))];
  }

  heldAs(term: TypeTerm): readonly Held[] {
    return (this.#known ??= this.#collect()).held.get(term) ?? [];
  }

  sourcesOf(term: TypeTerm): readonly Source[] {
    return (this.#known ??= this.#collect()).sources.get(term) ?? [];
  }

  #collect(): Collected {
    const all: Collected = { held: new Map(), sources: new Map() };
    for (const module of this.#program.modules) {
      const { held, sources } = kept("functions-by-type", module, () => this.#collectIn(module));
      for (const [term, found] of held) addHeld(all, term, found);
      for (const [term, found] of sources) for (const source of found) addSource(all, term, source);
    }
    return all;
  }

  /** One pass over what hands over functions, or literals that may hold some. */
  #collectIn(module: ModuleIR): Collected {
    const into: Collected = { held: new Map(), sources: new Map() };
    const { listed, fieldValues } = moduleOps(module);
    let field = 0;
    for (const { fn, op } of listed) {
      for (let each = fieldValues[field]; each !== undefined && each.fn.id < fn.id; each = fieldValues[++field]) this.#addField(into, module, each.fn, each.value);
      if (op.op === "call" || op.op === "new") this.#addArguments(into, module, fn, op);
      else if (op.op === "store" && typed(module.variables[op.variable]?.type)) this.#add(into, this.#program.tracer.typeOfVariable(module, op.variable), { module, function: fn, temp: op.src, name: module.variables[op.variable]?.name ?? null }, 0);
      else if (op.op === "set") this.#addMember(into, module, fn, op);
      // `new Map<string, Step>([["move", move]])`
      if (op.op === "new" && op.typeArgs.length > 0 && mayHold(module, fn, op.dst)) this.#add(into, this.#program.tracer.typeOf(module, fn, op.dst), { module, function: fn, temp: op.dst, name: null }, 0);
    }
    for (const { fn, value } of fieldValues.slice(field)) this.#addField(into, module, fn, value);
    return into;
  }

  #addArguments(into: Collected, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" | "new" }): void {
    if (!op.args.some((arg) => this.#mayHold(module, fn, arg.temp))) return;
    const holding = op.args.map((arg) => this.#mayHold(module, fn, arg.temp));
    const { tracer } = this.#program;
    for (const target of tracer.targets(module, fn, op.dst).functions) {
      for (const [position, arg] of op.args.entries()) {
        const param = target.function.params[position] ?? target.function.params.at(-1);
        if (arg.spread) break;
        if (param === undefined || holding[position] !== true || (target.function.params[position] === undefined && !param.rest)) continue;
        const type = tracer.typeOfVariable(target.module, param.variable);
        const kept = type.kind === "callable" && !param.rest ? fieldsThatKeep(this.#program, target.module, target.function, position) : null;
        for (const name of kept === null ? [null] : [HANDED_ON, ...kept]) this.#add(into, param.rest ? tracer.element(type) : type, { module, function: fn, temp: arg.temp, name }, 0);
      }
    }
    if (op.op === "call") this.#addToSignature(into, module, fn, op, holding);
    const value = op.args.at(-1);
    if (op.op !== "call" || op.receiver === null || op.key === null || !FILLS.has(op.key) || value === undefined || value.spread) return;
    const container = tracer.typeOf(module, fn, op.receiver);
    const [name = null] = namesOf(this.#program, module, fn, op.receiver) ?? [];
    for (const each of op.key === "push" || op.key === "unshift" ? op.args : [value]) if (!each.spread) this.#add(into, this.#inside(container), { module, function: fn, temp: each.temp, name }, 0);
  }

  #mayHold(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
    return mayHold(module, fn, temp) || this.#isCallback(module, fn, temp);
  }

  /** A parameter of a function type that is handed on: `within(run) { this.scope(run); }`. */
  #isCallback(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
    const op = functionIndex(fn).operation(temp);
    const declared = op?.op === "load" ? module.variables[op.variable] : undefined;
    if (op?.op !== "load" || declared?.kind !== "parameter" || NO_FUNCTIONS.has(declared.type?.kind)) return false;
    const type = this.#program.tracer.typeOfVariable(module, op.variable);
    return type.kind === "callable" || (type.kind === "union" && type.members.some((member) => member.kind === "callable"));
  }

  /** Of a call of what has a declared type and no body in sight: `scope.run(callback)`. */
  #addToSignature(into: Collected, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, holding: readonly boolean[]): void {
    const callee = this.#program.tracer.typeOf(module, fn, op.callee);
    for (const type of callee.kind === "union" ? callee.members : [callee]) {
      for (const [position, param] of type.kind === "callable" ? type.term.params.entries() : []) {
        const arg = op.args[position];
        if (type.kind !== "callable" || arg === undefined || arg.spread) break;
        if (holding[position] === true && param.type?.kind === "function") this.#add(into, { kind: "callable", module: type.module, term: param.type }, { module, function: fn, temp: arg.temp, name: null }, 0);
      }
    }
  }

  /** `this.update = (dt) => {...}`, `handlers[key] = ...` */
  #addMember(into: Collected, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "set" }): void {
    if (!mayHold(module, fn, op.src) && !(op.key !== null && isCalled.of(this.#program, op.key) && isPassedOn(fn, op.src))) return;
    const holder = this.#program.tracer.typeOf(module, fn, op.object);
    const type = op.key === null ? this.#inside(holder) : this.#program.tracer.member(holder, op.key);
    const [name = null] = op.key === null ? namesOf(this.#program, module, fn, op.object) ?? [] : [op.key];
    this.#add(into, type, { module, function: fn, temp: op.src, name }, 0);
  }

  #addField(into: Collected, module: ModuleIR, fn: FunctionIR, temp: Temp): void {
    const class_ = fn.class === null ? undefined : module.classes[fn.class];
    const member = class_?.members.find((each) => each.kind === "field" && each.function === fn.id);
    if (member === undefined || !typed(member.type) || !mayHold(module, fn, temp)) return;
    this.#add(into, this.#program.tracer.member(this.#program.tracer.typeOfThis(module, fn), fn.name), { module, function: fn, temp, name: fn.name }, 0);
  }

  /** A value that is put where something of this type is meant. */
  #add(into: Collected, type: TracedType, given: Given, depth: number): void {
    if (depth > MAX_DEPTH || type.kind === "unknown" || type.kind === "primitive") return;
    const { module, function: fn, temp, name } = given;
    if (type.kind === "union") for (const member of type.members) this.#add(into, member, given, depth + 1);
    else if (type.kind === "callable") {
      addHeld(into, type.term, functionsOf(this.#program, module, fn, temp).map((value) => ({ ...value, name })));
      this.#addSources(into, type.term, this.#program.tracer.typeOf(module, fn, temp), given);
    }
    else for (const part of this.#partsOf(type, given)) this.#add(into, part.type, part.given, depth + 1);
  }

  #addSources(into: Collected, term: TypeTerm, type: TracedType, given: Given): void {
    if (type.kind === "union") for (const member of type.members) this.#addSources(into, term, member, given);
    if (type.kind === "callable" && type.term !== term) addSource(into, term, { term: type.term, names: namesOf(this.#program, given.module, given.function, given.temp), name: given.name });
  }

  /** What a literal, or a container that is made of one, puts where. */
  #partsOf(type: TracedType, given: Given): readonly { readonly type: TracedType; readonly given: Given }[] {
    const index = functionIndex(given.function);
    const op = index.operation(given.temp);
    switch (op?.op) {
      case "cast": case "copy": return [{ type, given: { ...given, temp: op.src } }];
      case "load": {
        const made = madeAs(given.module, given.function, op.variable);
        return made === null ? [] : [{ type, given: { ...given, temp: made } }];
      }
      case "array": return op.elements.flatMap((each) => (each === null || each.spread ? [] : [{ type: this.#inside(type), given: { ...given, temp: each.temp } }]));
      case "object": return op.parts.flatMap(({ kind, key, value }) => {
        if (kind === "spread") return [];
        const declared = key === null ? UNKNOWN : this.#program.tracer.member(type, key);
        return [declared.kind === "unknown" ? { type: this.#inside(type), given: { ...given, temp: value } } : { type: declared, given: { ...given, temp: value, name: key } }];
      });
      case "new": {
        const entries = index.operation(op.args[0]?.temp ?? -1);
        if (entries?.op !== "array") return [];
        return entries.elements.flatMap((each) => {
          const pair = each === null ? undefined : index.operation(each.temp);
          const value = isMap(type) ? (pair?.op === "array" ? pair.elements[1]?.temp : undefined) : each?.temp;
          return value === undefined ? [] : [{ type: this.#inside(type), given: { ...given, temp: value } }];
        });
      }
      default: return [];
    }
  }

  /** Of what a container holds: a map's values, a list's elements. */
  #inside(type: TracedType): TracedType {
    return isMap(type) && type.kind === "external" ? type.args[1] ?? UNKNOWN : this.#program.tracer.element(type);
  }
}

export const functionsByType = onceFor((program: Program) => new FunctionsByType(program));

const heldAs = new ProgramQuestion(functionsByType, (byType: FunctionsByType, term: TypeTerm) => byType.heldAs(term), isSameList);
const sourcesOf = new ProgramQuestion(functionsByType, (byType: FunctionsByType, term: TypeTerm) => byType.sourcesOf(term), isSameList);
/** Whether any code calls a member of this name, or hands it to a frame loop. */
const isCalled = new ProgramQuestion((program) => program, ({ modules }: Program, key: string) => membersCalled(modules).has(key));

function addHeld({ held }: Collected, term: TypeTerm, found: readonly Held[]): void {
  const known = held.get(term) ?? [];
  for (const each of found) if (!known.some((other) => other.function === each.function && other.name === each.name)) known.push(each);
  held.set(term, known);
}

function addSource({ sources }: Collected, term: TypeTerm, found: Source): void {
  const known = sources.get(term) ?? [];
  if (!known.some((each) => each.term === found.term && each.name === found.name)) known.push(found);
  sources.set(term, known);
}

const UNKNOWN: TracedType = { kind: "unknown" };

function isMap(type: TracedType): boolean {
  return type.kind === "external" && type.package === "global" && (type.path === "Map" || type.path === "ReadonlyMap" || type.path === "WeakMap" || type.path === "Record");
}

/** A parameter, a member, or one of several: what came from elsewhere. */
function isPassedOn(fn: FunctionIR, temp: Temp): boolean {
  const index = functionIndex(fn);
  const definition = index.operation(temp);
  return index.definitions(temp) !== null || definition?.op === "load" || (definition?.op === "get" && definition.key !== null) || ((definition?.op === "cast" || definition?.op === "copy") && isPassedOn(fn, definition.src));
}
