/** FA008 reads the fact `stale-checkpoints`: rollbacks to points that are gone, and uses of what a rollback freed. */
import { describeSite, madeHere, related, staleCheckpoints } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const WHY = {
  frame: { text: "is of a frame that is over", place: "its frame is over here" },
  below: { text: "was gone below by an earlier rollback", place: "the earlier rollback" },
  allocator: { text: "is of another allocator", place: "" },
} as const;

export const FA008 = defineRule({
  code: "FA008",
  name: "stale-checkpoint",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "a rollback to a checkpoint that is gone, or a use of what a rollback freed",
  formerly: [],
  docs: {
    why: `
A rollback frees everything that was allocated after its checkpoint, the later checkpoints too. The bytes are given out again at once, so a value kept
from before reads and writes another's; and a checkpoint of a frame that is over is no place to go back to.`,
    bad: `
import { f32, type SmartAlloc } from "@framealloc/runtime";

export function tryFit(alloc: SmartAlloc, size: number): number {
  const start = alloc.frameCheckpoint();
  const weights = alloc.frameSlice(f32, size);
  alloc.rollbackTo(start);
  return weights[0] ?? 0;
}`,
    good: `
import { f32, type SmartAlloc } from "@framealloc/runtime";

export function tryFit(alloc: SmartAlloc, size: number): number {
  const start = alloc.frameCheckpoint();
  const weights = alloc.frameSlice(f32, size);
  const first = weights[0] ?? 0;
  alloc.rollbackTo(start);
  return first;
}`,
    misses: "what `speculative` rolls back; checkpoints that two methods hand on through a field, unless one function calls both.",
  },
  needs: { staleCheckpoints },

  check({ staleCheckpoints: { rollbacks, uses } }, report) {
    for (const { at, checkpoint, taken, why, places } of rollbacks) {
      report({
        at,
        message: `rollback to \`${checkpoint}\`, a checkpoint that ${WHY[why].text}`,
        related: [...(taken === null ? [] : [{ at: taken, message: "taken here" }]), ...related(places, taken === null ? "the frame of the rollback begins here" : WHY[why].place)],
        help: "roll back in the frame and on the allocator of the checkpoint, and before going back to an older one",
      });
    }
    for (const event of uses) {
      report({
        at: event.at,
        message: `${describeSite(event.site)} is used after a rollback freed it`,
        related: [...madeHere(event.site), ...related(event.rolled, "rolled back here")],
        chain: related(event.chain, "called here"),
        help: "use it before the rollback, copy scalars out, or allocate it before the checkpoint",
      });
    }
  },
});
