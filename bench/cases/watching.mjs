/**
 * 1,000 structs a frame as in struct.mjs, with something that watches: statistics; a phase around them all and a tag around each hundred; a budget for a tag.
 * The same work without is `struct` / `ours`.
 */
import { f32, megabytes, struct } from "@framealloc/runtime";
import { expectSame, expectTriples, inspectFrame, newAlloc } from "./frame-memory.mjs";
import { structs } from "./struct.mjs";

const COUNT = 1000;
const GROUP = 100;
const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });

/** @typedef {any} Alloc of a runtime that may be older or newer than this file's types */

export const variants = {
  statistics() {
    const alloc = /** @type {Alloc} */ (newAlloc({}));
    if (!("enableStatistics" in alloc)) return "`enableStatistics`";
    alloc.enableStatistics();
    const subject = structs(alloc, COUNT);
    return { ...subject, verify: () => {
      subject.verify();
      if (!JSON.stringify(alloc.stats()).includes(String(12 * COUNT))) throw new Error("the statistics know nothing of what a frame used");
    } };
  },

  tagAndPhase() {
    const alloc = /** @type {Alloc} */ (newAlloc({}));
    if (!("withTag" in alloc && "beginPhase" in alloc)) return "`withTag` and `beginPhase`";
    return tagged(alloc);
  },

  budgets() {
    const alloc = /** @type {Alloc} */ (newAlloc({}));
    if (!("budgets" in alloc)) return "`budgets`";
    const watched = /** @type {Alloc} */ (newAlloc(/** @type {any} */ ({ budgets: true })));
    watched.budgets().registerTagBudget("physics", megabytes(1), megabytes(2));
    return structs(watched, COUNT);
  },
};

/** @param {Alloc} alloc */
function tagged(alloc) {
  let first = 0;
  // One function for all groups: the benchmark makes no garbage of its own.
  function allocateGroup() {
    for (let i = first; i < first + GROUP; i += 1) {
      const v = alloc.frameAlloc(Vec3);
      v.x = i + 0.25;
      v.y = i + 0.5;
      v.z = i + 0.75;
    }
  }
  function fill() {
    alloc.beginPhase("update");
    for (first = 0; first < COUNT; first += GROUP) alloc.withTag("physics", allocateGroup);
    alloc.endPhase();
  }
  function frame() {
    alloc.beginFrame();
    fill();
    alloc.endFrame();
  }
  function verify() {
    inspectFrame(alloc, fill, (begin, end) => {
      expectSame("bytes used", end - begin, COUNT * 12);
      expectTriples(alloc.memory.f32, begin >> 2, COUNT);
    });
  }
  return { ops: COUNT, frame, verify };
}
