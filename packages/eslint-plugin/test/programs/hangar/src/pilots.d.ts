import type { SmartAlloc } from "@framealloc/runtime";

export interface Pilot {
  readonly desk: SmartAlloc;
}
