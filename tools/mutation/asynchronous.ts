/** Makes a function wait: the word that makes it asynchronous, and the wait itself. */
import type { Edit } from "./mutant.ts";
import { insert } from "./mutant.ts";
import type { FunctionNode, SyntaxTree } from "./syntax-tree.ts";

export interface Waiting {
  /** A statement that suspends. */
  readonly statement: string;
  /** What the function needs for it: none where it can wait already. */
  readonly edits: readonly Edit[];
}

/** Null for what cannot wait: constructors, accessors, the top of a script. */
export function waitingIn(tree: SyntaxTree, fn: FunctionNode | null): Waiting | null {
  if (fn === null) return null;
  if (fn.generator) return { statement: "yield;", edits: [] };
  const statement = "await Promise.resolve();";
  if (fn.async) return { statement, edits: [] };
  const owner = tree.parentOf(fn);
  if (owner?.type === "MethodDefinition") return owner.kind === "method" ? { statement, edits: [insert(tree.file, owner.key.start, "async ")] } : null;
  if (owner?.type === "Property" && (owner.method || owner.kind !== "init")) return owner.kind === "init" ? { statement, edits: [insert(tree.file, owner.key.start, "async ")] } : null;
  return { statement, edits: [insert(tree.file, fn.start, "async ")] };
}
