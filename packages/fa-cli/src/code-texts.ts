/** The documentation of every code: the rules' own, and that of the command's. */
import type { RuleText } from "@framealloc/rules/texts";
import { OWN_CODES } from "./fault-diagnostic.ts";
import type { CodeText } from "./report/report.ts";
import { RUNTIME_CODES } from "./runtime-codes.ts";

/** In the order of the catalogue, then the command's own. */
export function codeTexts(rules: readonly RuleText[]): readonly CodeText[] {
  const own = OWN_CODES.map(({ code, name, severity, summary, docs }): CodeText => ({ code, name, severity, families: [], summary, formerly: [], docs }));
  return [...rules, ...own];
}

/** With those that only a running program reports, in order of code. */
export function everyCode(codes: readonly CodeText[]): readonly CodeText[] {
  const reported = new Set(codes.map(({ code }) => code));
  return [...codes, ...RUNTIME_CODES.filter(({ code }) => !reported.has(code))].sort((a, b) => (a.code < b.code ? -1 : 1));
}
