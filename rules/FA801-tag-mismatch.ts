/** FA801 reads the fact `misplacedTags`: tags that `.fa.toml` does not allow for the module that uses them. */
import { misplacedTags } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA801 = defineRule({
  code: "FA801",
  name: "tag-mismatch",
  families: ["architecture"],
  severity: "warning",
  since: "0.1.0",
  summary: "a tag that is not allowed for the module's path",
  formerly: [],
  docs: {
    why: `
Tags say whose memory it is: statistics and budgets go by them. A module that allocates in another one's name spends that one's budget, and the
figures of both are wrong. Which modules may use which tags stands in \`[tags.module_tags]\` of \`.fa.toml\`; modules that no path there fits may use any.`,
    config: `
[tags.module_tags]
"src/physics/**" = ["physics"]
"src/render/**" = ["render"]`,
    bad: `
// src/render/sprites.ts
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Quad = struct({ x: f32, y: f32 });

export function drawSprite(alloc: SmartAlloc, x: number): void {
  alloc.withTag("physics", () => {
    const quad = alloc.frameAlloc(Quad);
    quad.x = x;
  });
}`,
    good: `
// src/render/sprites.ts
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Quad = struct({ x: f32, y: f32 });

export function drawSprite(alloc: SmartAlloc, x: number): void {
  alloc.withTag("render", () => {
    const quad = alloc.frameAlloc(Quad);
    quad.x = x;
  });
}`,
    misses: "tags that are put together from parts, or read from data; tags that the configuration claims for nobody, inside one that the module may use.",
  },
  needs: { found: misplacedTags },

  check({ found }, report) {
    for (const { tag, allowed, call, chain } of found.misplaced) {
      const list = allowed.map((each) => `\`${each}\``).join(", ");
      report({
        at: tag.at,
        message: `tag \`${tag.text}\` is not allowed in \`${tag.module.file}\``,
        related: chain.length === 0 ? [] : [{ at: call, message: "put in force here" }],
        chain,
        help: allowed.length === 0 ? "allow it in `[tags.module_tags]`: the module may use no tag at all" : `use ${list}, or allow the tag in \`[tags.module_tags]\``,
      });
    }
  },
});
