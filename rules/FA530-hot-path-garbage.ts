/** FA530: garbage made on a path that runs every frame, with the calls that lead there and the bytes it costs. */
import { functionLabel, garbageRewrites, hotGarbage, type GarbageKind, type HotGarbage } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const HELP: Readonly<Record<GarbageKind, string>> = {
  object: "keep one object outside the function and overwrite its fields",
  array: "keep one array outside the function and overwrite its elements",
  instance: "make it once outside the function and set it here, or take it from a pool or the frame",
  closure: "hoist the function out, or use a plain loop",
  class: "declare the class outside the function",
  template: "build the text only when what it shows has changed",
  "string-concat": "build the text only when what it shows has changed",
  spread: "copy into an array or object that is kept",
  rest: "take the values as parameters",
  arguments: "name the parameters",
  "array-method": "write a loop into an array that is kept",
  sort: "sort only when the order can have changed, or insert in order: sorting allocates its work array",
  iterator: "iterate the keys or the values alone, or keep the entries in arrays",
  "typed-array": "keep one typed array, or take a slice of frame memory with `frameSlice`",
  view: "keep the view, or pass the array with an offset and a length",
  "bound-function": "bind once and keep the function",
  "object-keys": "keep the list, or use `for (const key in object)`",
  json: "copy the fields that are needed",
  regexp: "use `test`, or scan by index",
  "string-split": "scan by `indexOf`",
  promise: "keep asynchronous work out of the frame",
  generator: "write a loop or a cursor that is kept",
  clone: "copy into an object that is kept: `scratch.copy(value)`",
  container: "keep one and `delete` what is in it",
  "container-clear": "delete the keys one by one, or keep a generation number: clearing makes a new table",
  "length-reset": "keep a count and overwrite the elements; `length = 0` frees the store that the next push allocates",
  api: "pass the target to write into",
};

export const FA530 = defineRule({
  code: "FA530",
  name: "hot-path-garbage",
  families: ["intent"],
  severity: "warning",
  since: "0.1.0",
  options: { min_bytes: { setting: "hotPathBytes", description: "garbage of fewer bytes a call is left alone" } },
  summary: "garbage is made on a path that runs every frame",
  docs: {
    why: "What is allocated every frame is collected every few seconds, and the collection takes the time of a frame: the picture stutters, the audio clicks. The bytes are those measured on Node; what V8 removes is not reported.",
    bad: `const position = { x: 0, y: 0 };
function offset(dx: number) {
  return { x: position.x + dx, y: position.y };
}
let last: { x: number; y: number } | null = null;
function frame() {
  last = offset(1);
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
export const current = () => last;
`,
    good: `const position = { x: 0, y: 0 };
const last = { x: 0, y: 0 };
function frame() {
  last.x = position.x + 1;
  last.y = position.y;
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
export const current = () => last;
`,
    misses: "Calls that cannot be resolved; boxed numbers; strings made by methods; DOM objects; APIs in no table. Branches that run only when something changed, or when a timer of more than 50 ms comes round, are taken for cold.",
  },
  needs: { found: hotGarbage, rewrites: garbageRewrites },
  check({ found, rewrites }, report) {
    for (const { hot, site } of found) {
      const { entry } = hot;
      const why = `called every frame from here: ${entry.why}`;
      report({
        at: { file: hot.module.file, span: site.span },
        message: messageOf(site),
        related: [{ at: entry.at, message: why }],
        chain: [{ at: entry.at, message: `${functionLabel(entry.module, entry.function)} runs every frame: ${entry.why}` }, ...hot.chain],
        help: HELP[site.kind],
        fixes: rewrites.of(hot.module, hot.function, site),
        confidence: site.confidence,
        cost: { bytes: site.bytes, per: site.inLoop ? "round" : "call", entry: { at: entry.at, message: functionLabel(entry.module, entry.function) } },
      });
    }
  },
});

function messageOf(site: HotGarbage["site"]): string {
  return `${site.what} on a hot path: ${site.bytes} bytes of garbage ${site.inLoop ? "a round of the loop" : "a call"}`;
}
