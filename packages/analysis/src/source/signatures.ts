/**
 * Types of parameters and results of functions.
 *
 * A parameter is what its annotation says; without one what its place says (`context.ts`), what the method that it overrides says, and last
 * what is passed at the calls that are found: of a function by its name, of a method by its name and class, of a constructor at `new` and `super`.
 * A result is what its annotation says, else the join over what is returned.
 * Theory: joins over the call sites of the loaded program (a closed world), at most `MAX_SITES` of them.
 */
import type { ClassMembers } from "./class-members.ts";
import type { ConstructorFunctions } from "./constructor-functions.ts";
import type { Calls } from "./calls.ts";
import type { Context } from "./context.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { ClassIR, FunctionIR, ModuleIR, VariableId } from "./ir.ts";
import type { Members } from "./members.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import { type CallSite, isOp, type ProgramIndex } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";
import type { Values } from "./values.ts";

export interface SignatureNeeds {
  readonly table: TypeTable;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly index: ProgramIndex;
  readonly members: Members;
  readonly classMembers: ClassMembers;
  readonly hierarchy: Hierarchy;
  readonly values: Values;
  readonly calls: Calls;
  readonly context: Context;
  readonly constructors: ConstructorFunctions;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

/** More candidates than these and nothing is inferred from calls. */
const MAX_SITES = 60;

export class Signatures {
  readonly #needs: SignatureNeeds;
  readonly #returns = new Map<FunctionIR, Cell>();
  readonly #parameters = new Map<FunctionIR, Cell[]>();
  readonly #sites = new Map<FunctionIR, readonly CallSite[] | null>();

  constructor(needs: SignatureNeeds) {
    this.#needs = needs;
  }

  returnOf(module: ModuleIR, fn: FunctionIR): TracedType {
    let cell = this.#returns.get(fn);
    if (cell === undefined) this.#returns.set(fn, (cell = createCell()));
    return this.#needs.cells.evaluate(cell, () => this.#traceReturn(module, fn));
  }

  #traceReturn(module: ModuleIR, fn: FunctionIR): TracedType {
    if (fn.returnType !== null) {
      const declared = this.#needs.evaluate(fn.returnType, this.#needs.scopes.ofFunction(module, fn));
      if (declared !== UNKNOWN) return declared;
    }
    if (fn.opaque) return UNKNOWN;
    const inferred = this.#inferReturn(module, fn);
    if (inferred !== UNKNOWN || fn.kind !== "method") return inferred;
    const overridden = this.#overridden(module, fn);
    return overridden === null ? inferred : this.#needs.calls.result(overridden, { count: 0, typeOf: () => undefined, isCallback: () => false, typeArgs: [] });
  }

