/**
 * Who extends and who implements whom, over all loaded modules. Built in one pass on first demand, while no question is being answered. A class that another one extends
 * by its name is found by its links alone, as nearly all are: nothing of them is traced.
 */
import { append } from "./append.ts";
import type { ClassMembers } from "./class-members.ts";
import { functionIndex } from "./function-index.ts";
import type { ClassIR, FunctionIR, ModuleIR, TypeDeclarationIR, VariableId } from "./ir.ts";
import type { Linker } from "./link.ts";
import type { MemoCells } from "./memo-cells.ts";
import { onceFor } from "./once-for.ts";
import { isOp, type ProgramIndex } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import { type TracedType } from "./traced-type.ts";
import type { Scope, TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface HierarchyNeeds {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly index: ProgramIndex;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly classMembers: ClassMembers;
  readonly modules: readonly ModuleIR[];
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

export interface ClassOf {
  readonly module: ModuleIR;
  readonly class: ClassIR;
}

/** An interface, whatever its type arguments. */
type InterfaceOf = Pick<TracedType & { readonly kind: "interface" }, "kind" | "module" | "declaration">;

const MAX_DEPTH = 40;

export class Hierarchy {
  readonly #needs: HierarchyNeeds;
  readonly #direct = new Map<ClassIR, ClassOf[]>();
  readonly #implementers = new Map<TypeDeclarationIR, ClassOf[]>();
  readonly #all = new Map<ClassIR, readonly ClassOf[]>();
  #built = false;

  constructor(needs: HierarchyNeeds) {
    this.#needs = needs;
  }

  build(): void {
    if (this.#built) return;
    this.#built = true;
    for (const module of this.#needs.modules) for (const class_ of classesBelow(module)) this.#place(module, class_);
  }

  #place(module: ModuleIR, class_: ClassIR): void {
    const self = { module, class: class_ };
    for (const parent of this.#parentsOf(module, class_)) append(this.#direct, parent, self);
    if (class_.implements.length === 0) return;
    for (const term of class_.implements) {
      const named = class_.within === 0 ? this.#interfaceNamed(module, class_.typeParameters, term) : null;
      const type = named ?? this.#needs.evaluate(term, this.#needs.scopes.ofClass(module, class_));
      if (type.kind === "interface") this.#implement(type, self, 0);
      else if (type.kind === "instance") append(this.#direct, type.class, self);
    }
  }

  #parentsOf(module: ModuleIR, class_: ClassIR): readonly ClassIR[] {
    if (class_.superTemp === null) return [];
    const named = superVariables(module).get(class_);
    const linked = named === undefined ? null : this.#classNamed(module, named);
    if (linked !== null) return linked;
    const parent = this.#needs.classMembers.superOf(module, class_);
    return (parent?.kind === "union" ? parent.members : [parent]).flatMap((each) => (each?.kind === "instance" ? [each.class] : []));
  }

  /** The class that a name stands for, none where it stands for one of a package; null where it has to be traced. */
  #classNamed(module: ModuleIR, variable: VariableId): readonly ClassIR[] | null {
    const entity = module.variables[variable]?.kind === "import" ? this.#needs.linker.imported(module, variable, "value") : ({ kind: "variable", module, variable } as const);
    if (entity?.kind === "external" && entity.path !== "") return [];
    if (entity?.kind !== "variable" || entity.module.variables[entity.variable]?.kind !== "class") return null;
    const class_ = this.#needs.index.of(entity.module).classOfVariable.get(entity.variable);
    return class_ === undefined ? null : [class_];
  }

  /** An implementer of an interface implements what that extends. */
  #implement({ module, declaration }: InterfaceOf, self: ClassOf, depth: number): void {
    append(this.#implementers, declaration, self);
    if (depth > MAX_DEPTH) return;
    for (const term of declaration.extends) {
      const parent = this.#interfaceNamed(module, declaration.parameters, term) ?? this.#needs.evaluate(term, this.#needs.scopes.ofDeclaration(module, declaration));
      if (parent.kind === "interface") this.#implement(parent, self, depth + 1);
    }
  }

  /** What a name says on the top level of a module, where that is an interface, whatever its type arguments; null where the name has to be looked into. */
  #interfaceNamed(module: ModuleIR, parameters: readonly string[], term: TypeTerm): InterfaceOf | null {
    if (term.kind !== "name" || term.parts.length > 1 || parameters.includes(term.parts[0] ?? "")) return null;
    const { linker } = this.#needs;
    const own = linker.typesNamed(module, term.parts[0] ?? "")[0];
    const variable = term.variable === null ? undefined : module.variables[term.variable];
    if (own !== undefined) return own.kind === "interface" && variable?.kind !== "class" ? { kind: "interface", module, declaration: own } : null;
    const entity = variable === undefined ? null : linker.ofVariable(module, variable.id, "type");
    return entity?.kind === "type" && entity.declaration.kind === "interface" ? { kind: "interface", module: entity.module, declaration: entity.declaration } : null;
  }

  /** The class and all that extend it, at any depth, in the order of modules. */
  subclasses(module: ModuleIR, class_: ClassIR): readonly ClassOf[] {
    this.build();
    const known = this.#all.get(class_);
    if (known !== undefined) return known;
    const all: ClassOf[] = [{ module, class: class_ }];
    const seen = new Set([class_]);
    for (let i = 0; i < all.length; i++) {
      const at = all[i];
      for (const each of (at === undefined ? undefined : this.#direct.get(at.class)) ?? []) {
        if (seen.has(each.class)) continue;
        seen.add(each.class);
        all.push(each);
      }
    }
    this.#all.set(class_, all);
    return all;
  }

  /** Classes that implement an interface, and those that extend them. */
  implementers(declaration: TypeDeclarationIR): readonly ClassOf[] {
    this.build();
    const found = new Map<ClassIR, ClassOf>();
    for (const each of this.#implementers.get(declaration) ?? []) for (const sub of this.subclasses(each.module, each.class)) found.set(sub.class, sub);
    return [...found.values()];
  }

  /** The constructor that `new` on a class runs: its own or the nearest inherited one; null when none is written. */
  constructorOf(module: ModuleIR, class_: ClassIR): { readonly module: ModuleIR; readonly function: FunctionIR } | null {
    let at: ClassOf = { module, class: class_ };
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const own = at.class.constructor_ === null ? undefined : at.module.functions[at.class.constructor_];
      if (own !== undefined) return { module: at.module, function: own };
      const parent = this.#needs.classMembers.superOf(at.module, at.class);
      if (parent?.kind !== "instance") return null;
      at = { module: parent.module, class: parent.class };
    }
    return null;
  }

  /** The classes above, nearest first; last, when the chain ends outside the loaded modules, the external class. */
  ancestors(module: ModuleIR, class_: ClassIR): readonly TracedType[] {
    const type = this.#needs.table.instance(module, class_, class_.typeParameters.map((_, index) => this.#needs.table.parameter(class_, index)));
    if (type.kind !== "instance") return [];
    return [...this.#needs.classMembers.chain(type, type)].slice(1).map((each) => each.instance).filter((each) => each.kind === "instance" || each.kind === "external");
  }
}

/** The classes that extend or implement something. */
const classesBelow = onceFor(({ classes }: ModuleIR): readonly ClassIR[] => classes.filter((class_) => class_.superTemp !== null || class_.implements.length > 0));

/** Of classes that extend what a variable names, that variable. Not where a test may say more of it than the variable does. */
const superVariables = onceFor((module: ModuleIR): ReadonlyMap<ClassIR, VariableId> => {
  const named = new Map<ClassIR, VariableId>();
  for (const class_ of module.classes) {
    const within = module.functions[class_.within];
    if (class_.superTemp === null || within === undefined || within.blocks.some(({ ops }) => ops.some((op) => op.op === "binary" && op.operator === "instanceof"))) continue;
    const index = functionIndex(within);
    const value = index.definition(class_.superTemp);
    if (isOp(value, "load") && index.definitions(class_.superTemp) === null) named.set(class_, value.variable);
  }
  return named;
});
