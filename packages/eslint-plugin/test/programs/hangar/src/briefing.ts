import type { Pilot } from "./pilots";

export function brief(pilot: Pilot, late: boolean): void {
  pilot.desk.beginFrame();
  if (late) return; // want FA005 "`return` leaves the frame"
  pilot.desk.endFrame();
}