  #inferReturn(module: ModuleIR, fn: FunctionIR): TracedType {
    const { table, members, values } = this.#needs;
    const returned: TracedType[] = [];
    const yielded: TracedType[] = [];
    for (const block of fn.blocks) {
      if (block.terminal.kind === "return") returned.push(block.terminal.value === null ? table.primitive("undefined") : values.typeOfTemp(module, fn, block.terminal.value));
      if (!fn.generator) continue;
      for (const op of block.ops) {
        if (op.op !== "yield" || op.src === null) continue;
        const value = values.typeOfTemp(module, fn, op.src);
        yielded.push(op.delegate ? members.element(value) : value);
      }
    }
    if (fn.generator) return table.global(fn.async ? "AsyncGenerator" : "Generator", [table.join(yielded)]);
    const result = table.join(returned);
    return fn.async ? table.global("Promise", [members.awaited(result)]) : result;
  }

  /** Of a variable of kind `parameter`: one of a parameter's own, or one that a pattern takes out of it. */
  typeOfParameterVariable(module: ModuleIR, variable: VariableId): TracedType {
    const { values, table } = this.#needs;
    const declared = module.variables[variable];
    const fn = declared === undefined ? undefined : module.functions[declared.owner];
    const slot = fn?.params.findIndex((param) => param.variable === variable) ?? -1;
    if (fn === undefined || slot < 0) return values.stored(module, variable);
    const type = this.typeOfParameter(module, fn, slot);
    const param = fn.params[slot];
    if (type !== UNKNOWN && type !== NEVER && param?.type !== null) return type;
    if (!this.#needs.index.of(module).stores.has(variable)) return type;
    // A default value, or what the body stores in it, is one of what it may be; with a default and no annotation, the default says what it is.
    const stored = values.stored(module, variable);
    return param?.optional === true && isTelling(stored) ? stored : table.join([type, stored]);
  }

  typeOfParameter(module: ModuleIR, fn: FunctionIR, slot: number): TracedType {
    let cells = this.#parameters.get(fn);
    if (cells === undefined) this.#parameters.set(fn, (cells = fn.params.map(() => createCell())));
    const cell = cells[slot];
    return cell === undefined ? UNKNOWN : this.#needs.cells.evaluate(cell, () => this.#traceParameter(module, fn, slot));
  }

  #traceParameter(module: ModuleIR, fn: FunctionIR, slot: number): TracedType {
    const param = fn.params[slot];
    if (param === undefined) return UNKNOWN;
    if (param.type !== null) {
      const declared = this.#needs.evaluate(param.type, this.#needs.scopes.ofFunction(module, fn));
      if (declared !== UNKNOWN) return declared;
    }
    const expected = this.#expected(module, fn);
    if (expected !== null) {
      const type = this.#parameterOf(expected, slot, param.rest);
      if (type !== null && type !== UNKNOWN) return type;
    }
    if (fn.kind === "setter") {
      const type = this.#setterType(module, fn);
      if (type !== UNKNOWN) return type;
    }
    return this.#passed(module, fn, slot, param.rest);
  }

  /** The function type that a function without annotations takes its parameters from. */
  #expected(module: ModuleIR, fn: FunctionIR): TracedType | null {
    if (fn.class !== null) return this.#overridden(module, fn);
    const site = this.#needs.index.of(module).functionSites.get(fn.id);
    return site === undefined ? null : this.#needs.context.expected(module, site.function, site.temp);
  }

  #parameterOf(expected: TracedType, slot: number, rest: boolean): TracedType | null {
    if (expected.kind === "union") {
      const found = expected.members.map((member) => this.#parameterOf(member, slot, rest)).filter((each) => each !== null);
      return found.length === 0 ? null : this.#needs.table.join(found);
    }
    if (expected.kind !== "callable" && expected.kind !== "function" && expected.kind !== "interface" && expected.kind !== "shape") return null;
    const type = this.#needs.calls.expected(expected, slot, NO_ARGUMENTS, false);
    return type !== null && rest ? this.#needs.table.global("Array", [type]) : type;
  }

  /** The method of a base class or of an implemented interface that a method overrides. */
  #overridden(module: ModuleIR, fn: FunctionIR): TracedType | null {
    const { members, classMembers, scopes } = this.#needs;
    const class_ = fn.class === null ? undefined : module.classes[fn.class];
    if (class_ === undefined || fn.kind !== "method" || fn.static || fn.name === "") return null;
    const parent = classMembers.superOf(module, class_);
    if (parent !== null && parent !== UNKNOWN) {
      const found = members.lookup(parent, fn.name);
      if (found !== null && found !== UNKNOWN) return found;
    }
    for (const term of class_.implements) {
      const found = members.lookup(this.#needs.evaluate(term, scopes.ofClass(module, class_)), fn.name);
      if (found !== null && found !== UNKNOWN) return found;
    }
    return null;
  }

  /** A setter takes what its getter gives. */
  #setterType(module: ModuleIR, fn: FunctionIR): TracedType {
    const class_ = fn.class === null ? undefined : module.classes[fn.class];
    const getter = class_?.members.find((member) => member.kind === "getter" && member.name === fn.name && member.static === fn.static);
    if (class_ === undefined || getter === undefined) return UNKNOWN;
    if (getter.type !== null) return this.#needs.evaluate(getter.type, this.#needs.scopes.ofClass(module, class_));
    const body = getter.function === null ? undefined : module.functions[getter.function];
    return body === undefined ? UNKNOWN : this.returnOf(module, body);
  }

  /** The join over the calls that are found; unknown without any. */
  #passed(module: ModuleIR, fn: FunctionIR, slot: number, rest: boolean): TracedType {
    const { table, values, members } = this.#needs;
    const sites = this.#callSites(module, fn);
    if (sites === null || sites.length === 0) return UNKNOWN;
    const passed: TracedType[] = [];
    for (const site of sites) {
      const shift = site.op.op === "call" && this.#isCallMethod(site) ? 1 : 0;
      const args = values.argumentsOf(site.module, site.function, site.op);
      const last = rest ? args.count : slot + shift + 1;
      for (let index = slot + shift; index < last; index++) {
        const type = args.typeOf(index);
        if (type !== undefined) passed.push(type);
        else if (index < args.count) {
          const spread = site.op.args[index];
          passed.push(spread?.spread === true ? members.element(values.typeOfTemp(site.module, site.function, spread.temp)) : UNKNOWN);
        }
      }
    }
    const type = table.join(passed);
    if (rest) return table.global("Array", [type]);
    return type.kind === "primitive" && (type.name === "null" || type.name === "undefined") ? UNKNOWN : type;
  }

  /** `f.call(self, a)` passes `a` first. */
  #isCallMethod(site: CallSite): boolean {
    const callee = site.op.op === "super-call" ? undefined : this.#needs.index.ofFunction(site.function).definition(site.op.callee);
    return isOp(callee, "get") && callee.key === "call";
  }

  /** The calls that reach a function, as far as names lead to them; null when there are too many. */
  #callSites(module: ModuleIR, fn: FunctionIR): readonly CallSite[] | null {
    const known = this.#sites.get(fn);
    if (known !== undefined) return known;
    const sites = this.#findCallSites(module, fn);
    if (this.#needs.cells.idle) this.#sites.set(fn, sites);
    return sites;
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
    const { index, values } = this.#needs;
    const site = index.of(module).functionSites.get(fn.id);
    if (site === undefined) return [];
    const calls: CallSite[] = [];
    for (const use of index.ofFunction(site.function).usesOf(site.temp)) {
      if (use.kind !== "argument" || use.op.op === "super-call") continue;
      const callee = values.typeOfTemp(module, site.function, use.op.callee);
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
      if (!isSelf && each.class.constructor_ !== null) sites.push(...(this.#inherits(each, class_) ? index.superCallsIn(each.class) : []));
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
    const callee = this.#needs.values.typeOfTemp(site.module, site.function, site.op.callee);
    return callee.kind === "class" && callee.class === class_;
  }

  /** Whether `x.name(...)` may call this function: it is what `x` has under the name, or it overrides that. */
  #reaches(site: CallSite, module: ModuleIR, fn: FunctionIR): boolean {
    if (site.op.op === "super-call") return false;
    const callee = this.#needs.values.typeOfTemp(site.module, site.function, site.op.callee);
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

const NO_ARGUMENTS = { count: 0, typeOf: () => undefined, isCallback: () => false, typeArgs: [] };

/** Says what kind of thing it is. */
function isTelling(type: TracedType): boolean {
  return type.kind !== "unknown" && type.kind !== "union" && (type.kind !== "primitive" || (type.name !== "null" && type.name !== "undefined"));
}

function bounded(sites: readonly CallSite[]): readonly CallSite[] | null {
  return sites.length > MAX_SITES ? null : sites;
}
