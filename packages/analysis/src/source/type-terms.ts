/** All types that a module writes, wherever it writes them. */
import type { ModuleIR } from "./ir.ts";
import { moduleOps } from "./module-ops.ts";
import type { TypeTerm } from "./type-term.ts";

/** Gives each term and all its parts to `visit`. Cost: one walk over the declarations of the module, and over the operations that write types. */
export function visitTypeTerms(module: ModuleIR, visit: (term: TypeTerm) => void): void {
  const add = (term: TypeTerm | null | undefined): void => {
    if (term != null) visitParts(term, visit);
  };
  const addAll = (terms: readonly (TypeTerm | null)[] | undefined): void => terms?.forEach(add);
  for (const each of module.types) {
    add(each.term);
    addAll(each.extends);
  }
  for (const { type } of module.variables) add(type);
  for (const class_ of module.classes) {
    add(class_.superTerm);
    addAll(class_.implements);
    addAll(class_.typeBounds);
    for (const { type } of class_.members) add(type);
  }
  for (const fn of module.functions) {
    for (const { type } of fn.params) add(type);
    add(fn.returnType);
    addAll(fn.typeBounds);
  }
  for (const { op } of moduleOps(module).listed) {
    if (op.op === "cast") add(op.type);
    else if (op.op === "call" || op.op === "new") addAll(op.typeArgs);
  }
}

/** An open list instead of a recursion: generated types nest deeply. */
function visitParts(term: TypeTerm, visit: (term: TypeTerm) => void): void {
  const open: TypeTerm[] = [term];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    visit(at);
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
