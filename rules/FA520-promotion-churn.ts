/** FA520 reads the fact `promotionChurn`: data that every frame retains and promotes. */
import { functionLabel, promotionChurn } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const TARGET = { pool: "the pool", heap: "the heap", scratch: "a scratch pool" } as const;

export const FA520 = defineRule({
  code: "FA520",
  name: "promotion-churn",
  families: ["intent"],
  severity: "warning",
  since: "0.1.0",
  summary: "every frame retains data and promotes it",
  docs: {
    why: `
A promotion is for what turns out to be worth keeping. Where every frame promotes, the data is copied out of the arena each time and long-lived memory is
taken and given back at the rate of frames: the intent was never frame memory. One box made before the loop, or two that change places, hold the
same data without a copy.`,
    bad: `
import { type FrameRetained, SmartAlloc } from "@framealloc/runtime";

const alloc = new SmartAlloc();
let before: FrameRetained<number> | null = null;

function frame(time: number) {
  alloc.beginFrame();
  const now = alloc.frameRetained(time, "promoteToPool");
  alloc.endFrame();
  before?.release();
  before = now;
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
export const last = () => before?.value;`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

const alloc = new SmartAlloc();
const before = alloc.poolBox(0);

function frame(time: number) {
  before.value = time;
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
export const last = () => before.value;`,
    misses: "policies that are not constant; promotions in branches, however often these are taken; calls that cannot be resolved.",
  },
  needs: { churn: promotionChurn },

  check({ churn }, report) {
    for (const { at, binding, retention, hot, inLoop, rewrite } of churn) {
      const { entry } = hot;
      report({
        at,
        message: `${binding === null ? "retained data" : `\`${binding}\``} is promoted to ${TARGET[retention]} in every ${inLoop ? "round of a hot loop" : "frame"}`,
        related: [{ at, message: "allocated here" }, { at: entry.at, message: `called every frame from here: ${entry.why}` }],
        chain: [{ at: entry.at, message: `${functionLabel(entry.module, entry.function)} runs every frame: ${entry.why}` }, ...hot.chain],
        help: "make one box with `poolBox` before the loop and write into it",
        fixes: rewrite === null ? [] : [rewrite],
      });
    }
  },
});
