/** JUnit and Checkstyle reports: valid by their schemas whatever findings hold, and with what build servers show. */
import { readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";
import { describe, expect, test } from "vitest";
import { checkstyleReporter } from "../src/report/checkstyle.ts";
import { junitReporter } from "../src/report/junit.ts";
import { escapeXml } from "../src/report/xml.ts";
import { CLEAN_FILE, diagnosticOf, GAME_FILE, HOSTILE_DIAGNOSTICS, HOSTILE_FILE, reportOf, textOf } from "./hostile-report.ts";

const schemaOf = (name: string): string => readFileSync(new URL(`schemas/${name}`, import.meta.url), "utf8");

async function faultsOf(xml: string, schema: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: "report.xml", contents: xml }], schema: [schemaOf(schema)] });
  return errors.map(({ message }) => message);
}

/** The values of an attribute, read back as a parser would. */
function valuesOf(xml: string, element: string, attribute: string): string[] {
  const read: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#9;": "\t", "&#10;": "\n", "&#13;": "\r", "&amp;": "&" };
  return [...xml.matchAll(new RegExp(`<${element} [^>]*?\\b${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) => value.replace(/&[#\w]+;/g, (reference) => read[reference] ?? reference));
}

const SHOWN_NAME = HOSTILE_FILE.replace("\u001b", "\\u{1b}").replace("\u0000", "\\u{0}").replace("\ud800", "\\u{d800}");

describe("junit", () => {
  const xml = textOf(junitReporter(reportOf()));

  test("is valid by Jenkins' schema, with and without findings", async () => {
    expect(await faultsOf(xml, "jenkins-junit.xsd")).toEqual([]);
    expect(await faultsOf(textOf(junitReporter(reportOf([]))), "jenkins-junit.xsd")).toEqual([]);
  });

  test("has a suite a file, and a passing case for a clean one", () => {
    expect(valuesOf(xml, "testsuite", "name").sort()).toEqual([SHOWN_NAME, CLEAN_FILE, GAME_FILE, "src/gone.ts"].sort());
    expect(xml).toContain(`<testsuite name="${CLEAN_FILE}" tests="1" failures="0" errors="0">\n    <testcase name="no findings" classname="${CLEAN_FILE}"/>\n`);
  });

  test("fails the cases of errors only, and counts them", () => {
    expect(xml.match(/<failure /g)).toHaveLength(2);
    expect(valuesOf(xml, "testsuites", "failures")).toEqual(["2"]);
    expect(valuesOf(xml, "testsuites", "tests")).toEqual(["5"]);
    expect(xml).toContain("<system-out>src/game.ts:3:13: warning: one allocation a round</system-out>");
  });

  test("keeps a message whole", () => {
    const [first] = HOSTILE_DIAGNOSTICS;
    expect(valuesOf(xml, "failure", "message")).toContain(first?.message.replace("\u001b", "\\u{1b}").replace("\ud800", "\\u{d800}"));
  });
});

describe("checkstyle", () => {
  const xml = textOf(checkstyleReporter(reportOf()));

  test("is valid, with and without findings", async () => {
    expect(await faultsOf(xml, "checkstyle.xsd")).toEqual([]);
    expect(await faultsOf(textOf(checkstyleReporter(reportOf([]))), "checkstyle.xsd")).toEqual([]);
  });

  test("gives line, column, severity and code", () => {
    const report = textOf(checkstyleReporter(reportOf([diagnosticOf({ message: "it's <kept>" })], { files: [GAME_FILE] })));
    expect(report).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="10.0">\n  <file name="src/game.ts">\n    <error line="3" column="3" severity="error" message="it&apos;s &lt;kept&gt;" source="fa.FA002"/>\n  </file>\n</checkstyle>\n');
  });

  test("names hints info, as Checkstyle does", () => {
    expect(valuesOf(xml, "error", "severity").sort()).toEqual(["error", "error", "info", "warning"]);
  });
});

test("every character of the first plane, and half a pair of the others, is written as valid XML", async () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join(" ");
  const report = (text: string): string => `<checkstyle version="${escapeXml(text)}"></checkstyle>`;
  expect(await faultsOf(report(all), "checkstyle.xsd")).toEqual([]);
  // And the check is one: the same text as it is does not pass.
  expect(await faultsOf(`<checkstyle version="\u0001"></checkstyle>`, "checkstyle.xsd")).not.toEqual([]);
});
