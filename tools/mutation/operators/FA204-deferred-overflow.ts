/** Memory of other agents released in loops, into queues that refuse or grow. */
import { plantedAtEnd, typed } from "../planted-code.ts";

const REFUSING = 'const plantedQueue = new PlantedAlloc({ deferred: PlantedDeferred.bounded(64).withFullPolicy("fail") });';

export const operators = [
  plantedAtEnd("released one after another", (tree) => `${REFUSING} export function plantedDiscard(tokens${typed(tree, "readonly any[]")}) { for (const token of tokens) plantedQueue.receive(token).release(); }`),
  plantedAtEnd("released by a helper, into a queue that grows", (tree) => `const plantedQueue = new PlantedAlloc({ deferred: { capacity: 64, fullPolicy: "grow" } }); function plantedGive(token${typed(tree, "any")}) { const box = plantedQueue.receive(token); box.release(); } export function plantedDiscard(tokens${typed(tree, "readonly any[]")}) { tokens.forEach((token) => { plantedGive(token); }); }`),
];
