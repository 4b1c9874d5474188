/** What the tracer says of a value: nominal, by declaration, never by spelling alone. */
import type { ClassIR, FunctionIR, ModuleIR, Temp, TypeDeclarationIR } from "./ir.ts";
import type { CallSite } from "./program-index.ts";
import type { Parts } from "./tracer.ts";
import type { TypeTerm } from "./type-term.ts";

export type TracedType =
  | { readonly kind: "unknown" }
  | { readonly kind: "primitive"; readonly name: "string" | "number" | "boolean" | "bigint" | "symbol" | "null" | "undefined" }
  /** An instance of a class of a loaded module. */
  | { readonly kind: "instance"; readonly module: ModuleIR; readonly class: ClassIR; readonly args: readonly TracedType[] }
  /** The class itself, as a value. */
  | { readonly kind: "class"; readonly module: ModuleIR; readonly class: ClassIR }
  /** A function with a body, as a value. */
  | { readonly kind: "function"; readonly module: ModuleIR; readonly function: FunctionIR }
  /** Something of a declared function type, without a body. */
  | { readonly kind: "callable"; readonly module: ModuleIR; readonly term: TypeTerm & { readonly kind: "function" } }
  | { readonly kind: "interface"; readonly module: ModuleIR; readonly declaration: TypeDeclarationIR; readonly args: readonly TracedType[] }
  /** An object type written in place. */
  | { readonly kind: "shape"; readonly module: ModuleIR; readonly term: TypeTerm & { readonly kind: "object" } }
  /** An object literal (or an array literal) made by the operation that writes `temp` in `function`. */
  | { readonly kind: "literal"; readonly module: ModuleIR; readonly function: FunctionIR; readonly temp: Temp }
  /** A module's namespace object. */
  | { readonly kind: "namespace"; readonly module: ModuleIR }
  /**
   * Something of a package or of the platform that the knowledge tables may know. `package` is the package's name, or `"global"` for
   * JavaScript's and the platform's own. `path` is a JSDoc name path from an exported name: `SmartAlloc`, `SmartAlloc#frameAlloc` (a member of
   * instances), `SmartAlloc.attach` (of the class or object itself), "" for the package's namespace.
   * `side` tells the thing itself (`value`) from an instance of it. Arrays, maps, promises are instances of `global` classes with `args`.
   */
  | { readonly kind: "external"; readonly package: string; readonly path: string; readonly side: "value" | "instance"; readonly args: readonly TracedType[] }
  | { readonly kind: "union"; readonly members: readonly TracedType[] };

/** `package:path`, the key under which the knowledge tables list an API: `global:setTimeout`, `@framealloc/runtime:SmartAlloc#frameAlloc`. */
export type ApiKey = string;

/** What a call may reach. `functions` have bodies in loaded modules (all overriders of a method included). */
export interface CallTargets {
  readonly functions: readonly { readonly module: ModuleIR; readonly function: FunctionIR }[];
  /** External API that it may be. */
  readonly apis: readonly ApiKey[];
  /** False when something that is not listed may be called too. */
  readonly complete: boolean;
}

/** Answers by declaration, flow-insensitive, memoised; every question has an answer, `unknown` at worst. */
export interface Tracer {
  /** Of what a temp holds. */
  typeOf(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType;
  /** Of a declared variable, from its annotation, or what is stored in it. */
  typeOfVariable(module: ModuleIR, variable: number): TracedType;
  /** Of `this` inside a function; an arrow's is its parent's. */
  typeOfThis(module: ModuleIR, fn: FunctionIR): TracedType;
  /** Of a member, inherited ones included; for a method a `function`, or an `external` with side `value`. */
  member(type: TracedType, name: string): TracedType;
  /** Of what iteration or an unknown index gives. */
  element(type: TracedType): TracedType;
  /** Of what a promise resolves to; anything else is itself. */
  awaited(type: TracedType): TracedType;
  /** Of the value that a call of a value of this type gives. */
  returned(type: TracedType): TracedType;
  /** The target of a `call`, `new` or `super-call` operation that writes `temp` in `fn` (a `get` of an accessor: the getter). */
  targets(module: ModuleIR, fn: FunctionIR, temp: Temp): CallTargets;
  /** Classes of loaded modules that extend this one, at any depth, itself included. */
  subclasses(module: ModuleIR, class_: ClassIR): readonly { readonly module: ModuleIR; readonly class: ClassIR }[];
  /** Instances of the classes that say that they implement an interface, and the object literals of its type; nothing of any other type. */
  holders(type: TracedType): readonly TracedType[];
  /** What has a function under the name of an interface's member: instances of its implementers and literals of its type, or else instances of classes of its shape. */
  implementers(type: TracedType, name: string): readonly TracedType[];
  /** The calls that names lead to a function; null when there are too many to say. */
  callsOf(fn: FunctionIR): readonly CallSite[] | null;
  /** The calls of members of this name, whosever they are. */
  callsNamed(key: string): readonly CallSite[];
  /** The chain upwards from a class: loaded classes, then, last, the external one it ends in if it does. */
  ancestors(module: ModuleIR, class_: ClassIR): readonly TracedType[];
  /** The packages of what a type checker said of values that are not traced, if one was asked. */
  answeredPackages(): ReadonlySet<string>;
  /** Of what it is made; for questions that are asked again of another program. */
  parts(): Parts;
}

export const UNKNOWN: TracedType = { kind: "unknown" };
