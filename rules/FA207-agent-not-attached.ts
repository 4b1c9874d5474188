/** FA207 reads the fact `unattachedAllocators`: allocators that are sent as they are, or made anew by each agent. */
import { unattachedAllocators } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA207 = defineRule({
  code: "FA207",
  name: "agent-not-attached",
  families: ["threading"],
  severity: "warning",
  since: "0.1.0",
  summary: "an allocator used in an agent that did not attach to it",
  formerly: [],
  docs: {
    why: `
An allocator belongs to its agent: its clone has neither its methods nor its memory, and a module that two agents import makes two allocators, whose
memory nobody shares. What travels is \`alloc.share()\`; the other agent attaches to it.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

const alloc = new SmartAlloc();

export function start(worker: Worker): void {
  worker.postMessage({ alloc });
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

const alloc = new SmartAlloc();

export function start(worker: Worker): void {
  worker.postMessage({ shared: alloc.share() });
}`,
    misses: "messages kept in fields or filled by methods, agents whose module is computed.",
  },
  needs: { unattachedAllocators },

  check({ unattachedAllocators: { cloned, repeated } }, report) {
    for (const { at, name, made } of cloned) {
      report({
        at,
        message: `allocator \`${name}\` is sent to another agent as it is`,
        related: made === null ? [] : [{ at: made, message: "made here" }],
        help: "send `alloc.share()`, and `SmartAlloc.attach(shared)` there",
      });
    }
    for (const { at, name, starts } of repeated) {
      report({
        at,
        message: `\`${name}\` is to be shared, and each agent that imports this module makes its own`,
        related: starts.map((start) => ({ at: start, message: "an agent that imports it is started here" })),
        help: "make it in one agent, send `share()` and `SmartAlloc.attach(shared)` in the others",
      });
    }
  },
});
