/** FA208 reads the fact `transferHandles`: steps that come too late, handles that nobody sends, and sends that nobody takes. */
import { type HandleLoss, type HandleMisuse, type Related, transferHandles, type UnreceivedSend } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

/** How each step is said to come too late. */
const LATE: Readonly<Record<HandleMisuse["step"], string>> = { send: "sent", detach: "detached", post: "sent", drop: "dropped", take: "received", receive: "received" };

export const FA208 = defineRule({
  code: "FA208",
  name: "transfer-misuse",
  families: ["threading"],
  severity: "error",
  since: "0.1.0",
  summary: "a transfer handle used twice, or never sent",
  formerly: [],
  docs: {
    why: `
A transfer handle moves a value from one agent to another, once. After it was sent the value is the receiver's: a second send or receive throws, and
a handle that is made and dropped holds its memory until the collector finds it.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Path = struct({ cost: f32 });

export function answer(alloc: SmartAlloc, worker: Worker): void {
  const path = alloc.frameBoxForTransfer(Path, { cost: 1 });
  path.send(worker);
  path.send(worker);
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Path = struct({ cost: f32 });

export function answer(alloc: SmartAlloc, first: Worker, second: Worker): void {
  alloc.frameBoxForTransfer(Path, { cost: 1 }).send(first);
  alloc.frameBoxForTransfer(Path, { cost: 1 }).send(second);
}`,
    misses: "handles whose `state` was asked for, tokens that travel as integers, what happens after a call that might throw.",
  },
  needs: { transferHandles },

  check({ transferHandles: { misuses, losses, unreceived } }, report) {
    for (const misuse of misuses) report({ at: misuse.at, message: lateness(misuse), related: misusePath(misuse), help: "make one handle for each receiver, and take its value once" });
    for (const loss of losses) {
      report({ at: loss.at, message: `transfer ${nameOfLost(loss)} is made and never sent`, related: lossPath(loss), help: "send it, `drop()` it on the ways that do not need it, or declare it with `using`" });
    }
    for (const send of unreceived) report({ at: send.at, message: `transfer ${nameOfLost(send)} is sent to \`${send.entry}\`, which never receives it`, related: unreceivedPath(send), help: "call `alloc.receive(token)` where the message arrives" });
  },
});

function lateness({ name, step, was }: HandleMisuse): string {
  return LATE[step] === was ? `\`${name}\` is ${was} again: a transfer handle is ${was} once` : `\`${name}\` is ${LATE[step]} after it was ${was}`;
}

function misusePath({ site, was, wasAt, inner, step }: HandleMisuse): Related[] {
  return [
    ...(site === null ? [] : [{ at: site.at, message: "allocated here" }, ...site.via.map((at) => ({ at, message: "made in this call" }))]),
    { at: wasAt, message: `${was} here` },
    ...(inner === null ? [] : [{ at: inner, message: `${LATE[step]} in the callee here` }]),
  ];
}

function nameOfLost({ site }: Pick<HandleLoss, "site">): string {
  return site.binding === null ? "handle" : `handle \`${site.binding}\``;
}

function lossPath({ site, at, left }: HandleLoss): Related[] {
  return [
    ...(site.at === at ? [] : [{ at: site.at, message: "allocated here" }]),
    ...left.map((each) => ({ at: each, message: "still owned when control leaves here" })),
  ];
}

function unreceivedPath({ site, worker }: UnreceivedSend): Related[] {
  return [{ at: site.at, message: "allocated here" }, { at: worker, message: "the worker is started here" }];
}
