/** FA802 reads the fact `misplacedTags`: tags that are not among those that `.fa.toml` declares. */
import { misplacedTags, type UnknownTag } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA802 = defineRule({
  code: "FA802",
  name: "unknown-tag",
  families: ["architecture"],
  severity: "hint",
  since: "0.1.0",
  summary: "a tag that is not declared",
  formerly: [],
  docs: {
    why: `
A misspelt tag is a tag of its own: its memory is missing in the figures of the one that was meant, and no budget holds for it. Declared are the tags of
\`known_tags\` in \`.fa.toml\`, and those that modules may use; without \`known_tags\` any tag will do, and \`warn_unknown_tags = false\` says so too.`,
    config: `
[tags]
known_tags = ["physics", "render"]`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Contact = struct({ depth: f32 });

export function solve(alloc: SmartAlloc, depth: number): void {
  using tag = alloc.tagScope("phyiscs");
  alloc.frameAlloc(Contact).depth = depth;
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Contact = struct({ depth: f32 });

export function solve(alloc: SmartAlloc, depth: number): void {
  using tag = alloc.tagScope("physics");
  alloc.frameAlloc(Contact).depth = depth;
}`,
    misses: "tags that are put together from parts, or read from data.",
  },
  needs: { found: misplacedTags },

  check({ found }, report) {
    for (const unknown of found.unknown) {
      const { tag, call, nearest } = unknown;
      report({
        at: tag.at,
        message: `tag \`${tag.text}\` is not declared`,
        related: tag.chain.length === 0 ? [] : [{ at: call, message: "used here" }],
        chain: tag.chain,
        help: nearest === null ? "declare it in `known_tags` of `.fa.toml`" : `did you mean \`${nearest}\`?`,
        fixes: rename(unknown),
      });
    }
  },
});

/** Only where the tag itself is written; a constant's value may be meant elsewhere. */
function rename({ tag, nearest }: UnknownTag): readonly { readonly title: string; readonly safe: false; readonly edits: readonly [{ readonly at: UnknownTag["call"]; readonly text: string }] }[] {
  if (nearest === null || !tag.isLiteral) return [];
  return [{ title: `write \`${nearest}\``, safe: false, edits: [{ at: tag.at, text: JSON.stringify(nearest) }] }];
}
