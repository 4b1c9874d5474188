/**
 * The traced types of one program, interned: two equal types are one object, so types compare by identity and memos key on them.
 *
 * What the contract's `TracedType` does not show is kept beside it here:
 *   - a *type parameter* is an `unknown` with an identity, so that a generic class is traced once and its members are
 *     instantiated at each use (`substitution.ts`);
 *   - the *self* type of a class is an `instance` of it that instantiation replaces by the receiver (`return this`);
 *   - a `callable`, a `shape` and a `function` carry the scope and the environment in which their terms are evaluated.
 * Theory of `join`: the lattice is sets of types under inclusion. `NEVER` (no value seen yet) is bottom; null and undefined vanish
 * beside anything else; `UNKNOWN` stays a member (something else may flow in, too); more than `MAX_MEMBERS` are what they all extend,
 * or `UNKNOWN`.
 *
 * Invariants
 *   I1  members of a union are distinct, no unions themselves, and in one order whatever the order of joining
 *   I2  `NEVER` is no member and no result of the public tracer
 */
import { compareText } from "../diagnostic.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp, TypeDeclarationIR } from "./ir.ts";
import { describeType, placeOf } from "./describe-type.ts";
import { mergeGenerics } from "./merge-generics.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import type { TypeTerm } from "./type-term.ts";

/** What the type parameters of a scope stand for. */
export type Environment = ReadonlyMap<TracedType, TracedType>;

/** Where a term stands: what its names mean. */
export interface Scope {
  readonly module: ModuleIR;
  /** Type parameters in force. */
  readonly parameters: ReadonlyMap<string, TracedType>;
  /** Every parameter in force, and `self`, standing for itself. */
  readonly identity: Environment;
  /** Those that a call of this very declaration infers. */
  readonly own: readonly TracedType[];
  /** What `this` names. */
  readonly self: TracedType | null;
  /** The package whose shapes are spoken of, for terms of the knowledge tables; null for a module's own. */
  readonly package: string | null;
}

type FunctionTerm = TypeTerm & { readonly kind: "function" };
type ObjectTerm = TypeTerm & { readonly kind: "object" };
export type PrimitiveName = (TracedType & { readonly kind: "primitive" })["name"];

interface Hidden {
  readonly id: number;
  /** Holds a type parameter or a self type. */
  readonly open: boolean;
  readonly scope: Scope | null;
  readonly environment: Environment;
  /** The receiver that a method was taken from, for `this`. */
  readonly receiver: TracedType | null;
  readonly tuple: readonly TracedType[] | null;
  /** The other parts of an intersection. */
  readonly also: readonly TracedType[];
  /** A type function of a parameter: `Awaited<T>`. */
  readonly delayed: { readonly name: string; readonly arg: TracedType } | null;
}

/** No value seen (yet): bottom. Only inside the tracer. */
export const NEVER: TracedType = { kind: "unknown" };
export const EMPTY_ENVIRONMENT: Environment = new Map();
const MAX_MEMBERS = 8;
/** Nesting of type arguments beyond which a type is unknown: a recursive generic would grow for ever. */
const MAX_NESTING = 6;

const PLAIN: Omit<Hidden, "id"> = { open: false, scope: null, environment: EMPTY_ENVIRONMENT, receiver: null, tuple: null, also: [], delayed: null };

export class TypeTable {
  readonly #sharedBase: (types: readonly TracedType[]) => TracedType | null;
  readonly #known = new Map<string, TracedType>();
  readonly #hidden = new Map<TracedType, Hidden>();
  readonly #objects = new Map<object, number>();
  readonly #nesting = new Map<TracedType, number>();
  readonly #parameters = new Set<TracedType>();
  /** How often more was looked at than the types themselves. */
  basesAsked = 0;
  readonly #environmentKeys = new WeakMap<Environment, string>();

  /** `sharedBase` is the nearest class that all of many types extend; null when there is none. */
  constructor(sharedBase: (types: readonly TracedType[]) => TracedType | null) {
    this.#sharedBase = sharedBase;
    this.#add("unknown", UNKNOWN, PLAIN);
    this.#add("never", NEVER, PLAIN);
  }

  primitive(name: PrimitiveName): TracedType {
    return this.#known.get(name) ?? this.#add(name, { kind: "primitive", name }, PLAIN);
  }

  instance(module: ModuleIR, class_: ClassIR, args: readonly TracedType[]): TracedType {
    const key = `i${this.#object(class_)}<${this.#ids(args)}`;
    return this.#known.get(key) ?? this.#nested(key, { kind: "instance", module, class: class_, args }, args);
  }

  /** An instance of the class or of whatever subclass the receiver is of. */
  self(module: ModuleIR, class_: ClassIR, args: readonly TracedType[]): TracedType {
    const key = `s${this.#object(class_)}`;
    return this.#known.get(key) ?? this.#add(key, { kind: "instance", module, class: class_, args }, { ...PLAIN, open: true });
  }

