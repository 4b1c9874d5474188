/**
 * Values of the abstract interpretation: sets of origins. An origin says where a value came from; two equal origins are one object
 * (interned), so sets compare by identity.
 *
 * Theory: a value is a *may* set of origins, join is union, bottom is the empty set; a set that would grow past `MAX_ORIGINS` becomes
 * `unknown`, of which nothing is reported. A symbolic origin (`param`, `this`, `variable`, `global`, `field`) is what that place held when
 * the function was entered; a summary speaks of these and a call replaces them by what the caller has there.
 */
import type { ClassIR, FunctionIR, ModuleIR, VariableId } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { Shape } from "../knowledge/shape.ts";

export type SiteKind =
  /** Memory of the runtime. `retained` outlives its frame, `transfer` may cross agents. */
  | "frame" | "pool" | "heap" | "retained" | "transfer"
  /** `alloc.frame()`: a frame open until it is disposed. */
  | "frame-scope"
  | "allocator"
  /** A point of a frame to go back to. */
  | "checkpoint"
  /** Plain JavaScript. */
  | "object" | "instance"
  /** The `resolve` that a promise hands to its executor. */
  | "resolver"
  /** `f.bind(x)`: a function that holds what was bound. */
  | "bound"
  /** What an unresolved call or an impure expression gave: a thing of its own, of which nothing else is known. */
  | "result";

/** A place of the program that makes a value, seen from one function. */
export interface Site {
  readonly kind: SiteKind;
  readonly at: Location;
  /** The name it is first bound to, for messages. */
  readonly binding: string | null;
  /** The API that made it. */
  readonly api: string | null;
  /** Which allocator's, for memory of the runtime and for frame scopes. */
  readonly allocator: Origin | null;
  /** What its bytes hold. */
  readonly shape: Shape;
  /** The calls, outermost first, through which this function got it. */
  readonly via: readonly Location[];
  /** Its class, for instances. */
  readonly class: { readonly module: ModuleIR; readonly class: ClassIR } | null;
}

export type Origin = { readonly id: number; readonly key: string } & (
  /** `old` stands for all values that the site made before its latest (recency abstraction). */
  | { readonly kind: "site"; readonly site: Site; readonly old: boolean }
  | { readonly kind: "param"; readonly fn: FunctionIR; readonly index: number }
  | { readonly kind: "this"; readonly fn: FunctionIR }
  | { readonly kind: "variable"; readonly module: ModuleIR; readonly variable: VariableId }
  | { readonly kind: "global"; readonly name: string }
  | { readonly kind: "class"; readonly module: ModuleIR; readonly class: ClassIR }
  | { readonly kind: "function"; readonly module: ModuleIR; readonly fn: FunctionIR }
  /** Key `*` stands for every element of a container and every computed key. */
  | { readonly kind: "field"; readonly base: Origin; readonly name: string; readonly depth: number }
  | { readonly kind: "const"; readonly value: string | number | boolean | null | undefined }
  | { readonly kind: "expr"; readonly operator: string; readonly operands: readonly Origin[] }
  | { readonly kind: "scalar" }
  | { readonly kind: "unknown" }
);

export type Value = ReadonlySet<Origin>;
export type SiteOrigin = Origin & { readonly kind: "site" };

/** Elements of a container, computed keys. */
export const ELEMENT = "*";
/** All that a caller's object holds under names that the text does not tell, but for those that are named after it. */
const REST = "...";
export const restWithout = (names: readonly string[]): string => REST + names.join();
/** The names that it is without; null for the name of a member. */
export const namesLeftOut = (name: string): readonly string[] | null => (name.startsWith(REST) ? name.slice(REST.length).split(",") : null);
export const EMPTY: Value = new Set();
const MAX_ORIGINS = 16;
/** Longest chain of fields that is told apart; a longer one is `unknown`. */
const MAX_DEPTH = 5;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Interns the origins of one program. */
export class OriginTable {
  readonly #known = new Map<string, Origin>();
  readonly #modules = new Map<ModuleIR, number>();
  readonly unknown: Origin = this.#intern("?", { kind: "unknown" });
  readonly scalar: Origin = this.#intern("#", { kind: "scalar" });
  readonly unknownValue: Value = new Set([this.unknown]);
  readonly scalarValue: Value = new Set([this.scalar]);

  param(fn: FunctionIR, index: number): Origin {
    return this.#intern(`p${index}@${fn.file}#${fn.id}`, { kind: "param", fn, index });
  }

