/** SARIF reports: the official schema, what GitHub's code scanning asks for beyond it, and fingerprints that survive moved lines. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import type { Log, Result } from "sarif";
import { describe, expect, test } from "vitest";
import { sarifReporter } from "../src/report/sarif.ts";
import { sourceText } from "../src/source-text.ts";
import { codeText, diagnosticOf, GAME_FILE, HOSTILE_DIAGNOSTICS, HOSTILE_FILE, placeIn, reportOf, textOf } from "./hostile-report.ts";

const schemaPath = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/package.json").replace(/package\.json$/, "lib/schemas/sarif-2.1.0-rtm.5.json");
// One pattern of the schema has a stray bracket that only the older regular expressions accept.
const ajv = new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

function sarifOf(...args: Parameters<typeof reportOf>): Log {
  const log: Log = JSON.parse(textOf(sarifReporter(reportOf(...args))));
  expect(isSarif(log), JSON.stringify(isSarif.errors?.slice(0, 3))).toBe(true);
  return log;
}

function resultsOf(log: Log): Result[] {
  return log.runs[0]?.results ?? [];
}

/** What GitHub's documentation says a file must hold to be shown: the faults in words. */
function githubFaults(log: Log): string[] {
  const faults: string[] = [];
  const need = (condition: boolean, fault: string): void => { if (!condition) faults.push(fault); };
  need(log.version === "2.1.0" && typeof log.$schema === "string", "version and $schema");
  need(log.runs.length <= 20, "at most 20 runs");
  for (const run of log.runs) {
    const { name, rules = [] } = run.tool.driver;
    need(name !== "" && rules.length > 0 && rules.length <= 25_000, "a named driver with rules");
    for (const rule of rules) {
      for (const key of ["shortDescription", "fullDescription"] as const) need((rule[key]?.text.length ?? 0) > 0 && (rule[key]?.text.length ?? 0) <= 1024, `${rule.id}: ${key} of 1 to 1024 characters`);
      need((rule.help?.text.length ?? 0) > 0 && (rule.help?.markdown?.length ?? 0) > 0, `${rule.id}: help as text and markdown`);
      need(["very-high", "high", "medium", "low"].includes(rule.properties?.["precision"]), `${rule.id}: precision`);
      need(["error", "warning", "recommendation"].includes(rule.properties?.["problem.severity"]), `${rule.id}: problem.severity`);
      need((rule.properties?.tags ?? []).length <= 20, `${rule.id}: at most 20 tags`);
    }
    need((run.results ?? []).length <= 25_000, "at most 25,000 results");
    need((run.tool.extensions ?? []).length <= 100, "at most 100 tool extensions");
    need(/^[^/]+\/.+\/$/.test(run.automationDetails?.id ?? ""), "a category in the run's id");
    const fingerprints = (run.results ?? []).map(({ partialFingerprints }) => partialFingerprints?.["primaryLocationLineHash"]);
    need(new Set(fingerprints).size === fingerprints.length, "fingerprints that differ");
    for (const result of run.results ?? []) {
      need((result.message.text ?? "") !== "", "a message");
      need(rules[result.ruleIndex ?? -1]?.id === result.ruleId, `${result.ruleId}: the index of its rule`);
      need((result.locations ?? []).length >= 1 && (result.locations ?? []).length + (result.relatedLocations ?? []).length <= 1_000, "1 to 1,000 locations");
      const steps = (result.codeFlows ?? []).flatMap(({ threadFlows }) => threadFlows.flatMap(({ locations }) => locations));
      need(steps.length <= 10_000 && steps.every(({ location }) => location?.physicalLocation?.artifactLocation?.uri !== undefined), "at most 10,000 steps, each with a place");
      need(/^[0-9a-f]+:\d+$/.test(result.partialFingerprints?.["primaryLocationLineHash"] ?? ""), "a fingerprint");
      for (const location of [...(result.locations ?? []), ...(result.relatedLocations ?? [])]) {
        const { artifactLocation, region } = location.physicalLocation ?? {};
        const uri = artifactLocation?.uri ?? "";
        need(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+$/.test(uri) && !/^[a-z][a-z0-9+.-]*:|^\//i.test(uri), `a relative URI: ${uri}`);
        need([region?.startLine, region?.startColumn, region?.endLine, region?.endColumn].every((each) => each !== undefined && each >= 1), "a region with four figures");
      }
    }
  }
  return faults;
}

describe("a report of hostile findings", () => {
  test("is valid and has all that GitHub asks for", () => {
    const log = sarifOf();
    expect(githubFaults(log)).toEqual([]);
    expect(resultsOf(log).map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual(["FA002 error", "FA602 warning", "FA510 note", "FA002 error"]);
  });

  test("encodes file names so that they decode to what they were, but for half a surrogate pair", () => {
    const uri = resultsOf(sarifOf())[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? "";
    expect(decodeURIComponent(uri)).toBe(HOSTILE_FILE.replace("\ud800", "\ufffd"));
    expect(uri).not.toMatch(/[ "#?[\]<>%](?![0-9A-F]{2})/);
  });

  test("counts columns from 1 in UTF-16 units, after a byte-order mark and CRLF", () => {
    // `\tkept.push` is on the second line, after a tab.
    expect(resultsOf(sarifOf())[0]?.locations?.[0]?.physicalLocation?.region).toEqual({ startLine: 2, startColumn: 2, endLine: 2, endColumn: 11 });
    expect(sarifOf().runs[0]?.columnKind).toBe("utf16CodeUnits");
  });

  test("links related places by id and lets no other text become a link", () => {
    const [result] = resultsOf(sarifOf());
    expect(result?.relatedLocations?.map(({ id }) => id)).toEqual([1, 2]);
    const links = [...(result?.message.text ?? "").matchAll(/(?<!\\)\[((?:\\.|[^\]\\])*)\]\((\d+)\)/g)].map(([, text, id]) => `${id} ${text}`);
    expect(links).toEqual(["1 declared \\[here\\](2) <i>", "2 allocated here"]);
  });

  test("turns a chain into one code flow that ends at the finding", () => {
    const flow = resultsOf(sarifOf())[0]?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
    expect(flow.map(({ location }) => location?.physicalLocation?.region?.startLine)).toEqual([1, 3, 2]);
    expect(flow[0]?.location?.message?.text).toBe("`update` is called every frame");
  });

  test("carries fixes as replacements", () => {
    const change = resultsOf(sarifOf())[0]?.fixes?.[0]?.artifactChanges[0];
    expect(change?.replacements[0]).toEqual({ deletedRegion: { startLine: 2, startColumn: 2, endLine: 2, endColumn: 11 }, insertedContent: { text: "kept.copy\u0001\ufffd" } });
  });

  test("names the project in the run's id", () => {
    expect(sarifOf().runs[0]?.automationDetails?.id).toBe("fa/%40acme/the%20game/");
  });
});

test("no findings are an empty list, which closes what an earlier upload opened", () => {
  expect(resultsOf(sarifOf([]))).toEqual([]);
});

test("a failure of ours makes the run one that did not succeed", () => {
  const successful = (code: string): boolean | undefined => sarifOf([diagnosticOf({ code })], { codes: [codeText(code, "error")] }).runs[0]?.invocations?.[0]?.executionSuccessful;
  expect([successful("FA002"), successful("FA901")]).toEqual([true, false]);
});

test("a suppressed finding is there with its reason", () => {
  const [diagnostic = diagnosticOf({})] = HOSTILE_DIAGNOSTICS;
  const results = resultsOf(sarifOf([], { suppressed: [{ diagnostic, reason: "measured" }, { diagnostic: diagnosticOf({}), reason: null }] }));
  expect(results.map(({ suppressions }) => suppressions)).toEqual([[{ kind: "inSource", status: "accepted", justification: "measured" }], [{ kind: "inSource", status: "accepted" }]]);
});

test("of more results than a run may hold the gravest stay, and the run says how many went", () => {
  const many = Array.from({ length: 25_010 }, (_, index) => diagnosticOf({ severity: index < 20 ? "hint" : "warning", at: placeIn(GAME_FILE, "update") }));
  const log = sarifOf(many);
  expect(githubFaults(log)).toEqual([]);
  expect(resultsOf(log)).toHaveLength(25_000);
  expect(resultsOf(log).filter(({ level }) => level === "note")).toHaveLength(10);
  expect(log.runs[0]?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toContain("10 results");
});

test("no result and no rule has more of anything than GitHub takes", () => {
  const at = placeIn(GAME_FILE, "update");
  const step = (message: string) => ({ at, message });
  const related = Array.from({ length: 2_000 }, (_, index) => step(`place ${index}`));
  const chain = Array.from({ length: 20_000 }, (_, index) => step(`step ${index}`));
  const families = Array.from({ length: 40 }, (_, index) => `family-${index}`);
  const log = sarifOf([diagnosticOf({ related, chain })], { codes: [{ ...codeText("FA002", "error"), families }] });
  expect(githubFaults(log)).toEqual([]);
  expect(log.runs[0]?.tool.driver.rules?.[0]?.properties?.tags).toHaveLength(20);
  const flow = resultsOf(log)[0]?.codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
  expect(flow).toHaveLength(10_000);
  expect(flow.at(-1)?.location?.message?.text).toBe("frame value is kept");
});

test("a suppressed finding keeps the fingerprints of those alike", () => {
  const [first, second] = [diagnosticOf({ at: placeIn(GAME_FILE, "alloc.beginFrame") }), diagnosticOf({ at: placeIn(GAME_FILE, "beginFrame") })];
  const hashes = (...args: Parameters<typeof reportOf>): string[] => resultsOf(sarifOf(...args)).map(({ partialFingerprints }) => partialFingerprints?.["primaryLocationLineHash"] ?? "");
  const both = hashes([first, second]);
  expect(new Set(both).size).toBe(2);
  expect(hashes([second], { suppressed: [{ diagnostic: first, reason: null }] })).toEqual(both);
});

test("paths are the repository's", () => {
  expect(resultsOf(sarifOf([diagnosticOf({})], { prefixes: { repository: "apps/the game/", here: "" } }))[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(`apps/the%20game/${GAME_FILE}`);
});

describe("fingerprints", () => {
  const text = "f();\n  kept.push(x);\n kept.push(x);\n";
  const fingerprints = (source: string): (string | undefined)[] => {
    const places = [...source.matchAll(/kept|x/g)].map(({ index }) => ({ file: "a.ts", span: { start: index, end: index + 1 } }));
    const report = reportOf(places.map((at) => diagnosticOf({ at })), { sources: () => sourceText(source) });
    return resultsOf(JSON.parse(textOf(sarifReporter(report)))).map(({ partialFingerprints }) => partialFingerprints?.["primaryLocationLineHash"]);
  };

  test("differ for equal lines and for two findings on one line", () => {
    expect(new Set(fingerprints(text)).size).toBe(4);
  });

  test("stay when lines are inserted above, when line breaks change, and when the file is formatted", () => {
    expect(fingerprints(`// new\n\nlet y = 1;\n${text}`)).toEqual(fingerprints(text));
    expect(fingerprints(text.replaceAll("\n", "\r\n"))).toEqual(fingerprints(text));
    expect(fingerprints(text.replaceAll("  ", "\t"))).toEqual(fingerprints(text));
  });

  test("change with the line", () => {
    expect(fingerprints(text.replaceAll("push", "pop"))).not.toEqual(fingerprints(text));
  });
});
