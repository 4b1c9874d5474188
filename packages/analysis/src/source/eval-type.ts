/**
 * Evaluates type terms: what an annotation, a JSDoc type or a heritage clause names, in the scope where it stands.
 *
 * A name is looked up as a type parameter, a declaration of its module, an import, a declaration for the whole program (`declare global`,
 * a script's declarations) and last as the platform's. In JavaScript a JSDoc name that the file does not declare is the one class of
 * that name in its package, when there is exactly one: documentation is often written without an import.
 * Aliases are evaluated once with their parameters standing for themselves. What is not evaluated (conditional and mapped types) is unknown.
 */
import type { AmbientNames } from "./ambient-names.ts";
import { shapesOf } from "../knowledge/shapes.ts";
import { globalValue } from "./externals.ts";
import type { ModuleIR, TypeDeclarationIR } from "./ir.ts";
import type { Entity, Linker } from "./link.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import { fill, type TypeFunctions } from "./type-functions.ts";
import type { TypeTerm } from "./type-term.ts";

/** What evaluation asks of the rest of the tracer. */
export interface EvaluatorNeeds {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly ambient: AmbientNames;
  readonly functions: TypeFunctions;
  typeOfEntity(entity: Entity): TracedType;
  member(type: TracedType, name: string): TracedType;
}

type NameTerm = TypeTerm & { readonly kind: "name" };

/** Names of one thing under two spellings. */
const GLOBAL_ALIASES: Readonly<Record<string, string>> = {
  ReadonlyArray: "Array", ReadonlyMap: "Map", ReadonlySet: "Set", PromiseLike: "Promise", Thenable: "Promise", IterableIterator: "Iterator", IteratorObject: "Iterator", ArrayIterator: "Iterator", MapIterator: "Iterator",
  SetIterator: "Iterator", AsyncIterableIterator: "AsyncIterator", AsyncIterable: "AsyncIterator", ArrayLike: "Array", ConcatArray: "Array", RegExpMatchArray: "Array", RegExpExecArray: "Array",
};
/** Utility types that leave the nominal type what it was. */
const TRANSPARENT = new Set(["Partial", "Readonly", "Required", "NonNullable", "Omit", "Pick", "Exclude", "Extract", "NoInfer", "ThisType"]);

export class TypeEvaluator {
  readonly #needs: EvaluatorNeeds;
  readonly #aliases = new Map<TypeDeclarationIR, Cell>();

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
    const ambient = this.#needs.ambient.declared(whole);
    if (ambient !== undefined) return this.ofEntity(ambient, [], term.args, scope);
    const namespace = rest.length === 0 ? undefined : this.#needs.ambient.declared(first);
    if (namespace !== undefined) return this.ofEntity(namespace, rest, term.args, scope);
    const utility = this.#utility(first, term.args, scope);
    if (utility !== null) return utility;
    const global = Object.hasOwn(GLOBAL_ALIASES, first) ? (GLOBAL_ALIASES[first] ?? first) : first;
    const listed = shapesOf("global")?.classes.has(global) ?? false;
    if (!listed && isScript(scope.module)) {
      const documented = this.#needs.ambient.documented(scope.module, term.parts[term.parts.length - 1] ?? first);
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
        return this.#needs.functions.applied(name, this.evaluate(first, scope));
      case "Record": return second === undefined ? UNKNOWN : table.shape(scope, { kind: "object", members: [], index: second, call: null });
      case "Parameters": case "ConstructorParameters": return table.global("Array", [UNKNOWN]);
      default: return null;
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
    return this.#needs.functions.instanceOf(value, args.map((arg) => this.evaluate(arg, scope)));
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
    const entity = term.variable === null ? this.#needs.ambient.declared(first) : linker.ofVariable(scope.module, term.variable, "value");
    let value = entity === undefined ? (term.variable === null ? globalValue(table, first) : UNKNOWN) : entity === null ? UNKNOWN : this.#needs.typeOfEntity(entity);
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
}

function isScript(module: ModuleIR): boolean {
  return module.language === "js" || module.language === "jsx";
}

