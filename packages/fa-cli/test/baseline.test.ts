/** The baseline: what it knows does not count, wherever it moves to; what is gone from the program is stale in it. */
import { describe, expect, test } from "vitest";
import { fa } from "./command-in-memory.ts";

const NAME = "/game/.fa-baseline.json";
const PROGRAM = { "a.ts": "boom();\ncreak();\n", "b.ts": "boom();\n" };

async function baselineOf(files: Readonly<Record<string, string>>, line = "--update-baseline"): Promise<string> {
  const { host, code, err } = await fa(line, files);
  if (code !== 0) throw new Error(err);
  return host.files.get(NAME) ?? "";
}

test("after --update-baseline the run is clean, and a new finding counts", async () => {
  const { host, code, err } = await fa("--update-baseline", PROGRAM);
  expect({ code, err: err.split("\n")[0] }).toEqual({ code: 0, err: ".fa-baseline.json holds 3 findings" });
  const known = { ".fa-baseline.json": host.files.get(NAME) ?? "" };
  expect(await fa("--baseline", { ...PROGRAM, ...known })).toMatchObject({ code: 0, err: expect.stringContaining("3 findings left out, known to the baseline\n") });
  const { findings, code: after } = await fa("--baseline -f compact", { ...PROGRAM, ...known, "c.ts": "boom();\n" });
  expect({ findings, after }).toEqual({ findings: ["c.ts 1 Error FA002"], after: 1 });
});

test("without the flag it is not heard", async () => {
  expect((await fa("", { ...PROGRAM, ".fa-baseline.json": await baselineOf(PROGRAM) })).code).toBe(1);
});

test("a finding is known wherever its line moves, and however it is indented", async () => {
  const known = await baselineOf(PROGRAM);
  const moved = { "a.ts": "calm();\n\n{\n  boom();\n  creak();\n}\n", "b.ts": "// why\nboom();\n", ".fa-baseline.json": known };
  expect((await fa("--baseline -f compact", moved)).findings).toEqual([]);
});

test("two alike need two entries", async () => {
  const known = await baselineOf({ "a.ts": "boom();\n" });
  expect((await fa("--baseline -f compact", { "a.ts": "boom();\nboom();\n", ".fa-baseline.json": known })).findings).toHaveLength(1);
});

test("the gates count what is left: levels come first, warnings in it do not count", async () => {
  const files = { "a.ts": "creak();\n" };
  const known = await baselineOf(files);
  expect((await fa("-W", files)).code).toBe(1);
  expect((await fa("-W --baseline", { ...files, ".fa-baseline.json": known })).code).toBe(0);
});

describe("what is gone", () => {
  const stale = async (): Promise<Readonly<Record<string, string>>> => ({ "a.ts": "creak();\n", "b.ts": "boom();\n", ".fa-baseline.json": await baselineOf(PROGRAM) });

  test("is said, and fails the run only where that is asked for", async () => {
    expect(await fa("--baseline", await stale())).toMatchObject({ code: 0, err: expect.stringContaining("1 entry of the baseline is stale; `--prune-baseline` takes it out\n") });
    expect(await fa("--baseline --report-unused-suppressions", await stale())).toMatchObject({ code: 1, err: expect.stringContaining("  a.ts: FA002 `boom` is used\n") });
    expect((await fa("--prune-baseline --dry-run", await stale())).code).toBe(1);
  });

  test("is taken out by --prune-baseline, and nothing is added", async () => {
    const { host, code } = await fa("--prune-baseline", { ...(await stale()), "c.ts": "boom();\n" });
    expect(code).toBe(1);
    expect(Object.entries(JSON.parse(host.files.get(NAME) ?? "").findings).map(([file, entries]) => [file, (entries as { code: string }[]).map((entry) => entry.code)])).toEqual([["a.ts", ["FA602"]], ["b.ts", ["FA002"]]]);
  });

  test("a file that is gone takes its entries along", async () => {
    const { host } = await fa("--prune-baseline", { "a.ts": "boom();\ncreak();\n", ".fa-baseline.json": await baselineOf(PROGRAM) });
    expect(Object.keys(JSON.parse(host.files.get(NAME) ?? "").findings)).toEqual(["a.ts"]);
  });

  test("a run of some rules or files judges those alone, and keeps the rest when it writes", async () => {
    const known = await baselineOf(PROGRAM);
    expect((await fa("b.ts --only FA602 --baseline", { "b.ts": "calm();\n", "a.ts": "calm();\n", ".fa-baseline.json": known })).err).not.toContain("stale");
    const { host } = await fa("b.ts --update-baseline", { "b.ts": "calm();\n", "a.ts": "boom();\ncreak();\n", ".fa-baseline.json": known });
    expect(Object.keys(JSON.parse(host.files.get(NAME) ?? "").findings)).toEqual(["a.ts"]);
  });
});

test("writing it twice changes nothing, and --dry-run writes nothing", async () => {
  const once = await baselineOf(PROGRAM);
  expect(await baselineOf({ ...PROGRAM, ".fa-baseline.json": once })).toBe(once);
  const { host, err } = await fa("--update-baseline --dry-run", PROGRAM);
  expect(host.files.has(NAME)).toBe(false);
  expect(err).toContain(".fa-baseline.json would hold 3 findings\n");
});

test("another file, relative to where the command stands", async () => {
  const { host } = await fa("--baseline known/old.json --update-baseline", PROGRAM);
  expect(host.files.get("/game/known/old.json")).toContain('"version": 1');
});
