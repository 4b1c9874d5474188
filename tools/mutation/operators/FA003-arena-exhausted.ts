/** Frames that take more than their arena holds. */
import { plantedCode, typed } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "two blocks too many", where: "before", text: () => "{ const planted = new PlantedAlloc({ frameArenaSize: 1024 }); planted.beginFrame(); planted.frameAllocBytes(640); planted.frameAllocBytes(640); planted.endFrame(); }" },
  { name: "a slice in a callback", where: "before", text: () => "{ const planted = new PlantedAlloc({ frameArenaSize: 1024 }); planted.withFrame(() => { planted.frameSlice(plantedF32, 300).fill(1); }); }" },
  { name: "rounds of a loop", where: "before", text: () => "{ const planted = new PlantedAlloc({ frameArenaSize: 1024 }); planted.beginFrame(); for (let index = 0; index < 20; index++) planted.frameAllocBytes(64); planted.endFrame(); }" },
  {
    name: "a helper with a frame of its own",
    where: "before",
    text: () => "plantedFill(new PlantedAlloc({ frameArenaSize: 1024 }));",
    top: (tree) => `function plantedFill(alloc${typed(tree, "PlantedAlloc")}) { alloc.beginFrame(); alloc.frameAllocBytes(4096); alloc.endFrame(); }`,
  },
]);
