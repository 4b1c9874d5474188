/**
 * FA002 reads one fact, `escapes`: for each frame allocation, the places that it reaches and that outlive its frame (may-analysis; a place
 * overwritten before the frame ends is none). This file only words them.
 */
import { describeSite, type Escape, escapes, madeHere, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA002 = defineRule({
  code: "FA002",
  name: "frame-escape",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame value stored or returned where it outlives its frame",
  formerly: ["FA601"],
  docs: {
    why: `
\`endFrame\` gives the arena's bytes to the next frame. A reference that is kept past it reads whatever that frame writes there: nothing
throws, the data is just wrong.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Path = struct({ length: f32 });

export class Planner {
  #alloc = new SmartAlloc();
  path: { length: number } | null = null;

  update(): void {
    this.#alloc.beginFrame();
    const path = this.#alloc.frameAlloc(Path);
    this.path = path;
    this.#alloc.endFrame();
  }
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Path = struct({ length: f32 });

export class Planner {
  #alloc = new SmartAlloc();
  length = 0;

  update(): void {
    this.#alloc.beginFrame();
    const path = this.#alloc.frameAlloc(Path);
    path.length = 4;
    this.length = path.length;
    this.#alloc.endFrame();
  }
}`,
    misses: "places inside objects that an unresolved call gave; fields more than five deep.",
  },
  needs: { escapes },

  check({ escapes: found }, report) {
    for (const escape of found) {
      report({
        at: escape.at,
        message: `${describeSite(escape.site)} outlives its frame ${through(escape)}`,
        related: [...madeHere(escape.site), ...(escape.inner === null ? [] : [{ at: escape.inner, message: "kept here" }]), ...related(escape.ended, "its frame ends here")],
        help: "copy what you need before `endFrame`, or make it with `poolAlloc` or `frameRetained`",
      });
    }
  },
});

function through({ sink, name }: Escape): string {
  switch (sink) {
    case "return": return "through this `return`";
    case "yield": return "through this `yield`";
    case "promise": return "through the promise of this function";
    case "module": return `through module variable \`${name}\``;
    case "export": return `through export \`${name}\``;
    case "global": return `through global \`${name}\``;
    case "static": return `through static field \`${name}\``;
    case "container": return `through container \`${name}\``;
    case "closure": return `through a closure kept in \`${name}\``;
    case "field": case "parameter": return `through field \`${name}\``;
  }
}
