/** Garbage made every frame. */
import { plantedAtEnd } from "../planted-code.ts";

export const operators = [
  plantedAtEnd("kept literals in an animation frame", () => "const plantedSeen = []; export const plantedCount = () => plantedSeen.length; function plantedTick(time) { plantedSeen[0] = { time, list: [time] }; requestAnimationFrame(plantedTick); } requestAnimationFrame(plantedTick);".replace("plantedTick(time)", "plantedTick(time = 0)").replace("const plantedSeen = []", "const plantedSeen = Array(0)")),
];
