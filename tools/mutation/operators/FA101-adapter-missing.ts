/** Adapters imported and never registered, with a loop of the engine that counts on them. */
import { plantedAtEnd } from "../planted-code.ts";

const IMPORTS = 'import { attachFrames as plantedAttach } from "@framealloc/runtime/adapters/three"; import { WebGLRenderer as PlantedRenderer } from "three";';
const MADE = "const plantedOwn = new PlantedAlloc(); const plantedRenderer = new PlantedRenderer();";

export const operators = [
  plantedAtEnd("loop of an engine without its adapter", () => `${IMPORTS} ${MADE} plantedRenderer.setAnimationLoop(() => { plantedOwn.frameAlloc(PlantedBody).x = 1; });`),
  plantedAtEnd("loop of an engine by a name", () => `${IMPORTS} ${MADE} function plantedTake() { plantedOwn.frameAlloc(PlantedBody).x = 1; } function plantedTick() { plantedTake(); } plantedRenderer.setAnimationLoop(plantedTick);`),
];
