/**
 * Members and signatures of what is not loaded as source: by the shapes of the knowledge tables where they list it, else by name alone.
 * A member that no shape lists is an `external` of its own, so that a knowledge table may still know its name.
 */
import { shapesOf } from "../knowledge/shapes.ts";
import type { ShapeClass, ShapeMember } from "../knowledge/parse-shapes.ts";
import { WINDOW_NAMES } from "./program-globals.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import type { ApiKey, TracedType } from "./traced-type.ts";
import { UNKNOWN } from "./traced-type.ts";
import type { Environment, Scope, TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface ExternalNeeds {
  readonly table: TypeTable;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
}

export type ExternalType = TracedType & { readonly kind: "external" };

/** What can be called: the overloads, the scope of each and what the receiver's type parameters stand for. */
export interface ExternalSignature {
  readonly member: ShapeMember;
  readonly scope: (member: ShapeMember) => Scope;
  readonly environment: Environment;
}

interface FoundMember {
  readonly member: ShapeMember;
  readonly shape: ShapeClass;
  readonly package: string;
  readonly environment: Environment;
}

/** Names of a path beyond which nothing is told apart. */
const MAX_PATH = 4;

/** As `Externals#globalValue`. */
export function globalValue(table: TypeTable, name: string): TracedType {
  if (name === "undefined") return table.primitive("undefined");
  if (name === "NaN" || name === "Infinity") return table.primitive("number");
  return table.external("global", WINDOW_NAMES.has(name) ? "" : name, "value");
}

export class Externals {
  readonly #needs: ExternalNeeds;

  constructor(needs: ExternalNeeds) {
    this.#needs = needs;
  }

  /** The value of a name that no module declares. */
  globalValue(name: string): TracedType {
    return globalValue(this.#needs.table, name);
  }

  /** Undefined for what no shape and no name can tell. */
  member(type: ExternalType, name: string): TracedType | null {
    return type.side === "instance" ? this.#ofInstance(type, name) : this.#ofValue(type, name);
  }

  #ofInstance(type: ExternalType, name: string): TracedType {
    const { table } = this.#needs;
    const found = this.#findMember(type, name);
    const path = `${type.path}#${name}`;
    if (found === null || found.member.method) return table.method(type.package, path, type);
    return this.#evaluate(found);
  }

  #ofValue(type: ExternalType, name: string): TracedType {
    const { table, scopes, substitution } = this.#needs;
    if (type.path === "" || type.path === "default") {
      if (type.package === "global" && WINDOW_NAMES.has(name)) return type;
      return table.external(type.package, name, "value");
    }
    if (name === "prototype") return table.external(type.package, type.path, "instance");
    const shape = shapesOf(type.package)?.classes.get(type.path);
    const member = shape?.statics.get(name);
    if (shape !== undefined && member !== undefined && !member.method) return substitution.of(this.#needs.evaluate(member.term, scopes.ofShapeMember(type.package, shape, member)), new Map());
    if (member === undefined && FUNCTION_MEMBERS.has(name)) return table.method("global", `Function#${name}`, table.global("Function", [type]));
    const path = `${type.path}.${name}`;
    return path.split(/[.#]/).length > MAX_PATH ? UNKNOWN : table.external(type.package, path, "value");
  }

  #evaluate(found: FoundMember): TracedType {
    const scope = this.#needs.scopes.ofShapeMember(found.package, found.shape, found.member);
    return this.#needs.substitution.of(this.#needs.evaluate(found.member.term, scope), found.environment);
  }

  /** Up the chain of a listed class. */
  #findMember(receiver: ExternalType, name: string): FoundMember | null {
    for (const each of this.chain(receiver)) {
      const shape = shapesOf(each.package)?.classes.get(each.path);
      const member = shape?.members.get(name);
      if (shape !== undefined && member !== undefined) return { member, shape, package: each.package, environment: this.#environment(shape, each, receiver) };
    }
    return null;
  }

  #environment(shape: ShapeClass, at: ExternalType, receiver: TracedType): Environment {
    const { table } = this.#needs;
    const environment = new Map<TracedType, TracedType>();
    shape.typeParameters.forEach((_, index) => environment.set(table.parameter(shape, index), at.args[index] ?? UNKNOWN));
    environment.set(table.parameter(shape, -1), receiver);
    return environment;
  }

  /** An external instance type and what it extends, as far as the shapes tell. */
  chain(type: ExternalType): ExternalType[] {
    const chain: ExternalType[] = [];
    let at: ExternalType | null = type;
    while (at !== null && chain.length < 20) {
      chain.push(at);
      const shape: ShapeClass | undefined = shapesOf(at.package)?.classes.get(at.path);
      if (shape?.extends == null) break;
      const scheme = this.#needs.evaluate(shape.extends, this.#needs.scopes.ofShape(at.package, shape));
      const parent: TracedType = this.#needs.substitution.of(scheme, this.#environment(shape, at, at));
      at = parent.kind === "external" ? parent : null;
    }
    return chain;
  }

  /** What a call of an external value is checked against. */
  signature(type: ExternalType): ExternalSignature | null {
    const { scopes, table } = this.#needs;
    const { receiver } = table.hidden(type);
    const hash = type.path.lastIndexOf("#");
    if (hash >= 0) {
      if (receiver?.kind !== "external") return null;
      const found = this.#findMember(receiver, type.path.slice(hash + 1));
      if (found === null || !found.member.method) return null;
      return { member: found.member, scope: (member) => scopes.ofShapeMember(found.package, found.shape, member), environment: found.environment };
    }
    const shapes = shapesOf(type.package);
    const dot = type.path.lastIndexOf(".");
    const shape = dot < 0 ? undefined : shapes?.classes.get(type.path.slice(0, dot));
    const member = dot < 0 ? shapes?.functions.get(type.path) : shape?.statics.get(type.path.slice(dot + 1));
    if (member === undefined || !member.method) return null;
    return { member, scope: (each) => scopes.ofShapeMember(type.package, shape ?? null, each), environment: new Map() };
  }

  /** What `new` on an external class is checked against: the parameters are its own, which the instance's arguments are inferred from. */
  constructSignature(type: ExternalType): { readonly member: ShapeMember; readonly scope: Scope } | null {
    const shape = shapesOf(type.package)?.classes.get(type.path);
    const construct = shape?.construct;
    if (shape === undefined || construct == null) return null;
    return { member: construct, scope: this.#needs.scopes.ofShapeMember(type.package, shape, construct) };
  }

  /** Under which keys the knowledge tables may list a value: a method under each class that it may come from. */
  keys(type: ExternalType): ApiKey[] {
    const hash = type.path.lastIndexOf("#");
    const { receiver } = this.#needs.table.hidden(type);
    if (hash < 0 || receiver?.kind !== "external") return [`${type.package}:${type.path}`];
    const name = type.path.slice(hash + 1);
    const chain = this.chain(receiver);
    const declaring = chain.findIndex((each) => shapesOf(each.package)?.classes.get(each.path)?.members.has(name) === true);
    return (declaring < 0 ? chain : chain.slice(0, declaring + 1)).map((each) => `${each.package}:${each.path}#${name}`);
  }
}

const FUNCTION_MEMBERS = new Set(["bind", "call", "apply"]);
