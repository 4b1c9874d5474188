/** Types that a JavaScript module declares in doc comments: `@typedef` and `@callback`. */
import { declareType } from "../source/bind.ts";
import { readDoc, readTypedef } from "../source/read-jsdoc.ts";
import { typeReader } from "../source/read-type.ts";
import type { FunctionBuilder } from "./builder.ts";

/** They count for the whole module, wherever they stand, and are exported as TypeScript does. */
export function recordDocTypes(f: FunctionBuilder): void {
  if (!f.module.readsJsdocTypes || !/@(?:typedef|callback)\b/.test(f.module.parsed.text)) return;
  const docs = f.module.docs.all().filter((comment) => /@(?:typedef|callback)\b/.test(comment.value));
  const reader = typeReader(f.module, f.scope);
  for (const comment of docs) {
    const read = readTypedef(reader, readDoc(comment));
    if (read === null || f.scope.types?.has(read.name) === true) continue;
    const span = { start: comment.start, end: comment.end };
    declareType(f.scope, read.name, read.name);
    f.module.types.push({ kind: "alias", name: read.name, parameters: read.parameters, term: read.term, extends: [], exported: true, augments: null, span });
    f.module.exports.push({ kind: "type", name: read.name, type: read.name, span });
  }
}
