/** `frameSlice(f32, 256)` in its steady state against `new Float32Array(buffer, offset, n)`: 100 a frame, the first and the last element of each written. */
import { f32 } from "@framealloc/runtime";
import { expectSame, newAlloc } from "./frame-memory.mjs";

const COUNT = 100;
const LENGTH = 256;

export const variants = {
  /** @param {import("@framealloc/runtime").AllocOptions} options */
  ours(options) {
    const alloc = newAlloc(options);

    function fill() {
      for (let i = 0; i < COUNT; i += 1) write(alloc.frameSlice(f32, LENGTH), i);
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      const { f32: floats } = alloc.memory;
      alloc.beginFrame();
      fill();
      const behind = alloc.frameAllocBytes(0, 4) >> 2;
      expectWritten(floats, behind - COUNT * LENGTH);
      alloc.endFrame();
    }
    return { ops: COUNT, frame, verify };
  },

  newArrays() {
    const floats = new Float32Array(COUNT * LENGTH);
    const { buffer } = floats;
    /** @type {(Float32Array | undefined)[]} */
    const kept = new Array(COUNT).fill(undefined);

    function frame() {
      for (let i = 0; i < COUNT; i += 1) {
        const slice = new Float32Array(buffer, i * LENGTH * 4, LENGTH);
        write(slice, i);
        kept[i] = slice;
      }
      kept.fill(undefined);
    }
    function verify() {
      floats.fill(0);
      frame();
      expectWritten(floats, 0);
    }
    return { ops: COUNT, frame, verify };
  },
};

/**
 * @param {Float32Array} slice
 * @param {number} i
 */
function write(slice, i) {
  slice[0] = i + 0.25;
  slice[LENGTH - 1] = i + 0.5;
}

/**
 * @param {Float32Array} floats
 * @param {number} first
 */
function expectWritten(floats, first) {
  for (let i = 0; i < COUNT; i += 1) {
    expectSame(`start of slice ${i}`, floats[first + i * LENGTH], i + 0.25);
    expectSame(`end of slice ${i}`, floats[first + (i + 1) * LENGTH - 1], i + 0.5);
  }
}
