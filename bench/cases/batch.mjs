/**
 * `frameAllocBatch(struct, 1000)`: the call alone, ten of them a frame with one float of each batch written; and filling all three floats of 1,000 structs,
 * through `cursor()`, `at(i)` and `soa`, against a loop over a `Float32Array` written by hand.
 */
import * as runtime from "@framealloc/runtime";
import { expectSame, expectTriples, inspectFrame, newAlloc } from "./frame-memory.mjs";

const { f32, struct } = runtime;
const COUNT = 1000;
const BATCHES = 10;
const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });

/** @typedef {import("@framealloc/runtime").AllocOptions} Options */

export const variants = {
  /** @param {Options} options */
  call(options) {
    const alloc = newAlloc(options);
    const floats = alloc.memory.f32;

    function fill() {
      for (let i = 0; i < BATCHES; i += 1) floats[alloc.frameAllocBatch(Vec3, COUNT).ptr >> 2] = i + 0.25;
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      inspectFrame(alloc, fill, (begin, end) => {
        expectSame("bytes used", end - begin, BATCHES * COUNT * 12);
        for (let i = 0; i < BATCHES; i += 1) expectSame(`batch ${i}`, floats[(begin >> 2) + i * COUNT * 3], i + 0.25);
      });
    }
    return { ops: BATCHES, frame, verify };
  },

  /** @param {Options} options */
  cursor(options) {
    return filling(options, (alloc) => {
      const p = alloc.frameAllocBatch(Vec3, COUNT).cursor();
      for (let i = 0; i < COUNT; i += 1) {
        p.$index = i;
        p.x = i + 0.25;
        p.y = i + 0.5;
        p.z = i + 0.75;
      }
    });
  },

  /** @param {Options} options */
  at(options) {
    return filling(options, (alloc) => {
      const all = alloc.frameAllocBatch(Vec3, COUNT);
      for (let i = 0; i < COUNT; i += 1) {
        const p = all.at(i);
        p.x = i + 0.25;
        p.y = i + 0.5;
        p.z = i + 0.75;
      }
    });
  },

  /** @param {Options} options */
  soa(options) {
    const { soa } = /** @type {any} */ (runtime);
    if (soa === undefined) return "`soa`";
    const alloc = newAlloc(options);
    const Columns = soa(Vec3, COUNT);
    /** @type {{ x: Float32Array, y: Float32Array, z: Float32Array } | undefined} */
    let columns;

    function fill() {
      columns = alloc.frameAlloc(Columns);
      const { x, y, z } = /** @type {NonNullable<typeof columns>} */ (columns);
      for (let i = 0; i < COUNT; i += 1) {
        x[i] = i + 0.25;
        y[i] = i + 0.5;
        z[i] = i + 0.75;
      }
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      alloc.beginFrame();
      fill();
      for (let i = 0; i < COUNT; i += 1) expectSame(`column z at ${i}`, columns?.z[i], Math.fround(i + 0.75));
      alloc.endFrame();
    }
    return { ops: COUNT, frame, verify };
  },

  /** The same loop over an array that it is given, as code for memory of a frame has to be: no constant to the engine. */
  byHandGiven() {
    const both = [new Float32Array(3 * COUNT), new Float32Array(3 * COUNT)];
    let turn = 0;

    function fill(/** @type {Float32Array} */ floats) {
      for (let i = 0; i < COUNT; i += 1) {
        const at = 3 * i;
        floats[at] = i + 0.25;
        floats[at + 1] = i + 0.5;
        floats[at + 2] = i + 0.75;
      }
    }
    function frame() {
      turn = 1 - turn;
      fill(both[turn]);
    }
    function verify() {
      for (const floats of both) floats.fill(0);
      frame();
      frame();
      for (const floats of both) expectTriples(floats, 0, COUNT);
    }
    return { ops: COUNT, frame, verify };
  },

  byHand() {
    const floats = new Float32Array(3 * COUNT);

    function frame() {
      for (let i = 0; i < COUNT; i += 1) {
        const at = 3 * i;
        floats[at] = i + 0.25;
        floats[at + 1] = i + 0.5;
        floats[at + 2] = i + 0.75;
      }
    }
    function verify() {
      floats.fill(0);
      frame();
      expectTriples(floats, 0, COUNT);
    }
    return { ops: COUNT, frame, verify };
  },
};

/**
 * @param {Options} options
 * @param {(alloc: runtime.SmartAlloc) => void} fillBatch
 */
function filling(options, fillBatch) {
  const alloc = newAlloc(options);

  function frame() {
    alloc.beginFrame();
    fillBatch(alloc);
    alloc.endFrame();
  }
  function verify() {
    inspectFrame(alloc, () => fillBatch(alloc), (begin) => expectTriples(alloc.memory.f32, begin >> 2, COUNT));
  }
  return { ops: COUNT, frame, verify };
}
