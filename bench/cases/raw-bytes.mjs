/** `frameAllocBytes(64)`: 1,000 blocks a frame, the first and the last 8 bytes of each written. */
import { expectSame, inspectFrame, newAlloc } from "./frame-memory.mjs";

const COUNT = 1000;
const SIZE = 64;

export const variants = {
  /** @param {import("@framealloc/runtime").AllocOptions} options */
  ours(options) {
    const alloc = newAlloc(options);
    const { f64 } = alloc.memory;

    function fill() {
      for (let i = 0; i < COUNT; i += 1) {
        const at = alloc.frameAllocBytes(SIZE) >> 3;
        f64[at] = i;
        f64[at + 7] = i + 0.5;
      }
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      inspectFrame(alloc, fill, (begin, end) => {
        expectSame("bytes used", end - begin, COUNT * SIZE);
        for (let i = 0; i < COUNT; i += 1) {
          const at = (begin + i * SIZE) >> 3;
          expectSame(`start of block ${i}`, f64[at], i);
          expectSame(`end of block ${i}`, f64[at + 7], i + 0.5);
        }
      });
    }
    return { ops: COUNT, frame, verify };
  },
};
