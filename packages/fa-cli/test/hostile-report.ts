/**
 * A report whose names, messages and sources hold all that formats trip over: quotes, markup, control characters, emoji, CRLF, half
 * surrogate pairs, a byte-order mark. Every reporter's test validates what it makes of it.
 */
import type { Diagnostic, Fix, Location, Related, Severity } from "@framealloc/analysis";
import type { CodeText, ReportInput } from "../src/report/report.ts";
import { sourceText } from "../src/source-text.ts";

export const HOSTILE_FILE = `src/a b/"quo'te" <&> %20#?[1]\u001b[31m \u{1f600}é\u0000\ud800.ts`;
export const CLEAN_FILE = "src/clean.ts";
export const GAME_FILE = "src/game.ts";

const TEXTS: Readonly<Record<string, string>> = {
  [HOSTILE_FILE]: `\ufeffconst kept = [];\r\n\tkept.push("]]></failure>\u0007 \u{1f600}");\r\n`,
  [CLEAN_FILE]: "export const one = 1;\n",
  [GAME_FILE]: "export function update() {\n  alloc.beginFrame();\n  kept.push(alloc.frameBox(42));\n  alloc.endFrame();\n}\n",
};

/** The place of a text in one of the files. */
export function placeIn(file: string, text: string): Location {
  const start = (TEXTS[file] ?? "").replace(/^\ufeff/, "").indexOf(text);
  if (start === -1) throw new Error(`${file} does not hold ${text}`);
  return { file, span: { start, end: start + text.length } };
}

export interface DiagnosticParts {
  readonly code?: string;
  readonly severity?: Severity;
  readonly message?: string;
  readonly at?: Location;
  readonly related?: readonly Related[];
  readonly chain?: readonly Related[];
  readonly help?: string | null;
  readonly fixes?: readonly Fix[];
}

export function diagnosticOf(parts: DiagnosticParts): Diagnostic {
  return { code: "FA002", name: "frame-escape", severity: "error", message: "frame value is kept", at: placeIn(GAME_FILE, "kept"), related: [], chain: [], help: null, fixes: [], confidence: "traced", ...parts };
}

export function codeText(code: string, severity: Severity): CodeText {
  return {
    code,
    name: "frame-escape",
    severity,
    families: ["dirtymem"],
    summary: "a frame value reaches a place that outlives its frame",
    formerly: [],
    docs: { why: `The frame's memory is used again. ${"Long. ".repeat(300)}`, bad: "kept.push(alloc.frameBox(42));\n", good: "kept.push(alloc.poolBox(42));\n", misses: "values kept by code that was not loaded" },
  };
}

export const HOSTILE_DIAGNOSTICS: readonly Diagnostic[] = [
  diagnosticOf({
    message: `"quoted" <b>&amp;</b> \u001b[31m red ]]> [a](1) {0} \ud800 \u{1f600}\nsecond line`,
    at: placeIn(HOSTILE_FILE, "kept.push"),
    related: [
      { at: placeIn(HOSTILE_FILE, "kept = "), message: "declared [here](2) <i>" },
      { at: placeIn(GAME_FILE, "alloc.frameBox(42)"), message: "allocated here" },
    ],
    chain: [
      { at: placeIn(GAME_FILE, "update"), message: "`update` is called every frame" },
      { at: placeIn(GAME_FILE, "kept.push"), message: "calls `push`" },
    ],
    help: "keep a copy & not the <value>",
    fixes: [{ title: "copy \"it\"", safe: true, edits: [{ at: placeIn(HOSTILE_FILE, "kept.push"), text: "kept.copy\u0001\ud800" }] }],
  }),
  diagnosticOf({ code: "FA602", severity: "warning", at: placeIn(GAME_FILE, "alloc.frameBox(42)"), message: "one allocation a round" }),
  diagnosticOf({ code: "FA510", severity: "hint", at: { file: GAME_FILE, span: { start: 9_999, end: 9_999 } }, message: "behind the end of the file" }),
  diagnosticOf({ at: { file: "src/gone.ts", span: { start: 3, end: 9 } }, message: "the file is not there any more" }),
];

/** A report of the hostile findings, or of others in the same files. */
export function reportOf(diagnostics: readonly Diagnostic[] = HOSTILE_DIAGNOSTICS, parts: Partial<ReportInput> = {}): ReportInput {
  return {
    diagnostics,
    suppressed: [],
    files: [CLEAN_FILE, GAME_FILE, HOSTILE_FILE],
    sources: (file) => (TEXTS[file] === undefined ? undefined : sourceText(TEXTS[file])),
    codes: [codeText("FA002", "error"), codeText("FA510", "hint"), codeText("FA602", "warning")],
    version: "1.2.3",
    project: "@acme/the game",
    prefixes: { repository: "", here: "" },
    ...parts,
  };
}

export function textOf(pieces: Iterable<string>): string {
  return [...pieces].join("");
}
