/**
 * Members of classes of loaded modules: declared ones, those that methods set on `this`, those set on the prototype or on the class from outside,
 * those of interfaces that merge with the class, and inherited ones. Function constructors (`function A() { this.x = 1 }`, `A.prototype.m = ...`)
 * are classes too.
 *
 * Each member is traced once, with the class's type parameters standing for themselves, and instantiated for a receiver.
 * A field without an annotation is what its initialiser gives; in JavaScript, and where that says nothing, what the constructor sets it to, or else
 * what any method of the class does. Known miss: what code outside the class sets.
 */
import { functionIndex } from "./function-index.ts";
import type { ClassIR, FunctionIR, MemberIR, ModuleIR, TypeDeclarationIR } from "./ir.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import { type ProgramIndex, type SetSite, thisFunction, type ThisOwner } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { type Environment, NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface ClassMemberNeeds {
  readonly table: TypeTable;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly index: ProgramIndex;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
  instanceOf(type: TracedType, args: readonly TracedType[]): TracedType;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: number): TracedType;
  returnOf(module: ModuleIR, fn: FunctionIR): TracedType;
  typeOfParameter(module: ModuleIR, fn: FunctionIR, index: number): TracedType;
  lookup(type: TracedType, name: string): TracedType | null;
  bound(type: TracedType): TracedType | null;
  /** Interfaces that merge with a class. */
  merged(module: ModuleIR, class_: ClassIR): readonly { readonly module: ModuleIR; readonly declaration: TypeDeclarationIR }[];
  /** The function that a function constructor's class was made from. */
  constructorFunction(class_: ClassIR): FunctionIR | null;
}

type Instance = TracedType & { readonly kind: "instance" };

/** A member that is not there: inside the tracer only, never a result. */
const ABSENT: TracedType = { kind: "unknown" };
const MAX_ANCESTORS = 40;

export class ClassMembers {
  readonly #needs: ClassMemberNeeds;
  readonly #own = new Map<ClassIR, Map<string, Cell>>();
  readonly #supers = new Map<ClassIR, Cell>();
  readonly #searches = new Set<string>();
  readonly #environments = new Map<TracedType, Map<TracedType, Environment>>();
  readonly #declared = new Map<ClassIR, ReadonlyMap<string, readonly MemberIR[]>>();

  constructor(needs: ClassMemberNeeds) {
    this.#needs = needs;
  }

  /** A member of an instance, as taken from `receiver`; null when the class and all it extends are known and have none. */
  ofInstance(type: Instance, name: string, receiver: TracedType = type): TracedType | null {
    for (const { instance, environment } of this.chain(type, receiver)) {
      if (instance.kind !== "instance") return this.#needs.lookup(instance.kind === "external" ? instance : this.#needs.substitution.of(instance, environment), name);
      const own = this.own(instance.module, instance.class, name, false);
      if (own !== null) return this.#needs.substitution.of(own, environment);
      for (const each of this.#needs.merged(instance.module, instance.class)) {
        const found = this.#needs.lookup(this.#needs.table.interface(each.module, each.declaration, instance.args), name);
        if (found !== null) return found;
      }
    }
    return null;
  }

  ofClass(module: ModuleIR, class_: ClassIR, name: string): TracedType | null {
    // Through a union a class may extend itself: what is being looked for in it is not found in it.
    const search = `${class_.id} ${name} ${module.file}`;
    if (this.#searches.has(search)) return null;
    this.#searches.add(search);
    try {
      return this.#ofClass(module, class_, name);
    } finally {
      this.#searches.delete(search);
    }
  }

  #ofClass(module: ModuleIR, class_: ClassIR, name: string): TracedType | null {
    const { table } = this.#needs;
    if (name === "prototype") return table.instance(module, class_, class_.typeParameters.map(() => UNKNOWN));
    let at: TracedType = table.classValue(module, class_);
    for (let depth = 0; depth < MAX_ANCESTORS; depth++) {
      if (at.kind !== "class") return at === UNKNOWN || at === NEVER ? at : this.#needs.lookup(at, name);
      const own = this.own(at.module, at.class, name, true);
      if (own !== null) return own;
      if (at.class.superTemp === null) return null;
      at = this.#superValue(at.module, at.class);
    }
    return null;
  }