  this_(fn: FunctionIR): Origin {
    return this.#intern(`t@${fn.file}#${fn.id}`, { kind: "this", fn });
  }

  variable(module: ModuleIR, variable: VariableId): Origin {
    return this.#intern(`v${variable}@${this.#moduleId(module)}`, { kind: "variable", module, variable });
  }

  global(name: string): Origin {
    return this.#intern(`g:${name}`, { kind: "global", name });
  }

  class_(module: ModuleIR, class_: ClassIR): Origin {
    return this.#intern(`c${class_.id}@${this.#moduleId(module)}`, { kind: "class", module, class: class_ });
  }

  function_(module: ModuleIR, fn: FunctionIR): Origin {
    return this.#intern(`f${fn.id}@${this.#moduleId(module)}`, { kind: "function", module, fn });
  }

  constant(value: string | number | boolean | null | undefined): Origin {
    return this.#intern(`k:${typeof value}:${String(value)}`, { kind: "const", value });
  }

  expression(operator: string, operands: readonly Origin[]): Origin {
    return this.#intern(`e:${operator}(${operands.map((operand) => operand.id).join()})`, { kind: "expr", operator, operands });
  }

  field(base: Origin, name: string): Origin {
    if (base.kind === "unknown" || base.kind === "scalar" || base.kind === "const" || base.kind === "expr") return this.unknown;
    const depth = base.kind === "field" ? base.depth + 1 : 1;
    if (depth > MAX_DEPTH) return this.unknown;
    return this.#intern(`${base.id}.${name}`, { kind: "field", base, name, depth });
  }

  site(site: Site, old: boolean): SiteOrigin {
    const { file, span } = site.at;
    const via = site.via.map((call) => `${call.file}:${call.span.start}`).join(">");
    const key = `s:${site.kind}:${file}:${span.start}-${span.end}:${site.allocator?.id ?? ""}:${via}:${old ? "old" : "new"}`;
    return this.#intern(key, { kind: "site", site, old }) as SiteOrigin;
  }

  #moduleId(module: ModuleIR): number {
    let id = this.#modules.get(module);
    if (id === undefined) this.#modules.set(module, (id = this.#modules.size));
    return id;
  }

  #intern(key: string, make: DistributiveOmit<Origin, "id" | "key">): Origin {
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const origin = { ...make, id: this.#known.size, key } as Origin;
    this.#known.set(key, origin);
    return origin;
  }
}

/** Union; the wider of the two is returned itself when it holds the other. */
export function union(table: OriginTable, a: Value, b: Value): Value {
  if (a === b || b.size === 0) return a;
  if (a.size === 0) return b;
  let grown: Set<Origin> | null = null;
  for (const origin of b) if (!a.has(origin)) (grown ??= new Set(a)).add(origin);
  if (grown === null) return a;
  return grown.size > MAX_ORIGINS ? table.unknownValue : grown;
}

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const origin of a) if (!b.has(origin)) return false;
  return true;
}

/** The one origin of a value that has exactly one, else null. */
export function single(value: Value): Origin | null {
  if (value.size !== 1) return null;
  for (const origin of value) return origin;
  return null;
}

/** Whether it stands for a place as it was at entry: something that a caller can put its own value to. */
export function isSymbolic(origin: Origin): boolean {
  return origin.kind === "param" || origin.kind === "this" || origin.kind === "variable" || origin.kind === "global" || origin.kind === "class" || origin.kind === "field";
}

/** The place a chain of fields starts from. */
export function rootOf(origin: Origin): Origin {
  let root = origin;
  while (root.kind === "field") root = root.base;
  return root;
}

/** As a person would write it, for messages: `this.alloc`, `world.path`. */
export function nameOf(origin: Origin): string {
  switch (origin.kind) {
    case "param": return origin.fn.params[origin.index]?.name || `argument ${origin.index + 1}`;
    case "this": return "this";
    case "variable": return origin.module.variables[origin.variable]?.name ?? "?";
    case "global": return origin.name;
    case "class": return origin.class.name || "class";
    case "function": return origin.fn.name || "function";
    case "field": return origin.name === ELEMENT ? `${nameOf(origin.base)}[]` : `${nameOf(origin.base)}.${origin.name}`;
    case "site": return origin.site.binding ?? origin.site.api?.replace(/^.*[#.:]/, "") ?? "value";
    case "const": return String(origin.value);
    case "expr": {
      const [first] = origin.operands;
      return first === undefined ? "value" : nameOf(first);
    }
    case "scalar": case "unknown": return "value";
  }
}
