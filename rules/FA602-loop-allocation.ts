/** FA602 reads the fact `loopAllocations`: memory allocated once a round in a loop of many rounds, where one allocation before it would do. */
import { type LoopAllocation, loopAllocations } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const BEFORE: Readonly<Record<LoopAllocation["gives"], string>> = {
  type: "allocate all at once before the loop with `frameAllocBatch`",
  array: "take one `frameSlice` for all rounds before the loop",
  box: "collect the values in a `frameVec` made before the loop",
  vec: "make it once before the loop and `clear()` it in each round",
  map: "make it once before the loop and `clear()` it in each round",
  bytes: "take the bytes of all rounds at once before the loop",
};

export const FA602 = defineRule({
  code: "FA602",
  name: "loop-allocation",
  families: ["async-safety", "dirtymem"],
  severity: "warning",
  since: "0.1.0",
  options: { max_iterations: { setting: "loopAllocationLimit", description: "loops of at most this many rounds are left alone" } },
  summary: "one allocation a round in a loop of many rounds, where one before the loop would do",
  docs: {
    why: `
Each allocation pays for its own alignment, its own bookkeeping and its own tag. A batch is one bump of the arena for all rounds, lies in a row in
memory, and either fits or fails before the work has begun. Pool and heap values that a loop makes and never gives back fill their store. Loops of
at most \`loop_allocation_limit\` rounds (100, in \`[thresholds]\` of \`.fa.toml\`) are left alone; lengths, sizes and parameters count as many.`,
    bad: `
import { SmartAlloc, struct, f32 } from "@framealloc/runtime";

const Sample = struct({ value: f32, weight: f32 });

export function average(alloc: SmartAlloc): number {
  let total = 0;
  for (let i = 0; i < 10_000; i++) {
    const sample = alloc.frameAlloc(Sample);
    sample.weight = 1 / (i + 1);
    total += sample.weight;
  }
  return total;
}`,
    good: `
import { SmartAlloc, struct, f32 } from "@framealloc/runtime";

const Sample = struct({ value: f32, weight: f32 });

export function average(alloc: SmartAlloc): number {
  const samples = alloc.frameAllocBatch(Sample, 10_000);
  let total = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples.at(i);
    sample.weight = 1 / (i + 1);
    total += sample.weight;
  }
  return total;
}`,
    misses: "loops without a count (`while (running)`); rounds that wait; helpers that use up what they allocate; values handed to functions that are not in sight; sizes that change from round to round.",
  },
  needs: { found: loopAllocations },

  check({ found }, report) {
    for (const allocation of found) {
      const { at, site, loops, rewrite } = allocation;
      report({
        at,
        message: `\`${allocation.callee}\` allocates ${allocation.memory} memory in ${roundsOf(allocation)}`,
        related: [{ at: site.at, message: "allocated here" }, ...site.via.slice(1).map((call) => ({ at: call, message: "made in this call" })), ...loops.map((loop) => ({ at: loop, message: "the loop" }))],
        help: helpFor(allocation),
        ...(rewrite === null ? {} : { fixes: [{ title: rewrite.title, safe: false, edits: rewrite.edits }] }),
      });
    }
  },
});

function roundsOf({ rounds, exact, loops }: LoopAllocation): string {
  const where = loops.length > 1 ? "nested loops" : "this loop";
  if (rounds === null) return `each round of ${where}, however many there are`;
  return `each of ${exact ? "" : "up to "}${rounds} rounds of ${where}`;
}

function helpFor({ memory, gives, helper }: LoopAllocation): string {
  if (memory !== "frame") return "make it once before the loop, or give it back in the same round with `using`";
  return helper ? `${BEFORE[gives]}, and pass what the helper needs` : BEFORE[gives];
}
