/** FA533 reads the fact `tagChurn`: a tag or phase that a loop opens and closes in every round around one small allocation. */
import { type TagChurn, tagChurn, tagRewrites } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA533 = defineRule({
  code: "FA533",
  name: "tag-churn",
  families: ["intent"],
  severity: "hint",
  since: "0.1.0",
  options: { max_iterations: { setting: "loopAllocationLimit", description: "loops of at most this many rounds are left alone" } },
  summary: "a loop opens and closes a tag or phase around each of its small allocations",
  docs: {
    why: `
A tag costs a push and a pop, and a phase takes the time as well: next to an allocation of a few bytes that is most of the work. Where the tag is the
same in every round, one scope around the loop counts the same bytes in the same name.`,
    bad: `
import { f32, type Infer, SmartAlloc, struct } from "@framealloc/runtime";

const Spark = struct({ x: f32, y: f32 });

export function burst(alloc: SmartAlloc, speed: number): number {
  alloc.beginFrame();
  const sparks: Infer<typeof Spark>[] = [];
  for (let i = 0; i < 1000; i++) {
    alloc.withTag("sparks", () => sparks.push(alloc.frameAlloc(Spark)));
  }
  const reach = sparks.length * speed;
  alloc.endFrame();
  return reach;
}`,
    good: `
import { f32, type Infer, SmartAlloc, struct } from "@framealloc/runtime";

const Spark = struct({ x: f32, y: f32 });

export function burst(alloc: SmartAlloc, speed: number): number {
  alloc.beginFrame();
  const sparks: Infer<typeof Spark>[] = [];
  alloc.withTag("sparks", () => {
    for (let i = 0; i < 1000; i++) sparks.push(alloc.frameAlloc(Spark));
  });
  const reach = sparks.length * speed;
  alloc.endFrame();
  return reach;
}`,
    misses: "loops without a count; sizes that are not constant; scopes in helpers of helpers.",
  },
  needs: { churn: tagChurn, rewrites: tagRewrites },

  check({ churn, rewrites }, report) {
    for (const found of churn) {
      const rewrite = rewrites.get(found);
      const name = found.name === null ? "" : ` \`${found.name}\``;
      report({
        at: found.at,
        message: `${found.scope.what}${name} is opened and closed in ${roundsOf(found)} for one small allocation`,
        related: [{ at: found.allocation, message: "allocated here" }, { at: found.loop, message: "the loop" }, ...(found.call === null ? [] : [{ at: found.call, message: "called in the loop here" }])],
        fixes: rewrite === undefined ? [] : [rewrite],
        help: `open the ${found.scope.what} once around the loop`,
      });
    }
  },
});

function roundsOf({ rounds }: TagChurn): string {
  return rounds === null ? "each round of a loop" : `each of ${rounds} rounds of a loop`;
}
