/** Between two runs of one process only what changed is read again, and nothing that changed is missed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Host } from "../src/host.ts";
import { memoryHost } from "../src/memory-host.ts";
import { rememberingHost } from "../src/remembering-host.ts";

/** A disk with a clock that ticks every two seconds, as some do, and what was asked of it. */
function disk(): { readonly host: Host; readonly asked: string[]; readonly edit: (path: string, text: string | null) => void; readonly pass: (ms: number) => void } {
  const plain = memoryHost(new Map([["/a.ts", "1"], ["/b/c.ts", "2"]]));
  const stamps = new Map<string, number>();
  const asked: string[] = [];
  let nowMs = 1_000_000;
  const note = <T>(name: string, ask: (path: string) => T) => (path: string): T => {
    asked.push(`${name} ${path}`);
    return ask(path);
  };
  const host: Host = {
    ...plain,
    dateMs: () => nowMs,
    stampOf: (path) => (plain.kindOf(path) === "none" ? null : { text: String(stamps.get(path) ?? 0), changedMs: stamps.get(path) ?? 0 }),
    read: note("read", plain.read),
    list: note("list", plain.list),
  };
  const edit = (path: string, text: string | null): void => {
    const tick = nowMs - (nowMs % 2000);
    if (text === null) plain.remove(path);
    else plain.write(path, text);
    for (const each of [path, "/", "/b"]) stamps.set(each, tick);
  };
  return { host, asked, edit, pass: (ms) => { nowMs += ms; } };
}

test("what has the stamp of before is not asked for", () => {
  const { host, asked, edit, pass } = disk();
  const remembering = rememberingHost(host);
  for (let round = 0; round < 2; round += 1) {
    remembering.read("/a.ts");
    remembering.list("/b");
  }
  expect(asked).toEqual(["read /a.ts", "list /b"]);
  edit("/a.ts", "3");
  expect(remembering.read("/a.ts")).toEqual({ ok: true, text: "3" });
  // In the same tick of the clock: the stamp is the one of before.
  edit("/a.ts", "4");
  expect(remembering.read("/a.ts")).toEqual({ ok: true, text: "4" });
  pass(10_000);
  remembering.read("/a.ts");
  asked.length = 0;
  expect(remembering.read("/a.ts")).toEqual({ ok: true, text: "4" });
  expect(asked).toEqual([]);
});

test("whatever is edited, and whenever, the answers are those of the disk", () => {
  const step = fc.record({ path: fc.constantFrom("/a.ts", "/b/c.ts", "/b/d.ts"), text: fc.option(fc.constantFrom("1", "2", "3")), ms: fc.constantFrom(0, 1, 999, 2000, 5000) });
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const { host, edit, pass } = disk();
    const remembering = rememberingHost(host);
    for (const { path, text, ms } of steps) {
      edit(path, text);
      pass(ms);
      for (const each of ["/a.ts", "/b/c.ts", "/b/d.ts"]) expect(remembering.read(each)).toEqual(host.read(each));
      for (const each of ["/", "/b"]) expect(remembering.list(each)).toEqual(host.list(each));
    }
  }), { numRuns: 300 });
});
