/**
 * `/** @type {X} *\/ (expression)`: JSDoc's cast. Parentheses leave no node, so a cast is known by the offset of the first token behind
 * the comment's parenthesis; the outermost expression that starts there is the one that is cast.
 */
import type * as ES from "@oxc-project/types";
import { endOf, startOf } from "./estree.ts";
import { readJsdocType } from "./jsdoc-type.ts";
import type { ModuleDraft } from "./module-draft.ts";
import { readDoc } from "./read-jsdoc.ts";
import type { TypeReader } from "./read-type.ts";
import type { TypeTerm } from "./type-term.ts";

export interface JsdocCast {
  readonly type: string;
  /** The expression that it was given to. */
  node: object | null;
}

/** The casts of a text by the offset where their expression starts. */
export function findCasts(module: Pick<ModuleDraft, "docs" | "parsed" | "readsJsdocTypes">): Map<number, JsdocCast> {
  const casts = new Map<number, JsdocCast>();
  if (!module.readsJsdocTypes) return casts;
  const { text } = module.parsed;
  for (const comment of module.docs.all()) {
    if (!comment.value.includes("@type") && !comment.value.includes("@satisfies")) continue;
    const paren = /\s*\(\s*/y;
    paren.lastIndex = comment.end;
    if (paren.exec(text) === null) continue;
    const type = readDoc(comment).find((tag) => tag.tag === "type" || tag.tag === "satisfies")?.type;
    if (type != null) casts.set(paren.lastIndex, { type, node: null });
  }
  return casts;
}

/** The cast that stands in front of this expression, as a reader of its type; null when there is none. */
export function castAt(module: ModuleDraft, node: ES.Expression): ((reader: TypeReader) => TypeTerm) | null {
  if (module.casts.size === 0) return null;
  const cast = module.casts.get(startOf(node));
  if (cast === undefined || (cast.node !== null && cast.node !== node)) return null;
  // `this` of `(this.a)` starts there too, and is not all of it.
  if (cast.node === null && !closes(module.parsed.text, endOf(node))) return null;
  cast.node = node;
  return (reader) => readJsdocType(reader, cast.type);
}

function closes(text: string, offset: number): boolean {
  const paren = /\s*\)/y;
  paren.lastIndex = offset;
  return paren.test(text);
}
