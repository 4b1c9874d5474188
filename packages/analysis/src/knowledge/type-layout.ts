/** What types of the runtime are made of, and the classes of its pool as they are unless a configuration says otherwise. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

export const ARRAY_TYPE: ApiKey = `${RUNTIME}:array`;
export const STRUCT_TYPE: ApiKey = `${RUNTIME}:struct`;

/** The pool's classes unless a configuration lists others. */
export const DEFAULT_CLASSES: readonly number[] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/** The largest of them. */
export const LARGEST_CLASS = 4096;

/** The option that lists the classes. */
export const SIZE_CLASSES = "slabSizeClasses";

/** What of a configuration changes the classes. */
export const CLASS_SETTINGS: ReadonlySet<string> = new Set(["slabSizeClasses", "largeThreshold"]);

/** Makes an allocator, with its configuration as the first argument. */
export function makesAllocator(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc` || api === `${RUNTIME}:SmartAlloc.attach`;
}