  /**
   * The classes from an instance upwards, each once, with what its parameters stand for; ends in something else when the class extends it. A class may extend one of
   * several, and these the same ones again: to go every way up would take exponential time.
   */
  *chain(type: Instance, receiver: TracedType, seen: Set<ClassIR> = new Set()): Generator<{ readonly instance: TracedType; readonly environment: Environment }> {
    let at: TracedType = type;
    while (at.kind === "instance" && !seen.has(at.class)) {
      seen.add(at.class);
      const environment = this.environment(at, receiver);
      yield { instance: at, environment };
      const parent = this.superOf(at.module, at.class);
      if (parent === null) return;
      at = this.#needs.substitution.of(parent, environment);
    }
    if (at.kind === "union") {
      for (const member of at.members) if (member.kind === "instance" && !seen.has(member.class)) yield* this.chain(member, receiver, seen);
    } else if (at.kind !== "instance") yield { instance: at, environment: new Map() };
  }

  /** The interfaces that a class of a chain says it implements. */
  implemented(type: Instance, environment: Environment): TracedType[] {
    const scope = this.#needs.scopes.ofClass(type.module, type.class);
    return type.class.implements.map((term) => this.#needs.substitution.of(this.#needs.evaluate(term, scope), environment));
  }

  environment(type: Instance, receiver: TracedType): Environment {
    let known = this.#environments.get(type);
    if (known === undefined) this.#environments.set(type, (known = new Map()));
    const found = known.get(receiver);
    if (found !== undefined) return found;
    const { own, self } = this.#needs.scopes.ofClass(type.module, type.class);
    const environment = new Map(own.map((parameter, index) => [parameter, type.args[index] ?? UNKNOWN]));
    if (self !== null) environment.set(self, receiver);
    known.set(receiver, environment);
    return environment;
  }

  /** What instances of the class inherit from, in terms of its own type parameters; null without `extends`. */
  superOf(module: ModuleIR, class_: ClassIR): TracedType | null {
    const { cells, scopes, substitution, evaluate } = this.#needs;
    const made = this.#needs.constructorFunction(class_);
    if (class_.superTemp === null && made === null) return null;
    let cell = this.#supers.get(class_);
    if (cell === undefined) this.#supers.set(class_, (cell = createCell()));
    const type = cells.evaluate(cell, () => {
      if (made !== null) return this.#prototypeOf(module, class_) ?? ABSENT;
      const scope = scopes.ofClass(module, class_);
      const terms = class_.superTerm?.kind === "name" ? class_.superTerm.args : [];
      const instance = this.#needs.instanceOf(this.#superValue(module, class_), terms.map((term) => evaluate(term, scope)));
      const usable = instance !== UNKNOWN || class_.superTerm === null ? instance : evaluate(class_.superTerm, scope);
      return substitution.of(usable, new Map());
    });
    return type === ABSENT ? null : type;
  }

  #superValue(module: ModuleIR, class_: ClassIR): TracedType {
    const within = module.functions[class_.within];
    if (within === undefined || class_.superTemp === null) return UNKNOWN;
    const value = this.#needs.typeOfTemp(module, within, class_.superTemp);
    return this.#needs.bound(value) ?? value; // Of a mixin's `Base extends Constructor<Part>` at least what it extends is known.
  }

