/** Workers whose loops take memory without a budget. */
import { plantedAtEnd, typed } from "../planted-code.ts";

export const operators = [
  plantedAtEnd(
    "worker that simulates without a budget",
    (tree) => `function plantedSimulate(alloc${typed(tree, "PlantedAlloc")}, steps${typed(tree, "number")}) { for (let step = 0; step < steps; step++) { alloc.beginFrame(); alloc.frameAlloc(PlantedBody).x = step; alloc.endFrame(); } }\nself.onmessage = (event) => { plantedSimulate(PlantedAlloc.attach(event.data), 600); };`,
    (_program, { text }) => !/\b(?:document|requestAnimationFrame|registerProcessor|onmessage)\b/.test(text),
  ),
];
