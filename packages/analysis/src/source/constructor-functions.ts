/**
 * Functions that are constructed with `new` in the style before classes: `function A() { this.x = 1 }`, `A.prototype.m = function () {}`. Each is given
 * a `ClassIR` of its own, without declared members: what is set on `this` and on the prototype is found through the indexes.
 */
import { type ClassIR, type FunctionId, type FunctionIR, type ModuleIR, NO_TAGS } from "./ir.ts";
import { isOp, type ProgramIndex, thisFunction } from "./program-index.ts";
import { Answers } from "./reads.ts";
import { type TracedType } from "./traced-type.ts";
import type { TypeTable } from "./type-table.ts";

/** The same in each program that the function is in. */
const made = new WeakMap<FunctionIR, ClassIR>();

export class ConstructorFunctions {
  readonly #table: TypeTable;
  readonly #index: ProgramIndex;
  readonly #classes = new Answers<FunctionIR, ClassIR | null>();
  readonly #functions = new Map<ClassIR, FunctionIR>();

  constructor(table: TypeTable, index: ProgramIndex) {
    this.#table = table;
    this.#index = index;
  }

  /** The instances that a function makes when it is constructed; null when it is no constructor. */
  instanceOf(module: ModuleIR, fn: FunctionIR): TracedType | null {
    const class_ = this.#classOf(module, fn);
    return class_ === null ? null : this.#table.instance(module, class_, []);
  }

  functionOf(class_: ClassIR): FunctionIR | null {
    return this.#functions.get(class_) ?? null;
  }

  #classOf(module: ModuleIR, fn: FunctionIR): ClassIR | null {
    return this.#classes.of(fn, () => {
      const class_ = this.#makeClass(module, fn);
      if (class_ !== null) this.#functions.set(class_, fn);
      return class_;
    });
  }

  #makeClass(module: ModuleIR, fn: FunctionIR): ClassIR | null {
    if (fn.kind !== "function" || fn.async || fn.generator) return null;
    const index = this.#index.of(module);
    const variable = this.variableOf(module, fn);
    const constructed = (index.callsOfFunction.get(fn.id) ?? []).some((site) => site.op.op === "new") || (variable !== null && this.#index.callsOfVariable(module, variable).some((site) => site.op.op === "new"));
    const hasPrototype = variable !== null && (index.setsOnPrototype.has(variable) || (index.setsOnVariable.get(variable) ?? []).some((site) => site.key === "prototype"));
    if (!constructed && !hasPrototype) return null;
    let class_ = made.get(fn);
    // Ids of the lowering count up from 0, so a negative one is nobody's.
    if (class_ === undefined) made.set(fn, (class_ = {
      id: -1 - fn.id, name: fn.name, variable, within: fn.parent ?? 0, superTemp: null, superTerm: null, implements: [], typeParameters: [],
      constructor_: fn.id, members: [], tags: NO_TAGS, span: fn.span, nameSpan: fn.nameSpan,
    }));
    return class_;
  }

  /** The variable that a function is stored in where it is written. */
  variableOf(module: ModuleIR, fn: FunctionIR): number | null {
    const site = this.#index.of(module).functionSites.get(fn.id);
    if (site === undefined) return null;
    const use = this.#index.ofFunction(site.function).usesOf(site.temp).find((each) => each.kind === "store");
    return use?.kind === "store" ? use.op.variable : null;
  }

  /** Of `this` in a function that is no class's: set on a prototype, part of an object literal, or a constructor; null for any other. */
  thisOf(module: ModuleIR, id: FunctionId): TracedType | null {
    const fn = module.functions[id];
    const site = this.#index.of(module).functionSites.get(id);
    if (fn === undefined || site === undefined) return null;
    const index = this.#index.ofFunction(site.function);
    for (const use of index.usesOf(site.temp)) {
      if (use.kind === "part" && use.op.op === "object") return this.#thisOfPart(module, site.function, use.op.dst);
      if (use.kind !== "set") continue;
      const object = index.definition(use.op.object);
      if (isOp(object, "get") && object.key === "prototype") {
        const holder = index.definition(object.object);
        const instance = isOp(holder, "load") ? this.#instanceOfVariable(module, holder.variable) : null;
        if (instance !== null) return instance;
      }
      if (isOp(object, "this")) return this.#thisAround(module, site.function);
      if (isOp(object, "load")) return this.#literalIn(module, object.variable);
    }
    return this.instanceOf(module, fn);
  }

  /** A method of an object literal; of one that is a prototype, the instances. */
  #thisOfPart(module: ModuleIR, fn: FunctionIR, dst: number): TracedType {
    const index = this.#index.ofFunction(fn);
    for (const use of index.usesOf(dst)) {
      if (use.kind !== "set" || use.op.key !== "prototype") continue;
      const holder = index.definition(use.op.object);
      const instance = isOp(holder, "load") ? this.#instanceOfVariable(module, holder.variable) : null;
      if (instance !== null) return instance;
    }
    return this.#table.literal(module, fn, dst);
  }

  #instanceOfVariable(module: ModuleIR, variable: number): TracedType | null {
    const index = this.#index.of(module);
    const class_ = index.classOfVariable.get(variable);
    if (class_ !== undefined) return this.#table.instance(module, class_, []);
    for (const store of index.stores.get(variable) ?? []) {
      const op = this.#index.ofFunction(store.function).definition(store.temp);
      const fn = isOp(op, "function") ? module.functions[op.function] : undefined;
      if (fn !== undefined) return this.instanceOf(module, fn);
    }
    return null;
  }

  #thisAround(module: ModuleIR, fn: FunctionIR): TracedType | null {
    const holder = thisFunction(module, fn);
    const class_ = holder.class === null ? undefined : module.classes[holder.class];
    if (class_ !== undefined) return holder.static ? this.#table.classValue(module, class_) : this.#table.instance(module, class_, []);
    return this.instanceOf(module, holder);
  }

  /** The object literal, or the class, that a variable was made with. */
  #literalIn(module: ModuleIR, variable: number): TracedType | null {
    const class_ = this.#index.of(module).classOfVariable.get(variable);
    if (class_ !== undefined) return this.#table.classValue(module, class_);
    const [store, ...others] = this.#index.of(module).stores.get(variable) ?? [];
    if (store === undefined || others.length > 0) return null;
    const op = this.#index.ofFunction(store.function).definition(store.temp);
    return isOp(op, "object") ? this.#table.literal(module, store.function, op.dst) : null;
  }
}
