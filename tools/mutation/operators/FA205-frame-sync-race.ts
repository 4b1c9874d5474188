/** Frames that end before those who share them are waited for. */
import { frameRegions } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";
import { withHead } from "../planted-code.ts";

const SHARED = 'const plantedBarrier = new PlantedBarrier(2); new Worker("planted.js").postMessage(plantedBarrier.share());';

export const operators: readonly Pattern[] = [
  {
    name: "end before the wait",
    *plant(program) {
      for (const { tree, end, allocator } of frameRegions(program)) {
        if (end === null) continue;
        const [last, head] = withHead(tree, insert(tree.file, end.end, " plantedBarrier.waitAll(); plantedBarrier.reset();"), SHARED);
        yield { what: `frame of \`${allocator}\` ends before the wait`, edits: [last, insert(tree.file, end.start, "plantedBarrier.signalFrameComplete(); "), head] };
      }
    },
  },
];
