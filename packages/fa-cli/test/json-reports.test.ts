/** The JSON report by its shipped schema, and the compact one by the expression that problem matchers use. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { compactReporter } from "../src/report/compact.ts";
import { jsonReporter } from "../src/report/json.ts";
import { diagnosticOf, GAME_FILE, HOSTILE_DIAGNOSTICS, HOSTILE_FILE, placeIn, reportOf, textOf } from "./hostile-report.ts";

const schema: object = JSON.parse(readFileSync(new URL("../schema/fa-report.schema.json", import.meta.url), "utf8"));
const isReport = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

test("json is valid by its schema, with and without findings", () => {
  const suppressed = [{ diagnostic: diagnosticOf({}), reason: "measured" }, { diagnostic: diagnosticOf({}), reason: null }];
  for (const report of [reportOf(), reportOf([]), reportOf(HOSTILE_DIAGNOSTICS, { suppressed })]) {
    expect(isReport(JSON.parse(textOf(jsonReporter(report)))), JSON.stringify(isReport.errors)).toBe(true);
  }
});

test("json keeps everything as it was", () => {
  const report = JSON.parse(textOf(jsonReporter(reportOf())));
  const [first] = HOSTILE_DIAGNOSTICS;
  expect(report.summary).toEqual({ files: 3, errors: 2, warnings: 1, hints: 1, suppressed: 0 });
  expect(report.diagnostics[0].message).toBe(first?.message);
  expect(report.diagnostics[0].location).toEqual({ file: HOSTILE_FILE, start: { line: 2, column: 2, offset: 19 }, end: { line: 2, column: 11, offset: 28 } });
  expect(report.diagnostics[0].fixes[0].edits[0].text).toBe("kept.copy\u0001\ud800");
  expect(report.diagnostics[0].chain).toHaveLength(2);
});

test("json has a line for each finding", () => {
  expect(textOf(jsonReporter(reportOf())).split("\n").filter((line) => line.startsWith('{"code":'))).toHaveLength(4);
});

test("a hundred thousand findings are a complete document", () => {
  const many = new Array(100_000).fill(diagnosticOf({ at: placeIn(GAME_FILE, "update") }));
  expect(JSON.parse(textOf(jsonReporter(reportOf(many)))).diagnostics).toHaveLength(100_000);
});

test("compact is understood by the problem matchers written for ESLint's", () => {
  const matcher = /^(.+):\sline\s(\d+),\scol\s(\d+),\s(Error|Warning|Info)\s-\s(.+)\s\((.+)\)$/;
  const lines = textOf(compactReporter(reportOf())).split("\n");
  expect(lines.slice(0, 4).map((line) => matcher.exec(line)?.slice(2, 5))).toEqual([["2", "2", "Error"], ["3", "13", "Warning"], ["6", "1", "Info"], ["1", "1", "Error"]]);
  expect(lines.slice(4)).toEqual(["", "4 problems", ""]);
  expect(textOf(compactReporter(reportOf([])))).toBe("");
});

test("compact lets no control character of a name or a message through", () => {
  expect(textOf(compactReporter(reportOf()))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
