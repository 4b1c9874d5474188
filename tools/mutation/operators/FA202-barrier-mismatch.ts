/** Barriers that count others than signal. */
import { plantedAtEnd } from "../planted-code.ts";

export const operators = [
  plantedAtEnd("barrier of one for two", () => 'const plantedBarrier = new PlantedBarrier(1); new Worker("planted.js").postMessage(plantedBarrier.share()); export function plantedFinish() { plantedBarrier.signalFrameComplete(); }'),
];
