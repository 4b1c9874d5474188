/**
 * Evaluates type terms: what an annotation, a JSDoc type or a heritage clause names, in the scope where it stands.
 *
 * A name is looked up as a type parameter, a declaration of its module, an import, a declaration for the whole program (`declare global`,
 * a script's declarations) and last as the platform's. In JavaScript a JSDoc name that the file does not declare is the one class of
 * that name in its package, when there is exactly one: documentation is often written without an import.
 * Aliases are evaluated once with their parameters standing for themselves. What is not evaluated (conditional and mapped types) is unknown.
 */
import { shapesOf } from "../knowledge/shapes.ts";
import type { ModuleIR, TypeDeclarationIR } from "./ir.ts";
import { type Entity, type Linker, RUNTIME_PACKAGE } from "./link.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

/** What evaluation asks of the rest of the tracer. */
export interface EvaluatorNeeds {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly modules: readonly ModuleIR[];
  typeOfEntity(entity: Entity): TracedType;
  member(type: TracedType, name: string): TracedType;
  awaited(type: TracedType): TracedType;
  returned(type: TracedType): TracedType;
}

type NameTerm = TypeTerm & { readonly kind: "name" };

/** Names of one thing under two spellings. */
const GLOBAL_ALIASES: Readonly<Record<string, string>> = {
  ReadonlyArray: "Array", ReadonlyMap: "Map", ReadonlySet: "Set", PromiseLike: "Promise", Thenable: "Promise", IterableIterator: "Iterator", IteratorObject: "Iterator", ArrayIterator: "Iterator", MapIterator: "Iterator",
  SetIterator: "Iterator", AsyncIterableIterator: "AsyncIterator", AsyncIterable: "AsyncIterator", ArrayLike: "Array", ConcatArray: "Array", RegExpMatchArray: "Array", RegExpExecArray: "Array",
};
/** Utility types that leave the nominal type what it was. */
const TRANSPARENT = new Set(["Partial", "Readonly", "Required", "NonNullable", "Omit", "Pick", "Exclude", "Extract", "NoInfer", "ThisType"]);

const TYPED_ARRAYS: Readonly<Record<string, string>> = {
  f32: "Float32Array", f64: "Float64Array", i8: "Int8Array", u8: "Uint8Array", i16: "Int16Array", u16: "Uint16Array", i32: "Int32Array", u32: "Uint32Array", i64: "BigInt64Array", u64: "BigUint64Array", bool: "Uint8Array",
};

export class TypeEvaluator {
  readonly #needs: EvaluatorNeeds;
  readonly #aliases = new Map<TypeDeclarationIR, Cell>();
  #ambient: ReadonlyMap<string, readonly Entity[]> | null = null;
  readonly #byName = new Map<string, ReadonlyMap<string, Entity | null>>();

  constructor(needs: EvaluatorNeeds) {
    this.#needs = needs;
  }

  evaluate(term: TypeTerm, scope: Scope): TracedType {
    const { table } = this.#needs;
    switch (term.kind) {
      case "name": return this.#name(term, scope);
      case "array": return table.global("Array", [this.evaluate(term.element, scope)]);
      case "tuple": return table.tuple(term.elements.map((element) => this.evaluate(element, scope)));
      case "union": return table.join(term.members.map((member) => this.evaluate(member, scope)));
      case "intersection": return table.intersection(term.members.map((member) => this.evaluate(member, scope)));
      case "function": return table.callable(scope, term);
      case "object": return table.shape(scope, term);
      case "typeof": return this.#typeof(term, scope);
      case "import": return this.#import(term, scope);
      case "indexed": return this.#needs.member(this.evaluate(term.object, scope), term.key);
      case "predicate": return table.primitive(term.asserts ? "undefined" : "boolean");
      case "literal": return table.primitive(term.value === null ? "null" : typeof term.value as "string" | "number" | "boolean");
      case "primitive": return this.#primitive(term.name);
      case "this": return scope.self ?? UNKNOWN;
      case "unsupported": return UNKNOWN;
    }
  }

