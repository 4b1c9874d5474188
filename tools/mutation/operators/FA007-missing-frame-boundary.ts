/** Rounds of their own without a frame. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "endless rounds without a frame", where: "before", text: (alloc) => `while (true) { const planted = ${alloc}.frameAlloc(PlantedBody); planted.x = Math.random(); if (planted.x > 0.9) break; }` },
  { name: "animation without a frame", where: "before", text: (alloc) => `{ const plantedAlloc = ${alloc}; const plantedTick = () => { plantedAlloc.frameAlloc(PlantedBody).x = 1; requestAnimationFrame(plantedTick); }; requestAnimationFrame(plantedTick); }` },
]);