  /** `A.prototype = Object.create(B.prototype)`, `A.prototype = new B()`, `A.prototype = { ... }`. */
  #prototypeOf(module: ModuleIR, class_: ClassIR): TracedType | null {
    const site = class_.variable === null ? undefined : this.#needs.index.of(module).setsOnVariable.get(class_.variable)?.find((each) => each.key === "prototype");
    return site === undefined ? null : this.#needs.typeOfTemp(module, site.function, site.temp);
  }

  /** The nearest class that all of these extend, or are; null when there is none, or something else than instances is among them. */
  sharedBase(types: readonly TracedType[]): TracedType | null {
    let bases: readonly Instance[] | null = null;
    for (const type of types) {
      if (type.kind !== "instance") return null;
      const above = new Set<ClassIR>();
      const chain: Instance[] = [];
      for (const { instance } of this.chain(type, type)) if (instance.kind === "instance" && !above.has(instance.class)) { above.add(instance.class); chain.push(instance); }
      bases = bases === null ? chain : bases.filter((base) => above.has(base.class));
    }
    const [nearest] = bases ?? [];
    return nearest === undefined ? null : this.#needs.table.instance(nearest.module, nearest.class, nearest.class.typeParameters.map(() => UNKNOWN));
  }

  /** A member of the class itself, not an inherited one; type parameters stand for themselves. */
  own(module: ModuleIR, class_: ClassIR, name: string, isStatic: boolean): TracedType | null {
    let cells = this.#own.get(class_);
    if (cells === undefined) this.#own.set(class_, (cells = new Map()));
    const key = isStatic ? `static ${name}` : name;
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = createCell()));
    const type = this.#needs.cells.evaluate(cell, () => this.#find(module, class_, name, isStatic) ?? ABSENT);
    return type === ABSENT ? null : type;
  }

  #find(module: ModuleIR, class_: ClassIR, name: string, isStatic: boolean): TracedType | null {
    const { scopes, table, evaluate } = this.#needs;
    const declared = this.membersNamed(class_, name).filter((member) => member.static === isStatic);
    const method = declared.find((member) => member.kind === "method" && hasBody(module, member)) ?? declared.find((member) => member.kind === "method");
    const scope = scopes.ofClass(module, class_);
    if (method !== undefined) {
      const fn = method.function === null ? undefined : module.functions[method.function];
      return fn === undefined ? UNKNOWN : table.function(module, fn, scope.identity, isStatic ? table.classValue(module, class_) : scope.self);
    }
    for (const member of declared) {
      if (member.type === null) continue;
      const type = evaluate(member.type, scope);
      if (type !== UNKNOWN) return type;
    }
    const getter = declared.find((member) => member.kind === "getter");
    const fn = getter?.function == null ? undefined : module.functions[getter.function];
    if (fn !== undefined) return this.#needs.returnOf(module, fn);
    const sets = this.#sets(module, class_, name, isStatic);
    if (declared.length === 0 && (sets.length === 0 || this.#inherits(module, class_, name, isStatic))) return null;
    return this.#needs.substitution.close(this.#fieldType(module, class_, declared, sets), scope);
  }

  /** What a class sets on `this` is declared by the class above where that knows it. */
  #inherits(module: ModuleIR, class_: ClassIR, name: string, isStatic: boolean): boolean {
    const parent = isStatic ? null : this.superOf(module, class_);
    if (parent?.kind !== "instance") return false;
    const inherited = this.ofInstance(parent, name);
    return inherited !== null && isTelling(inherited);
  }

  membersNamed(class_: ClassIR, name: string): readonly MemberIR[] {
    let declared = this.#declared.get(class_);
    if (declared === undefined) {
      const groups = new Map<string, MemberIR[]>();
      for (const member of class_.members) {
        if (member.name === null || member.kind === "static-block") continue;
        const group = groups.get(member.name);
        if (group === undefined) groups.set(member.name, [member]);
        else group.push(member);
      }
      this.#declared.set(class_, (declared = groups));
    }
    return declared.get(name) ?? [];
  }

  #sets(module: ModuleIR, class_: ClassIR, name: string, isStatic: boolean): readonly SetSite[] {
    const index = this.#needs.index.of(module);
    const made = this.#needs.constructorFunction(class_);
    const owner: ThisOwner = made !== null ? `function ${made.id}` : isStatic ? `static ${class_.id}` : `class ${class_.id}`;
    const onThis = made !== null && isStatic ? [] : (index.setsOnThis.get(owner) ?? []);
    const outside = class_.variable === null ? [] : ((isStatic ? index.setsOnVariable : index.setsOnPrototype).get(class_.variable) ?? []);
    return [...onThis, ...outside].filter((site) => site.key === name);
  }

  #fieldType(module: ModuleIR, class_: ClassIR, declared: readonly MemberIR[], sets: readonly SetSite[]): TracedType {
    const { table } = this.#needs;
    const typeOf = (site: SetSite): TracedType => this.#needs.typeOfTemp(module, site.function, site.temp);
    const initialisers = (): TracedType[] => declared.flatMap((member) => {
      const fn = member.function === null ? undefined : module.functions[member.function];
      return member.kind === "field" && fn !== undefined ? [this.#needs.returnOf(module, fn)] : [];
    });
    const { value: initial, settled } = this.#needs.cells.observe(() => table.join(initialisers()));
    if (initial === NEVER && !settled) return NEVER;
    if (isTelling(initial) && (isTyped(module) || sets.length === 0)) return initial.kind === "literal" ? table.join([initial, ...sets.map(typeOf).filter((type) => isObject(type, initial))]) : initial;
    const setter = declared.find((member) => member.kind === "setter");
    const setterFunction = setter?.function == null ? undefined : module.functions[setter.function];
    if (setterFunction !== undefined) return this.#needs.typeOfParameter(module, setterFunction, 0);
    const constructing = sets.filter((site) => isConstructor(module, class_, site.function));
    const inConstructor = this.#needs.cells.observe(() => table.join([initial, ...constructing.map(typeOf)]));
    if (inConstructor.value === NEVER && !inConstructor.settled) return NEVER;
    // Nothing declares the field of plain JavaScript: an object that replaces the constructor's later is of its type, too. Functions are lent to a field and taken back.
    if (isTelling(inConstructor.value)) return isTyped(module) ? inConstructor.value : table.join([inConstructor.value, ...sets.map(typeOf).filter((type) => isObject(type, inConstructor.value))]);
    const all = this.#needs.cells.observe(() => table.join([initial, ...sets.map(typeOf)]));
    // Nothing but null was ever seen: set by somebody else.
    return isNull(all.value) ? (all.settled ? UNKNOWN : NEVER) : all.value;
  }
}

