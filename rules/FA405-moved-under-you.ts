/** FA405 reads the fact `movedViews`: raw views used after the memory that they look at has moved. */
import { type MovedView, movedViews } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const WORDS: Readonly<Record<MovedView["how"], { readonly text: string; readonly moved: string; readonly help: string }>> = {
  compact: {
    text: "was resolved before `defragment`, which may have moved what it looks at",
    moved: "moved here by `defragment`",
    help: "resolve the handle again after `defragment`, or pin it for as long as the view is used",
  },
  grow: {
    text: "is over the buffer that the memory had before it grew",
    moved: "grows here",
    help: "make the view anew from `memory.buffer` after the growth",
  },
};

export const FA405 = defineRule({
  code: "FA405",
  name: "moved-under-you",
  families: ["dirtymem"],
  severity: "warning",
  since: "0.1.0",
  summary: "a raw view kept while the memory that it looks at moves",
  formerly: [],
  docs: {
    why: `
\`defragment\` moves blocks together, and a view that was resolved before looks at whatever lies there now. A \`WebAssembly.Memory\` that grows gets another buffer;
the views of the old one are empty from then on.`,
    bad: `
import { type Handle, HandleAllocator } from "@framealloc/runtime";

export function settle(handles: HandleAllocator, body: Handle<{ y: number }>): number {
  const view = handles.resolve(body);
  handles.defragment();
  return view.y;
}`,
    good: `
import { type Handle, HandleAllocator } from "@framealloc/runtime";

export function settle(handles: HandleAllocator, body: Handle<{ y: number }>): number {
  handles.defragment();
  const view = handles.resolve(body);
  return view.y;
}`,
    misses: "views that are parameters; views that one call moves and another uses; the typed arrays of `alloc.memory`; growth inside a WebAssembly module.",
  },
  needs: { movedViews },

  check({ movedViews: views }, report) {
    for (const { at, name, taken, moved, inner, how } of views) {
      const { text, moved: word, help } = WORDS[how];
      report({
        at,
        message: `${name === null ? "this view" : `\`${name}\``} ${text}`,
        related: [{ at: taken, message: "allocated elsewhere, looked at from here" }, { at: moved, message: inner === null ? word : "in this call" }, ...(inner === null ? [] : [{ at: inner, message: word }])],
        help,
      });
    }
  },
});
