/** What nobody gives back. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "pool value never released", where: "before", text: (alloc) => `{ const planted = ${alloc}.poolAlloc(PlantedBody); planted.x = 1; }` },
  { name: "box released on one way", where: "inside", text: (alloc) => `{ const planted = ${alloc}.poolBox(PlantedBody); if (planted.value.x > 0) planted.release(); }` },
  { name: "heap value replaced", where: "before", text: (alloc) => `{ let planted = ${alloc}.heapAlloc(PlantedBody); planted.x = 1; planted = ${alloc}.heapAlloc(PlantedBody); ${alloc}.heapFree(planted); }` },
]);
