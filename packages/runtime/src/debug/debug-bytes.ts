/** What debug mode fills memory with, so that it is told by its look: in a debugger, and by the checks. */

/** Around every allocation. */
export const GUARD_BYTE = 0xfd;
/** Freed. */
export const FREED_BYTE = 0xcd;
/** Fresh, where it is not zeroed. */
export const FRESH_BYTE = 0xab;
/** The least bytes of a guard. */
export const GUARD_BYTES = 8;
