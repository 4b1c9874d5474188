import { f32, SmartAlloc, struct } from "@framealloc/runtime";

export const Point = struct({ x: f32, y: f32 });
export const memory = new SmartAlloc();
