/**
 * Classes that have the shape of an interface without naming it, as TypeScript lets them: asked for where no class says that it implements the interface.
 *
 * Theory: may, by names. A class counts when it declares the asked method, extends what the interface extends, and has every member that must be there; of an interface
 * that asks for nothing else, when it shares a second name. Types of members are not compared. More than `MAX_CLASSES` and none counts: the names say too little.
 */
import { append } from "./append.ts";
import type { ClassMembers } from "./class-members.ts";
import type { ClassIR, ModuleIR, TypeDeclarationIR } from "./ir.ts";
import { isSameList, ProgramQuestion } from "./kept-facts.ts";
import { onceFor } from "./once-for.ts";
import { Answers } from "./reads.ts";
import type { Scopes } from "./scopes.ts";
import { type TracedType } from "./traced-type.ts";
import type { Scope, TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface StructuralNeeds {
  readonly table: TypeTable;
  readonly scopes: Scopes;
  readonly classMembers: ClassMembers;
  readonly modules: readonly ModuleIR[];
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

type InterfaceType = TracedType & { readonly kind: "interface" };

/** What a class must be and have. */
interface Shape {
  readonly required: ReadonlySet<string>;
  readonly optional: ReadonlySet<string>;
  readonly bases: readonly TracedType[];
}

const MAX_CLASSES = 12;
const MAX_DEPTH = 10;

export class Structural {
  readonly #needs: StructuralNeeds;
  readonly #shapes = new Answers<TypeDeclarationIR, Shape>();
  #byMethod: Map<string, { readonly module: ModuleIR; readonly class: ClassIR }[]> | null = null;

  constructor(needs: StructuralNeeds) {
    this.#needs = needs;
  }

  /** Instances of the classes that declare the method and have the interface's shape. Cost: the classes that declare a method of that name. */
  instancesOf(type: InterfaceType, method: string): readonly TracedType[] {
    const candidates = declaring.of(this, method);
    if (candidates.length === 0) return [];
    const shape = this.#shapeOf(type);
    const fitting = candidates.filter((each) => this.#fits(shape, each.module, each.class, method));
    return fitting.length > MAX_CLASSES ? [] : fitting.map((each) => this.#instance(each.module, each.class));
  }

  declaring(method: string): readonly { readonly module: ModuleIR; readonly class: ClassIR }[] {
    return (this.#byMethod ??= this.#collect()).get(method) ?? [];
  }

  #instance(module: ModuleIR, class_: ClassIR): TracedType {
    return this.#needs.table.instance(module, class_, class_.typeParameters.map((_, index) => this.#needs.table.parameter(class_, index)));
  }

  #collect(): Map<string, { module: ModuleIR; class: ClassIR }[]> {
    const byMethod = new Map<string, { module: ModuleIR; class: ClassIR }[]>();
    for (const module of this.#needs.modules) for (const [name, classes] of methodsIn(module)) append(byMethod, name, ...classes.map((class_) => ({ module, class: class_ })));
    return byMethod;
  }

  #shapeOf(type: InterfaceType): Shape {
    return this.#shapes.of(type.declaration, () => this.#findShape(type));
  }

  #findShape(type: InterfaceType): Shape {
    const required = new Set<string>();
    const optional = new Set<string>();
    const bases: TracedType[] = [];
    const add = (each: InterfaceType, depth: number): void => {
      const { term } = each.declaration;
      if (term.kind === "object") for (const member of term.members) (member.optional ? optional : required).add(member.name);
      const scope = this.#needs.scopes.ofDeclaration(each.module, each.declaration);
      for (const parent of each.declaration.extends.map((heritage) => this.#needs.evaluate(heritage, scope))) {
        if (parent.kind === "interface" && depth < MAX_DEPTH) add(parent, depth + 1);
        else bases.push(parent);
      }
    };
    add(type, 0);
    return { required, optional, bases };
  }

  #fits({ required, optional, bases }: Shape, module: ModuleIR, class_: ClassIR, method: string): boolean {
    const instance = this.#instance(module, class_);
    if (instance.kind !== "instance") return false;
    const { classMembers } = this.#needs;
    const chain = [...classMembers.chain(instance, instance)].map((each) => each.instance);
    if (!bases.every((base) => chain.some((each) => isSame(each, base)))) return false;
    const has = (name: string): boolean => classMembers.ofInstance(instance, name) !== null;
    if (![...required].every(has)) return false;
    const isSaidEnough = bases.length > 0 || required.size > 1 || (required.size === 1 && optional.size === 0);
    return isSaidEnough || [...required, ...optional].some((name) => name !== method && has(name));
  }
}

const declaring = new ProgramQuestion((program) => program.tracer.parts().structural, (structural: Structural, method: string) => structural.declaring(method), isSameList);

function isSame(one: TracedType, other: TracedType): boolean {
  if (one.kind === "instance" && other.kind === "instance") return one.class === other.class;
  return one.kind === "external" && other.kind === "external" && one.package === other.package && one.path === other.path && one.side === other.side;
}

/** The project's classes by the methods that they declare. */
const methodsIn = onceFor((module: ModuleIR): ReadonlyMap<string, readonly ClassIR[]> => {
  const found = new Map<string, ClassIR[]>();
  for (const class_ of module.role === "project" ? module.classes : []) {
    for (const { kind, name, static: isStatic, function: fn } of class_.members) {
      if (kind === "method" && name !== null && !isStatic && fn !== null) append(found, name, class_);
    }
  }
  return found;
});
