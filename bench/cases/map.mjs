/**
 * `frameMap` with 1,000 u32 keys against a `Map` that is cleared and used again: setting each key once in a fresh map, and getting each. Keys are spread over
 * their whole range. The map that is read from is made and filled once, in a frame that stays open.
 */
import { u32 } from "@framealloc/runtime";
import { expectSame, newAlloc } from "./frame-memory.mjs";

const COUNT = 1000;
const keys = Array.from({ length: COUNT }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0);
/** Of the values 0 to COUNT - 1. */
const SUM = (COUNT * (COUNT - 1)) / 2;

/** @typedef {import("@framealloc/runtime").AllocOptions} Options */

export const variants = {
  /** @param {Options} options */
  set(options) {
    const alloc = newAlloc(options);
    if (!("frameMap" in alloc)) return "`frameMap`";

    function fill() {
      const map = /** @type {any} */ (alloc).frameMap("number", u32, COUNT);
      for (let i = 0; i < COUNT; i += 1) map.set(keys[i], i);
      return map;
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      alloc.beginFrame();
      expectAll(fill());
      alloc.endFrame();
    }
    return { ops: COUNT, frame, verify };
  },

  setInMap() {
    /** @type {Map<number, number>} */
    const map = new Map();

    function frame() {
      map.clear();
      for (let i = 0; i < COUNT; i += 1) map.set(/** @type {number} */ (keys[i]), i);
    }
    function verify() {
      frame();
      expectAll(map);
    }
    return { ops: COUNT, frame, verify };
  },

  /** @param {Options} options */
  get(options) {
    const alloc = newAlloc(options);
    if (!("frameMap" in alloc)) return "`frameMap`";
    alloc.beginFrame();
    return reading(/** @type {any} */ (alloc).frameMap("number", u32, COUNT));
  },

  getOfMap() {
    return reading(new Map());
  },
};

/** @typedef {{ set(key: number, value: number): unknown, get(key: number): number | undefined }} NumberMap */

/** @param {NumberMap} map */
function expectAll(map) {
  for (let i = 0; i < COUNT; i += 1) expectSame(`the value of key ${i}`, map.get(/** @type {number} */ (keys[i])), i);
}

/** @param {NumberMap} map */
function reading(map) {
  for (let i = 0; i < COUNT; i += 1) map.set(/** @type {number} */ (keys[i]), i);
  let sum = 0;

  function frame() {
    sum = 0;
    for (let i = 0; i < COUNT; i += 1) sum += map.get(/** @type {number} */ (keys[i])) ?? 0;
  }
  function verify() {
    expectAll(map);
    frame();
    expectSame("the sum", sum, SUM);
  }
  return { ops: COUNT, frame, verify };
}
