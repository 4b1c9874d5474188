/** FA205 reads the fact `frameSync`: frames ended before the wait for the agents that share them. */
import { frameSync } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA205 = defineRule({
  code: "FA205",
  name: "frame-sync-race",
  families: ["threading"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame ended before the agents that share it are done",
  formerly: [],
  docs: {
    why: `
Agents that signal a barrier may read the coordinator's frame until they have signalled. When the coordinator ends it first and waits then, its bytes are
handed out again while somebody still reads them.`,
    bad: `
import { FrameBarrier, SmartAlloc } from "@framealloc/runtime";

export function frame(alloc: SmartAlloc, barrier: FrameBarrier): void {
  alloc.beginFrame();
  barrier.signalFrameComplete();
  alloc.endFrame();
  barrier.waitAll();
  barrier.reset();
}`,
    good: `
import { FrameBarrier, SmartAlloc } from "@framealloc/runtime";

export function frame(alloc: SmartAlloc, barrier: FrameBarrier): void {
  alloc.beginFrame();
  barrier.signalFrameComplete();
  barrier.waitAll();
  alloc.endFrame();
  barrier.reset();
}`,
    misses: "a barrier that is waited on in other code than the frame's end; several barriers in one function.",
  },
  needs: { frameSync },

  check({ frameSync: races }, report) {
    for (const race of races) {
      report({
        at: race.at,
        message: `the frame of \`${race.allocator}\` ends before the wait for the agents that signal \`${race.barrier}\``,
        related: [
          { at: race.wait, message: "waited for here" },
          ...(race.inner === null ? [] : [{ at: race.inner, message: "by this wait" }]),
          ...(race.made === null ? [] : [{ at: race.made, message: "the barrier is made here" }]),
        ],
        help: "signal, wait for all, then end the frame and reset the barrier",
      });
    }
  },
});
