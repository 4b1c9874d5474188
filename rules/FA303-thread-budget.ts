/** FA303 reads the fact `exceeded-budgets`: sizes that the text tells, added up over a frame, against the frame budget of the agent. */
import { byteText, exceededBudgets } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA303 = defineRule({
  code: "FA303",
  name: "thread-budget",
  families: ["budgets"],
  severity: "warning",
  since: "0.1.0",
  summary: "one frame takes more than the budget of its agent",
  formerly: [],
  docs: {
    why: `
An agent's frame budget is a part of the arena that it may use. A frame whose constant sizes alone are more than that meets the budget's policy on every round: it fails,
or warns for ever.`,
    bad: `
import { kilobytes, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc();
alloc.setFrameBudget(kilobytes(64));

export function blur(): number {
  alloc.beginFrame();
  const pixels = alloc.frameSlice(u8, 256 * 512);
  const { length } = pixels;
  alloc.endFrame();
  return length;
}`,
    good: `
import { kilobytes, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc();
alloc.setFrameBudget(kilobytes(256));

export function blur(): number {
  alloc.beginFrame();
  const pixels = alloc.frameSlice(u8, 256 * 512);
  const { length } = pixels;
  alloc.endFrame();
  return length;
}`,
    misses: "sizes, rounds and budgets that are no constants; budgets that one agent sets for another; budgets of pools; frames with a rollback or a scope in them.",
  },
  weighsSizes: true,
  needs: { exceededBudgets },

  check({ exceededBudgets: events }, report) {
    for (const { at, allocator, bytes, budget, set, parts } of events) {
      report({
        at,
        message: `this frame of \`${allocator}\` takes ${byteText(bytes)} with it, and its agent's budget is ${byteText(budget)}`,
        related: [...parts.map((part) => ({ at: part.at, message: `${byteText(part.bytes)} allocated here` })), { at: set, message: `the budget of ${byteText(budget)} is set here` }],
        help: "raise the budget, end the frame between, or take large memory from `heapAlloc`",
      });
    }
  },
});
