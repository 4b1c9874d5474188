/** FA201 reads the fact `agents`: frame values among what is sent to another agent. */
import { agents, describeSite, madeHere } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA201 = defineRule({
  code: "FA201",
  name: "cross-thread-frame",
  families: ["threading"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame value sent to another agent",
  formerly: [],
  docs: {
    why: `
Each agent has its own frames. By the time the other agent looks, the sender's frame is over and its bytes hold something else; where the
memory is not shared, the message fails or copies a view of the whole arena.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

export function share(alloc: SmartAlloc, worker: Worker): void {
  alloc.beginFrame();
  const score = alloc.frameBox(42);
  worker.postMessage({ score });
  alloc.endFrame();
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

export function share(alloc: SmartAlloc, worker: Worker): void {
  alloc.beginFrame();
  const score = alloc.frameBox(42);
  alloc.frameBoxForTransfer(score).send(worker);
  alloc.endFrame();
}`,
    misses: "message functions that no table knows and that no analysed code implements.",
  },
  needs: { agents },

  check({ agents: { sends } }, report) {
    for (const event of sends) {
      const inner = event.inner === null ? [] : [{ at: event.inner, message: `sent by \`${event.target}\` here` }];
      report({
        at: event.at,
        message: `${describeSite(event.site)} is sent to another agent`,
        related: [...madeHere(event.site), ...inner],
        help: "send `frameBoxForTransfer(box)`, of a view `frameBoxForTransfer(type, view)`, and `receive` it there, or send a copy of its scalars",
      });
    }
  },
});
