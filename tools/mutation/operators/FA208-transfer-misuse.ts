/** Handles sent twice, or not at all. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "handle made and dropped", where: "inside", text: (alloc) => `${alloc}.frameBoxForTransfer(${alloc}.frameBox(PlantedBody));` },
  { name: "handle sent twice", where: "inside", text: (alloc) => `{ const { port1: plantedPort } = new MessageChannel(); const planted = ${alloc}.frameBoxForTransfer(${alloc}.frameBox(PlantedBody)); planted.send(plantedPort); planted.send(plantedPort); }` },
]);
