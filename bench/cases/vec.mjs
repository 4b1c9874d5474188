/**
 * `frameVec` of 1,000 doubles against a JavaScript array of numbers of that length, made once: filling it, and adding up its elements. The vec that is added up is
 * made and filled once, in a frame that stays open.
 */
import { f64 } from "@framealloc/runtime";
import { expectSame, newAlloc } from "./frame-memory.mjs";

const COUNT = 1000;
/** Of i + 0.5 for i below COUNT. */
const SUM = (COUNT * COUNT) / 2;

/** @typedef {import("@framealloc/runtime").AllocOptions & { grows?: boolean }} Options */

export const variants = {
  /** @param {Options} options */
  push({ grows = false, ...options }) {
    const alloc = newAlloc(options);

    function fill() {
      const vec = alloc.frameVec(f64, grows ? undefined : COUNT);
      for (let i = 0; i < COUNT; i += 1) vec.push(i + 0.5);
      return vec;
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      alloc.beginFrame();
      const vec = fill();
      for (let i = 0; i < COUNT; i += 1) expectSame(`element ${i}`, vec.get(i), i + 0.5);
      alloc.endFrame();
    }
    return { ops: COUNT, frame, verify };
  },

  pushToArray() {
    const array = filledArray();

    function frame() {
      for (let i = 0; i < COUNT; i += 1) array[i] = i + 0.5;
    }
    function verify() {
      array.fill(0.5);
      frame();
      for (let i = 0; i < COUNT; i += 1) expectSame(`element ${i}`, array[i], i + 0.5);
    }
    return { ops: COUNT, frame, verify };
  },

  /** @param {Options} options */
  get(options) {
    return summing(options, (vec) => {
      let sum = 0;
      for (let i = 0; i < vec.length; i += 1) sum += vec.get(i);
      return sum;
    });
  },

  /** @param {Options} options */
  iterate(options) {
    // Not a variable that the function closes over: the engine boxes each new value of one.
    const sum = new Float64Array(1);
    const add = (/** @type {number} */ value) => {
      sum[0] += value;
    };
    return summing(options, (vec) => {
      sum[0] = 0;
      vec.iterate(add);
      return sum[0];
    });
  },

  /** @param {Options} options */
  forOf(options) {
    return summing(options, (vec) => {
      let sum = 0;
      for (const value of vec) sum += value;
      return sum;
    });
  },

  getOfArray() {
    const array = filledArray();
    return adding(() => {
      let sum = 0;
      for (let i = 0; i < array.length; i += 1) sum += array[i];
      return sum;
    });
  },

  forOfArray() {
    const array = filledArray();
    return adding(() => {
      let sum = 0;
      for (const value of array) sum += value;
      return sum;
    });
  },
};

/** Of doubles without holes, which is the kind that engines read fastest. */
function filledArray() {
  return Array.from({ length: COUNT }, (_, i) => i + 0.5);
}

/**
 * @param {Options} options
 * @param {(vec: import("@framealloc/runtime").FrameVec<number>) => number} sumOf
 */
function summing(options, sumOf) {
  const alloc = newAlloc(options);
  alloc.beginFrame();
  const vec = alloc.frameVec(f64, COUNT);
  for (let i = 0; i < COUNT; i += 1) vec.push(i + 0.5);
  return adding(() => sumOf(vec));
}

/** @param {() => number} sumOf */
function adding(sumOf) {
  // A field of a typed array: keeping the sum makes no garbage, and it is used.
  const result = new Float64Array(1);
  function frame() {
    result[0] = sumOf();
  }
  function verify() {
    result[0] = 0;
    frame();
    expectSame("the sum", result[0], SUM);
  }
  return { ops: COUNT, frame, verify };
}
