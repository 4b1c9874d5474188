/**
 * Members of any traced type.
 *
 * A member that a fully known type has not is left out of a union (`a | b` where only `a` has it: the others would throw), and is unknown when
 * no member of the union has it.
 */
import type { FunctionIR, ModuleIR, Op, Temp, TypeDeclarationIR } from "./ir.ts";
import type { ClassMembers } from "./class-members.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import type { Externals } from "./externals.ts";
import type { Entity, Linker } from "./link.ts";
import { isOp, type ProgramIndex, type SetSite } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface MemberNeeds {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly index: ProgramIndex;
  readonly classMembers: ClassMembers;
  readonly externals: Externals;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
  typeOfEntity(entity: Entity): TracedType;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType;
  returned(type: TracedType): TracedType;
  element(type: TracedType): TracedType;
  bound(type: TracedType): TracedType | null;
  /** The instances that a function makes when it is constructed; null when it is no constructor. */
  constructed(module: ModuleIR, fn: FunctionIR): TracedType | null;
  /** Interfaces of the same name that merge with a declaration, itself included. */
  mergedDeclarations(module: ModuleIR, declaration: TypeDeclarationIR): readonly { readonly module: ModuleIR; readonly declaration: TypeDeclarationIR }[];
}

type InterfaceType = TracedType & { readonly kind: "interface" };
type ShapeType = TracedType & { readonly kind: "shape" };
type LiteralType = TracedType & { readonly kind: "literal" };
type FunctionType = TracedType & { readonly kind: "function" };

const FUNCTION_MEMBERS = new Set(["bind", "call", "apply", "toString", "length", "name"]);
/** All that numbers, truth values, large integers and symbols have. */
const OF_SCALARS: ReadonlySet<string> = new Set([
  "toString", "toFixed", "toExponential", "toPrecision", "valueOf", "toLocaleString", "description", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "@@toPrimitive", "@@toStringTag",
]);
const ABSENT: TracedType = { kind: "unknown" };

export class Members {
  readonly #needs: MemberNeeds;
  readonly #interfaces = new Map<TypeDeclarationIR, Map<string, Cell>>();
  readonly #literals = new Map<TracedType, Map<string, Cell>>();

  constructor(needs: MemberNeeds) {
    this.#needs = needs;
  }

  member(type: TracedType, name: string): TracedType {
    return this.lookup(type, name) ?? UNKNOWN;
  }

  /** Null when the type is known and has no such member. */
  lookup(type: TracedType, name: string): TracedType | null {
    const { table } = this.#needs;
    if (type === NEVER) return NEVER;
    const { tuple, also } = table.hidden(type);
    if (tuple !== null && /^\d+$/.test(name)) return tuple[Number(name)] ?? UNKNOWN;
    if (type.kind === "external" && type.side === "instance" && /^\d+$/.test(name)) return this.#needs.element(type);
    const found = this.#lookup(type, name);
    if (also.length === 0 || (found !== null && found !== UNKNOWN)) return found;
    for (const each of also) {
      const other = this.lookup(each, name);
      if (other !== null && other !== UNKNOWN) return other;
    }
    return found;
  }

