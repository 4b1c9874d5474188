/** Points of a frame that are gone. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "value used after a rollback", where: "inside", text: (alloc) => `{ const plantedPoint = ${alloc}.frameCheckpoint(); const planted = ${alloc}.frameAlloc(PlantedBody); ${alloc}.rollbackTo(plantedPoint); planted.x = 1; }` },
  { name: "rollback below an earlier one", where: "inside", text: (alloc) => `{ const plantedFirst = ${alloc}.frameCheckpoint(); const plantedSecond = ${alloc}.frameCheckpoint(); ${alloc}.rollbackTo(plantedFirst); ${alloc}.rollbackTo(plantedSecond); }` },
]);
