/** FA302 reads the fact `exceeded-tags`: constant sizes under one tag, added up, against the hard limit registered for it. */
import { byteText, exceededTags } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA302 = defineRule({
  code: "FA302",
  name: "tag-budget",
  families: ["budgets"],
  severity: "warning",
  since: "0.1.0",
  summary: "what is allocated under a tag exceeds the budget registered for it",
  formerly: [],
  docs: {
    why: `
A tag over its hard limit is denied memory. Where the sizes that the program writes down are already more than the limit that it registers, every run of that code
is denied.`,
    bad: `
import { type Budgets, kilobytes, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc();

export function configure(budgets: Budgets): void {
  budgets.registerTagBudget("ai", kilobytes(32), kilobytes(64));
}

export function plan(): number {
  alloc.beginFrame();
  const cells = alloc.withTag("ai", () => alloc.frameSlice(u8, kilobytes(128)));
  const { length } = cells;
  alloc.endFrame();
  return length;
}`,
    good: `
import { type Budgets, kilobytes, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc();

export function configure(budgets: Budgets): void {
  budgets.registerTagBudget("ai", kilobytes(128), kilobytes(256));
}

export function plan(): number {
  alloc.beginFrame();
  const cells = alloc.withTag("ai", () => alloc.frameSlice(u8, kilobytes(128)));
  const { length } = cells;
  alloc.endFrame();
  return length;
}`,
    misses: "sizes and tags that are no constants; what several calls under one tag add up to; code under a tag that releases memory or runs several frames.",
  },
  weighsSizes: true,
  needs: { exceededTags },

  check({ exceededTags: tags }, report) {
    for (const { at, tag, bytes, limit, registered, opened, parts } of tags) {
      report({
        at,
        message: `the tag \`${tag}\` takes ${byteText(bytes)} with it, and its hard limit is ${byteText(limit)}`,
        related: [...parts.map((part) => ({ at: part.at, message: `${byteText(part.bytes)} allocated here` })), { at: opened, message: "the tag is opened here" }, { at: registered, message: `the limit of ${byteText(limit)} is registered here` }],
        help: "raise the limit of the tag, or take less under it at a time",
      });
    }
  },
});
