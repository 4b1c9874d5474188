/** What is promoted in vain. */
import { isSmart } from "../frame-regions.ts";
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "promoted and given back at once", where: "before", text: (_alloc, region) => (isSmart(region) ? '{ const plantedOwn = new PlantedAlloc(); plantedOwn.beginFrame(); const planted = plantedOwn.frameRetained(PlantedBody, "promoteToPool"); planted.value.x = 1; plantedOwn.endFrame(); planted.release(); }' : null) },
  { name: "larger than the pool's classes", where: "before", text: () => '{ const plantedOwn = new PlantedAlloc(); plantedOwn.beginFrame(); const planted = plantedOwn.frameRetained(plantedArray(plantedF32, 100_000), "promoteToPool"); plantedOwn.endFrame(); console.log(planted.value.length); planted.release(); }', top: () => 'import { array as plantedArray } from "@framealloc/runtime";' },
]);
