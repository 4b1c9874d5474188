/** FA304 reads the fact `piledBoxes`: pool memory that a loop puts into a container from which nobody releases it. */
import { piledBoxes } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA304 = defineRule({
  code: "FA304",
  name: "pool-exhausted",
  families: ["budgets"],
  severity: "error",
  since: "0.1.0",
  summary: "pool boxes that pile up in a container and are never released",
  formerly: [],
  docs: {
    why: `
What the pool gave it takes back only by a release. A container that is filled and never emptied keeps its boxes for good; when the container goes, the boxes stay
taken, and nobody can name them any more.`,
    bad: `
import { SmartAlloc, type OwnedBox } from "@framealloc/runtime";

export function sumOfSquares(alloc: SmartAlloc): number {
  const boxes: OwnedBox<number>[] = [];
  for (let i = 0; i < 10_000; i++) {
    boxes.push(alloc.poolBox(i * i));
  }
  return boxes.reduce((sum, box) => sum + box.value, 0);
}`,
    good: `
import { SmartAlloc, type OwnedBox } from "@framealloc/runtime";

export function sumOfSquares(alloc: SmartAlloc): number {
  const boxes: OwnedBox<number>[] = [];
  for (let i = 0; i < 10_000; i++) {
    boxes.push(alloc.poolBox(i * i));
  }
  const sum = boxes.reduce((total, box) => total + box.value, 0);
  for (const box of boxes) box.release();
  return sum;
}`,
    misses: "containers in containers, and those that are handed on; boxes that one round of an engine's loop adds; a release in the same code that is of other boxes.",
  },
  needs: { piledBoxes },

  check({ piledBoxes: piles }, report) {
    for (const { at, container, made, call, loop, rounds, sure } of piles) {
      if (!sure) continue;
      report({
        at,
        message: `pool memory piles up in \`${container}\`: ${rounds === null ? "each round" : `each of ${rounds} rounds`} adds what \`${call}\` gives, and nothing releases it`,
        related: [{ at: made, message: "allocated here" }, { at: loop, message: "in each round of this" }],
        help: "release what is taken out of the container, or declare each box with `using` where it is needed in one round alone",
      });
    }
  },
});
