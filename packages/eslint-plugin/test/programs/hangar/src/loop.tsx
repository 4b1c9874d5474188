import { steer } from "./steering.js";

function tick(time: number): void {
  steer(time);
  requestAnimationFrame(tick);
}

requestAnimationFrame(tick);
