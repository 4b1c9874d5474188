/** Allocations of the pool and the heap, and what makes the same of frame memory. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

const TWINS: Readonly<Record<string, string>> = { poolAlloc: "frameAlloc", heapAlloc: "frameAlloc", tryPoolAlloc: "tryFrameAlloc", tryHeapAlloc: "tryFrameAlloc", poolBox: "frameBox", heapBox: "frameBox" };

/** Null where frame memory has no such call. */
export function frameTwin(api: ApiKey): string | null {
  const member = api.startsWith(`${RUNTIME}:SmartAlloc#`) ? api.slice(api.indexOf("#") + 1) : "";
  return Object.hasOwn(TWINS, member) ? TWINS[member] ?? null : null;
}