function hasBody(module: ModuleIR, member: MemberIR): boolean {
  return member.function !== null && module.functions[member.function]?.opaque === false;
}

function isTyped({ language }: ModuleIR): boolean {
  return language === "ts" || language === "tsx";
}

function isConstructor(module: ModuleIR, class_: ClassIR, fn: FunctionIR): boolean {
  const holder = thisFunction(module, fn);
  return holder.kind === "constructor" || holder.id === class_.constructor_;
}

function isNull(type: TracedType): boolean {
  return type.kind === "primitive" && (type.name === "null" || type.name === "undefined");
}

/** An instance of a class of the program, whichever; or, beside an object that was written down (`scene = scenes.menu`), another one. */
function isObject(type: TracedType, beside: TracedType): boolean {
  return type.kind === "instance" || (type.kind === "literal" && isWritten(type) && isWritten(beside)) || (type.kind === "union" && type.members.every((member) => isObject(member, beside)));
}

/** An object literal; no list. */
function isWritten(type: TracedType): boolean {
  return type.kind === "literal" && functionIndex(type.function).operation(type.temp)?.op === "object";
}

/** Says what kind of thing it is, all of it. */
function isTelling(type: TracedType): boolean {
  if (type.kind === "unknown") return false;
  if (isNull(type)) return false;
  return type.kind !== "union" || !type.members.includes(UNKNOWN);
}
