/** FA606 reads the fact `agents`: frame values captured by functions that run in a later turn. */
import { agents, describeSite, madeHere } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA606 = defineRule({
  code: "FA606",
  name: "deferred-capture",
  families: ["async-safety"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame value captured by a function that runs later",
  formerly: ["FA703"],
  docs: {
    why: `
A timer, an animation frame, a listener or a promise callback runs in a later turn. The frame is over by then, and the captured value reads
another frame's bytes.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Hit = struct({ damage: f32 });

export function flash(alloc: SmartAlloc, show: (damage: number) => void): void {
  alloc.beginFrame();
  const hit = alloc.frameAlloc(Hit);
  setTimeout(() => show(hit.damage), 100);
  alloc.endFrame();
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Hit = struct({ damage: f32 });

export function flash(alloc: SmartAlloc, show: (damage: number) => void): void {
  alloc.beginFrame();
  const hit = alloc.frameAlloc(Hit);
  const damage = hit.damage;
  setTimeout(() => show(damage), 100);
  alloc.endFrame();
}`,
    misses: "schedulers that no table knows and that no analysed code implements.",
  },
  needs: { agents },

  check({ agents: { deferred } }, report) {
    for (const event of deferred) {
      const inner = event.inner === null ? [] : [{ at: event.inner, message: `put off by \`${event.target}\` here` }];
      report({
        at: event.at,
        message: `${describeSite(event.site)} is captured by a function that runs later`,
        related: [...madeHere(event.site), ...inner],
        help: "copy the scalars that it needs into constants first",
      });
    }
  },
});
