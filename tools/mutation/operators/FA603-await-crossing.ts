/** Waits while a frame value is still wanted. */
import { waitingIn } from "../asynchronous.ts";
import { frameValues } from "../frame-values.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "wait between value and use",
    *plant(program) {
      for (const { name, tree, fn, list, index, uses } of frameValues(program)) {
        const waiting = waitingIn(tree, fn);
        if (waiting === null || index < 0) continue;
        for (const use of uses) {
          const statement = list[use];
          if (statement !== undefined) yield { what: `wait before \`${tree.textOf(statement).slice(0, 40)}\`, which uses \`${name}\``, edits: [insert(tree.file, statement.start, `${waiting.statement} `), ...waiting.edits] };
        }
      }
    },
  },
];
