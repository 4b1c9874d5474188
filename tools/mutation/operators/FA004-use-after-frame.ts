/** Ends of frames that come before a use. */
import type * as ES from "@oxc-project/types";
import { type FrameRegion, frameRegions } from "../frame-regions.ts";
import { type FrameValue, frameValues } from "../frame-values.ts";
import { insert, type Pattern } from "../mutant.ts";

interface Pair extends FrameRegion {
  readonly end: ES.Statement;
}

/** Frames that are closed by a statement, each with a value that is made in the very list. */
function* pairsWithValues(program: FrameRegion["program"]): Generator<{ region: Pair; value: FrameValue }> {
  const values = frameValues(program);
  for (const region of frameRegions(program)) {
    const { end, list, body } = region;
    if (end === null) continue;
    for (const value of values) if (value.list === list && body.includes(list[value.index] as ES.Statement)) yield { region: { ...region, end }, value };
  }
}

export const operators: readonly Pattern[] = [
  {
    name: "end before a use",
    *plant(program) {
      for (const { region: { tree, end, list }, value } of pairsWithValues(program)) {
        for (const use of value.uses) {
          const statement = list[use];
          if (statement === undefined || statement.start >= end.start) continue;
          yield { what: `end before \`${tree.textOf(statement).slice(0, 40)}\`, which uses \`${value.name}\``, edits: [insert(tree.file, statement.start, `${tree.textOf(end)} `), { file: tree.file, span: end, text: "" }] };
        }
      }
    },
  },
  {
    name: "alias used after the end",
    *plant(program) {
      for (const { region: { tree, end, list }, value } of pairsWithValues(program)) {
        const declaration = list[value.index];
        if (declaration === undefined) continue;
        yield { what: `\`${value.name}\` passed on after the end by another name`, edits: [insert(tree.file, end.end, " console.log(heldValue);"), insert(tree.file, declaration.end, ` const heldValue = ${value.name};`)] };
      }
    },
  },
];
