/** Memory given back where it does not belong. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "freed by another allocator", where: "before", text: () => "{ const plantedOne = new PlantedAlloc(); const plantedTwo = new PlantedAlloc(); const planted = plantedOne.poolAlloc(PlantedBody); planted.x = 1; plantedTwo.poolFree(planted); }" },
  { name: "frame memory given to the pool", where: "inside", text: (alloc) => `{ const planted = ${alloc}.frameAlloc(PlantedBody); ${alloc}.poolFree(planted); }` },
  { name: "heap memory given to the pool", where: "before", text: (alloc) => `{ const planted = ${alloc}.heapAlloc(PlantedBody); ${alloc}.poolFree(planted); }` },
]);
