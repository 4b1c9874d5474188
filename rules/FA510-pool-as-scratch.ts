/** FA510 reads the fact `poolScratch`: pool and heap values that live within one frame. */
import { poolScratch, type PoolScratch } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA510 = defineRule({
  code: "FA510",
  name: "pool-as-scratch",
  families: ["intent"],
  severity: "hint",
  since: "0.1.0",
  summary: "a pool or heap value is allocated and released within one frame, where frame memory would do",
  docs: {
    why: `
A pool finds a slot and takes it back: a free list each way, and a release to forget. What is made and released while one frame is open says by that it is frame
memory, whose allocation is an addition and whose release is the frame's end.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Probe = struct({ x: f32, y: f32 });

export function reach(alloc: SmartAlloc, x: number): number {
  alloc.beginFrame();
  const probe = alloc.poolAlloc(Probe);
  probe.x = x;
  const result = probe.x * 2;
  alloc.poolFree(probe);
  alloc.endFrame();
  return result;
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Probe = struct({ x: f32, y: f32 });

export function reach(alloc: SmartAlloc, x: number): number {
  alloc.beginFrame();
  const probe = alloc.frameAlloc(Probe);
  probe.x = x;
  const result = probe.x * 2;
  alloc.endFrame();
  return result;
}`,
    misses: "values that one function makes and another releases; frames that nobody in sight opens.",
  },
  weighsSizes: true,
  needs: { scratch: poolScratch },

  check({ scratch }, report) {
    for (const found of scratch) {
      report({
        at: found.at,
        message: `${nameOf(found)} takes ${found.memory} memory and is released in the same frame`,
        related: [{ at: found.site.at, message: "allocated here" }, ...found.releases.map((at) => ({ at, message: "released here" }))],
        help: "make it of frame memory, which needs no release",
        ...(found.rewrite === null ? {} : { fixes: [{ title: "make it of frame memory", safe: false, edits: found.rewrite }] }),
      });
    }
  },
});

function nameOf({ site, callee }: PoolScratch): string {
  return site.binding === null ? `what \`${callee}\` gives` : `\`${site.binding}\``;
}
