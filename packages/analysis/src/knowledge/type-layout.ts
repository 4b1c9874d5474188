/** Sizes of the runtime's scalar types, and of its pool's classes as they are unless a configuration says otherwise. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

const SCALAR_BYTES: ReadonlyMap<string, number> = new Map([
  ["bool", 1], ["i8", 1], ["u8", 1], ["i16", 2], ["u16", 2], ["i32", 4], ["u32", 4], ["f32", 4], ["i64", 8], ["u64", 8], ["f64", 8],
]);

export function scalarBytes(package_: string, path: string): number | undefined {
  return package_ === RUNTIME ? SCALAR_BYTES.get(path) : undefined;
}

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
