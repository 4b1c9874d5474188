import { f32 } from "@framealloc/runtime";
import { close, open } from "@/frames";
import { memory, Point } from "@/memory";

let lastBay: { readonly x: number } | null = null;

export function dock(): number {
  open();
  const bay = memory.frameAlloc(Point);
  bay.x = 1;
  lastBay = bay; // want FA002 "module variable `lastBay`"
  const distance = bay.x;
  close();
  return distance + (lastBay === null ? 0 : 1);
}

export function undock(): number {
  open();
  const speeds = memory.frameVec(f32);
  speeds.push(1);
  close();
  return speeds.length; // want FA004 "used after its frame ended"
}

export function inspect(): void {
  open();
  const bay = memory.frameAlloc(Point);
  bay.y = 0;
  close();
}
