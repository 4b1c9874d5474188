/** What is discarded with its frame and kept, or promoted and taken by nobody. */
import { plantedCode, typed } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "promoted and never taken", where: "inside", text: (alloc) => `{ const planted = ${alloc}.frameRetained(PlantedBody, "promoteToHeap"); planted.value.x = 1; }` },
  { name: "discarded and kept in a list", where: "inside", text: (alloc) => `plantedKept.push(${alloc}.frameRetained(PlantedBody, "discard"));`, top: (tree) => `const plantedKept${typed(tree, "unknown[]")} = []; export const plantedCount = () => plantedKept.length;` },
  { name: "ephemeral and kept in a variable", where: "inside", text: (alloc) => `plantedLast = ${alloc}.frameWithImportance(1, "ephemeral");`, top: (tree) => `let plantedLast${typed(tree, "unknown")} = null; export const plantedPeek = () => plantedLast;` },
]);
