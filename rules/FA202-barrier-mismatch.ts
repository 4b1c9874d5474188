/** FA202 reads the fact `barrierCounts`: barriers made for another number of agents than signal them. */
import { barrierCounts, type BarrierMismatch, type Related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA202 = defineRule({
  code: "FA202",
  name: "barrier-mismatch",
  families: ["threading"],
  severity: "warning",
  since: "0.1.0",
  summary: "a barrier made for another number of agents than signal it",
  formerly: [],
  docs: {
    why: `
A barrier lets its agents go on when as many signals as its count have come. With an agent too many it lets go while somebody still works on the frame;
with one too few, or one that never signals, everybody waits for ever.`,
    bad: `
import { FrameBarrier } from "@framealloc/runtime";

export function start(physics: Worker, ai: Worker): FrameBarrier {
  const barrier = new FrameBarrier(2);
  physics.postMessage(barrier.share());
  ai.postMessage(barrier.share());
  barrier.signalFrameComplete();
  return barrier;
}`,
    good: `
import { FrameBarrierBuilder } from "@framealloc/runtime";

export function start(physics: Worker, ai: Worker): void {
  const barrier = new FrameBarrierBuilder().withThread("main").withThread("physics").withThread("ai").build();
  physics.postMessage(barrier.share());
  ai.postMessage(barrier.share());
  barrier.signalFrameComplete();
}`,
    misses: "counts that are computed, agents started in loops, shares that travel through code out of sight.",
  },
  needs: { barrierCounts },

  check({ barrierCounts: mismatches }, report) {
    for (const mismatch of mismatches) {
      const { name, made, count, signalling, silent } = mismatch;
      if (silent.length === 0) {
        report({ at: made, message: `\`${name}\` counts ${agents(count)}, and ${signalling} signal${signalling === 1 ? "s" : ""} it`, related: signals(mismatch), help: `make it for ${agents(signalling)}` });
      }
      for (const { at, entry } of silent) {
        report({ at, message: `\`${entry}\` is counted by \`${name}\` and never signals it`, related: [{ at: made, message: `made for ${agents(count)} here` }, ...signals(mismatch)], help: "call `signalFrameComplete()` there, or make the barrier for one agent less" });
      }
    }
  },
});

function agents(count: number): string {
  return count === 1 ? "1 agent" : `${count} agents`;
}

function signals({ given, ownSignal }: BarrierMismatch): Related[] {
  return [...given.map((at) => ({ at, message: "given to an agent here" })), ...(ownSignal === null ? [] : [{ at: ownSignal, message: "signalled by the giver here" }])];
}
