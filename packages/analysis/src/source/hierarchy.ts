/**
 * Who extends and who implements whom, over all loaded modules. Built in one pass on first demand, while no question is being answered. What classes extend and
 * implement by name is found by links alone (`heritage.ts`): only the rest is traced.
 */
import { append } from "./append.ts";
import type { ClassMembers } from "./class-members.ts";
import type { ClassOf, Heir, Heritage, InterfaceOf } from "./heritage.ts";
import type { ClassIR, FunctionIR, ModuleIR, TypeDeclarationIR } from "./ir.ts";
import { isSameList, ProgramQuestion } from "./kept-facts.ts";
import { Answers } from "./reads.ts";
import type { Scopes } from "./scopes.ts";
import { type TracedType } from "./traced-type.ts";
import type { Scope, TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface HierarchyNeeds {
  readonly table: TypeTable;
  readonly heritage: Heritage;
  readonly scopes: Scopes;
  readonly classMembers: ClassMembers;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

const MAX_DEPTH = 40;

export class Hierarchy {
  readonly #needs: HierarchyNeeds;
  readonly #direct = new Map<ClassIR, ClassOf[]>();
  readonly #implementers = new Map<TypeDeclarationIR, ClassOf[]>();
  readonly #all = new Answers<ClassIR, readonly ClassOf[]>();
  #built = false;

  constructor(needs: HierarchyNeeds) {
    this.#needs = needs;
  }

  build(): void {
    if (this.#built) return;
    this.#built = true;
    for (const heir of this.#needs.heritage.heirs) this.#place(heir);
  }

  #place({ self, parents, interfaces }: Heir): void {
    for (const parent of parents ?? this.#parentsTraced(self)) append(this.#direct, parent, self);
    self.class.implements.forEach((term, index) => {
      const type = interfaces[index] ?? this.#needs.evaluate(term, this.#needs.scopes.ofClass(self.module, self.class));
      if (type.kind === "interface") this.#implement(type, self, 0);
      else if (type.kind === "instance") append(this.#direct, type.class, self);
    });
  }

  #parentsTraced({ module, class: class_ }: ClassOf): readonly ClassIR[] {
    const parent = this.#needs.classMembers.superOf(module, class_);
    return (parent?.kind === "union" ? parent.members : [parent]).flatMap((each) => (each?.kind === "instance" ? [each.class] : []));
  }

  /** An implementer of an interface implements what that extends. */
  #implement({ module, declaration }: InterfaceOf, self: ClassOf, depth: number): void {
    append(this.#implementers, declaration, self);
    if (depth > MAX_DEPTH) return;
    const { heritage, scopes } = this.#needs;
    for (const term of declaration.extends) {
      const parent = heritage.interfaceNamed(module, declaration.parameters, term) ?? this.#needs.evaluate(term, scopes.ofDeclaration(module, declaration));
      if (parent.kind === "interface") this.#implement(parent, self, depth + 1);
    }
  }

  extending(class_: ClassIR): readonly ClassOf[] {
    this.build();
    return this.#direct.get(class_) ?? [];
  }

  implementing(declaration: TypeDeclarationIR): readonly ClassOf[] {
    this.build();
    return this.#implementers.get(declaration) ?? [];
  }

  /** The class and all that extend it, at any depth, in the order of modules. */
  subclasses(module: ModuleIR, class_: ClassIR): readonly ClassOf[] {
    return this.#all.of(class_, () => this.#findSubclasses(module, class_));
  }

  #findSubclasses(module: ModuleIR, class_: ClassIR): readonly ClassOf[] {
    const all: ClassOf[] = [{ module, class: class_ }];
    const seen = new Set([class_]);
    for (let i = 0; i < all.length; i++) {
      const at = all[i];
      for (const each of at === undefined ? [] : extending.of(this, at.class)) {
        if (seen.has(each.class)) continue;
        seen.add(each.class);
        all.push(each);
      }
    }
    return all;
  }

  /** Classes that implement an interface, and those that extend them. */
  implementers(declaration: TypeDeclarationIR): readonly ClassOf[] {
    const found = new Map<ClassIR, ClassOf>();
    for (const each of implementing.of(this, declaration)) for (const sub of this.subclasses(each.module, each.class)) found.set(sub.class, sub);
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

const extending = new ProgramQuestion((program) => program.tracer.parts().hierarchy, (hierarchy: Hierarchy, class_: ClassIR) => hierarchy.extending(class_), isSameList);
const implementing = new ProgramQuestion((program) => program.tracer.parts().hierarchy, (hierarchy: Hierarchy, declaration: TypeDeclarationIR) => hierarchy.implementing(declaration), isSameList);
