/** What a value is expected to be by where it goes: an argument by its parameter, an initialiser by its annotation, a part by its object's. */
import type { Calls } from "./calls.ts";
import type { Elements } from "./elements.ts";
import type { Use } from "./function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "./ir.ts";
import type { Members } from "./members.ts";
import type { ProgramIndex } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import type { ThisTypes } from "./this-types.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import type { Scope } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";
import type { Values } from "./values.ts";

export interface ContextNeeds {
  readonly index: ProgramIndex;
  readonly scopes: Scopes;
  readonly members: Members;
  readonly elements: Elements;
  readonly thisTypes: ThisTypes;
  readonly calls: Calls;
  readonly values: Values;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

const MAX_DEPTH = 12;

export class Context {
  readonly #needs: ContextNeeds;

  constructor(needs: ContextNeeds) {
    this.#needs = needs;
  }

  /** The expected type of what a temp holds; null when nothing says. */
  expected(module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): TracedType | null {
    if (depth > MAX_DEPTH) return null;
    for (const use of this.#needs.index.ofFunction(fn).usesOf(temp)) {
      const type = this.#byUse(module, fn, use, depth);
      if (type !== null && type !== UNKNOWN) return type;
    }
    return null;
  }

  #byUse(module: ModuleIR, fn: FunctionIR, use: Use, depth: number): TracedType | null {
    const { values, members, elements, scopes, evaluate } = this.#needs;
    switch (use.kind) {
      case "argument": return this.#ofArgument(module, fn, use);
      case "copy": return this.expected(module, fn, use.dst, depth + 1);
      case "cast": return use.op.type === null ? this.expected(module, fn, use.op.dst, depth + 1) : evaluate(use.op.type, scopes.ofFunction(module, fn));
      case "store": {
        const variable = module.variables[use.op.variable];
        const owner = variable === undefined ? undefined : module.functions[variable.owner];
        return variable?.type == null || owner === undefined ? null : evaluate(variable.type, scopes.ofFunction(module, owner));
      }
      case "set": return use.op.key === null ? elements.element(values.typeOfTemp(module, fn, use.op.object)) : members.lookup(values.typeOfTemp(module, fn, use.op.object), use.op.key);
      case "part": {
        const whole = use.op.op === "object" && use.key !== null ? this.expected(module, fn, use.op.dst, depth + 1) : null;
        return whole === null || use.key === null ? null : members.lookup(whole, use.key);
      }
      case "element": {
        const whole = this.expected(module, fn, use.op.dst, depth + 1);
        return whole === null ? null : members.lookup(whole, String(use.slot)) ?? elements.element(whole);
      }
      case "return": return this.#ofReturn(module, fn, depth);
      case "callee": return null;
    }
  }

  #ofArgument(module: ModuleIR, fn: FunctionIR, use: Use & { readonly kind: "argument" }): TracedType | null {
    const { calls, values } = this.#needs;
    const args = values.argumentsOf(module, fn, use.op);
    const callee = use.op.op === "super-call" ? this.#needs.thisTypes.superValue(module, fn) : values.typeOfTemp(module, fn, use.op.callee);
    return calls.expected(callee, use.slot, args, use.op.op !== "call");
  }

  /** Of what a function returns: by its annotation, the field's whose initialiser it is, or what the function itself is expected to be. */
  #ofReturn(module: ModuleIR, fn: FunctionIR, depth: number): TracedType | null {
    const { scopes, evaluate, elements, calls, index } = this.#needs;
    if (fn.generator) return null;
    if (fn.kind === "field") {
      const class_ = fn.class === null ? undefined : module.classes[fn.class];
      const member = class_?.members.find((each) => each.kind === "field" && each.function === fn.id);
      return class_ === undefined || member?.type == null ? null : evaluate(member.type, scopes.ofClass(module, class_));
    }
    if (fn.returnType !== null) {
      const type = evaluate(fn.returnType, scopes.ofFunction(module, fn));
      return fn.async ? elements.awaited(type) : type;
    }
    const site = index.of(module).functionSites.get(fn.id);
    if (site === undefined) return null;
    const expected = this.expected(module, site.function, site.temp, depth + 1);
    const returned = expected === null ? null : calls.result(expected, { count: 0, typeOf: () => undefined, isCallback: () => false, typeArgs: [] });
    return returned === null || !fn.async ? returned : elements.awaited(returned);
  }
}
