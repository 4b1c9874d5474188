/** What `this` and `super` are: of a class's member, of a method of an object literal, of a function set on an object or constructed. */
import type { ClassMembers } from "./class-members.ts";
import type { ConstructorFunctions } from "./constructor-functions.ts";
import type { FunctionIR, ModuleIR, Temp } from "./ir.ts";
import { type ProgramIndex, thisFunction } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type TypeTable } from "./type-table.ts";

export interface ThisNeeds {
  readonly table: TypeTable;
  readonly scopes: Scopes;
  readonly index: ProgramIndex;
  readonly classMembers: ClassMembers;
  readonly constructors: ConstructorFunctions;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType;
}

export class ThisTypes {
  readonly #needs: ThisNeeds;

  constructor(needs: ThisNeeds) {
    this.#needs = needs;
  }

  typeOfThis(module: ModuleIR, fn: FunctionIR): TracedType {
    const { table, scopes, constructors } = this.#needs;
    const holder = thisFunction(module, fn);
    const class_ = holder.class === null ? undefined : module.classes[holder.class];
    if (class_ !== undefined) return holder.static ? table.classValue(module, class_) : (scopes.ofClass(module, class_).self ?? UNKNOWN);
    return constructors.thisOf(module, holder.id) ?? this.#thisWhereSet(module, holder);
  }

  /** `mesh.onBeforeRender = function () { this }`: called on what it is set on. */
  #thisWhereSet(module: ModuleIR, fn: FunctionIR): TracedType {
    const site = this.#needs.index.of(module).functionSites.get(fn.id);
    if (site === undefined || fn.kind === "arrow") return UNKNOWN;
    const use = this.#needs.index.ofFunction(site.function).usesOf(site.temp).find((each) => each.kind === "set");
    const holder = use?.kind === "set" ? this.#needs.typeOfTemp(module, site.function, use.op.object) : UNKNOWN;
    return holder.kind === "instance" || holder.kind === "external" || holder === NEVER ? holder : UNKNOWN;
  }

  typeOfSuper(module: ModuleIR, fn: FunctionIR): TracedType {
    const holder = thisFunction(module, fn);
    const class_ = holder.class === null ? undefined : module.classes[holder.class];
    if (class_?.superTemp == null) return UNKNOWN;
    if (!holder.static) return this.#needs.classMembers.superOf(module, class_) ?? UNKNOWN;
    return this.superValue(module, fn);
  }

  /** The class, as a value, that the class around a function extends. */
  superValue(module: ModuleIR, fn: FunctionIR): TracedType {
    const holder = thisFunction(module, fn);
    const class_ = holder.class === null ? undefined : module.classes[holder.class];
    const within = class_ === undefined ? undefined : module.functions[class_.within];
    return class_?.superTemp == null || within === undefined ? UNKNOWN : this.#needs.typeOfTemp(module, within, class_.superTemp);
  }
}