  classValue(module: ModuleIR, class_: ClassIR): TracedType {
    const key = `c${this.#object(class_)}`;
    return this.#known.get(key) ?? this.#add(key, { kind: "class", module, class: class_ }, PLAIN);
  }

  function(module: ModuleIR, fn: FunctionIR, environment: Environment = EMPTY_ENVIRONMENT, receiver: TracedType | null = null): TracedType {
    const key = `f${this.#object(fn)}@${receiver === null ? "" : this.idOf(receiver)}${this.environmentKey(environment)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const open = this.#isOpenEnvironment(environment) || (receiver !== null && this.isOpen(receiver));
    return this.#add(key, { kind: "function", module, function: fn }, { ...PLAIN, open, environment, receiver });
  }

  callable(scope: Scope, term: FunctionTerm, environment: Environment = scope.identity): TracedType {
    const key = `t${this.#object(term)}@${this.#object(scope)}${this.environmentKey(environment)}`;
    const open = this.#isOpenEnvironment(environment);
    return this.#known.get(key) ?? this.#add(key, { kind: "callable", module: scope.module, term }, { ...PLAIN, open, scope, environment });
  }

  shape(scope: Scope, term: ObjectTerm, environment: Environment = scope.identity): TracedType {
    const key = `o${this.#object(term)}@${this.#object(scope)}${this.environmentKey(environment)}`;
    const open = this.#isOpenEnvironment(environment);
    return this.#known.get(key) ?? this.#add(key, { kind: "shape", module: scope.module, term }, { ...PLAIN, open, scope, environment });
  }

  interface(module: ModuleIR, declaration: TypeDeclarationIR, args: readonly TracedType[]): TracedType {
    const key = `n${this.#object(declaration)}<${this.#ids(args)}`;
    return this.#known.get(key) ?? this.#nested(key, { kind: "interface", module, declaration, args }, args);
  }

  literal(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType {
    const key = `l${this.#object(fn)}:${temp}`;
    return this.#known.get(key) ?? this.#add(key, { kind: "literal", module, function: fn, temp }, PLAIN);
  }

  namespace(module: ModuleIR): TracedType {
    const key = `m${this.#object(module)}`;
    return this.#known.get(key) ?? this.#add(key, { kind: "namespace", module }, PLAIN);
  }

  external(package_: string, path: string, side: "value" | "instance", args: readonly TracedType[] = []): TracedType {
    const key = `x${side === "value" ? "" : "#"}${package_}:${path}<${this.#ids(args)}`;
    return this.#known.get(key) ?? this.#nested(key, { kind: "external", package: package_, path, side, args }, args);
  }

  /** A method of an external class, taken from a receiver. */
  method(package_: string, path: string, receiver: TracedType): TracedType {
    const key = `x.${package_}:${path}@${this.idOf(receiver)}`;
    return this.#known.get(key) ?? this.#add(key, { kind: "external", package: package_, path, side: "value", args: [] }, { ...PLAIN, open: this.isOpen(receiver), receiver });
  }

  /** Of the platform: `global("Array", [T])`. */
  global(path: string, args: readonly TracedType[] = []): TracedType {
    return this.external("global", path, "instance", args);
  }

  tuple(elements: readonly TracedType[]): TracedType {
    const key = `u${this.#ids(elements)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const open = elements.some((each) => this.isOpen(each));
    return this.#add(key, { kind: "external", package: "global", path: "Array", side: "instance", args: [this.join(elements)] }, { ...PLAIN, open, tuple: elements });
  }

  /** The type parameter of a declaration. */
  parameter(owner: object, index: number): TracedType {
    const key = `p${this.#object(owner)}:${index}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const type = this.#add(key, { kind: "unknown" }, { ...PLAIN, open: true });
    this.#parameters.add(type);
    return type;
  }

  /** A type function of a type parameter, applied when the parameter is known. */
  delayed(name: string, arg: TracedType): TracedType {
    const key = `d${name}:${this.idOf(arg)}`;
    return this.#known.get(key) ?? this.#add(key, { kind: "unknown" }, { ...PLAIN, open: true, delayed: { name, arg } });
  }

  /** The first nominal part, which remembers the others for its members. */
  intersection(parts: readonly TracedType[]): TracedType {
    const known = [...new Set(parts)].filter((part) => part !== UNKNOWN && part !== NEVER && part.kind !== "primitive");
    const rank = (part: TracedType): number => (part.kind === "instance" ? 0 : part.kind === "interface" || part.kind === "external" ? 1 : part.kind === "unknown" ? 3 : 2);
    const [first, ...also] = known.sort((a, b) => rank(a) - rank(b));
    if (first === undefined) return parts[0] ?? UNKNOWN;
    if (also.length === 0 || first.kind === "union" || first.kind === "unknown") return first;
    const key = `&${this.#ids([first, ...also])}`;
    const open = this.isOpen(first) || also.some((each) => this.isOpen(each));
    const hidden = this.#hidden.get(first);
    return this.#known.get(key) ?? this.#add(key, { ...first }, { ...PLAIN, ...hidden, open, also });
  }

  join(types: readonly TracedType[]): TracedType {
    const [first] = types;
    if (first !== undefined && types.every((type) => type === first)) return first;
    const members = new Set<TracedType>();
    for (const type of types) {
      if (type.kind === "union") for (const member of type.members) members.add(member);
      else if (type !== NEVER) members.add(type);
    }
    if (members.size > 1) {
      members.delete(this.primitive("undefined"));
      if (members.size > 1) members.delete(this.primitive("null"));
    }
    if (members.size === 0) return NEVER;
    const [only] = members;
    if (members.size === 1 && only !== undefined) return only;
    const merged = mergeGenerics(this, [...members]);
    if (merged.length === 1 && merged[0] !== undefined) return merged[0];
    if (merged.length > MAX_MEMBERS) {
      this.basesAsked += 1;
      return this.#sharedBase(merged) ?? UNKNOWN;
    }
    const sorted = merged.sort((a, b) => compareText(describeType(a), describeType(b)) || compareText(placeOf(a), placeOf(b)));
    const key = `|${this.#ids(sorted)}`;
    const open = sorted.some((each) => this.isOpen(each));
    return this.#known.get(key) ?? this.#add(key, { kind: "union", members: sorted }, { ...PLAIN, open });
  }

  isParameter(type: TracedType): boolean {
    return this.#parameters.has(type);
  }

  isOpen(type: TracedType): boolean {
    return this.#hidden.get(type)?.open ?? false;
  }

  /** The table's own object for a type that somebody put together or read from another table. */
  adopt(type: TracedType): TracedType {
    if (this.#hidden.has(type)) return type;
    const each = (types: readonly TracedType[]): TracedType[] => types.map((part) => this.adopt(part));
    switch (type.kind) {
      case "unknown": case "callable": case "shape": return UNKNOWN;
      case "primitive": return this.primitive(type.name);
      case "instance": return this.instance(type.module, type.class, each(type.args));
      case "class": return this.classValue(type.module, type.class);
      case "function": return this.function(type.module, type.function);
      case "interface": return this.interface(type.module, type.declaration, each(type.args));
      case "literal": return this.literal(type.module, type.function, type.temp);
      case "namespace": return this.namespace(type.module);
      case "external": return this.external(type.package, type.path, type.side, each(type.args));
      case "union": return this.join(each(type.members));
    }
  }

  hidden(type: TracedType): Omit<Hidden, "id"> {
    return this.#hidden.get(type) ?? PLAIN;
  }

  #isOpenEnvironment(environment: Environment): boolean {
    for (const type of environment.values()) if (this.isOpen(type)) return true;
    return false;
  }

  /** Two equal environments have one key. */
  environmentKey(environment: Environment): string {
    if (environment.size === 0) return "";
    const known = this.#environmentKeys.get(environment);
    if (known !== undefined) return known;
    const pairs = [...environment].map(([parameter, type]) => [this.idOf(parameter), this.idOf(type)] as const).sort((a, b) => a[0] - b[0]);
    const key = `[${pairs.join(";")}]`;
    this.#environmentKeys.set(environment, key);
    return key;
  }

  #ids(types: readonly TracedType[]): string {
    return types.length === 0 ? "" : types.map((type) => this.idOf(type)).join();
  }

  idOf(type: TracedType): number {
    const hidden = this.#hidden.get(type);
    if (hidden === undefined) throw new Error(`a \`${type.kind}\` type that this table did not make`);
    return hidden.id;
  }

  #object(object: object): number {
    let id = this.#objects.get(object);
    if (id === undefined) this.#objects.set(object, (id = this.#objects.size));
    return id;
  }

  #nested(key: string, type: TracedType, args: readonly TracedType[]): TracedType {
    const depth = args.reduce((deepest, arg) => Math.max(deepest, this.#nesting.get(arg) ?? 0), 0) + (args.length > 0 ? 1 : 0);
    if (depth > MAX_NESTING) return UNKNOWN;
    this.#nesting.set(type, depth);
    return this.#add(key, type, { ...PLAIN, open: args.some((arg) => this.isOpen(arg)) });
  }

  #add(key: string, type: TracedType, hidden: Omit<Hidden, "id">): TracedType {
    this.#known.set(key, type);
    this.#hidden.set(type, { ...hidden, id: this.#hidden.size });
    return type;
  }
}
