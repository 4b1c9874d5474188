/** A view kept while its memory moves. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "used after a compaction",
    *plant(program) {
      for (const { allocator, body, tree, kind } of frameRegions(program).filter(isSmart)) {
        const [first] = body;
        if (first !== undefined) yield { what: `in the frame of \`${allocator}\` (${kind})`, edits: [insert(tree.file, first.start, `{ const planted = ${allocator}.handles(); const block = planted.alloc(Float32Array); const view = planted.resolve(block); planted.defragment(); view.fill(1); planted.free(block); } `)] };
      }
    },
  },
];
