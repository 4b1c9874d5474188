/** FA404 reads the fact `streams`: steps of a stream's life that come too early, or once too often. */
import { type Related, type StreamMisuse, streams } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

/** What each fault is called, what had been done before, and what the step itself is. */
const WORDS: Readonly<Record<StreamMisuse["fault"], { readonly text: string; readonly was: string; readonly step: string; readonly help: string }>> = {
  "access-early": { text: "is accessed before `finishLoad`", was: "not loaded yet since here", step: "accessed", help: "access it after `finishLoad`, when all of it is written" },
  "access-unfetched": { text: "is accessed before `loadFromStream` is done", was: "its load starts here", step: "accessed", help: "await `loadFromStream` before the access" },
  "write-early": { text: "is written before `beginLoad`", was: "not begun yet since here", step: "written", help: "call `beginLoad` before the first `write`" },
  "write-late": { text: "is written after `finishLoad`", was: "finished here", step: "written", help: "write all of it before `finishLoad`, or begin a new load" },
  "finish-early": { text: "is finished before `beginLoad`", was: "not begun yet since here", step: "finished", help: "call `beginLoad`, write the data, then `finishLoad`" },
  "finish-twice": { text: "is finished twice", was: "finished here before", step: "finished", help: "finish each load once" },
};

export const FA404 = defineRule({
  code: "FA404",
  name: "stream-protocol",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "a stream accessed before it is loaded, written outside a load, or finished twice",
  formerly: [],
  docs: {
    why: `
A stream's memory is the loader's between \`beginLoad\` and \`finishLoad\`, and everybody's afterwards. Before that an access would read what the last owner left
there; a write afterwards would change it under its readers. The runtime throws; a program that does it on a way seldom taken throws there.`,
    bad: `
import { StreamingAllocator } from "@framealloc/runtime";

export function preview(streams: StreamingAllocator, chunk: Uint8Array): number {
  const level = streams.reserve(4096, 1);
  streams.beginLoad(level);
  streams.write(level, chunk);
  return streams.access(level).length;
}`,
    good: `
import { StreamingAllocator } from "@framealloc/runtime";

export function preview(streams: StreamingAllocator, chunk: Uint8Array): number {
  const level = streams.reserve(4096, 1);
  streams.beginLoad(level);
  streams.write(level, chunk);
  streams.finishLoad(level);
  return streams.access(level).length;
}`,
    misses: "streams in containers; streams of parameters and fields across an `await`; whether a stream was evicted; what happens after a call that might throw.",
  },
  needs: { streams },

  check({ streams: { misuses } }, report) {
    for (const misuse of misuses) {
      const { text, help } = WORDS[misuse.fault];
      report({ at: misuse.at, message: `stream \`${misuse.name}\` ${text}`, related: pathOf(misuse), help });
    }
  },
});

function pathOf({ site, fault, wasAt, inner }: StreamMisuse): Related[] {
  const { was, step } = WORDS[fault];
  const reserved = site === null ? [] : [{ at: site.at, message: "allocated here" }, ...site.via.map((at) => ({ at, message: "reserved in this call" }))];
  const isReservation = site !== null && wasAt.file === site.at.file && wasAt.span.start === site.at.span.start;
  return [...reserved, ...(isReservation ? [] : [{ at: wasAt, message: was }]), ...(inner === null ? [] : [{ at: inner, message: `${step} in the callee here` }])];
}