  #lookup(type: TracedType, name: string): TracedType | null {
    const { table, classMembers, externals } = this.#needs;
    switch (type.kind) {
      case "unknown": {
        const bound = this.#needs.bound(type);
        return bound === null ? UNKNOWN : this.lookup(bound, name);
      }
      case "primitive": return this.#ofPrimitive(type.name, name);
      case "instance": return classMembers.ofInstance(type, name);
      case "class": return classMembers.ofClass(type.module, type.class, name) ?? this.#ofFunctionObject(type, name);
      case "function": return this.#ofFunction(type, name);
      case "callable": return this.#ofFunctionObject(type, name);
      case "interface": return this.#ofInterface(type, name);
      case "shape": return this.#ofShape(type, name);
      case "literal": return this.#ofLiteral(type, name);
      case "namespace": {
        const entity = this.#needs.linker.exported(type.module, name, "value");
        return entity === null ? UNKNOWN : this.#needs.typeOfEntity(entity);
      }
      case "external": return externals.member(type, name);
      case "union": {
        const found = type.members.map((member) => this.lookup(member, name)).filter((each) => each !== null);
        return found.length === 0 ? null : table.join(found);
      }
    }
  }

  #ofPrimitive(primitive: string, name: string): TracedType | null {
    const wrapper = { string: "String", number: "Number", boolean: "Boolean", bigint: "BigInt", symbol: "Symbol" }[primitive];
    if (wrapper === undefined) return null;
    if (primitive === "string" && /^\d+$/.test(name)) return this.#needs.table.primitive("string");
    // What a branch takes for a text is no number there: `typeof p === "number" ? p : p.split(",")`.
    if (primitive !== "string" && !OF_SCALARS.has(name)) return null;
    return this.lookup(this.#needs.table.global(wrapper), name);
  }

  /** `bind`, `call`, `apply` of anything that can be called. */
  #ofFunctionObject(type: TracedType, name: string): TracedType | null {
    return FUNCTION_MEMBERS.has(name) ? this.lookup(this.#needs.table.global("Function", [type]), name) : null;
  }

  #ofFunction(type: FunctionType, name: string): TracedType | null {
    if (name === "prototype") return this.#needs.constructed(type.module, type.function) ?? UNKNOWN;
    const site = this.#needs.index.of(type.module).functionSites.get(type.function.id);
    const variable = site === undefined ? null : this.#variableHolding(site.function, site.temp);
    const sets = variable === null ? [] : (this.#needs.index.of(type.module).setsOnVariable.get(variable) ?? []).filter((each) => each.key === name);
    if (sets.length > 0) return this.#joinSets(type.module, sets);
    return this.#ofFunctionObject(type, name);
  }

  #ofInterface(type: InterfaceType, name: string): TracedType | null {
    const { table, scopes, substitution, cells } = this.#needs;
    if (type.declaration.kind === "enum") return table.primitive("number");
    let known = this.#interfaces.get(type.declaration);
    if (known === undefined) this.#interfaces.set(type.declaration, (known = new Map()));
    let cell = known.get(name);
    if (cell === undefined) known.set(name, (cell = createCell()));
    const scheme = cells.evaluate(cell, () => this.#findInInterface(type.module, type.declaration, name) ?? ABSENT);
    if (scheme === ABSENT) return null;
    const { own } = scopes.ofDeclaration(type.module, type.declaration);
    return substitution.of(scheme, new Map(own.map((parameter, index) => [parameter, type.args[index] ?? UNKNOWN])));
  }

  #findInInterface(module: ModuleIR, declaration: TypeDeclarationIR, name: string): TracedType | null {
    const { scopes, substitution } = this.#needs;
    const own = scopes.ofDeclaration(module, declaration).own;
    let complete = true;
    for (const each of this.#needs.mergedDeclarations(module, declaration)) {
      const scope = scopes.ofDeclaration(each.module, each.declaration);
      const found = each.declaration.term.kind === "object" ? this.#ofTerm(each.declaration.term, name, scope) : null;
      // Declarations that merge have the same parameters.
      const environment = new Map(scope.own.map((parameter, index) => [parameter, own[index] ?? UNKNOWN]));
      if (found !== null) return substitution.of(found, environment);
      for (const term of each.declaration.extends) {
        const inherited = this.lookup(substitution.of(this.#needs.evaluate(term, scope), environment), name);
        if (inherited === UNKNOWN) complete = false;
        else if (inherited !== null) return inherited;
      }
    }
    return complete ? null : UNKNOWN;
  }

  #ofShape(type: ShapeType, name: string): TracedType | null {
    const { scope, environment } = this.#needs.table.hidden(type);
    if (scope === null) return UNKNOWN;
    const found = this.#ofTerm(type.term, name, scope);
    return found === null ? null : this.#needs.substitution.of(found, environment);
  }

  /** A member of an object term; of several, overloads, the first. */
  #ofTerm(term: TypeTerm & { readonly kind: "object" }, name: string, scope: Scope): TracedType | null {
    const member = term.members.find((each) => each.name === name);
    if (member !== undefined) return member.type === null ? UNKNOWN : this.#needs.evaluate(member.type, scope);
    return term.index === null ? null : this.#needs.evaluate(term.index, scope);
  }

  #ofLiteral(type: LiteralType, name: string): TracedType | null {
    let known = this.#literals.get(type);
    if (known === undefined) this.#literals.set(type, (known = new Map()));
    let cell = known.get(name);
    if (cell === undefined) known.set(name, (cell = createCell()));
    const found = this.#needs.cells.evaluate(cell, () => this.#findInLiteral(type, name) ?? ABSENT);
    return found === ABSENT ? null : found;
  }

  #findInLiteral(type: LiteralType, name: string): TracedType | null {
    const { index, table } = this.#needs;
    const op = index.ofFunction(type.function).definition(type.temp);
    if (isOp(op, "array")) {
      if (!/^\d+$/.test(name)) return this.lookup(table.global("Array", [this.#needs.element(type)]), name);
      const element = op.elements.slice(0, Number(name) + 1).some((each) => each?.spread === true) ? undefined : op.elements[Number(name)];
      return element == null ? this.#needs.element(type) : this.#needs.typeOfTemp(type.module, type.function, element.temp);
    }
    if (!isOp(op, "object")) return UNKNOWN;
    const own = this.#ofParts(type, op, name);
    const sets = this.#setsOnLiteral(type, op).filter((each) => each.key === name);
    if (own !== null && (own.kind !== "primitive" || (own.name !== "null" && own.name !== "undefined"))) return own;
    if (sets.length === 0) return own;
    return this.#joinSets(type.module, sets);
  }

  #ofParts(type: LiteralType, op: Op & { readonly op: "object" }, name: string): TracedType | null {
    const { typeOfTemp, returned } = this.#needs;
    let open = false;
    for (let i = op.parts.length - 1; i >= 0; i--) {
      const part = op.parts[i];
      if (part === undefined) continue;
      if (part.kind === "spread") {
        const inner = this.lookup(typeOfTemp(type.module, type.function, part.value), name);
        if (inner === UNKNOWN) open = true;
        else if (inner !== null) return inner;
      } else if (part.key === name && part.kind !== "setter") {
        const value = typeOfTemp(type.module, type.function, part.value);
        return part.kind === "getter" ? returned(value) : value;
      } else if (part.key === null) open = true;
    }
    return open ? UNKNOWN : null;
  }

  /** What is set on an object literal through the variable that holds it or the `this` of its methods. */
  #setsOnLiteral(type: LiteralType, op: Op & { readonly op: "object" }): readonly SetSite[] {
    const module = this.#needs.index.of(type.module);
    const sets: SetSite[] = [];
    const variable = this.#variableHolding(type.function, type.temp);
    if (variable !== null) sets.push(...(module.setsOnVariable.get(variable) ?? []));
    const index = this.#needs.index.ofFunction(type.function);
    for (const part of op.parts) {
      const value = index.definition(part.value);
      if (!isOp(value, "function")) continue;
      const fn = type.module.functions[value.function];
      if (fn !== undefined && fn.kind !== "arrow") sets.push(...(module.setsOnThis.get(`function ${fn.id}`) ?? []));
    }
    return sets;
  }

  #variableHolding(fn: FunctionIR, temp: Temp): number | null {
    const use = this.#needs.index.ofFunction(fn).usesOf(temp).find((each) => each.kind === "store");
    return use?.kind === "store" ? use.op.variable : null;
  }

  #joinSets(module: ModuleIR, sets: readonly SetSite[]): TracedType {
    return this.#needs.table.join(sets.map((site) => this.#needs.typeOfTemp(module, site.function, site.temp)));
  }
}
