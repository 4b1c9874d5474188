/** What functions of JavaScript and of our runtime say about the number of elements of what they give. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

/** Methods that give at most as many elements as their receiver has. */
export const KEEPS_SIZE: ReadonlySet<string> = new Set(["map", "filter", "slice", "sort", "toSorted", "reverse", "toReversed", "keys", "values", "entries", "with", "subarray"]);

/** Methods that add elements to their receiver. */
export const GROWS: ReadonlySet<string> = new Set(["push", "unshift", "splice", "add", "set"]);

/** Made with as many elements as the first argument is, or has. */
export const NEW_OF_SIZE = /^global:(Array|Set|Map|Int8Array|Uint8Array|Uint8ClampedArray|Int16Array|Uint16Array|Int32Array|Uint32Array|Float32Array|Float64Array|BigInt64Array|BigUint64Array)$/;

/** Cannot grow once made. */
export const FIXED_SIZE = /^global:\w+Array$/;

export interface SizeArgument {
  readonly argument: number;
  /** The argument is the number itself; else a collection with that many elements. */
  readonly counts: boolean;
  readonly constant?: number;
}

const SIZES: ReadonlyMap<ApiKey, SizeArgument> = new Map([
  ["global:Array.from", { argument: 0, counts: false }],
  ["global:Object.keys", { argument: 0, counts: false }],
  ["global:Object.values", { argument: 0, counts: false }],
  ["global:Object.entries", { argument: 0, counts: false }],
  ["global:Object.freeze", { argument: 0, counts: false }],
  [`${RUNTIME}:SmartAlloc#frameAllocBatch`, { argument: 1, counts: true }],
  [`${RUNTIME}:SmartAlloc#frameSlice`, { argument: 1, counts: true }],
  [`${RUNTIME}:FrameArena#slice`, { argument: 1, counts: true }],
  [`${RUNTIME}:TaskAlloc#slice`, { argument: 1, counts: true }],
  [`${RUNTIME}:SmartAlloc#frameAlloc2`, { argument: 0, counts: true, constant: 2 }],
  [`${RUNTIME}:SmartAlloc#frameAlloc4`, { argument: 0, counts: true, constant: 4 }],
  [`${RUNTIME}:SmartAlloc#frameAlloc8`, { argument: 0, counts: true, constant: 8 }],
]);

export function sizeArgument(api: ApiKey): SizeArgument | undefined {
  return SIZES.get(api);
}
