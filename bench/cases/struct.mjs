/**
 * `frameAlloc(struct of 3 f32)` and three writes, COUNT times a frame: ours; ours in a program that allocates other kinds of types too, so that the engine
 * has seen several shapes in the allocator's code; and `new` of a class with three doubles, kept until the end of the frame.
 */
import { array, f32, i32, struct, u8 } from "@framealloc/runtime";
import { expectSame, expectTriples, inspectFrame, newAlloc } from "./frame-memory.mjs";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });

/** @typedef {import("@framealloc/runtime").AllocOptions & { count?: number }} Options */

export const variants = {
  /** @param {Options} options */
  ours({ count = 1000, ...options }) {
    return structs(newAlloc(options), count);
  },

  /** @param {Options} options */
  oursAmongOthers({ count = 1000, ...options }) {
    const alloc = newAlloc(options);
    for (let i = 0; i < 2000; i += 1) useOtherTypes(alloc);
    return structs(alloc, count);
  },

  /** @param {Options} options */
  objects({ count = 1000 }) {
    /** @type {(Point | undefined)[]} */
    const kept = new Array(count).fill(undefined);

    function fill() {
      for (let i = 0; i < count; i += 1) kept[i] = new Point(i + 0.25, i + 0.5, i + 0.75);
    }
    function frame() {
      fill();
      kept.fill(undefined);
    }
    function verify() {
      fill();
      for (let i = 0; i < count; i += 1) expectSame(`object ${i}`, kept[i]?.x, i + 0.25);
      kept.fill(undefined);
    }
    return { ops: count, frame, verify };
  },
};

class Point {
  /**
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  constructor(x, y, z) {
    this.x = x;
    this.y = y;
    this.z = z;
  }
}

/**
 * @param {import("@framealloc/runtime").SmartAlloc} alloc
 * @param {number} count
 */
export function structs(alloc, count) {
  function fill() {
    for (let i = 0; i < count; i += 1) {
      const v = alloc.frameAlloc(Vec3);
      v.x = i + 0.25;
      v.y = i + 0.5;
      v.z = i + 0.75;
    }
  }
  function frame() {
    alloc.beginFrame();
    fill();
    alloc.endFrame();
  }
  function verify() {
    inspectFrame(alloc, fill, (begin, end) => {
      // Debug mode puts guards around each, and one before the first.
      const stride = Math.floor((end - begin) / count);
      if (!alloc.config.debug) expectSame("bytes used", end - begin, count * 12);
      expectTriples(alloc.memory.f32, (end - stride * count) >> 2, count, stride >> 2);
    });
  }
  return { ops: count, frame, verify };
}

const Body = struct({ position: Vec3, weights: array(f32, 4), id: i32 }, { name: "Body" });
const Four = array(f32, 4);

class Thing {
  n = 0;
}

/** @param {import("@framealloc/runtime").SmartAlloc} alloc */
function useOtherTypes(alloc) {
  alloc.beginFrame();
  alloc.frameAlloc(i32).value = 1;
  alloc.frameAlloc(Body).position.x = 2;
  alloc.frameAlloc(Four)[3] = 3;
  alloc.frameAlloc(Thing).n = 4;
  alloc.frameSlice(u8, 5)[0] = 5;
  alloc.frameAllocBatch(Body, 3).at(1).id = 6;
  alloc.frameVec(f32, 7).push(8);
  alloc.endFrame();
}
