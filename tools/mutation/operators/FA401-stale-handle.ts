/** Pool and heap memory used or given back after it was given back. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "used after its release", where: "inside", text: (alloc) => `{ const planted = ${alloc}.poolAlloc(PlantedBody); ${alloc}.poolFree(planted); planted.x = 1; }` },
  { name: "released twice by another name", where: "before", text: (alloc) => `{ const planted = ${alloc}.heapAlloc(PlantedBody); const { ...plantedHolder } = { planted }; ${alloc}.heapFree(planted); ${alloc}.heapFree(plantedHolder.planted); }` },
  { name: "released on one way and then again", where: "inside", text: (alloc) => `{ const planted = ${alloc}.poolAlloc(PlantedBody); if (Math.random() > 0.5) ${alloc}.poolFree(planted); ${alloc}.poolFree(planted); }` },
  { name: "box read in a helper after its release", where: "before", text: (alloc) => `{ const planted = ${alloc}.poolBox(PlantedBody); planted.release(); plantedRead(planted); }`, top: (tree) => `function plantedRead(box${/ts$/.test(tree.file) ? ": { value: { x: number } }" : ""}) { return box.value.x; }` },
]);
