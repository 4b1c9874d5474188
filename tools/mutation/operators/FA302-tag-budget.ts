/** A tag that is given less than is allocated under it. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "a tag over its limit",
    *plant(program) {
      for (const { allocator, body, tree, kind } of frameRegions(program).filter(isSmart)) {
        const [first] = body;
        if (first !== undefined) yield { what: `in the frame of \`${allocator}\` (${kind})`, edits: [insert(tree.file, first.start, `${allocator}.budgets().registerTagBudget("planted", 1, 2); ${allocator}.withTag("planted", () => { ${allocator}.frameAllocBytes(64); }); `)] };
      }
    },
  },
];
