/**
 * Instantiation of types: type parameters, and the self type of a class, replaced by what an environment says they stand for.
 * A type function that waited for its argument (`Awaited<T>`) is applied then; what it gives may belong to a question that is still being
 * answered, so such results are not remembered.
 */
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import type { Environment, Scope, TypeTable } from "./type-table.ts";

const MAX_DEPTH = 10;

export class Substitution {
  readonly #table: TypeTable;
  readonly #apply: (name: string, arg: TracedType) => TracedType;
  readonly #known = new Map<string, TracedType>();
  #applications = 0;

  constructor(table: TypeTable, apply: (name: string, arg: TracedType) => TracedType) {
    this.#table = table;
    this.#apply = apply;
  }

  /** The type with its parameters replaced; one that the environment does not hold stays. */
  of(type: TracedType, environment: Environment): TracedType {
    if (environment.size === 0 || !this.#table.isOpen(type)) return type;
    const key = `${this.#table.idOf(type)}${this.#table.environmentKey(environment)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const before = this.#applications + this.#table.basesAsked;
    const result = this.#ofParts(type, environment);
    // What a base class says is of its module.
    if (before === this.#applications + this.#table.basesAsked) this.#known.set(key, result);
    return result;
  }

  /** The type where only the parameters of `scope` mean something: any other is unknown there. */
  close(type: TracedType, scope: Scope): TracedType {
    if (!this.#table.isOpen(type)) return type;
    const foreign = new Map<TracedType, TracedType>();
    this.#collect(type, (parameter) => { if (!scope.identity.has(parameter)) foreign.set(parameter, UNKNOWN); }, 0);
    return this.of(type, foreign);
  }

  #collect(type: TracedType, add: (parameter: TracedType) => void, depth: number): void {
    if (depth > MAX_DEPTH || !this.#table.isOpen(type)) return;
    const { environment, receiver, tuple, also, delayed } = this.#table.hidden(type);
    if (this.#table.isParameter(type)) add(type);
    const args = type.kind === "union" ? type.members : "args" in type ? type.args : [];
    for (const part of [...args, ...environment.values(), ...(tuple ?? []), ...also]) this.#collect(part, add, depth + 1);
    if (receiver !== null) this.#collect(receiver, add, depth + 1);
    if (delayed !== null) this.#collect(delayed.arg, add, depth + 1);
  }

  #ofParts(type: TracedType, environment: Environment): TracedType {
    const hidden = this.#table.hidden(type);
    if (hidden.also.length > 0) return this.#table.intersection([this.#plain(type, environment), ...this.#each(hidden.also, environment)]);
    if (type.kind === "union") return this.#table.join(this.#each(type.members, environment));
    if (hidden.tuple !== null) return this.#table.tuple(this.#each(hidden.tuple, environment));
    if (hidden.delayed !== null) {
      this.#applications++;
      return this.#apply(hidden.delayed.name, this.of(hidden.delayed.arg, environment));
    }
    return this.#plain(type, environment);
  }

  #plain(type: TracedType, environment: Environment): TracedType {
    const bound = environment.get(type);
    if (bound !== undefined) return bound;
    const table = this.#table;
    const hidden = table.hidden(type);
    switch (type.kind) {
      case "instance": return table.instance(type.module, type.class, this.#each(type.args, environment));
      case "interface": return table.interface(type.module, type.declaration, this.#each(type.args, environment));
      case "external": return hidden.receiver !== null ? table.method(type.package, type.path, this.of(hidden.receiver, environment)) : table.external(type.package, type.path, type.side, this.#each(type.args, environment));
      case "function": return table.function(type.module, type.function, this.compose(hidden.environment, environment), hidden.receiver === null ? null : this.of(hidden.receiver, environment));
      case "callable": return hidden.scope === null ? type : table.callable(hidden.scope, type.term, this.compose(hidden.environment, environment));
      case "shape": return hidden.scope === null ? type : table.shape(hidden.scope, type.term, this.compose(hidden.environment, environment));
      default: return type;
    }
  }

  #each(types: readonly TracedType[], environment: Environment): TracedType[] {
    return types.map((part) => this.of(part, environment));
  }

  /** First `inner`, then `outer`; what `inner` does not name is not in scope. */
  compose(inner: Environment, outer: Environment): Environment {
    const composed = new Map<TracedType, TracedType>();
    for (const [parameter, type] of inner) composed.set(parameter, this.of(type, outer));
    return composed;
  }
}
