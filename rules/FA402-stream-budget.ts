/** FA402 reads the fact `streams`: reservations that constant sizes show to exceed their budget, and `tryReserve` taken for granted. */
import { byteText, streams } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const CHECK = "ask whether `tryReserve` gave a stream before it is used, or call `reserve`, which throws";

export const FA402 = defineRule({
  code: "FA402",
  name: "stream-budget",
  families: ["dirtymem"],
  severity: "warning",
  since: "0.1.0",
  summary: "reservations beyond the streaming budget, or a `tryReserve` that nobody checks",
  formerly: [],
  docs: {
    why: `
What is reserved and not loaded cannot be evicted, and what is critical never is: when such reservations alone exceed the budget, the next one is refused in every
run. \`tryReserve\` says so by giving nothing, which is then handed on as if it were a stream.`,
    bad: `
import { StreamingAllocator } from "@framealloc/runtime";

export function openWorld(): void {
  const streams = new StreamingAllocator(1024);
  streams.reserve(512, "critical", "terrain");
  streams.reserve(512, "critical", "sky");
  streams.reserve(512, "critical", "crowd");
}`,
    good: `
import { StreamingAllocator } from "@framealloc/runtime";

export function openWorld(): void {
  const streams = new StreamingAllocator(2048);
  streams.reserve(512, "critical", "terrain");
  streams.reserve(512, "critical", "sky");
  streams.reserve(512, "critical", "crowd");
}`,
    misses: "budgets and sizes that are no constants; room that is kept from a stream of lower priority; results of `tryReserve` that are checked where they are not used.",
  },
  weighsSizes: true,
  needs: { streams },

  check({ streams: { exceeded, unchecked, dropped } }, report) {
    for (const { at, allocator, bytes, budget, made, parts } of exceeded) {
      report({
        at,
        message: `reservations of \`${allocator}\` take ${byteText(bytes)}, more than its budget of ${byteText(budget)}`,
        related: [...parts.map((part) => ({ at: part.at, message: `${byteText(part.bytes)} reserved here` })), { at: made, message: `allocated here, with ${byteText(budget)}` }],
        help: "give the allocator a larger budget, reserve less, or load and free streams before the next ones are reserved",
      });
    }
    for (const { at, inner, site } of unchecked) {
      report({
        at,
        message: `stream ${site.binding === null ? "" : `\`${site.binding}\` `}is used, and nobody asked whether \`tryReserve\` gave one`,
        related: [{ at: site.at, message: "allocated here, if there is room" }, ...(inner === null ? [] : [{ at: inner, message: "used here" }])],
        help: CHECK,
      });
    }
    for (const { at } of dropped) report({ at, message: "the result of `tryReserve` is dropped: nobody knows whether there was room", help: CHECK });
  },
});
