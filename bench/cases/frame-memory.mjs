/** What the cases on frame memory have in common: the allocator as a user gets it, and a look at what a frame wrote. */
import { SmartAlloc } from "@framealloc/runtime";

/**
 * An allocator of the default configuration, changed by `options`; for "not there yet", the name of the option or method that is missing.
 *
 * @param {import("@framealloc/runtime").AllocOptions} options
 */
export function newAlloc(options) {
  return new SmartAlloc({ debug: false, ...options });
}

/**
 * Runs `fill` in a frame, and then `look` with the offsets of the first byte and behind the last one that it allocated. `fill` allocates nothing but frame
 * memory, without padding.
 *
 * @param {SmartAlloc} alloc
 * @param {() => void} fill
 * @param {(begin: number, end: number) => void} look
 */
export function inspectFrame(alloc, fill, look) {
  alloc.beginFrame();
  fill();
  const sizeBytes = alloc.frameUsage();
  const end = alloc.frameAllocBytes(0, 4);
  look(end - sizeBytes, end);
  alloc.endFrame();
}

/**
 * Throws unless the two are the same number.
 *
 * @param {string} what
 * @param {unknown} actual
 * @param {number} expected
 */
export function expectSame(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what} is ${String(actual)}, not ${expected}`);
}

/**
 * Throws unless memory holds `count` structs of three floats as the cases write them: i + 0.25, i + 0.5, i + 0.75.
 *
 * @param {ArrayLike<number>} floats
 * @param {number} first index of the first float
 * @param {number} count
 * @param {number} stride floats from one struct to the next
 */
export function expectTriples(floats, first, count, stride = 3) {
  for (let i = 0; i < count; i += 1) {
    for (let k = 0; k < 3; k += 1) expectSame(`float ${k} of struct ${i}`, floats[first + stride * i + k], Math.fround(i + (k + 1) / 4));
  }
}
