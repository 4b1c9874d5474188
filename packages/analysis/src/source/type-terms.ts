/** All types that a module writes, wherever it writes them. */
import type { ModuleIR, Op } from "./ir.ts";
import type { TypeTerm } from "./type-term.ts";

/** Each term and all its parts. Cost: one walk over the module. */
export function* typeTerms(module: ModuleIR): Generator<TypeTerm> {
  for (const term of outermost(module)) if (term != null) yield* withParts(term);
}

function* outermost({ types, variables, classes, functions }: ModuleIR): Generator<TypeTerm | null | undefined> {
  for (const each of types) {
    yield each.term;
    yield* each.extends;
  }
  for (const { type } of variables) yield type;
  for (const { superTerm, implements: implemented, typeBounds = [], members } of classes) {
    yield superTerm;
    yield* implemented;
    yield* typeBounds;
    for (const { type } of members) yield type;
  }
  for (const { params, returnType, typeBounds = [], blocks } of functions) {
    for (const { type } of params) yield type;
    yield returnType;
    yield* typeBounds;
    for (const { ops } of blocks) for (const op of ops) yield* termsOf(op);
  }
}

function termsOf(op: Op): readonly (TypeTerm | null)[] {
  if (op.op === "cast") return [op.type];
  return op.op === "call" || op.op === "new" ? op.typeArgs : [];
}

/** An open list instead of a recursion: generated types nest deeply. */
function* withParts(term: TypeTerm): Generator<TypeTerm> {
  const open: TypeTerm[] = [term];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    yield at;
    for (const part of partsOf(at)) if (part !== null) open.push(part);
  }
}

function partsOf(term: TypeTerm): readonly (TypeTerm | null)[] {
  switch (term.kind) {
    case "name": case "import": return term.args;
    case "array": return [term.element];
    case "tuple": return term.elements;
    case "union": case "intersection": return term.members;
    case "function": return [...term.params.map(({ type }) => type), term.returns];
    case "object": return [...term.members.map(({ type }) => type), term.index, term.call];
    case "indexed": return [term.object];
    case "predicate": return [term.type];
    case "typeof": case "literal": case "primitive": case "this": case "unsupported": return [];
  }
}
