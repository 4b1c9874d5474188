/** Tags that the project's configuration gives to other modules. */
import { isSmart } from "../frame-regions.ts";
import { plantedCode } from "../planted-code.ts";
import { isFirstHalf, PLANTED_TAGS } from "../planted-tags.ts";

export const operators = plantedCode([
  { name: "tag of another module", where: "inside", text: (alloc, region) => (isSmart(region) ? `${alloc}.withTag("${isFirstHalf(region.tree.file) ? "planted-second" : "planted-first"}", () => { ${alloc}.frameAlloc(PlantedBody).x = 1; });` : null) },
]).map((pattern) => ({ ...pattern, settings: { tags: PLANTED_TAGS } }));
