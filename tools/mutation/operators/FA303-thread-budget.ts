/** A budget that the frame exceeds with its first allocation. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "a frame over its budget",
    *plant(program) {
      for (const { allocator, body, tree, kind } of frameRegions(program).filter(isSmart)) {
        const [first] = body;
        if (first !== undefined) yield { what: `in the frame of \`${allocator}\` (${kind})`, edits: [insert(tree.file, first.start, `${allocator}.setFrameBudget(16); ${allocator}.frameAllocBytes(64); `)] };
      }
    },
  },
];
