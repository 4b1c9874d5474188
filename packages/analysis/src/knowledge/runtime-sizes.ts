/** Bytes: of the runtime's types, of what its allocations take for their arguments, and of the arenas that its configurations give. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

const KILOBYTE = 1024;
const MEGABYTE = KILOBYTE * KILOBYTE;
const GIGABYTE = KILOBYTE * MEGABYTE;

const SCALARS: Readonly<Record<string, number>> = { f32: 4, f64: 8, i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8, bool: 1 };

/** Of the scalar type exported under this name; undefined for any other name. */
export function scalarBytes(path: string): number | undefined {
  return Object.hasOwn(SCALARS, path) ? SCALARS[path] : undefined;
}

const UNITS: Readonly<Record<ApiKey, number>> = { [`${RUNTIME}:kilobytes`]: KILOBYTE, [`${RUNTIME}:megabytes`]: MEGABYTE, [`${RUNTIME}:gigabytes`]: GIGABYTE };

/** What a call of this function multiplies its argument by; undefined when it is no unit. */
export function unitBytes(api: ApiKey): number | undefined {
  return Object.hasOwn(UNITS, api) ? UNITS[api] : undefined;
}

/** What an allocation takes: so many (a number, or what an argument says) of the type in an argument; of single bytes where that is null. */
export interface Taken {
  readonly type: number | null;
  readonly count: number | { readonly argument: number };
}

const one: Taken = { type: 0, count: 1 };
const many: Taken = { type: 0, count: { argument: 1 } };

const TAKEN: Readonly<Record<string, Taken>> = {
  frameAlloc: one, tryFrameAlloc: one, frameBox: one,
  frameAlloc2: { type: 0, count: 2 }, frameAlloc4: { type: 0, count: 4 }, frameAlloc8: { type: 0, count: 8 },
  frameAllocBatch: many, frameSlice: many, frameVec: many, frameMap: { type: 1, count: { argument: 2 } },
  frameAllocBytes: { type: null, count: { argument: 0 } },
};

/** Undefined for what takes nothing from the frame's arena, or nobody knows how much. */
export function takenBy(api: ApiKey): Taken | undefined {
  const member = api.startsWith(`${RUNTIME}:SmartAlloc#`) ? api.slice(api.indexOf("#") + 1) : "";
  return Object.hasOwn(TAKEN, member) ? TAKEN[member] : undefined;
}

const KEPT: Readonly<Record<string, Taken>> = { poolAlloc: one, heapAlloc: one, poolBox: one, heapBox: one };

/** The same of the pool and the heap; undefined for what takes nothing from these. */
export function keepsBytes(api: ApiKey): Taken | undefined {
  const member = api.startsWith(`${RUNTIME}:SmartAlloc#`) ? api.slice(api.indexOf("#") + 1) : "";
  return Object.hasOwn(KEPT, member) ? KEPT[member] : undefined;
}

/** The option that says how large the frame's arena is. */
export const ARENA_OPTION = "frameArenaSize";

const ARENAS: Readonly<Record<ApiKey, number>> = {
  [`${RUNTIME}:SmartAlloc`]: 16 * MEGABYTE, [`${RUNTIME}:SmartAlloc.withDefaults`]: 16 * MEGABYTE, [`${RUNTIME}:AllocConfig`]: 16 * MEGABYTE,
  [`${RUNTIME}:AllocConfig.minimal`]: 64 * KILOBYTE, [`${RUNTIME}:AllocConfig.highPerformance`]: 64 * MEGABYTE,
};

/** The frame arena that this gives when its argument does not say otherwise. */
export function arenaBytes(api: ApiKey): number | undefined {
  return Object.hasOwn(ARENAS, api) ? ARENAS[api] : undefined;
}

/** Whether this gives a configuration like its receiver, with the arena that argument 0 says. */
export function setsArena(api: ApiKey): boolean {
  return api === `${RUNTIME}:AllocConfig#withFrameArenaSize`;
}
