/** The codes that only a running program reports: no rule has them, and `fa explain` knows them all the same. */
import type { CodeText } from "./report/report.ts";

export const RUNTIME_CODES: readonly CodeText[] = [
  {
    code: "FA102",
    name: "hooks-not-run",
    severity: "warning",
    families: ["integration"],
    summary: "frame allocations through an adapter whose hooks did not run this frame",
    formerly: [],
    docs: {
      why: "An adapter opens and closes frames in the hooks of its engine. When the engine does not call them, as for a scene that is paused or was never added, what is allocated belongs to a frame that nobody ends.",
      bad: "engine.pause();\nalloc.frameAlloc(Vec3);\n",
      good: "if (alloc.inFrame()) alloc.frameAlloc(Vec3);\n",
      misses: "frames in which nothing is allocated; only the program that runs is seen.",
    },
  },
  {
    code: "FA501",
    name: "long-lived-frame",
    severity: "warning",
    families: ["intent"],
    summary: "frame memory of a tag that lives through many frames",
    formerly: [],
    docs: {
      why: "Memory that is made anew every frame and outlives its frame each time, retained or promoted, pays for the arena and for the copy. It is pool memory by another name.",
      bad: "const path = alloc.frameRetained(Path, \"promoteToPool\");\n",
      good: "const path = alloc.poolAlloc(Path);\n",
      misses: "what happens less often than the thresholds of the behaviour filter ask for.",
    },
  },
  {
    code: "FA502",
    name: "frame-survival",
    severity: "warning",
    families: ["intent"],
    summary: "a large share of a tag's frame memory survives its frame",
    formerly: [],
    docs: {
      why: "Frame memory is for what dies with the frame. A tag most of whose memory is promoted or retained says one thing and does another.",
      bad: "for (const hit of hits) kept.push(alloc.frameWithImportance(Hit, \"high\"));\n",
      good: "for (const hit of hits) kept.push(alloc.poolAlloc(Hit));\n",
      misses: "tags with fewer samples than the behaviour filter asks for.",
    },
  },
];
