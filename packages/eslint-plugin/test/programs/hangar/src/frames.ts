// The frame of the whole hangar is begun and ended here.
import { memory } from "./memory/index.ts";

export function open(): void {
  memory.beginFrame();
}

export function close(): void {
  memory.endFrame();
}
