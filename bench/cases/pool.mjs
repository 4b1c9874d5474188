/**
 * `poolAlloc(struct of 3 f32)`, three writes, `poolFree`: one at a time, or a number of them alive at once, freed in the order they were made. Against it
 * `MemPool` of `@thi.ng/malloc`, whose user writes through the typed arrays of its buffer.
 */
import { f32, megabytes, struct } from "@framealloc/runtime";
import { MemPool } from "@thi.ng/malloc";
import { expectSame, expectTriples, newAlloc } from "./frame-memory.mjs";

const COUNT = 1000;
const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });

/** @typedef {import("@framealloc/runtime").AllocOptions & { alive?: number }} Options */
/** @typedef {any} Alloc of a runtime that may be older or newer than this file's types */

export const variants = {
  /** @param {Options} options */
  ours({ alive = 1, ...options }) {
    return subjectOf(newAlloc(options), alive);
  },

  /** All of it is charged to the budget of a tag, and to that of everything. */
  budgeted() {
    const alloc = /** @type {Alloc} */ (newAlloc(/** @type {any} */ ({ budgets: true })));
    if (!("budgets" in alloc)) return "`budgets`";
    alloc.budgets().registerTagBudget("actors", megabytes(1), megabytes(2));
    alloc.budgets().setGlobalLimit(megabytes(64));
    const subject = subjectOf(alloc, 1);
    let isCounted = false;
    function frame() {
      alloc.withTag("actors", subject.frame);
    }
    function verify() {
      alloc.withTag("actors", () => {
        subject.verify();
        const value = alloc.poolAlloc(Vec3);
        isCounted = alloc.budgets().usage("actors") === 12;
        alloc.poolFree(value);
      });
      if (!isCounted) throw new Error("the budget of the tag does not count what is in the pool");
    }
    return { ...subject, frame, verify };
  },

  /** @param {Options} options */
  thing({ alive = 1 }) {
    const buffer = new ArrayBuffer(1 << 20);
    const pool = new MemPool({ buf: buffer });
    const floats = new Float32Array(buffer);
    const held = new Int32Array(alive);

    function make() {
      for (let i = 0; i < alive; i += 1) {
        const ptr = pool.malloc(12);
        if (ptr === 0) throw new Error("MemPool gave no memory");
        floats[ptr >> 2] = i + 0.25;
        floats[(ptr >> 2) + 1] = i + 0.5;
        floats[(ptr >> 2) + 2] = i + 0.75;
        held[i] = ptr;
      }
    }
    function free() {
      for (let i = 0; i < alive; i += 1) {
        if (!pool.free(/** @type {number} */ (held[i]))) throw new Error("MemPool did not take a block back");
      }
    }
    function frame() {
      for (let done = 0; done < COUNT; done += alive) {
        make();
        free();
      }
    }
    function verify() {
      make();
      for (let i = 0; i < alive; i += 1) expectSame(`float 2 of block ${i}`, floats[(Number(held[i]) >> 2) + 2], Math.fround(i + 0.75));
      free();
    }
    return { ops: COUNT, frame, verify };
  },
};

/**
 * @param {Alloc} alloc
 * @param {number} alive at once
 */
function subjectOf(alloc, alive) {
  /** @type {import("@framealloc/runtime").Infer<typeof Vec3>[]} */
  const held = Array.from({ length: alive }, () => alloc.poolAlloc(Vec3));
  for (const value of held) alloc.poolFree(value);

  function make() {
    for (let i = 0; i < alive; i += 1) {
      const v = alloc.poolAlloc(Vec3);
      v.x = i + 0.25;
      v.y = i + 0.5;
      v.z = i + 0.75;
      held[i] = v;
    }
  }
  function free() {
    for (let i = 0; i < alive; i += 1) alloc.poolFree(/** @type {object} */ (held[i]));
  }
  function frame() {
    for (let done = 0; done < COUNT; done += alive) {
      make();
      free();
    }
  }
  function verify() {
    make();
    expectTriples(held.flatMap((v) => [v.x, v.y, v.z]), 0, alive);
    expectSame("different values", new Set(held).size, alive);
    free();
  }
  return { ops: COUNT, frame, verify };
}
