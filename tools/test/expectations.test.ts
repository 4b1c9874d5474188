/** What fixtures say in their comments is read as it was meant, and what cannot be read is said. */
import { expect, it } from "vitest";
import { lineFinder, readExpectations } from "../expectations.ts";

it("reads wanted codes with and without a text", () => {
  const { wants, facts, faults } = readExpectations("a.ts", 'f(x); // want FA002 "field `x.y`"\n\ng(x); // want FA601 FA607 "say \\"no\\""\n');
  expect(wants).toEqual([
    { file: "a.ts", line: 1, code: "FA002", text: "field `x.y`" },
    { file: "a.ts", line: 3, code: "FA601", text: "" },
    { file: "a.ts", line: 3, code: "FA607", text: 'say "no"' },
  ]);
  expect([facts, faults]).toEqual([[], []]);
});

it("reads facts, also beside a want", () => {
  const { wants, facts } = readExpectations("a.ts", 'const v = f(); // want FA002 // fact escapes(v) = field path\nconst w = g(); // fact hot(w) = 12 bytes\n');
  expect(wants).toHaveLength(1);
  expect(facts).toEqual([
    { file: "a.ts", line: 1, kind: "escapes", name: "v", value: "field path" },
    { file: "a.ts", line: 2, kind: "hot", name: "w", value: "12 bytes" },
  ]);
});

it("takes no string for a comment", () => {
  expect(readExpectations("a.ts", 'const s = "// want FA002";\n').wants).toEqual([]);
});

it("reads a file that does not parse line by line", () => {
  expect(readExpectations("a.ts", "const = ;\nlet ; // want FA902\n").wants).toEqual([{ file: "a.ts", line: 2, code: "FA902", text: "" }]);
});

it.each(["// want FA02", "// want FA002 text", "// fact escapes v = none", "// want FA002: FA3"])("says that %j cannot be read", (comment) => {
  const { wants, facts, faults } = readExpectations("a.ts", `f(); ${comment}\n`);
  expect([wants, facts]).toEqual([[], []]);
  expect(faults).toEqual([expect.stringMatching(/^a\.ts:1: not an expectation/)]);
});

it("lets prose be", () => {
  expect(readExpectations("a.ts", "f(); // want to see this\ng(); // fact: it runs\n")).toEqual({ wants: [], facts: [], faults: [] });
});

it("finds lines", () => {
  const lineOf = lineFinder("ab\nc\n\nd");
  expect([0, 2, 3, 4, 5, 6].map(lineOf)).toEqual([1, 1, 2, 2, 3, 4]);
});
