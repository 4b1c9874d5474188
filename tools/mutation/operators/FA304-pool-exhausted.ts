/** Boxes put into an array that nobody empties. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "boxes in an array",
    *plant(program) {
      for (const { allocator, body, tree, kind } of frameRegions(program).filter(isSmart)) {
        const [first] = body;
        if (first !== undefined) yield { what: `in the frame of \`${allocator}\` (${kind})`, edits: [insert(tree.file, first.start, `const pile = () => { const kept = []; for (let i = 0; i < 1000; i++) kept.push(${allocator}.poolBox(i)); return kept.length; }; pile(); `)] };
      }
    },
  },
];
