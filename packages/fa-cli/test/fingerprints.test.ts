/** Fingerprints over random programs: lines inserted above change none, and no two findings of a run share one. */
import type { Diagnostic } from "@framealloc/analysis";
import fc from "fast-check";
import { expect, test } from "vitest";
import { lineHasher } from "../src/report/line-hash.ts";
import { sourceText } from "../src/source-text.ts";
import { diagnosticOf } from "./hostile-report.ts";

/** Few lines, so that equal ones are common. */
const LINES = ["kept.push(x);", "  kept.push(x);", "x(x, x);", "", "// a comment", "\u{1f600}(x)"];
const CODES = ["FA002", "FA602"];

/** A finding of each code at each `x` of the lines that are marked. */
function findingsIn(lines: readonly { readonly text: string; readonly found: boolean }[], file: string): Diagnostic[] {
  let offset = 0;
  return lines.flatMap(({ text, found }) => {
    const start = offset;
    offset += text.length + 1;
    if (!found) return [];
    return [...text.matchAll(/x/g)].flatMap(({ index }) => CODES.map((code) => diagnosticOf({ code, at: { file, span: { start: start + index, end: start + index + 1 } } })));
  });
}

type Line = { readonly text: string; readonly found: boolean };

function fingerprints(files: Readonly<Record<string, readonly Line[]>>): string[] {
  const hash = lineHasher((file) => sourceText((files[file] ?? []).map(({ text }) => text).join("\n")));
  return Object.entries(files).flatMap(([file, lines]) => findingsIn(lines, file)).map(hash);
}

const line = fc.record({ text: fc.constantFrom(...LINES), found: fc.boolean() });
const lines = fc.array(line, { maxLength: 30 });

test("no two of a run are alike, over files and codes", () => {
  fc.assert(fc.property(lines, lines, (first, second) => {
    const all = fingerprints({ "a.ts": first, "b.ts": second });
    expect(new Set(all).size).toBe(all.length);
  }));
});

test("lines without a finding, equal ones too, change none wherever they are inserted", () => {
  fc.assert(fc.property(lines, fc.array(fc.record({ text: fc.constantFrom(...LINES), at: fc.nat(30) }), { maxLength: 20 }), (before, inserted) => {
    const after: Line[] = [...before];
    for (const { text, at } of inserted) after.splice(Math.min(at, after.length), 0, { text, found: false });
    expect(fingerprints({ "a.ts": after })).toEqual(fingerprints({ "a.ts": before }));
  }));
});

test("a new finding above takes none away", () => {
  fc.assert(fc.property(lines, fc.array(line, { maxLength: 10 }), (before, above) => {
    expect(new Set(fingerprints({ "a.ts": [...above, ...before] }))).toEqual(new Set([...fingerprints({ "a.ts": [...above, ...before] }), ...fingerprints({ "a.ts": before })]));
  }));
});

test("a changed line has another", () => {
  const of = (text: string): string[] => fingerprints({ "a.ts": [{ text, found: true }] });
  expect(of("kept.push(x);")).not.toEqual(of("kept.pop(x);"));
  expect(of("kept.push(x);")).toEqual(of("\tkept.push( x );"));
});

test("a finding in a file that is gone has one as well", () => {
  const hash = lineHasher(() => undefined);
  const gone = diagnosticOf({ at: { file: "gone.ts", span: { start: 3, end: 4 } } });
  expect(hash(gone)).not.toBe(hash(gone));
});
