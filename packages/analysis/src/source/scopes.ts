/** The type parameters and the `this` type in force at a place: scopes of functions, classes, type declarations and shapes. */
import type { ShapeClass, ShapeMember } from "../knowledge/parse-shapes.ts";
import type { ClassIR, FunctionIR, ModuleIR, TypeDeclarationIR } from "./ir.ts";
import { type TracedType } from "./traced-type.ts";
import type { Scope, TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

/** The module in which terms of the knowledge tables stand. */
export const PLATFORM_MODULE: ModuleIR = { file: "", role: "library", language: "dts", strict: true, functions: [], classes: [], variables: [], imports: [], exports: [], types: [], notes: [] };

export class Scopes {
  readonly #table: TypeTable;
  readonly #scopes = new Map<object, Scope>();
  readonly #packages = new Map<string, Scope>();
  readonly #bounds = new Map<TracedType, { readonly term: TypeTerm; readonly scope: Scope }>();

  constructor(table: TypeTable) {
    this.#table = table;
  }

  ofModule(module: ModuleIR): Scope {
    return this.#known(module, () => ({ module, parameters: new Map(), identity: new Map(), own: [], self: null, package: null }));
  }

  /** Of a function's body and signature: its own parameters, those of the functions around it and of its class. */
  ofFunction(module: ModuleIR, fn: FunctionIR): Scope {
    return this.#known(fn, () => {
      const class_ = fn.class === null ? undefined : module.classes[fn.class];
      const parent = fn.parent === null ? undefined : module.functions[fn.parent];
      const outer = class_ !== undefined ? this.ofClass(module, class_) : parent !== undefined ? this.ofFunction(module, parent) : this.ofModule(module);
      const scope = this.#inner(outer, fn, fn.typeParameters, outer.self);
      this.#bind(scope, fn.typeBounds);
      return scope;
    });
  }

  ofClass(module: ModuleIR, class_: ClassIR): Scope {
    return this.#known(class_, () => {
      const within = module.functions[class_.within];
      const outer = within === undefined ? this.ofModule(module) : this.ofFunction(module, within);
      const args = class_.typeParameters.map((_, index) => this.#table.parameter(class_, index));
      const scope = this.#inner(outer, class_, class_.typeParameters, this.#table.self(module, class_, args));
      this.#bind(scope, class_.typeBounds);
      return scope;
    });
  }

  ofDeclaration(module: ModuleIR, declaration: TypeDeclarationIR): Scope {
    return this.#known(declaration, () => this.#inner(this.ofModule(module), declaration, declaration.parameters, null));
  }

  ofPackage(package_: string): Scope {
    let scope = this.#packages.get(package_);
    if (scope === undefined) {
      scope = { module: PLATFORM_MODULE, parameters: new Map(), identity: new Map(), own: [], self: null, package: package_ };
      this.#packages.set(package_, scope);
    }
    return scope;
  }

  ofShape(package_: string, shape: ShapeClass): Scope {
    return this.#known(shape, () => {
      const outer = this.ofPackage(package_);
      const args = shape.typeParameters.map((_, index) => this.#table.parameter(shape, index));
      const scope = this.#inner(outer, shape, shape.typeParameters, null);
      // A marker of its own, so that `this` can become the receiver while the class's name stays the class.
      const self = this.#table.parameter(shape, -1);
      return { ...scope, own: args, self, identity: new Map([...scope.identity, [self, self]]) };
    });
  }

  ofShapeMember(package_: string, shape: ShapeClass | null, member: ShapeMember): Scope {
    return this.#known(member, () => {
      const outer = shape === null ? this.ofPackage(package_) : this.ofShape(package_, shape);
      return this.#inner(outer, member, member.typeParameters, outer.self);
    });
  }

  /** What a type parameter extends; null without a bound. */
  boundOf(parameter: TracedType): { readonly term: TypeTerm; readonly scope: Scope } | null {
    return this.#bounds.get(parameter) ?? null;
  }

  #bind(scope: Scope, bounds: readonly (TypeTerm | null)[] | undefined): void {
    scope.own.forEach((parameter, index) => {
      const term = bounds?.[index];
      if (term != null) this.#bounds.set(parameter, { term, scope });
    });
  }

  #inner(outer: Scope, owner: object, names: readonly string[], self: TracedType | null): Scope {
    if (names.length === 0 && self === outer.self) return outer.own.length === 0 ? outer : { ...outer, own: [] };
    const own = names.map((_, index) => this.#table.parameter(owner, index));
    const parameters = new Map(outer.parameters);
    names.forEach((name, index) => parameters.set(name, own[index] ?? this.#table.parameter(owner, index)));
    const identity = new Map([...parameters.values()].map((each) => [each, each] as const));
    if (self !== null) identity.set(self, self);
    return { module: outer.module, parameters, identity, own, self, package: outer.package };
  }

  #known(owner: object, make: () => Scope): Scope {
    const known = this.#scopes.get(owner);
    if (known !== undefined) return known;
    const scope = make();
    this.#scopes.set(owner, scope);
    return scope;
  }
}
