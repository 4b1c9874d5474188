/** The answer of `tryReserve` dropped. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "reserved without a look",
    *plant(program) {
      for (const { allocator, body, tree, kind } of frameRegions(program).filter(isSmart)) {
        const [first] = body;
        if (first !== undefined) yield { what: `in the frame of \`${allocator}\` (${kind})`, edits: [insert(tree.file, first.start, `${allocator}.streaming().tryReserve(64, 1); `)] };
      }
    },
  },
];
