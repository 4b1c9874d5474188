/** FA204 reads the fact `deferredOverflows`: loops that release received memory into a queue that has no bound, or that refuses. */
import { type DeferredOverflow, deferredOverflows, type Related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const SAFE = "processImmediately";

export const FA204 = defineRule({
  code: "FA204",
  name: "deferred-overflow",
  families: ["threading"],
  severity: "warning",
  since: "0.1.0",
  summary: "another agent's memory released in a loop, into a queue that grows without bound or refuses",
  formerly: [],
  docs: {
    why: `
Memory that another agent sent goes back to it through a queue, which its owner empties when its next frame begins. A loop fills the queue at once: with the policy
\`grow\` it takes as much memory as it was given, with \`fail\` the release throws in the middle of the loop.`,
    bad: `
import { DeferredConfig, SmartAlloc, type TransferToken } from "@framealloc/runtime";

const options = { frameArenaSize: 65_536, deferred: DeferredConfig.bounded(1024).withFullPolicy("fail") };
const alloc = new SmartAlloc(options);

export function discard(tokens: readonly TransferToken<number>[]): void {
  for (const token of tokens) {
    const box = alloc.receive(token);
    box.release();
  }
}`,
    good: `
import { DeferredConfig, SmartAlloc, type TransferToken } from "@framealloc/runtime";

const options = { frameArenaSize: 65_536, deferred: DeferredConfig.bounded(1024).withFullPolicy("processImmediately") };
const alloc = new SmartAlloc(options);

export function discard(tokens: readonly TransferToken<number>[]): void {
  for (const token of tokens) {
    const box = alloc.receive(token);
    box.release();
  }
}`,
    misses: "policies that are computed; loops around the call of a method that releases one of its fields; boxes that come by other ways than `receive`.",
  },
  needs: { deferredOverflows },

  check({ deferredOverflows: overflows }, report) {
    for (const overflow of overflows) {
      const { at, site, rounds, policy } = overflow;
      const what = site.binding === null ? "received memory" : `received box \`${site.binding}\``;
      const often = rounds === null ? "each round of a loop" : `each of up to ${rounds} rounds`;
      report({
        at,
        message: `${what} is released in ${often}, into a queue that ${policy.policy === "grow" ? "grows without bound" : `fails when its ${policy.capacity} places are taken`}`,
        related: pathOf(overflow),
        help: `use the policy \`${SAFE}\`, or let the owner take back a batch with \`processDeferredFrees\` in between`,
        fixes: [{ title: `use the policy \`${SAFE}\``, safe: false, edits: [{ at: policy.at, text: JSON.stringify(SAFE) }] }],
      });
    }
  },
});

function pathOf({ site, loop, inner, policy }: DeferredOverflow): Related[] {
  return [
    { at: site.at, message: "received here; allocated by another agent" },
    { at: loop, message: "released once a round of this" },
    ...(inner === null ? [] : [{ at: inner, message: "by this release" }]),
    { at: policy.at, message: "the policy of the queue is set here" },
  ];
}
