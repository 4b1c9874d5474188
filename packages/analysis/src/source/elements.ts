/**
 * What is inside a value: elements of what can be iterated, what a program puts into a container that it made empty, what a promise resolves to,
 * and what a type parameter extends.
 */
import type { ClassMembers } from "./class-members.ts";
import type { Externals, ExternalType } from "./externals.ts";
import type { FunctionIR, ModuleIR, Temp } from "./ir.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import { type ContainerWrite, isOp, type ProgramIndex, thisOwner } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface ElementNeeds {
  readonly table: TypeTable;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly index: ProgramIndex;
  readonly classMembers: ClassMembers;
  readonly externals: Externals;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType;
  lookup(type: TracedType, name: string): TracedType | null;
  returned(type: TracedType): TracedType;
}

type LiteralType = TracedType & { readonly kind: "literal" };

/** Bounds that name one another, at most. */
const MAX_BOUNDS = 8;
/** Iterators of iterators, at most. */
const MAX_ITERATORS = 8;
const ITERABLES = new Set(["Array", "Set", "Iterable", "Iterator", "Generator", "AsyncIterator", "AsyncGenerator"]);

export class Elements {
  readonly #needs: ElementNeeds;
  readonly #literals = new Map<TracedType, Cell>();
  /** Whose elements are being asked for because another's iterator is one. */
  #iterators = 0;

  constructor(needs: ElementNeeds) {
    this.#needs = needs;
  }

  /** What a type parameter extends; null for anything else, and where bounds go round. */
  bound(type: TracedType): TracedType | null {
    let at = type;
    for (let steps = 0; steps < MAX_BOUNDS; steps++) {
      const bound = this.#needs.table.isParameter(at) ? this.#needs.scopes.boundOf(at) : null;
      if (bound === null) return at === type ? null : at;
      at = this.#needs.evaluate(bound.term, bound.scope);
    }
    return null;
  }

  /** Of what iteration, or an index that is not known, gives. */
  element(type: TracedType): TracedType {
    const { table, substitution } = this.#needs;
    if (type === NEVER) return NEVER;
    switch (type.kind) {
      case "primitive": return type.name === "string" ? table.primitive("string") : UNKNOWN;
      case "external": return this.#elementOfExternal(type);
      case "literal": return this.#elementOfLiteral(type);
      case "shape": {
        const { scope, environment } = table.hidden(type);
        return type.term.index === null || scope === null ? UNKNOWN : substitution.of(this.#needs.evaluate(type.term.index, scope), environment);
      }
      case "instance": case "interface": return this.#elementOfIterable(type);
      case "union": return table.join(type.members.map((member) => this.element(member)));
      case "unknown": {
        const bound = this.bound(type);
        return bound === null ? UNKNOWN : this.element(bound);
      }
      default: return UNKNOWN;
    }
  }

  #elementOfExternal(type: ExternalType): TracedType {
    const { table, externals } = this.#needs;
    if (type.side !== "instance") return UNKNOWN;
    if (type.package === "global") {
      const [first, second] = type.args;
      if (type.path === "Map") return table.tuple([first ?? UNKNOWN, second ?? UNKNOWN]);
      if (ITERABLES.has(type.path)) return first ?? UNKNOWN;
      if (type.path === "String") return table.primitive("string");
      return externals.chain(type).some((each) => each.path === "TypedArray") ? table.primitive("number") : UNKNOWN;
    }
    if (type.package !== "@framealloc/runtime") return UNKNOWN;
    if (type.path === "FrameMap") return table.tuple([type.args[0] ?? UNKNOWN, type.args[1] ?? UNKNOWN]);
    return type.path === "FrameVec" || type.path === "StructArray" ? (type.args[0] ?? UNKNOWN) : UNKNOWN;
  }

