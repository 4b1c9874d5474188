/** `beginFrame` and `endFrame` with nothing in between, 1,000 times. */
import { expectSame, newAlloc } from "./frame-memory.mjs";

const COUNT = 1000;

export const variants = {
  /** @param {import("@framealloc/runtime").AllocOptions} options */
  ours(options) {
    const alloc = newAlloc(options);

    function frame() {
      for (let i = 0; i < COUNT; i += 1) {
        alloc.beginFrame();
        alloc.endFrame();
      }
    }
    function verify() {
      const before = alloc.frameNumber();
      frame();
      expectSame("frames", alloc.frameNumber() - before, COUNT);
    }
    return { ops: COUNT, frame, verify };
  },
};
