/** FA203 reads the fact `workerBudgets`: workers whose loops allocate, with no budget for them. */
import { workerBudgets } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA203 = defineRule({
  code: "FA203",
  name: "no-thread-budget",
  families: ["threading"],
  severity: "hint",
  since: "0.1.0",
  summary: "a worker whose loops allocate, with no budget for it",
  formerly: [],
  docs: {
    why: `
Agents share transfer memory and, where one is set, a limit for all of them. A worker that allocates in a loop and has no budget can take it all, and the fault
then shows in another agent; without such a limit its own arena or pool runs dry at a time that nobody chose.`,
    bad: `
import { f32, SmartAlloc, struct, type SharedAlloc } from "@framealloc/runtime";

const Hit = struct({ x: f32 });

self.onmessage = (event: MessageEvent<SharedAlloc>) => {
  const alloc = SmartAlloc.attach(event.data);
  for (let step = 0; step < 60; step++) {
    alloc.beginFrame();
    alloc.frameAlloc(Hit).x = step;
    alloc.endFrame();
  }
};`,
    good: `
import { f32, SmartAlloc, struct, type SharedAlloc } from "@framealloc/runtime";

const Hit = struct({ x: f32 });

self.onmessage = (event: MessageEvent<SharedAlloc>) => {
  const alloc = SmartAlloc.attach(event.data);
  alloc.setFrameBudget(1024);
  for (let step = 0; step < 60; step++) {
    alloc.beginFrame();
    alloc.frameAlloc(Hit).x = step;
    alloc.endFrame();
  }
};`,
    misses: "allocations by functions that cannot be followed; budgets that another program configures.",
  },
  needs: { workerBudgets },

  check({ workerBudgets: workers }, report) {
    for (const { at, name, memory, entry, start, chain } of workers) {
      report({
        at,
        message: `\`${name}\` takes ${memory} memory in a loop of the worker \`${entry}\`, which has no budget`,
        related: start === null ? [] : [{ at: start, message: "the worker is started here" }],
        chain,
        help: "give it one by `setThreadBudgetConfig(agentId, ...)`, or look at `frameRemaining()` in the loop",
      });
    }
  },
});
