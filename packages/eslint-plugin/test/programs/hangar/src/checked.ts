// Only a checker evaluates the type of `pool`.
import type { SmartAlloc } from "@framealloc/runtime";

export function audit(pool: Exclude<SmartAlloc | string, string>, late: boolean): void {
  pool.beginFrame();
  if (late) return; // want FA005 "`return` leaves the frame"
  pool.endFrame();
}
