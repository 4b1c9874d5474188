/** FA803 reads the fact `crossModuleMemory`: memory of a tag in a module that `.fa.toml` does not allow it. */
import { type CrossModuleMemory, crossModuleMemory } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA803 = defineRule({
  code: "FA803",
  name: "cross-module",
  families: ["architecture"],
  severity: "warning",
  since: "0.1.0",
  summary: "memory of one module's tag allocated, kept or freed in a module that may not use the tag",
  formerly: [],
  docs: {
    why: `
A tag stands for who answers for memory. Memory that one module allocates in the name of another, keeps beyond a call, or gives back, is memory that nobody
answers for: the owner cannot change when it is freed, and the figures of its tag show what others do. Which modules may use which tags stands in
\`[tags.module_tags]\` of \`.fa.toml\`; modules that no path there fits may do as they like.`,
    config: `
[tags.module_tags]
"src/physics/**" = ["physics"]
"src/render/**" = ["render"]`,
    bad: `
// src/render/debug-lines.ts
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Line = struct({ x: f32, y: f32 });

export function drawLine(alloc: SmartAlloc, x: number): void {
  const line = alloc.frameAlloc(Line);
  line.x = x;
}

// src/physics/step.ts
import { SmartAlloc } from "@framealloc/runtime";
import { drawLine } from "../render/debug-lines.ts";

export function step(alloc: SmartAlloc): void {
  alloc.withTag("physics", () => {
    drawLine(alloc, 1);
  });
}`,
    good: `
// src/render/debug-lines.ts
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Line = struct({ x: f32, y: f32 });

export function drawLine(alloc: SmartAlloc, x: number): void {
  using tag = alloc.tagScope("render");
  const line = alloc.frameAlloc(Line);
  line.x = x;
}

// src/physics/step.ts
import { SmartAlloc } from "@framealloc/runtime";
import { drawLine } from "../render/debug-lines.ts";

export function step(alloc: SmartAlloc): void {
  alloc.withTag("physics", () => {
    drawLine(alloc, 1);
  });
}`,
    misses: "calls that cannot be followed; memory whose tag depends on the caller, where it is kept or freed; values taken out of containers.",
  },
  needs: { found: crossModuleMemory },

  check({ found }, report) {
    for (const each of found) {
      const { tag, made, at, module, chain } = each;
      report({
        at,
        message: messageOf(each),
        related: [{ at: made ?? at, message: "allocated here" }, { at: tag.at, message: `\`${tag.text}\` is in force from here` }],
        chain,
        help: `leave it to a module that may use \`${tag.text}\`, or allow \`${module.file}\` the tag in \`[tags.module_tags]\``,
      });
    }
  },
});

function messageOf({ what, name, tag, module }: CrossModuleMemory): string {
  switch (what) {
    case "allocated": return `\`${name}\` allocates memory of the tag \`${tag.text}\` in \`${module.file}\`, which may not use it`;
    case "kept": return `memory of the tag \`${tag.text}\` is kept in \`${module.file}\`, which may not use it`;
    case "freed": return `memory of the tag \`${tag.text}\` is freed in \`${module.file}\`, which may not use it`;
  }
}
