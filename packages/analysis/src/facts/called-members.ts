/** Which members a program calls, or hands to what calls them every frame: `this.#step?.()`, `setInterval(this.#step, 16)`. By name alone. */
import { ENTRY_CALL_NAMES } from "../knowledge/hot-entries.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ModuleIR } from "../source/ir.ts";
import { joined, union } from "../source/joined.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { calleeName } from "./entry-candidates.ts";

const calledIn = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { fn, op } of moduleOps(module).calls) {
    if (op.receiver !== null && op.key !== null) names.add(op.key);
    const name = op.key ?? calleeName(module, fn, op);
    if (name === null || !ENTRY_CALL_NAMES.has(name)) continue;
    for (const { temp } of op.args) {
      const given = functionIndex(fn).operation(temp);
      if (given?.op === "get" && given.key !== null) names.add(given.key);
    }
  }
  return names;
});

/** Their names. Cost: one pass over the calls of each module, made once. */
export const membersCalled = joined(calledIn, union);