  #primitive(name: (TypeTerm & { readonly kind: "primitive" })["name"]): TracedType {
    switch (name) {
      case "any": case "unknown": case "object": return UNKNOWN;
      case "never": return NEVER;
      case "void": return this.#needs.table.primitive("undefined");
      default: return this.#needs.table.primitive(name);
    }
  }

  #name(term: NameTerm, scope: Scope): TracedType {
    const { linker } = this.#needs;
    const [first = "", ...rest] = term.parts;
    const parameter = rest.length === 0 ? scope.parameters.get(first) : undefined;
    if (parameter !== undefined) return parameter;
    const whole = term.parts.join(".");
    const declared = linker.typesNamed(scope.module, whole)[0];
    const variable = term.variable === null ? undefined : scope.module.variables[term.variable];
    if (declared !== undefined && (variable === undefined || variable.kind !== "class" || rest.length > 0)) return this.#declaration(scope.module, declared, term.args, scope);
    if (term.variable !== null) {
      const entity = linker.ofVariable(scope.module, term.variable, "type");
      return entity === null ? UNKNOWN : this.ofEntity(entity, rest, term.args, scope);
    }
    return this.#undeclared(term, whole, scope);
  }

  /** A name that the module does not declare. */
  #undeclared(term: NameTerm, whole: string, scope: Scope): TracedType {
    if (scope.package !== null) return this.#shapeName(scope.package, whole, term.args, scope);
    const [first = "", ...rest] = term.parts;
    if (first === "const") return UNKNOWN;
    const ambient = this.#ambientNamed(whole);
    if (ambient !== undefined) return this.ofEntity(ambient, [], term.args, scope);
    const namespace = rest.length === 0 ? undefined : this.#ambientNamed(first);
    if (namespace !== undefined) return this.ofEntity(namespace, rest, term.args, scope);
    const utility = this.#utility(first, term.args, scope);
    if (utility !== null) return utility;
    const global = GLOBAL_ALIASES[first] ?? first;
    const listed = shapesOf("global")?.classes.has(global) ?? false;
    if (!listed && isScript(scope.module)) {
      const documented = this.#documented(scope.module, term.parts[term.parts.length - 1] ?? first);
      if (documented !== null) return this.ofEntity(documented, [], term.args, scope);
    }
    // A type parameter of a function type is not in the term: nothing is known of it.
    if (!listed && /^(?:[A-Z]|T[A-Z]\w*|[A-Z]\d)$/.test(first)) return UNKNOWN;
    return this.#needs.table.global(rest.length === 0 ? global : whole, term.args.map((arg) => this.evaluate(arg, scope)));
  }

  #shapeName(package_: string, name: string, args: readonly TypeTerm[], scope: Scope): TracedType {
    const alias = shapesOf(package_)?.aliases.get(name);
    if (alias !== undefined) return this.evaluate(alias, this.#needs.scopes.ofPackage(package_));
    const utility = this.#utility(name, args, scope);
    if (utility !== null) return utility;
    const owner = package_ !== "global" && shapesOf(package_)?.classes.has(name) === true ? package_ : "global";
    return this.#needs.table.external(owner, name, "instance", args.map((arg) => this.evaluate(arg, scope)));
  }

  /** Type functions of the language, and those of the knowledge tables; null for any other name. */
  #utility(name: string, args: readonly TypeTerm[], scope: Scope): TracedType | null {
    const { table } = this.#needs;
    const [first, second] = args;
    if (first === undefined) return null;
    if (TRANSPARENT.has(name)) return this.evaluate(first, scope);
    switch (name) {
      case "Awaited": case "ReturnType": case "InstanceType": case "Infer": case "Held": case "FrameSlice":
        return this.applied(name, this.evaluate(first, scope));
      case "Record": return second === undefined ? UNKNOWN : table.shape(scope, { kind: "object", members: [], index: second, call: null });
      case "Parameters": case "ConstructorParameters": return table.global("Array", [UNKNOWN]);
      default: return null;
    }
  }

  /** A type function of an evaluated argument; of a type parameter it is delayed until that is known. */
  applied(name: string, arg: TracedType): TracedType {
    const { table } = this.#needs;
    if (arg === UNKNOWN || arg === NEVER) return arg;
    if (table.isParameter(arg)) return table.delayed(name, arg);
    if (arg.kind === "union") return table.join(arg.members.map((member) => this.applied(name, member)));
    switch (name) {
      case "Awaited": return this.#needs.awaited(arg);
      case "ReturnType": return this.#needs.returned(arg);
      case "InstanceType": return this.instanceOf(arg, []);
      case "Infer": return this.#allocated(arg);
      case "Held": return arg.kind === "class" || isTypeValue(arg) ? this.#allocated(arg) : arg;
      default: return this.#slice(arg);
    }
  }

  /** What an allocation of a type value gives. */
  #allocated(arg: TracedType): TracedType {
    if (arg.kind === "class" || (arg.kind === "external" && arg.side === "value" && !isTypeValue(arg) && /^[A-Z]/.test(lastName(arg.path)))) return this.instanceOf(arg, []);
    return this.#needs.table.external(RUNTIME_PACKAGE, "View", "instance");
  }

  /** A slice of scalars is a typed array. */
  #slice(arg: TracedType): TracedType {
    const { table } = this.#needs;
    const array = arg.kind === "external" && arg.package === RUNTIME_PACKAGE ? TYPED_ARRAYS[arg.path] : undefined;
    return array !== undefined ? table.global(array) : table.external(RUNTIME_PACKAGE, "StructArray", "instance", [this.#allocated(arg)]);
  }

  /** Of what `new` on a value of this type makes. */
  instanceOf(type: TracedType, args: readonly TracedType[]): TracedType {
    const { table } = this.#needs;
    switch (type.kind) {
      case "class": return table.instance(type.module, type.class, fill(args, type.class.typeParameters.length));
      case "external": return type.side === "value" && type.path !== "" ? table.external(type.package, type.path, "instance", args) : UNKNOWN;
      case "callable": return type.term.construct ? this.#needs.returned(type) : UNKNOWN;
      case "union": return table.join(type.members.map((member) => this.instanceOf(member, args)));
      default: return UNKNOWN;
    }
  }

  /** The type that a name leads to, in the type space. */
  ofEntity(entity: Entity, rest: readonly string[], args: readonly TypeTerm[], scope: Scope): TracedType {
    const { linker, table } = this.#needs;
    switch (entity.kind) {
      case "type": return rest.length === 0 ? this.#declaration(entity.module, entity.declaration, args, scope) : UNKNOWN;
      case "external": return this.#external(entity.package, [entity.path, ...rest].filter((part) => part !== "" && (part !== "default" || rest.length === 0)).join("."), args, scope);
      case "module": {
        const [first, ...others] = rest;
        const found = first === undefined ? null : linker.exported(entity.module, first, "type");
        if (found !== null) return this.ofEntity(found, others, args, scope);
        return UNKNOWN;
      }
      case "member": return this.ofEntity(entity.of, [entity.name, ...rest], args, scope);
      case "value": case "variable": return this.#valueAsType(entity, rest, args, scope) ?? table.global("?");
    }
  }

  #valueAsType(entity: Entity & { readonly kind: "value" | "variable" }, rest: readonly string[], args: readonly TypeTerm[], scope: Scope): TracedType {
    const { linker } = this.#needs;
    const declaredAs = entity.kind === "variable" ? entity.module.variables[entity.variable]?.kind : undefined;
    if (entity.kind === "variable" && (declaredAs !== "class" || rest.length > 0)) {
      const name = [entity.module.variables[entity.variable]?.name ?? "", ...rest].join(".");
      const declared = linker.typesNamed(entity.module, name)[0];
      if (declared !== undefined) return this.#declaration(entity.module, declared, args, scope);
    }
    let value = this.#needs.typeOfEntity(entity);
    for (const name of rest) value = this.#needs.member(value, name);
    return this.instanceOf(value, args.map((arg) => this.evaluate(arg, scope)));
  }

  #external(package_: string, path: string, args: readonly TypeTerm[], scope: Scope): TracedType {
    const { scopes, table } = this.#needs;
    const alias = shapesOf(package_)?.aliases.get(path);
    if (alias !== undefined) return this.evaluate(alias, scopes.ofPackage(package_));
    if (shapesOf(package_) !== undefined) {
      const utility = this.#utility(path, args, scope);
      if (utility !== null) return utility;
    }
    return path === "" ? UNKNOWN : table.external(package_, path, "instance", args.map((arg) => this.evaluate(arg, scope)));
  }

  #declaration(module: ModuleIR, declaration: TypeDeclarationIR, args: readonly TypeTerm[], scope: Scope): TracedType {
    const { table } = this.#needs;
    const evaluated = fill(args.map((arg) => this.evaluate(arg, scope)), declaration.parameters.length);
    if (declaration.kind !== "alias") return table.interface(module, declaration, evaluated);
    const scheme = this.#alias(module, declaration);
    const own = this.#needs.scopes.ofDeclaration(module, declaration).own;
    return this.#needs.substitution.of(scheme, new Map(own.map((parameter, index) => [parameter, evaluated[index] ?? UNKNOWN])));
  }

  #alias(module: ModuleIR, declaration: TypeDeclarationIR): TracedType {
    const { cells, scopes } = this.#needs;
    let cell = this.#aliases.get(declaration);
    if (cell === undefined) this.#aliases.set(declaration, (cell = createCell()));
    return cells.evaluate(cell, () => this.evaluate(declaration.term, scopes.ofDeclaration(module, declaration)));
  }

  #typeof(term: TypeTerm & { readonly kind: "typeof" }, scope: Scope): TracedType {
    const [first = "", ...rest] = term.parts;
    const { linker, table } = this.#needs;
    const entity = term.variable === null ? this.#ambientNamed(first) : linker.ofVariable(scope.module, term.variable, "value");
    let value = entity === undefined ? (term.variable === null ? table.external("global", first, "value") : UNKNOWN) : entity === null ? UNKNOWN : this.#needs.typeOfEntity(entity);
    for (const name of rest) value = this.#needs.member(value, name);
    return value;
  }

  #import(term: TypeTerm & { readonly kind: "import" }, scope: Scope): TracedType {
    const { linker, table } = this.#needs;
    const target = linker.target(scope.module, term.specifier);
    if (target === null) return UNKNOWN;
    const [first, ...rest] = term.parts;
    if (first === undefined) return target.kind === "module" ? table.namespace(target.module) : table.external(target.package, "", "value");
    const entity = linker.named(scope.module, term.specifier, first, "type");
    return entity === null ? UNKNOWN : this.ofEntity(entity, rest, term.args, scope);
  }

  /** Declared for the whole program: in `declare global`, or in a declaration file that is a script. */
  #ambientNamed(name: string): Entity | undefined {
    if (this.#ambient === null) this.#ambient = collectAmbient(this.#needs.modules);
    return this.#ambient.get(name)?.[0];
  }

  /** The value of a global name that the program itself declares. */
  ambientValue(name: string): Entity | undefined {
    const entity = this.#ambientNamed(name);
    return entity?.kind === "variable" ? entity : undefined;
  }

  /** The only class or type of a name in a module's package. */
  #documented(module: ModuleIR, name: string): Entity | null {
    const owner = this.#needs.linker.packageOf(module) ?? "";
    let names = this.#byName.get(owner);
    if (names === undefined) {
      names = collectNames(this.#needs.modules.filter((each) => (this.#needs.linker.packageOf(each) ?? "") === owner));
      this.#byName.set(owner, names);
    }
    return names.get(name) ?? null;
  }
}

