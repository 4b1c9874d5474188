/** Dominators against their definition: a block dominates another when no way leads there past it. */
import { openTexts } from "@framealloc/fa-cli";
import fc from "fast-check";
import { expect, it } from "vitest";
import { successors } from "../src/cfg/order.ts";
import { Dominators } from "../src/dataflow/dominators.ts";
import { linkProgram } from "../src/index.ts";
import type { BlockId, FunctionIR } from "../src/source/ir.ts";

const statement = fc.letrec<{ statement: string; list: string }>((tie) => ({
  list: fc.array(tie("statement"), { maxLength: 3 }).map((all) => all.join(" ")),
  statement: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("use();", "if (q()) return;", "throw q();"),
    tie("list").map((body) => `if (q()) { ${body} }`),
    fc.tuple(tie("list"), tie("list")).map(([a, b]) => `if (q()) { ${a} } else { ${b} }`),
    tie("list").map((body) => `while (q()) { ${body} if (q()) break; if (q()) continue; use(); }`),
    fc.tuple(tie("list"), tie("list")).map(([a, b]) => `switch (q()) { case 1: ${a} break; case 2: ${b} default: use(); }`),
    fc.tuple(tie("list"), tie("list")).map(([a, b]) => `try { ${a} use(); } catch { ${b} }`),
  ),
}));

/** The blocks that are reached without an exception and without going through `past`. */
function reached(fn: FunctionIR, past: BlockId | null): ReadonlySet<BlockId> {
  const seen = new Set<BlockId>(past === 0 ? [] : [0]);
  for (const id of seen) for (const to of successors(fn.blocks[id]?.terminal ?? { kind: "exit" })) if (to !== past) seen.add(to);
  return seen;
}

it("are the blocks that every way passes", () => {
  fc.assert(fc.property(statement.list, (body) => {
    const { input } = openTexts(new Map([["main.js", `function f() { ${body} }`]]));
    for (const fn of linkProgram(input).modules.flatMap((module) => module.functions)) {
      const dominators = new Dominators(fn);
      const all = reached(fn, null);
      for (const outer of fn.blocks) {
        const others = reached(fn, outer.id);
        for (const { id } of fn.blocks) expect(dominators.dominates(outer.id, id)).toBe(id === outer.id || (all.has(id) && all.has(outer.id) && !others.has(id)));
      }
    }
  }), { seed: 20, numRuns: 60 });
});
