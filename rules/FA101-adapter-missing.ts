/** FA101 reads the fact `unregisteredAdapters`: an adapter that nobody registers, and the callbacks that count on its frame. */
import { functionName, type MissingBoundary, related, unregisteredAdapters } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA101 = defineRule({
  code: "FA101",
  name: "adapter-missing",
  families: ["integration"],
  severity: "error",
  since: "0.1.0",
  summary: "an engine's adapter imported and never registered, while the engine's loop makes frame allocations",
  formerly: [],
  docs: {
    why: `
An adapter begins and ends the frame at the engine's own boundary, once it is registered. Until then the engine's loop runs without a frame, and its first
frame allocation throws.`,
    bad: `
import { f32, SmartAlloc } from "@framealloc/runtime";
import { attachFrames } from "@framealloc/runtime/adapters/three";
import { WebGLRenderer } from "three";

const alloc = new SmartAlloc();
const renderer = new WebGLRenderer();

renderer.setAnimationLoop((time: number) => {
  const phase = alloc.frameAlloc(f32);
  phase.value = time % 1000;
});`,
    good: `
import { f32, SmartAlloc } from "@framealloc/runtime";
import { attachFrames } from "@framealloc/runtime/adapters/three";
import { WebGLRenderer } from "three";

const alloc = new SmartAlloc();
const renderer = new WebGLRenderer();
attachFrames(renderer, alloc);

renderer.setAnimationLoop((time: number) => {
  const phase = alloc.frameAlloc(f32);
  phase.value = time % 1000;
});`,
    misses: "a file without its program; an adapter registered for another engine object or allocator than those of the loop.",
  },
  needs: { unregisteredAdapters },

  check({ unregisteredAdapters: adapters }, report) {
    for (const { at, specifier, unreached, callbacks } of adapters) {
      const [first] = callbacks;
      report({
        at,
        message: `the adapter \`${specifier}\` is never registered, and no frame begins around ${first === undefined ? "the loop" : subject(first)}`,
        related: [
          ...(unreached === null ? [] : [{ at: unreached.at, message: `used in \`${unreached.name}\` alone, which nobody calls` }]),
          ...callbacks.flatMap((each) => [
            ...(each.entry === null ? [] : [{ at: each.entry.at, message: `runs every frame: ${each.entry.why}` }]),
            ...each.allocations.map((allocation) => ({ at: allocation.at, message: `\`${allocation.call}\` allocates here` })),
          ]),
        ],
        chain: related(first?.allocations[0]?.chain ?? [], "called here"),
        help: "register it once, with the engine's object and the allocator, before the loop starts; or begin and end the frame by hand",
      });
    }
  },
});

function subject({ module, fn }: MissingBoundary): string {
  const name = functionName(module, fn);
  return name === "" ? "the callback of every frame" : `\`${name}\`, which runs every frame`;
}
