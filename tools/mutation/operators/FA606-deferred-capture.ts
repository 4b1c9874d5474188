/** Frame values captured by functions that run later. */
import { frameValues, startOfLife } from "../frame-values.ts";
import { insert, type Pattern } from "../mutant.ts";

const DELAYS: Readonly<Record<string, (body: string) => string>> = {
  "captured by a timer": (body) => `setTimeout(() => { ${body} }, 10);`,
  "captured by a microtask": (body) => `queueMicrotask(() => { ${body} });`,
  "captured by an animation frame": (body) => `requestAnimationFrame(() => { ${body} });`,
  "captured by a promise's callback": (body) => `void Promise.resolve().then(() => { ${body} });`,
  "captured by a listener": (body) => `addEventListener("blur", () => { ${body} });`,
};

export const operators: readonly Pattern[] = Object.entries(DELAYS).map(([name, delay]) => ({
  name,
  *plant(program) {
    for (const value of frameValues(program)) yield { what: `\`${value.name}\` ${name}`, edits: [insert(value.tree.file, startOfLife(value), ` ${delay(`console.log(${value.name});`)}`)] };
  },
}));
