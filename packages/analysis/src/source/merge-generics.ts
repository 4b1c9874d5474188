/**
 * `A[] | B[]` is `(A | B)[]`, and so for every generic class, interface and external type in a union. Positions of tuples do not matter once
 * arrays of several makers meet. Without it, what was seen early of an argument would stay a member of the union for ever.
 */
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import type { TypeTable } from "./type-table.ts";

type GenericType = TracedType & { readonly kind: "external" | "instance" | "interface" };

/** The members, of each generic type at most one. */
export function mergeGenerics(table: TypeTable, members: readonly TracedType[]): TracedType[] {
  const groups = new Map<object | string, GenericType[]>();
  const merged: TracedType[] = [];
  for (const member of members) {
    const key = genericKey(table, member);
    if (key === null) merged.push(member);
    else groups.set(key, [...(groups.get(key) ?? []), member as GenericType]);
  }
  for (const group of groups.values()) {
    const [first, ...others] = group;
    if (first === undefined) continue;
    merged.push(others.length === 0 ? first : withArguments(table, first, first.args.map((_, index) => table.join(group.map((each) => each.args[index] ?? UNKNOWN)))));
  }
  return merged;
}

/** Types that differ in their arguments alone have one key; null for what has none. */
function genericKey(table: TypeTable, type: TracedType): object | string | null {
  if ((type.kind !== "external" && type.kind !== "instance" && type.kind !== "interface") || type.args.length === 0 || table.hidden(type).also.length > 0) return null;
  if (type.kind === "external") return type.side === "instance" ? `${type.package}:${type.path}:${type.args.length}` : null;
  return type.kind === "instance" ? type.class : type.declaration;
}

function withArguments(table: TypeTable, type: GenericType, args: readonly TracedType[]): TracedType {
  switch (type.kind) {
    case "external": return table.external(type.package, type.path, "instance", args);
    case "instance": return table.instance(type.module, type.class, args);
    case "interface": return table.interface(type.module, type.declaration, args);
  }
}
