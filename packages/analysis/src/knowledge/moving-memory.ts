/**
 * What moves memory under those who look at it: handles that are compacted, WebAssembly memory that grows. And what gives a raw look at such memory.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

/** `compact` spares what is pinned. */
export function movesMemory(api: ApiKey): "compact" | "grow" | undefined {
  if (api === `${RUNTIME}:HandleAllocator#defragment`) return "compact";
  return api === "global:WebAssembly.Memory#grow" ? "grow" : undefined;
}

/** Whether a call of this API gives a view of what its first argument, a handle, names now. */
export function resolvesHandle(api: ApiKey): boolean {
  return api === `${RUNTIME}:HandleAllocator#resolve` || api === `${RUNTIME}:HandleAllocator#resolveMut`;
}

/** How a call of this API keeps its first argument, a handle, where it is: until as many calls let go of it, or as long as the scope that it gives. */
export function pinsHandle(api: ApiKey): "count" | "scope" | undefined {
  if (api === `${RUNTIME}:HandleAllocator#pin`) return "count";
  return api === `${RUNTIME}:HandleAllocator#pinScope` ? "scope" : undefined;
}

/** Names of these, asked before anybody is asked what is called. */
export const PINS: ReadonlySet<string> = new Set(["pin", "pinScope"]);

/** Whether each call of it on one allocator gives the same one of handles. */
export function givesHandles(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc#handles`;
}

/** Whether a construction of this API, over a buffer, is a window on it. */
export function isBufferView(api: ApiKey): boolean {
  return /^global:(?:(?:Ui|I)nt(?:8|16|32)|Uint8Clamped|Float(?:32|64)|Big(?:Ui|I)nt64)Array$|^global:DataView$/.test(api);
}

/** The class whose `buffer` is another one after it grew, and that member. */
export const GROWING_CLASS = "WebAssembly.Memory";
export const BUFFER_MEMBER = "buffer";
