/**
 * Types of parameters and results of functions.
 *
 * A parameter is what its annotation says; without one what its place says (`context.ts`), what the method that it overrides says, and last
 * what is passed at the calls that are found: of a function by its name, of a method by its name and class, of a constructor at `new` and `super`.
 * A result is what its annotation says, else the join over what is returned.
 * Theory: joins over the call sites of the loaded program (a closed world), a bounded number of them (`call-sites.ts`).
 */
import type { ClassMembers } from "./class-members.ts";
import type { Calls } from "./calls.ts";
import type { Context } from "./context.ts";
import type { CallSites } from "./call-sites.ts";
import type { Elements } from "./elements.ts";
import type { FunctionIR, ModuleIR, VariableId } from "./ir.ts";
import type { Members } from "./members.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import { type CallSite, isOp, type ProgramIndex } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";
import type { Values } from "./values.ts";

export interface SignatureNeeds {
  readonly table: TypeTable;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly index: ProgramIndex;
  readonly members: Members;
  readonly classMembers: ClassMembers;
  readonly elements: Elements;
  readonly values: Values;
  readonly calls: Calls;
  readonly context: Context;
  readonly callSites: CallSites;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

export class Signatures {
  readonly #needs: SignatureNeeds;
  readonly #returns = new Map<FunctionIR, Cell>();
  readonly #parameters = new Map<FunctionIR, Cell[]>();

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
    const { table, elements, values } = this.#needs;
    const returned: TracedType[] = [];
    const yielded: TracedType[] = [];
    for (const block of fn.blocks) {
      if (block.terminal.kind === "return") returned.push(block.terminal.value === null ? table.primitive("undefined") : values.typeOfTemp(module, fn, block.terminal.value));
      if (!fn.generator) continue;
      for (const op of block.ops) {
        if (op.op !== "yield" || op.src === null) continue;
        const value = values.typeOfTemp(module, fn, op.src);
        yielded.push(op.delegate ? elements.element(value) : value);
      }
    }
    if (fn.generator) return table.global(fn.async ? "AsyncGenerator" : "Generator", [table.join(yielded)]);
    const result = table.join(returned);
    return fn.async ? table.global("Promise", [elements.awaited(result)]) : result;
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
    const stored = this.#storedElse(module, variable);
    return param?.optional === true && isTelling(stored) ? stored : table.join([type, stored]);
  }

  /** What is stored in a parameter other than itself (`a = a ?? b`): else its type would depend on itself. */
  #storedElse(module: ModuleIR, variable: VariableId): TracedType {
    const { index, table, values } = this.#needs;
    const types: TracedType[] = [];
    for (const store of index.of(module).stores.get(variable) ?? []) {
      const own = index.ofFunction(store.function);
      for (const definition of own.definitions(store.temp) ?? [own.definition(store.temp)]) {
        const source = isOp(definition, "copy") ? own.definition(definition.src) : definition;
        if (isOp(source, "load") && source.variable === variable) continue;
        types.push(values.typeOfTemp(module, store.function, isOp(definition, "copy") ? definition.src : store.temp));
      }
    }
    return table.join(types);
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
    if (expected === NEVER) return NEVER;
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
    const { table } = this.#needs;
    const passed = this.#needs.cells.observe(() => this.#passedTypes(module, fn, slot, rest));
    if (passed.value === null) return passed.settled ? UNKNOWN : NEVER;
    const type = table.join(passed.value);
    if (rest) return table.global("Array", [type]);
    return isNull(type) ? (passed.settled ? UNKNOWN : NEVER) : type;
  }

  /** Null when no call is found, or too many are. */
  #passedTypes(module: ModuleIR, fn: FunctionIR, slot: number, rest: boolean): TracedType[] | null {
    const { values, elements, substitution } = this.#needs;
    const scope = this.#needs.scopes.ofFunction(module, fn);
    const sites = this.#needs.callSites.of(fn);
    if (sites === null || sites.length === 0) return null;
    const passed: TracedType[] = [];
    for (const site of sites) {
      const shift = site.op.op === "call" && this.#isCallMethod(site) ? 1 : 0;
      const args = values.argumentsOf(site.module, site.function, site.op);
      const last = rest ? args.count : slot + shift + 1;
      for (let index = slot + shift; index < last; index++) {
        const type = args.typeOf(index);
        if (type !== undefined) passed.push(substitution.close(type, scope));
        else if (index < args.count) {
          const spread = site.op.args[index];
          passed.push(spread?.spread === true ? elements.element(values.typeOfTemp(site.module, site.function, spread.temp)) : UNKNOWN);
        }
      }
    }
    return passed;
  }

  /** `f.call(self, a)` passes `a` first. */
  #isCallMethod(site: CallSite): boolean {
    const callee = site.op.op === "super-call" ? undefined : this.#needs.index.ofFunction(site.function).definition(site.op.callee);
    return isOp(callee, "get") && callee.key === "call";
  }
}

const NO_ARGUMENTS = { count: 0, typeOf: () => undefined, isCallback: () => false, typeArgs: [] };

function isNull(type: TracedType): boolean {
  return type.kind === "primitive" && (type.name === "null" || type.name === "undefined");
}

/** Says what kind of thing it is. */
function isTelling(type: TracedType): boolean {
  return type.kind !== "unknown" && type.kind !== "union" && !isNull(type);
}
