/**
 * The per-file driver: a parsed file in, its `ModuleIR` out; the tree can then be dropped. Functions are lowered in the order in which they are
 * met, the module's own body first; a function's body waits until the one around it is done, so only nesting inside one function costs stack.
 */
import { lowerFunction } from "../cfg/lower-function.ts";
import { endOf } from "./estree.ts";
import type { ModuleIR } from "./ir.ts";
import { ModuleDraft } from "./module-draft.ts";
import { keepText } from "./module-text.ts";
import type { ParsedModule } from "./parsed-module.ts";

/**
 * Lowers every function of a file. Never throws on a program that a parser accepted: what is too deep or not understood is an `opaque` operation or
 * function and a note. Linear in the text but for `finally` blocks, which are copied a bounded number of times.
 */
export function lowerModule(parsed: ParsedModule): ModuleIR {
  const module = new ModuleDraft(parsed);
  const end = Math.max(parsed.text.length, endOf(parsed.program));
  module.addFunction({
    name: "",
    nameSpan: { start: 0, end: 0 },
    span: { start: 0, end: parsed.text.length },
    kind: "module",
    parent: null,
    source: { kind: "statements", body: parsed.program.body, end },
    scope: null,
  });
  // Lowering a function appends those written in it.
  for (let index = 0; index < module.functions.length; index++) {
    const draft = module.functions[index];
    if (draft !== undefined) lowerFunction(module, draft);
  }
  const finished = module.finish();
  keepText(finished, parsed);
  return finished;
}
