/**
 * Types as written, not yet looked up: what an annotation, a JSDoc comment or a heritage clause says. The tracer evaluates
 * a term in the module where it stands.
 */
import type { VariableId } from "./ir.ts";

export type TypeTerm =
  /**
   * `A`, `A.B<C>`. `variable` is the value binding that the first part resolves to in the scope where it is written (a class, an
   * import, a namespace, an enum), else null (interface, alias, type parameter, global).
   * A type declared in a namespace is written with it, also from inside: `I` in `namespace N` has the parts `N`, `I`.
   */
  | { readonly kind: "name"; readonly parts: readonly string[]; readonly variable: VariableId | null; readonly args: readonly TypeTerm[] }
  | { readonly kind: "array"; readonly element: TypeTerm }
  | { readonly kind: "tuple"; readonly elements: readonly TypeTerm[] }
  | { readonly kind: "union" | "intersection"; readonly members: readonly TypeTerm[] }
  /** A rest parameter's name begins with `...`; its type is the array. */
  | { readonly kind: "function"; readonly params: readonly { readonly name: string; readonly type: TypeTerm | null }[]; readonly returns: TypeTerm | null; readonly construct: boolean }
  /** `call` is the first call signature, or else the first construct signature. */
  | { readonly kind: "object"; readonly members: readonly { readonly name: string; readonly type: TypeTerm | null; readonly optional: boolean }[]; readonly index: TypeTerm | null; readonly call: TypeTerm | null }
  /** `typeof a.b` */
  | { readonly kind: "typeof"; readonly parts: readonly string[]; readonly variable: VariableId | null }
  /** `import("x").A<B>`; without parts, as in `typeof import("x")`, the module's namespace. */
  | { readonly kind: "import"; readonly specifier: string; readonly parts: readonly string[]; readonly args: readonly TypeTerm[] }
  /** `T["key"]` with a literal key. */
  | { readonly kind: "indexed"; readonly object: TypeTerm; readonly key: string }
  /** `x is T`, `asserts x is T` */
  | { readonly kind: "predicate"; readonly parameter: string; readonly asserts: boolean; readonly type: TypeTerm | null }
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "primitive"; readonly name: "string" | "number" | "boolean" | "bigint" | "symbol" | "null" | "undefined" | "void" | "never" | "any" | "unknown" | "object" }
  | { readonly kind: "this" }
  /** Conditional, mapped, `keyof` and the like: not evaluated. A template type is the primitive `string`, `readonly T` is `T`. */
  | { readonly kind: "unsupported" };
