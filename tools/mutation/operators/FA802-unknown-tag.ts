/** Tags that nobody declared. */
import { isSmart } from "../frame-regions.ts";
import { plantedCode, typed } from "../planted-code.ts";
import { PLANTED_TAGS } from "../planted-tags.ts";

export const operators = plantedCode([
  { name: "misspelt tag", where: "inside", text: (alloc, region) => (isSmart(region) ? `${alloc}.withTag("planted-frist", () => { ${alloc}.frameAlloc(PlantedBody).x = 1; });` : null) },
  { name: "misspelt tag handed to a helper", where: "inside", text: (alloc, region) => (isSmart(region) ? `plantedTagged(${alloc}, "planted-frist");` : null), top: (tree) => `function plantedTagged(alloc${typed(tree, "PlantedAlloc")}, tag${typed(tree, "string")}) { alloc.withTag(tag, () => { alloc.frameAlloc(PlantedBody).x = 1; }); }` },
]).map((pattern) => ({ ...pattern, settings: { tags: PLANTED_TAGS } }));
