/** Suppression comments: which lines each form covers, what counts as used, what is reported of the rest. */
import type { Diagnostic } from "@framealloc/analysis";
import { expect, test } from "vitest";
import type { KnownCode } from "@framealloc/rules/codes";
import { parseModule } from "../src/parse.ts";
import { sourceText } from "../src/source-text.ts";
import { suppress, type Suppression } from "../src/suppress.ts";
import { diagnosticOf } from "./hostile-report.ts";

const KNOWN: readonly KnownCode[] = [{ code: "FA002", formerly: ["FA701"] }, { code: "FA602", formerly: [] }, { code: "FA603", formerly: [] }, { code: "FA900", formerly: [] }];

/** The findings are the calls of functions named after a code: `FA002()`. */
function run(text: string, ran: readonly string[] = KNOWN.map(({ code }) => code)): Suppression {
  const source = sourceText(text);
  const diagnostics = [...source.text.matchAll(/\b(FA\d{3})\(\)/g)].map(({ 1: code = "", index }): Diagnostic => diagnosticOf({ code, message: `line ${source.positionAt(index).line}`, at: { file: "a.ts", span: { start: index, end: index + 5 } } }));
  const comments = parseModule("a.ts", text, "project").module?.comments ?? [];
  return suppress(diagnostics, { comments: new Map([["a.ts", comments]]), sources: () => source, known: KNOWN, ran: new Set(ran) });
}

const kept = (text: string): string[] => run(text).kept.map(({ code, message }) => `${code} ${message}`);
const unused = (text: string, ran?: readonly string[]): string[] => run(text, ran).unused.map(({ message, help }) => `${message}; ${help ?? ""}`);

test("the next line that holds code", () => {
  expect(kept("// fa-ignore-next-line FA002\nFA002();\nFA002();")).toEqual(["FA002 line 3"]);
  expect(kept("// fa-ignore-next-line FA002\n\n// why\n// fa-ignore-next-line FA602\nFA002(); FA602();")).toEqual([]);
  expect(kept("/* fa-ignore-next-line FA002\n -- because */\nFA002();")).toEqual([]);
  expect(kept("const x = <div>{/* fa-ignore-next-line FA002 */}</div>;")).toEqual([]);
});

test("its own line", () => {
  expect(kept("FA002(); // fa-ignore-line FA002\nFA002();")).toEqual(["FA002 line 2"]);
});

test("only the codes named: one, several, a family, all", () => {
  expect(kept("FA002(); FA602(); // fa-ignore-line FA602")).toEqual(["FA002 line 1"]);
  expect(kept("FA002(); FA602(); // fa-ignore-line fa602, FA002")).toEqual([]);
  expect(kept("FA002(); FA602(); FA603(); // fa-ignore-line FA6xx")).toEqual(["FA002 line 1"]);
  expect(kept("FA002(); FA602(); // fa-ignore-line")).toEqual([]);
});

test("from one comment to another, or to the end of the file", () => {
  expect(kept("FA002();\n/* fa-disable FA6xx */\nFA602(); FA002();\n/* fa-enable FA6xx */\nFA602();")).toEqual(["FA002 line 1", "FA002 line 3", "FA602 line 5"]);
  expect(kept("/* fa-disable */\nFA602();\nFA002();")).toEqual([]);
  expect(kept("/* fa-disable FA602 */\n/* fa-disable FA002 */\n/* fa-enable FA602 */\n\nFA602(); FA002();")).toEqual(["FA602 line 5"]);
});

test("the whole file, wherever the comment stands", () => {
  expect(kept("FA002();\nFA602();\n// fa-ignore-file FA002 -- generated")).toEqual(["FA602 line 2"]);
});

test("the reason is kept", () => {
  expect(run("FA002(); // fa-ignore-line FA002 -- measured: 0 bytes -- by Ann").suppressed).toMatchObject([{ reason: "measured: 0 bytes -- by Ann" }]);
  expect(run("FA002(); // fa-ignore-line FA002").suppressed).toMatchObject([{ reason: null }]);
});

test("one that suppresses nothing is reported", () => {
  expect(unused("// fa-ignore-next-line FA002\nf();")).toEqual(["`fa-ignore-next-line FA002` suppresses nothing; remove the comment"]);
  expect(unused("FA002(); // fa-ignore-line FA002")).toEqual([]);
  expect(unused("/* fa-disable FA602 */\n/* fa-enable */\nFA602();")).toEqual(["`fa-disable FA602` suppresses nothing; remove the comment"]);
});

test("one whose rule did not run is not judged", () => {
  expect(unused("f(); // fa-ignore-line FA002", ["FA602"])).toEqual([]);
  expect(unused("f(); // fa-ignore-line FA6xx", ["FA602"])).toEqual([]);
  expect(unused("f(); // fa-ignore-line", ["FA602"])).toEqual([]);
});

test("what is expected must come: on the next line, or on its own after code", () => {
  expect(kept("// fa-expect FA002\nFA002();\nFA602(); // fa-expect FA602")).toEqual([]);
  expect(unused("// fa-expect FA002\nFA602();")).toEqual(["nothing was reported where `fa-expect FA002` expects it; correct the place or the code, or remove the comment"]);
});

test("of several codes each is judged by itself", () => {
  expect(unused("FA002(); // fa-ignore-line FA002, FA602")).toEqual(["`fa-ignore-line FA602` suppresses nothing; take `FA602` out of it"]);
  expect(unused("FA002(); // fa-ignore-line FA002, FA6xx")).toEqual(["`fa-ignore-line FA6xx` suppresses nothing; take `FA6xx` out of it"]);
  expect(unused("FA602(); // fa-ignore-line FA6xx")).toEqual([]);
  expect(unused("f(); // fa-ignore-line FA602, FA002")).toEqual(["`fa-ignore-line FA602, FA002` suppresses nothing; remove the comment"]);
  expect(unused("// fa-expect FA002, FA602\nFA002();")).toEqual(["nothing was reported where `fa-expect FA602` expects it; correct the place or the code, or take `FA602` out of it"]);
  expect(unused("f(); // fa-ignore-line FA002, FA602", ["FA602"])).toEqual(["`fa-ignore-line FA602` suppresses nothing; take `FA602` out of it"]);
});

test("unknown codes and directives are reported with what was meant", () => {
  expect(unused("FA002(); // fa-ignore-line fa020, FA002")).toEqual(["`fa-ignore-line` names an unknown code `fa020`; did you mean `FA002`?"]);
  expect(unused("f(); // fa-ignore-line FA701")).toEqual(["`fa-ignore-line` names an unknown code `FA701`; it is called `FA002` here"]);
  expect(unused("f(); // fa-ignore-line FA102")).toEqual(["`fa-ignore-line` names `FA102`, which the runtime alone reports; `fa explain FA102` says when"]);
  expect(unused("f(); // fa-ignore-lines FA002")).toEqual(["`fa-ignore-lines` is no suppression comment; did you mean `fa-ignore-line`?"]);
});

test("comments about something else, strings and templates say nothing", () => {
  expect(run("// see fa-ignore-line\nconst s = '// fa-ignore-file', t = `/* fa-disable */`;\nFA002();")).toMatchObject({ kept: [{ code: "FA002" }], unused: [] });
});

test("lines are counted with any line break, and after a byte-order mark", () => {
  expect(kept("\ufeff// fa-ignore-next-line FA002\r\nFA002();\rFA002();")).toEqual(["FA002 line 3"]);
});
