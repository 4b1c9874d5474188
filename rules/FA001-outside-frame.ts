/** FA001 reads the typestate of frames: allocations that no path reaches with a frame open. */
import { frameTypestate, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA001 = defineRule({
  code: "FA001",
  name: "outside-frame",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame allocation where no frame is open",
  formerly: [],
  docs: {
    why: `
Frame memory belongs to a frame: it is given out between \`beginFrame\` and \`endFrame\` and taken back all at once. Outside a frame there is
nobody to take it back, so the runtime refuses and throws.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Vec2 = struct({ x: f32, y: f32 });
const alloc = new SmartAlloc();

alloc.beginFrame();
alloc.endFrame();
const velocity = alloc.frameAlloc(Vec2);
velocity.x = 1;`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Vec2 = struct({ x: f32, y: f32 });
const alloc = new SmartAlloc();

export function step(): number {
  alloc.beginFrame();
  const velocity = alloc.frameAlloc(Vec2);
  velocity.x = 1;
  const speed = velocity.x;
  alloc.endFrame();
  return speed;
}`,
    misses: "functions whose callers are not in the analysed program; an allocator that is one of several on the same path.",
  },
  needs: { frames: frameTypestate },

  check({ frames }, report) {
    for (const event of frames.outside) {
      if (event.what !== "allocation") continue;
      report({
        at: event.at,
        message: event.inner === null ? `\`${event.name}\` allocates frame memory where no frame is open` : `this call allocates frame memory with \`${event.name}\` where no frame is open`,
        related: [...related(event.inner === null ? [] : [event.inner], "allocated in the frame arena here"), ...related(event.ended, "the last frame ends here")],
        chain: related(event.chain, "called here, outside a frame"),
        help: "call it between `beginFrame` and `endFrame`, or use `poolAlloc` for memory that no frame owns",
      });
    }
  },
});
