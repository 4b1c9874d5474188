/** FA209 reads the fact `blockingWaits`: calls that block, reached from what runs on the main thread of a page. */
import { blockingWaits } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

/** What to do instead, by what blocks. */
const INSTEAD: Readonly<Record<string, string>> = {
  "Atomics.wait": "await `Atomics.waitAsync`, or wait in a worker",
  waitAll: "await `waitAllAsync()` instead, or wait in a worker",
  receive: "use `tryReceive()`, or await `receiveAsync()`",
};

export const FA209 = defineRule({
  code: "FA209",
  name: "blocking-main",
  families: ["threading"],
  severity: "error",
  since: "0.1.0",
  summary: "a call that blocks, on the main thread of a page",
  formerly: [],
  docs: {
    why: `
The main thread of a page may not block: \`Atomics.wait\` throws there, and so does every wait that is built on it. Where it did not, the page
would stand still, and with it the workers that need the page to go on.`,
    bad: `
import { FrameBarrier } from "@framealloc/runtime";

const barrier = new FrameBarrier(2);

function frame(): void {
  barrier.waitAll();
  document.title = "done";
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);`,
    good: `
import { FrameBarrier } from "@framealloc/runtime";

const barrier = new FrameBarrier(2);

async function frame(): Promise<void> {
  await barrier.waitAllAsync();
  document.title = "done";
}
document.querySelector("button")?.addEventListener("click", () => void frame());`,
    misses: "pages that show themselves by nothing but the workers they start; functions handed over by names that cannot be followed.",
  },
  needs: { blockingWaits },

  check({ blockingWaits: waits }, report) {
    for (const { at, name, root, chain } of waits) {
      report({
        at,
        message: `\`${name}\` blocks the main thread of the page`,
        related: [{ at: root.at, message: `runs on the main thread: ${root.why}` }],
        chain,
        help: INSTEAD[name] ?? "wait in a worker, or await an asynchronous form",
      });
    }
  },
});
