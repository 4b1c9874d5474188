/** FA301 reads the fact `unboundedLoops`: rounds that allocate, and that nothing counts, ends or checks. */
import { unboundedLoops } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA301 = defineRule({
  code: "FA301",
  name: "memory-budget",
  families: ["budgets"],
  severity: "warning",
  since: "0.1.0",
  summary: "an allocation in a loop without a count, with no end of a frame, release or budget check in it",
  formerly: [],
  docs: {
    why: `
Each round takes more, and nothing says when it is enough: the arena, the pool or the budget is empty at a time that nobody chose. A round that looks at what is
left can stop, one that ends its frame begins anew.`,
    bad: `
import { SmartAlloc, u8 } from "@framealloc/runtime";

export function absorb(alloc: SmartAlloc): void {
  alloc.beginFrame();
  while (true) {
    const data = alloc.frameVec(u8);
    data.resize(data.length + 1_000_000);
  }
}`,
    good: `
import { megabytes, SmartAlloc, u8 } from "@framealloc/runtime";

export function absorb(alloc: SmartAlloc): void {
  alloc.setFrameBudget(megabytes(8));
  alloc.beginFrame();
  while (true) {
    if (alloc.frameUsage() > megabytes(6)) break;
    const data = alloc.frameVec(u8);
    data.resize(data.length + 1_000_000);
  }
  alloc.endFrame();
}`,
    misses: "loops spread over several turns; loops that end by what a call or the data say; a check that is one of another allocator.",
  },
  needs: { unboundedLoops },

  check({ unboundedLoops: loops }, report) {
    for (const { at, call, memory, loop, how, chain } of loops) {
      report({
        at,
        message: `\`${call}\` takes ${memory} memory in each round of a loop that ${how === "endless" ? "never ends by itself" : "no count bounds"}`,
        related: [{ at, message: "allocated here" }, { at: loop, message: "in this loop, which ends no frame, gives nothing back and checks no budget" }],
        chain,
        help: "end a frame in each round, release what the round took, or ask `frameRemaining` and stop",
      });
    }
  },
});
