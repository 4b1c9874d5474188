/** FA603 reads the fact `suspensions`: frame values that are used again after an `await` or `yield`. */
import { describeSite, madeHere, suspensions } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA603 = defineRule({
  code: "FA603",
  name: "await-crossing",
  families: ["async-safety"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame value that lives across `await` or `yield`",
  formerly: ["FA702"],
  docs: {
    why: `
While a function is suspended the frame loop goes on. When the function resumes, frames have come and gone, and the value's bytes are
another's.`,
    bad: `
import { f32, type SmartAlloc } from "@framealloc/runtime";

const decode = (alloc: SmartAlloc) => alloc.frameSlice(f32, 64);

export async function load(alloc: SmartAlloc, ready: Promise<void>): Promise<number> {
  const samples = decode(alloc);
  await ready;
  return samples[0] ?? 0;
}`,
    good: `
import { f32, type SmartAlloc } from "@framealloc/runtime";

const decode = (alloc: SmartAlloc) => alloc.frameSlice(f32, 64);

export async function load(alloc: SmartAlloc, ready: Promise<void>): Promise<number> {
  const samples = decode(alloc);
  const first = samples[0] ?? 0;
  await ready;
  return first;
}`,
    misses: "values kept by objects that an unresolved call gave.",
  },
  needs: { suspensions },

  check({ suspensions: { crossings } }, report) {
    for (const event of crossings) {
      report({
        at: event.at,
        message: `${describeSite(event.site)} lives across this \`${event.form}\``,
        related: [...madeHere(event.site), { at: event.used, message: "used again here" }],
        help: "copy the scalars out before it, or allocate with `poolAlloc` or `TaskAlloc`",
      });
    }
  },
});
