/** Waits while a frame is open. */
import { waitingIn } from "../asynchronous.ts";
import { frameRegions } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

export const operators: readonly Pattern[] = [
  {
    name: "wait in an open frame",
    *plant(program) {
      for (const { kind, tree, fn, body } of frameRegions(program)) {
        const waiting = waitingIn(tree, fn);
        if (waiting === null) continue;
        for (const statement of body) yield { what: `wait before \`${tree.textOf(statement).slice(0, 40)}\` (${kind})`, edits: [insert(tree.file, statement.start, `${waiting.statement} `), ...waiting.edits] };
      }
    },
  },
];
