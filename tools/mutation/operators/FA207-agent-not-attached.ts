/** Allocators sent as they are. */
import { plantedCode } from "../planted-code.ts";

export const operators = plantedCode([
  { name: "allocator given to a worker", where: "before", text: (alloc) => `new Worker("planted.js").postMessage(${alloc});` },
  { name: "allocator sent in a message", where: "before", text: (alloc) => `new MessageChannel().port1.postMessage({ kind: "planted", alloc: ${alloc} });` },
]);
