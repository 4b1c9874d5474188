/**
 * The calls that reach a function, for inferring its parameters: of a function by the names that lead to it, of a method by its name and the class of
 * the receiver, of a constructor at `new` and `super`, of a callback at the calls of the parameter it is passed for.
 * At most `MAX_SITES`: more candidates and nothing is inferred.
 */
import type { ClassMembers } from "./class-members.ts";
import type { ConstructorFunctions } from "./constructor-functions.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp } from "./ir.ts";
import { isSameList, ProgramQuestion } from "./kept-facts.ts";
import type { Linker } from "./link.ts";
import type { MemoCells } from "./memo-cells.ts";
import type { CallSite, ProgramIndex } from "./program-index.ts";
import { note, type Remembered, remembered } from "./reads.ts";
import type { TracedType } from "./traced-type.ts";

export interface CallSiteNeeds {
  readonly linker: Linker;
  readonly cells: MemoCells;
  readonly index: ProgramIndex;
  readonly classMembers: ClassMembers;
  readonly hierarchy: Hierarchy;
  readonly constructors: ConstructorFunctions;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType;
}

const MAX_SITES = 60;

export class CallSites {
  readonly #needs: CallSiteNeeds;
  readonly #sites = new Map<FunctionIR, Remembered<readonly CallSite[] | null>>();

  constructor(needs: CallSiteNeeds) {
    this.#needs = needs;
  }

  /** The calls that reach a function, as far as names lead to them; null when there are too many. */
  of(fn: FunctionIR): readonly CallSite[] | null {
    return sitesOf.of(this, fn);
  }

  find(fn: FunctionIR): readonly CallSite[] | null {
    const module = this.#needs.linker.module(fn.file);
    if (module === undefined) return [];
    const known = this.#sites.get(fn);
    if (known !== undefined) {
      note(known);
      return known.value;
    }
    const { value, settled } = this.#needs.cells.observe(() => remembered(() => this.#findCallSites(module, fn)));
    if (settled) this.#sites.set(fn, value);
    return value.value;
  }

  #findCallSites(module: ModuleIR, fn: FunctionIR): readonly CallSite[] | null {
    const { index, constructors } = this.#needs;
    const class_ = fn.class === null ? undefined : module.classes[fn.class];
    if (fn.kind === "constructor" && class_ !== undefined) return this.#constructions(module, class_);
    const direct = [...(index.of(module).callsOfFunction.get(fn.id) ?? [])];
    const variable = class_ === undefined ? constructors.variableOf(module, fn) : null;
    if (variable !== null) direct.push(...index.callsOfVariable(module, variable));
    direct.push(...this.#callsOfCallback(module, fn));
    const name = class_ !== undefined || this.#isMember(module, fn) ? fn.name : "";
    if (name === "") return bounded(direct);
    const candidates = index.callsByKey(name);
    if (candidates.length > MAX_SITES) return null;
    return bounded([...direct, ...candidates.filter((site) => this.#reaches(site, module, fn))]);
  }

  /** Written where it becomes a member: of an object literal, a prototype or a namespace object. */
  #isMember(module: ModuleIR, fn: FunctionIR): boolean {
    const site = this.#needs.index.of(module).functionSites.get(fn.id);
    if (site === undefined) return false;
    return this.#needs.index.ofFunction(site.function).usesOf(site.temp).some((use) => use.kind === "part" || use.kind === "set" || (use.kind === "return" && site.function.kind === "field"));
  }

  /** Calls of the parameter that a function written in place is passed for. */
  #callsOfCallback(module: ModuleIR, fn: FunctionIR): readonly CallSite[] {
    const { index, typeOfTemp } = this.#needs;
    const site = index.of(module).functionSites.get(fn.id);
    if (site === undefined) return [];
    const calls: CallSite[] = [];
    for (const use of index.ofFunction(site.function).usesOf(site.temp)) {
      if (use.kind !== "argument" || use.op.op === "super-call") continue;
      const callee = typeOfTemp(module, site.function, use.op.callee);
      const target = callee.kind === "function" ? { module: callee.module, function: callee.function } : callee.kind === "class" ? this.#needs.hierarchy.constructorOf(callee.module, callee.class) : null;
      const param = target?.function.params[use.slot];
      if (target !== null && param !== undefined && param.type === null) calls.push(...index.callsOfVariable(target.module, param.variable));
    }
    return calls;
  }

  #constructions(module: ModuleIR, class_: ClassIR): readonly CallSite[] | null {
    const { index, hierarchy } = this.#needs;
    const sites: CallSite[] = [];
    for (const each of hierarchy.subclasses(module, class_)) {
      const isSelf = each.class === class_;
      if (!isSelf && each.class.constructor_ !== null) sites.push(...(this.#inherits(each, class_) ? index.superCallsIn(each.module, each.class) : []));
      else {
        if (each.class.variable !== null) sites.push(...index.callsOfVariable(each.module, each.class.variable).filter((site) => site.op.op === "new"));
        sites.push(...index.callsByKey(each.class.name).filter((site) => site.op.op === "new" && this.#makes(site, each.class)));
      }
    }
    return bounded(sites);
  }

  /** Whether the constructor that `super(...)` calls in a subclass is this class's. */
  #inherits(each: { readonly module: ModuleIR; readonly class: ClassIR }, class_: ClassIR): boolean {
    const parent = this.#needs.classMembers.superOf(each.module, each.class);
    if (parent?.kind !== "instance") return false;
    const constructor = this.#needs.hierarchy.constructorOf(parent.module, parent.class);
    return constructor !== null && constructor.function.class === class_.id && constructor.module.classes[class_.id] === class_;
  }

  #makes(site: CallSite, class_: ClassIR): boolean {
    if (site.op.op !== "new") return false;
    const callee = this.#needs.typeOfTemp(site.module, site.function, site.op.callee);
    return callee.kind === "class" && callee.class === class_;
  }

  /** Whether `x.name(...)` may call this function: it is what `x` has under the name, or it overrides that. */
  #reaches(site: CallSite, module: ModuleIR, fn: FunctionIR): boolean {
    if (site.op.op === "super-call") return false;
    const callee = this.#needs.typeOfTemp(site.module, site.function, site.op.callee);
    const members = callee.kind === "union" ? callee.members : [callee];
    return members.some((member) => member.kind === "function" && (member.function === fn || this.#overrides(module, fn, member)));
  }

  #overrides(module: ModuleIR, fn: FunctionIR, base: TracedType & { readonly kind: "function" }): boolean {
    if (fn.class === null || base.function.class === null || base.function.name !== fn.name) return false;
    const class_ = module.classes[fn.class];
    const baseClass = base.module.classes[base.function.class];
    if (class_ === undefined || baseClass === undefined) return false;
    return this.#needs.hierarchy.subclasses(base.module, baseClass).some((each) => each.class === class_);
  }
}

/** What is called by one name changes with each call of that name; which of them reach a function changes seldom. */
const sitesOf = new ProgramQuestion((program) => program.tracer.parts().callSites, (sites: CallSites, fn: FunctionIR) => sites.find(fn), (before, now) => (before === null || now === null ? before === now : isSameList(before, now)));

function bounded(sites: readonly CallSite[]): readonly CallSite[] | null {
  return sites.length > MAX_SITES ? null : sites;
}
