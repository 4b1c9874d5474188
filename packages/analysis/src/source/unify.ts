/** Inference of type parameters: what a declared type says of them once it is held against an actual type. */
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface UnifyNeeds {
  readonly table: TypeTable;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
  member(type: TracedType, name: string): TracedType;
  element(type: TracedType): TracedType;
  returned(type: TracedType): TracedType;
  instanceOf(type: TracedType, args: readonly TracedType[]): TracedType;
  substitute(type: TracedType, environment: ReadonlyMap<TracedType, TracedType>): TracedType;
  /** The classes and interfaces above an instance, itself first. */
  above(type: TracedType): readonly TracedType[];
}

const MAX_DEPTH = 5;
const MAX_MEMBERS = 8;

/** Adds to `found` what `actual` says of the parameters among the keys of `wanted` that stand in `declared`. */
export function unify(needs: UnifyNeeds, declared: TracedType, actual: TracedType, wanted: ReadonlySet<TracedType>, found: Map<TracedType, TracedType>, depth = 0): void {
  const { table } = needs;
  if (depth > MAX_DEPTH || actual === UNKNOWN || actual === NEVER || !table.isOpen(declared)) return;
  if (wanted.has(declared)) {
    const before = found.get(declared);
    found.set(declared, before === undefined ? actual : table.join([before, actual]));
    return;
  }
  const inner = (left: TracedType, right: TracedType): void => unify(needs, left, right, wanted, found, depth + 1);
  const { tuple } = table.hidden(declared);
  if (tuple !== null) {
    tuple.forEach((element, index) => inner(element, needs.member(actual, String(index))));
    return;
  }
  switch (declared.kind) {
    case "union":
      unifyUnion(declared.members, actual, wanted, inner, table);
      break;
    case "external":
      unifyExternal(needs, declared, actual, inner);
      break;
    case "instance": case "interface": {
      const match = needs.above(actual).find((each) => isSameDeclaration(each, declared));
      if (match !== undefined && match.kind === declared.kind) declared.args.forEach((arg, index) => inner(arg, match.args[index] ?? UNKNOWN));
      break;
    }
    case "callable":
      unifyCallable(needs, declared, actual, inner);
      break;
    case "shape": {
      const { scope, environment } = table.hidden(declared);
      if (scope === null) break;
      for (const member of declared.term.members.slice(0, MAX_MEMBERS)) {
        if (member.type !== null) inner(needs.substitute(needs.evaluate(member.type, scope), environment), needs.member(actual, member.name));
      }
      break;
    }
    default:
      break;
  }
}

function unifyUnion(members: readonly TracedType[], actual: TracedType, wanted: ReadonlySet<TracedType>, inner: (declared: TracedType, actual: TracedType) => void, table: TypeTable): void {
  const structured = members.filter((member) => !wanted.has(member) && table.isOpen(member) && looksAlike(member, actual));
  if (structured.length > 0) for (const member of structured) inner(member, actual);
  else for (const member of members) if (wanted.has(member)) inner(member, actual);
}

function looksAlike(declared: TracedType, actual: TracedType): boolean {
  if (declared.kind === "external") return (actual.kind === "external" && actual.path === declared.path) || (declared.path === "Array" && actual.kind === "literal");
  if (declared.kind === "callable") return actual.kind === "function" || actual.kind === "callable" || actual.kind === "class";
  return declared.kind === actual.kind;
}

function unifyExternal(needs: UnifyNeeds, declared: TracedType & { readonly kind: "external" }, actual: TracedType, inner: (declared: TracedType, actual: TracedType) => void): void {
  const [first] = declared.args;
  if (first === undefined) return;
  const iterable = declared.package === "global" && (declared.path === "Iterable" || declared.path === "Iterator" || declared.path === "AsyncIterator");
  if (iterable || (declared.path === "Array" && actual.kind === "literal")) {
    inner(first, needs.element(actual));
    return;
  }
  const match = needs.above(actual).find((each) => isSameDeclaration(each, declared));
  if (match?.kind === "external") declared.args.forEach((arg, index) => inner(arg, match.args[index] ?? UNKNOWN));
}

function unifyCallable(needs: UnifyNeeds, declared: TracedType & { readonly kind: "callable" }, actual: TracedType, inner: (declared: TracedType, actual: TracedType) => void): void {
  const { scope, environment } = needs.table.hidden(declared);
  if (scope === null || declared.term.returns === null) return;
  const returns = needs.substitute(needs.evaluate(declared.term.returns, scope), environment);
  if (declared.term.construct) inner(returns, needs.instanceOf(actual, []));
  else if (actual.kind === "function" || actual.kind === "callable") inner(returns, needs.returned(actual));
}

function isSameDeclaration(a: TracedType, b: TracedType): boolean {
  switch (b.kind) {
    case "instance": return a.kind === "instance" && a.class === b.class;
    case "interface": return a.kind === "interface" && a.declaration === b.declaration;
    case "external": return a.kind === "external" && a.package === b.package && a.path === b.path && a.side === b.side;
    default: return false;
  }
}
