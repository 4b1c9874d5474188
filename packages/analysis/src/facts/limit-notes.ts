/** Functions of the program that the analysis did not follow to the end, in words: a limit is never silent. */
import type { Location } from "../source/span.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";

export interface LimitNote {
  readonly at: Location;
  readonly message: string;
}

/** In the order in which functions are solved. */
export function limitNotes(frames: FrameAnalysis): readonly LimitNote[] {
  return [...frames.solved].flatMap(([fn, { summary }]): LimitNote[] => {
    const at = { file: fn.file, span: fn.nameSpan };
    const name = fn.name === "" ? "a function" : `\`${fn.name}\``;
    return [
      ...(summary.settled && frames.analysis.summaryOf(fn).settled ? [] : [{ at, message: `what ${name} does to frames did not settle; less is said of its callers` }]),
      ...(summary.cut ? [{ at, message: `${name} writes more fields than are told apart; what lies deepest in objects is not followed` }] : []),
    ];
  });
}
