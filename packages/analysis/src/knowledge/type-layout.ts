/** What types of the runtime are made of, and the classes of its pool as they are unless a configuration says otherwise. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

export const ARRAY_TYPE: ApiKey = `${RUNTIME}:array`;
export const STRUCT_TYPE: ApiKey = `${RUNTIME}:struct`;

/** The largest of the pool's default classes. */
export const LARGEST_CLASS = 4096;

/** What of a configuration changes the classes. */
export const CLASS_SETTINGS: ReadonlySet<string> = new Set(["slabSizeClasses", "largeThreshold"]);

/** Makes an allocator, with its configuration as the first argument. */
export function makesAllocator(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc` || api === `${RUNTIME}:SmartAlloc.attach`;
}
