/** `frameAlloc(class)` against a pool written by hand: 1,000 instances a frame, three doubles of each written. */
import { expectSame, newAlloc } from "./frame-memory.mjs";

const COUNT = 1000;

class Point {
  x = 0.5;
  y = 0.5;
  z = 0.5;
}

/** What people write: an array of instances and how many are in use. */
class PointPool {
  /** @type {Point[]} */
  items = [];
  used = 0;

  take() {
    if (this.used === this.items.length) this.items.push(new Point());
    const item = this.items[this.used];
    this.used += 1;
    return item;
  }

  reset() {
    this.used = 0;
  }
}

export const variants = {
  /** @param {import("@framealloc/runtime").AllocOptions} options */
  ours(options) {
    const alloc = newAlloc(options);

    function fill() {
      for (let i = 0; i < COUNT; i += 1) {
        const p = alloc.frameAlloc(Point);
        p.x = i + 0.25;
        p.y = i + 0.5;
        p.z = i + 0.75;
      }
    }
    function frame() {
      alloc.beginFrame();
      fill();
      alloc.endFrame();
    }
    function verify() {
      // In a frame that only hands them out, each instance is as the frame before left it.
      frame();
      alloc.beginFrame();
      for (let i = 0; i < COUNT; i += 1) expectSame(`instance ${i}`, alloc.frameAlloc(Point).z, i + 0.75);
      alloc.endFrame();
    }
    return { ops: COUNT, frame, verify };
  },

  pool() {
    const pool = new PointPool();

    function fill() {
      for (let i = 0; i < COUNT; i += 1) {
        const p = pool.take();
        p.x = i + 0.25;
        p.y = i + 0.5;
        p.z = i + 0.75;
      }
    }
    function frame() {
      fill();
      pool.reset();
    }
    function verify() {
      frame();
      for (let i = 0; i < COUNT; i += 1) expectSame(`instance ${i}`, pool.take().z, i + 0.75);
      pool.reset();
    }
    return { ops: COUNT, frame, verify };
  },
};
