/** One allocation a round, many rounds. */
import { plantedCode, typed } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "one a round", where: "inside", text: (alloc) => `for (let plantedIndex = 0; plantedIndex < 5000; plantedIndex++) { const planted = ${alloc}.frameAlloc(PlantedBody); planted.x = plantedIndex; }` },
  { name: "one a round in a helper", where: "inside", text: (alloc) => `for (let plantedIndex = 0; plantedIndex < 5000; plantedIndex++) plantedMake(${alloc}).x = plantedIndex;`, top: (tree) => `function plantedMake(alloc${typed(tree, "PlantedAlloc")}) { return alloc.frameAlloc(PlantedBody); }` },
]);
