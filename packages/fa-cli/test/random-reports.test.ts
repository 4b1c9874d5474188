/** Every format over findings whose names, texts and places are random marks of all planes, halves of pairs and controls too: each report is read back whole. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import fc from "fast-check";
import type { Log } from "sarif";
import type { Diagnostic, Location } from "@framealloc/analysis";
import { validateXML } from "xmllint-wasm";
import { describe, expect, test } from "vitest";
import { checkstyleReporter } from "../src/report/checkstyle.ts";
import { compactReporter } from "../src/report/compact.ts";
import { githubReporter, githubSummary } from "../src/report/github.ts";
import { gitlabReporter } from "../src/report/gitlab.ts";
import { htmlReporter } from "../src/report/html.ts";
import { jsonReporter } from "../src/report/json.ts";
import { junitReporter } from "../src/report/junit.ts";
import { rdjsonReporter } from "../src/report/rdjson.ts";
import type { ReportInput } from "../src/report/report.ts";
import { sarifReporter } from "../src/report/sarif.ts";
import { terminalReporter } from "../src/report/terminal.ts";
import { sourceText } from "../src/source-text.ts";
import { diagnosticOf, reportOf, textOf } from "./hostile-report.ts";

const COUNT = 300;
const SEED = 20_261_122;

/** Marks that formats trip over, as often as all others together. */
const mark = fc.oneof(fc.constantFrom(..."<>&\"'`%:,;#[]()\\|{}$\r\n\t\u0000\u001b\u0085\u2028\u202e\ufeff\uffff]".split(""), "\ud800", "\udfff", "]]>", "</script>", "::error::", "\r\n", "\u{1f600}"), fc.string({ unit: "binary", minLength: 1, maxLength: 2 }));
const text = fc.array(mark, { minLength: 1, maxLength: 30 }).map((marks) => marks.join(""));
const name = text.map((each) => `src/${each.replaceAll("/", "")}x.ts`);

function randomReport(): { readonly input: ReportInput; readonly diagnostics: readonly Diagnostic[] } {
  const sources = new Map(fc.sample(fc.tuple(name, text), { numRuns: 20, seed: SEED }));
  const files = [...sources.keys()].sort();
  const place = fc.tuple(fc.constantFrom(...files), fc.nat(40), fc.nat(20)).map(([file, start, length]): Location => ({ file, span: { start, end: start + length } }));
  const step = fc.record({ at: place, message: text });
  const finding = fc.record({ at: place, message: text, help: fc.option(text), severity: fc.constantFrom("error" as const, "warning" as const, "hint" as const), related: fc.array(step, { maxLength: 2 }), chain: fc.array(step, { maxLength: 2 }), fixes: fc.array(fc.record({ title: text, safe: fc.boolean(), edits: fc.array(fc.record({ at: place, text }), { maxLength: 2 }) }), { maxLength: 1 }) });
  const diagnostics = fc.sample(finding, { numRuns: COUNT, seed: SEED }).map((parts) => diagnosticOf(parts)).sort((a, b) => (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : a.at.span.start - b.at.span.start));
  const input = reportOf(diagnostics, { files, sources: (file) => { const source = sources.get(file); return source === undefined ? undefined : sourceText(source); } });
  return { input, diagnostics };
}

const { input, diagnostics } = randomReport();
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const schemaOf = (path: string): ValidateFunction => new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(read(path)));
/** Controls but for line breaks, and halves of pairs: nothing for a terminal, a log or a parser. */
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\uffff]|\p{Surrogate}/u;

describe("documents", () => {
  test.each([["junit", junitReporter, "schemas/jenkins-junit.xsd", /<testcase /g], ["checkstyle", checkstyleReporter, "schemas/checkstyle.xsd", /<error /g]] as const)("%s is valid XML", async (_name, reporter, schema, mark) => {
    const contents = textOf(reporter(input));
    expect((await validateXML({ xml: [{ fileName: "report.xml", contents }], schema: [read(schema)] })).errors).toEqual([]);
    expect(contents.match(mark)?.length).toBeGreaterThanOrEqual(COUNT);
  });

  test.each([["json", jsonReporter, "../schema/fa-report.schema.json"], ["gitlab", gitlabReporter, "schemas/gitlab-code-quality.schema.json"], ["rdjson", rdjsonReporter, "schemas/rdjson.schema.json"]] as const)("%s is valid JSON", (_name, reporter, schema) => {
    const isValid = schemaOf(schema);
    const report = JSON.parse(textOf(reporter(input)));
    expect(isValid(report), JSON.stringify(isValid.errors?.slice(0, 3))).toBe(true);
    expect((Array.isArray(report) ? report : report.diagnostics).length).toBe(COUNT);
  });

  test("sarif is valid by its official schema", () => {
    const path = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/package.json").replace(/package\.json$/, "lib/schemas/sarif-2.1.0-rtm.5.json");
    const ajv = new AjvDraft04.default({ strict: false, unicodeRegExp: false });
    addFormats.default(ajv);
    const isSarif = ajv.compile(JSON.parse(readFileSync(path, "utf8")));
    const log: Log = JSON.parse(textOf(sarifReporter(input)));
    expect(isSarif(log), JSON.stringify(isSarif.errors?.slice(0, 3))).toBe(true);
    expect(log.runs[0]?.results).toHaveLength(COUNT);
    expect(new Set(log.runs[0]?.results?.map(({ partialFingerprints }) => partialFingerprints?.["primaryLocationLineHash"])).size).toBe(COUNT);
  });

  test("json keeps every text as it was", () => {
    const report = JSON.parse(textOf(jsonReporter(input))) as { readonly diagnostics: readonly { readonly message: string; readonly location: { readonly file: string } }[] };
    expect(report.diagnostics.map(({ message, location }) => [location.file, message])).toEqual(diagnostics.map(({ message, at }) => [at.file, message]));
  });

  test("html has all in its data, and nothing of it elsewhere", () => {
    const html = textOf(htmlReporter(input));
    const data = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html)?.[1] ?? "no data";
    expect(JSON.parse(data).findings).toHaveLength(COUNT);
    expect(html.match(/<\/?script/g)).toHaveLength(4);
    expect(html).not.toMatch(RAW);
  });
});

describe("lines", () => {
  test("compact has one a finding", () => {
    const report = textOf(compactReporter(input));
    expect(report).not.toMatch(RAW);
    expect(report.split("\n").filter((line) => /^.+: line \d+, col \d+, (?:Error|Warning|Info) - .+ \(FA002\)$/.test(line))).toHaveLength(COUNT);
  });

  test("github has ten of each severity, each a command of its own", () => {
    const report = textOf(githubReporter(input));
    expect(report).not.toMatch(RAW);
    const lines = report.trimEnd().split("\n");
    expect(lines).toHaveLength(31);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^::(?:error|warning|notice) file=[^,:]+(?:,\w+=[^,:]*)+::./);
    expect(githubSummary(input)).not.toMatch(RAW);
  });

  test("the terminal gets no control, and as many findings as there are", () => {
    const report = textOf(terminalReporter({ color: false })(input));
    expect(report).not.toMatch(RAW);
    expect(report.match(/^(?:error|warning|hint)\[FA002\]: /gm)).toHaveLength(COUNT);
  });
});
