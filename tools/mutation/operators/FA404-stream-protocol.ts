/** A stream read before it is loaded. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "read before it is loaded",
    *plant(program) {
      for (const { allocator, body, tree, kind } of frameRegions(program).filter(isSmart)) {
        const [first] = body;
        if (first !== undefined) yield { what: `in the frame of \`${allocator}\` (${kind})`, edits: [insert(tree.file, first.start, `{ const planted = ${allocator}.streaming(); const id = planted.reserve(64, 1); planted.beginLoad(id); planted.access(id); planted.finishLoad(id); } `)] };
      }
    },
  },
];
