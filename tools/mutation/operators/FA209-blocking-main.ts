/** Waits that block the main thread of a page. */
import { plantedAtEnd } from "../planted-code.ts";

const notWorker = (_program: unknown, { text }: { readonly text: string }): boolean => !/\b(?:onmessage|registerProcessor|worker_threads|MessagePort)\b/.test(text);

export const operators = [
  plantedAtEnd("wait in an animation frame", () => 'const plantedGate = new PlantedBarrier(2); function plantedFrame() { plantedGate.waitAll(); document.title = "drawn"; requestAnimationFrame(plantedFrame); } requestAnimationFrame(plantedFrame);', notWorker),
  plantedAtEnd("atomic wait in a helper of a listener", () => 'const plantedWords = new Int32Array(new SharedArrayBuffer(4)); const plantedSleep = () => { Atomics.wait(plantedWords, 0, 0); }; document.addEventListener("click", () => { plantedSleep(); });', notWorker),
];
