/** Allocations that the frame was taken away from. */
import type { RuntimeCall } from "../clean-program.ts";
import { type FrameRegion, frameRegions } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";
import { contains } from "../syntax-tree.ts";

/** The frame's allocations that the function makes itself. */
function allocationsIn(region: FrameRegion): RuntimeCall[] {
  return region.program.calls.filter(({ tree, fn, node, effect }) => effect.kind === "alloc" && effect.memory === "frame" && tree === region.tree && fn === region.call.fn && region.body.some((statement) => contains(statement, node)));
}

/** Where somebody of the program enters the function, always without a frame: else the clean program would begin one in a frame. */
function isEntered({ program, call }: FrameRegion): boolean {
  return call.fn.kind === "module" || program.callSitesOf(call.fn) > 0;
}

export const operators: readonly Pattern[] = [
  {
    orElse: ["missing-frame-boundary"],
    name: "begin removed",
    *plant(program) {
      for (const region of frameRegions(program)) {
        if (region.begin === null || !isEntered(region) || allocationsIn(region).length === 0) continue;
        yield { what: `begin of \`${region.allocator}\` removed`, edits: [{ file: region.tree.file, span: region.begin, text: "" }] };
      }
    },
  },
  {
    orElse: ["missing-frame-boundary"],
    name: "begin after the allocation",
    *plant(program) {
      for (const region of frameRegions(program)) {
        const { begin, body, tree } = region;
        const allocating = region.kind === "pair" && isEntered(region) ? body.filter((statement) => allocationsIn(region).some(({ node }) => contains(statement, node))) : [];
        for (const statement of allocating) {
          if (begin === null) continue;
          yield { what: `begin of \`${region.allocator}\` after \`${tree.textOf(statement).slice(0, 40)}\``, edits: [insert(tree.file, statement.end, ` ${tree.textOf(begin)}`), { file: tree.file, span: begin, text: "" }] };
        }
      }
    },
  },
  {
    name: "allocation after the end",
    *plant(program) {
      for (const region of frameRegions(program)) {
        const { end, tree } = region;
        if (end === null) continue;
        for (const { node, op } of allocationsIn(region)) {
          // Its arguments must be known after the frame, too.
          if (op.args.some(({ temp }) => program.definition(region.call.fn, temp)?.op === "call")) continue;
          yield { what: `\`${tree.textOf(node)}\` once more after the end`, edits: [insert(tree.file, end.end, ` console.log(${tree.textOf(node)});`)] };
        }
      }
    },
  },
];
