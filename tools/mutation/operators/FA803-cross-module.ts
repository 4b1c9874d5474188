/** Memory in the name of one module's tag, taken in a module that may not use it. */
import { frameRegions, isSmart } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";
import { typed, withHead } from "../planted-code.ts";
import { isFirstHalf, PLANTED_TAGS } from "../planted-tags.ts";

export const operators: readonly Pattern[] = [
  {
    name: "taken by a helper of another module",
    settings: { tags: PLANTED_TAGS },
    *plant(program) {
      for (const { tree, allocator, body, kind } of frameRegions(program).filter(isSmart)) {
        const other = program.linked.modules.find(({ file }) => folderOf(file) === folderOf(tree.file) && isFirstHalf(file) !== isFirstHalf(tree.file));
        const [first] = body;
        if (other === undefined || first === undefined) continue;
        const there = program.treeOf(other.file);
        const tag = isFirstHalf(tree.file) ? "planted-first" : "planted-second";
        const [helper, head] = withHead(there, insert(there.file, there.text.length, `\nexport function plantedTake(alloc${typed(there, "PlantedAlloc")}) { alloc.frameAlloc(PlantedBody).x = 1; }\n`));
        yield {
          what: `in ${there.file}, for the frame of \`${allocator}\` (${kind})`,
          edits: [insert(tree.file, first.start, `${allocator}.withTag("${tag}", () => { plantedTake(${allocator}); }); `), insert(tree.file, 0, `import { plantedTake } from "./${there.file.split("/").at(-1)}";\n`), helper, head],
        };
      }
    },
  },
];

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
