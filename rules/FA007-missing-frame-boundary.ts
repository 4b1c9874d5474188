/** FA007 reads the fact `missing-boundaries`: loops and per-frame callbacks that allocate in frames which nobody opens. */
import { functionName, missingBoundaries, type MissingBoundary, type Related, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA007 = defineRule({
  code: "FA007",
  name: "missing-frame-boundary",
  families: ["dirtymem"],
  severity: "warning",
  since: "0.1.0",
  summary: "a loop or per-frame callback that makes frame allocations without a frame around a round",
  formerly: ["FA603"],
  docs: {
    why: `
The loop is what a frame is a round of. Where neither the loop, nor what it calls, nor its callers begin a frame, every allocation in it fails; where a
frame was once begun far outside, nothing is ever given back.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Vec2 = struct({ x: f32, y: f32 });
const alloc = new SmartAlloc();

function tick(): void {
  const wind = alloc.frameAlloc(Vec2);
  wind.x = 1;
  requestAnimationFrame(tick);
}

requestAnimationFrame(tick);`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Vec2 = struct({ x: f32, y: f32 });
const alloc = new SmartAlloc();

function tick(): void {
  alloc.beginFrame();
  const wind = alloc.frameAlloc(Vec2);
  wind.x = 1;
  alloc.endFrame();
  requestAnimationFrame(tick);
}

requestAnimationFrame(tick);`,
    misses: "callbacks in a file that is looked at without its program; callbacks beside a function that leaves a frame open, which may be the other half of a pair of hooks.",
  },
  needs: { missingBoundaries },

  check({ missingBoundaries: { all } }, report) {
    for (const boundary of all) {
      const { at, entry, allocations } = boundary;
      const called: Related[] = entry === null || entry.at.span.start === at.span.start ? [] : [{ at: entry.at, message: `called every frame from here: ${entry.why}` }];
      report({
        at,
        message: `${subject(boundary)} makes frame allocations, and no frame begins in it or around it`,
        related: [...called, ...allocations.map((each) => ({ at: each.at, message: `\`${each.call}\` allocates here` }))],
        chain: related(allocations[0]?.chain ?? [], "called here, outside a frame"),
        help: "begin each round with `beginFrame` and end it with `endFrame`, or run it in `withFrame`",
      });
    }
  },
});

function subject({ module, fn, entry }: MissingBoundary): string {
  if (entry === null) return "this loop";
  const name = functionName(module, fn);
  return name === "" ? "this callback of every frame" : `\`${name}\`, which runs every frame,`;
}