function isScript(module: ModuleIR): boolean {
  return module.language === "js" || module.language === "jsx";
}

/** A struct, array or scalar type of the runtime, as a value. */
function isTypeValue(type: TracedType): boolean {
  return type.kind === "external" && type.package === RUNTIME_PACKAGE && (type.side === "instance" || /^(?:[iuf]\d+|bool)$/.test(type.path));
}

function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("."), path.lastIndexOf("#")) + 1);
}

function fill(args: readonly TracedType[], length: number): readonly TracedType[] {
  return args.length >= length ? args.slice(0, length) : [...args, ...Array.from({ length: length - args.length }, () => UNKNOWN)];
}

function collectAmbient(modules: readonly ModuleIR[]): ReadonlyMap<string, readonly Entity[]> {
  const names = new Map<string, Entity[]>();
  const add = (name: string, entity: Entity): void => {
    const known = names.get(name);
    if (known === undefined) names.set(name, [entity]);
    else known.push(entity);
  };
  for (const module of modules) {
    const script = module.language === "dts" && module.imports.length === 0 && module.exports.length === 0;
    for (const declaration of module.types) if (declaration.augments === "global" || (script && declaration.augments === null)) add(declaration.name, { kind: "type", module, declaration });
    if (!script) continue;
    for (const variable of module.variables) if (variable.owner === 0 && variable.name !== "") add(variable.name, { kind: "variable", module, variable: variable.id });
  }
  return names;
}

/** Classes and types by name; null where there are several of one name. */
function collectNames(modules: readonly ModuleIR[]): ReadonlyMap<string, Entity | null> {
  const names = new Map<string, Entity | null>();
  const add = (name: string, entity: Entity): void => {
    if (name !== "") names.set(name, names.has(name) ? null : entity);
  };
  for (const module of modules) {
    for (const class_ of module.classes) if (class_.variable !== null) add(class_.name, { kind: "variable", module, variable: class_.variable });
    for (const declaration of module.types) if (declaration.augments === null) add(declaration.name, { kind: "type", module, declaration });
  }
  return names;
}
