/** Frame values sent to another agent. */
import { frameValues, startOfLife } from "../frame-values.ts";
import { insert, type Pattern } from "../mutant.ts";

const SENDS: Readonly<Record<string, (name: string) => string>> = {
  "posted to a channel": (name) => `new BroadcastChannel("mirror").postMessage(${name});`,
  "posted in an object": (name) => `new MessageChannel().port1.postMessage({ kind: "state", value: ${name} });`,
  "posted to a worker": (name) => `new Worker("mirror.js").postMessage([1, ${name}]);`,
};

export const operators: readonly Pattern[] = Object.entries(SENDS).map(([name, send]) => ({
  name,
  *plant(program) {
    for (const value of frameValues(program)) yield { what: `\`${value.name}\` ${name}`, edits: [insert(value.tree.file, startOfLife(value), ` ${send(value.name)}`)] };
  },
}));