  #elementOfIterable(type: TracedType & { readonly kind: "instance" | "interface" }): TracedType {
    const method = this.#needs.lookup(type, "@@iterator") ?? this.#needs.lookup(type, "@@asyncIterator");
    if (method !== null && method !== UNKNOWN) return this.#elementOfIterator(type, this.#needs.returned(method));
    if (type.kind === "instance") {
      for (const { instance } of this.#needs.classMembers.chain(type, type)) if (instance.kind === "external") return this.element(instance);
      return UNKNOWN;
    }
    const { scopes, substitution } = this.#needs;
    const scope = scopes.ofDeclaration(type.module, type.declaration);
    const environment = new Map(scope.own.map((parameter, index) => [parameter, type.args[index] ?? UNKNOWN]));
    if (type.declaration.term.kind === "object" && type.declaration.term.index !== null) return substitution.of(this.#needs.evaluate(type.declaration.term.index, scope), environment);
    for (const term of type.declaration.extends) {
      const element = this.element(substitution.of(this.#needs.evaluate(term, scope), environment));
      if (element !== UNKNOWN) return element;
    }
    return UNKNOWN;
  }

  /** What an iterator yields that a method gave. Many are their own iterable, and then `next` says it; others give one that gives another, without end. */
  #elementOfIterator(of: TracedType, iterator: TracedType): TracedType {
    if (this.#iterators >= MAX_ITERATORS) return UNKNOWN;
    if (iterator === of) {
      const next = this.#needs.lookup(of, "next");
      const result = next === null ? UNKNOWN : this.#needs.returned(next);
      return result === UNKNOWN ? UNKNOWN : (this.#needs.lookup(result, "value") ?? UNKNOWN);
    }
    this.#iterators += 1;
    try {
      return this.element(iterator);
    } finally {
      this.#iterators -= 1;
    }
  }

  #elementOfLiteral(type: LiteralType): TracedType {
    let cell = this.#literals.get(type);
    if (cell === undefined) this.#literals.set(type, (cell = createCell()));
    return this.#needs.cells.evaluate(cell, () => {
      const { table, index } = this.#needs;
      const op = index.ofFunction(type.function).definition(type.temp);
      const writes = this.contents(type.module, type.function, type.temp);
      const typeOf = (fn: FunctionIR, temp: Temp, spread: boolean): TracedType => {
        const value = this.#needs.typeOfTemp(type.module, fn, temp);
        return spread ? this.element(value) : value;
      };
      const written = writes.map((write) => typeOf(write.function, write.temp, write.spread));
      if (isOp(op, "array")) return table.join([...op.elements.map((each) => (each === null ? NEVER : typeOf(type.function, each.temp, each.spread))), ...written]);
      if (!isOp(op, "object")) return UNKNOWN;
      if (op.parts.length === 0) return table.join(written);
      return table.join([...op.parts.map((part) => (part.kind === "value" ? typeOf(type.function, part.value, false) : UNKNOWN)), ...written]);
    });
  }

  /** What is put into the container that a temp holds, through the variable, the field of `this` or the member of a variable that it is stored in. */
  contents(module: ModuleIR, fn: FunctionIR, temp: Temp): readonly ContainerWrite[] {
    const index = this.#needs.index.of(module);
    const functionIndex = this.#needs.index.ofFunction(fn);
    return functionIndex.usesOf(temp).flatMap((use) => {
      if (use.kind === "store") return index.containerWrites.get(`variable ${use.op.variable}`) ?? [];
      if (use.kind === "set" && use.op.key !== null) {
        const holder = functionIndex.definition(use.op.object);
        if (isOp(holder, "this")) return index.containerWrites.get(`${thisOwner(module, fn)}.${use.op.key}`) ?? [];
        return isOp(holder, "load") ? (index.containerWrites.get(`variable ${holder.variable}.${use.op.key}`) ?? []) : [];
      }
      if (use.kind === "part" && use.key !== null) {
        const { key } = use;
        return functionIndex.usesOf(use.op.dst).flatMap((outer) => (outer.kind === "store" ? (index.containerWrites.get(`variable ${outer.op.variable}.${key}`) ?? []) : []));
      }
      if (use.kind === "return" && fn.kind === "field") return index.containerWrites.get(`${thisOwner(module, fn)}.${fn.name}`) ?? [];
      return [];
    });
  }

  /** Of what a promise resolves to. */
  awaited(type: TracedType): TracedType {
    if (type.kind === "union") return this.#needs.table.join(type.members.map((member) => this.awaited(member)));
    if (type.kind === "external" && type.package === "global" && type.side === "instance" && type.path === "Promise") return this.awaited(type.args[0] ?? UNKNOWN);
    return type;
  }
}
