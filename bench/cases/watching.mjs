/**
 * 1,000 structs a frame as in struct.mjs, with something that watches: statistics; a phase around them all and a tag around each hundred; a budget for the tag around them all.
 * The same work without is `struct` / `ours` for statistics, and `inGroups` for the others: functions that are called for a hundred, or for all, cost by themselves.
 */
import { f32, megabytes, struct } from "@framealloc/runtime";
import { expectSame, expectTriples, inspectFrame, newAlloc } from "./frame-memory.mjs";
import { structs } from "./struct.mjs";

const COUNT = 1000;
const GROUP = 100;
const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });

/** @typedef {any} Alloc of a runtime that may be older or newer than this file's types */

export const variants = {
  /** @param {{ groupSize?: number }} options */
  inGroups({ groupSize = GROUP }) {
    return tagged(newAlloc({}), groupSize, false, false);
  },

  statistics() {
    const alloc = /** @type {Alloc} */ (newAlloc({}));
    if (!("enableStatistics" in alloc)) return "`enableStatistics`";
    alloc.enableStatistics();
    const subject = structs(alloc, COUNT);
    return { ...subject, verify: () => {
      const before = numbersOf(alloc.stats());
      subject.verify();
      const after = numbersOf(alloc.stats());
      // Whatever it is called: something has grown by the bytes of a frame, and something by its allocations (the look at the frame is one).
      for (const [what, least] of /** @type {const} */ ([["bytes", 12 * COUNT], ["allocations", COUNT]])) {
        if (!after.some((number, i) => { const grown = number - (before[i] ?? 0); return grown >= least && grown <= least + 64; })) throw new Error(`the statistics know nothing of the ${what} of a frame`);
      }
    } };
  },

  tagAndPhase() {
    const alloc = /** @type {Alloc} */ (newAlloc({}));
    if (!("withTag" in alloc && "beginPhase" in alloc)) return "`withTag` and `beginPhase`";
    return tagged(alloc, GROUP, true, true);
  },

  budgets() {
    if (!("budgets" in /** @type {Alloc} */ (newAlloc({})))) return "`budgets`";
    const alloc = /** @type {Alloc} */ (newAlloc(/** @type {any} */ ({ budgets: true })));
    alloc.budgets().registerTagBudget("physics", megabytes(1), megabytes(2));
    alloc.budgets().registerTagBudget("tiny", 12, 12);
    // All of the frame is charged to a budget.
    const subject = tagged(alloc, COUNT, true, false);
    return { ...subject, verify: () => {
      subject.verify();
      alloc.beginFrame();
      const isDenied = alloc.withTag("tiny", () => alloc.tryFrameAlloc(Vec3) !== undefined && alloc.tryFrameAlloc(Vec3) === undefined);
      alloc.endFrame();
      if (!isDenied) throw new Error("a budget of 12 bytes does not hold for one struct and no more");
    } };
  },
};

/**
 * All numbers in a plain value, in their order.
 *
 * @param {unknown} value
 * @returns {number[]}
 */
function numbersOf(value) {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

/**
 * @param {Alloc} alloc
 * @param {number} groupSize structs to each entry of the tag
 * @param {boolean} inTag
 * @param {boolean} inPhase
 */
function tagged(alloc, groupSize, inTag, inPhase) {
  let first = 0;
  // One function for all groups: the benchmark makes no garbage of its own.
  function allocateGroup() {
    for (let i = first; i < first + groupSize; i += 1) {
      const v = alloc.frameAlloc(Vec3);
      v.x = i + 0.25;
      v.y = i + 0.5;
      v.z = i + 0.75;
    }
  }
  function fill() {
    if (inPhase) alloc.beginPhase("update");
    for (first = 0; first < COUNT; first += groupSize) {
      if (inTag) alloc.withTag("physics", allocateGroup);
      else allocateGroup();
    }
    if (inPhase) alloc.endPhase();
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
