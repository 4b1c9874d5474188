/**
 * Findings as one page that needs nothing else: filter, source, the chain to each finding, garbage a frame by entry. What the page does is in
 * `page/report-page.js`; here its data is written, in pieces.
 *
 * Safe against what programs are named and hold: no text of theirs is written into the markup, only into JSON without a `<`, which the script puts in
 * as text; and the page forbids itself every script and style but its own, and every request.
 *
 * Lines of source are written once a file. Of long lines the pieces around findings are: they begin `CUT_LEAD` before a multiple of `CUT_STEP`.
 */
import { createHash } from "node:crypto";
import type { Diagnostic, Location } from "@framealloc/analysis";
import { compareText } from "@framealloc/analysis/diagnostic";
import type { SourceText } from "../source-text.ts";
import { countFindings, plural, wordCounts } from "./count-findings.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./html-assets.ts";
import { placeOf } from "./place.ts";
import { printable, printableSource } from "./printable.ts";
import type { Reporter, ReportInput } from "./report.ts";

/** As the page's script has it. */
const CONTEXT = 2;
const SEVERITY_INDEX = { error: 0, warning: 1, hint: 2 } as const;
const LONG_LINE = 400;
const CUT_STEP = 200;
const CUT_LEAD = 100;
const CUT_LENGTH = 500;
/** Lines of one place beyond this are not shown. */
const MAX_LINES = 20;

type PlaceJson = readonly [file: number, startLine: number, startColumn: number, endLine: number, endColumn: number];

export const htmlReporter: Reporter = function* (input) {
  const wanted = new WantedSources(input);
  const entries = entryTotals(input, wanted);
  yield pageHead();
  yield `<script type="application/json" id="data">{"project":${json(printable(input.project))},"totals":${json(totals(input))},"findings":[`;
  for (const [index, diagnostic] of input.diagnostics.entries()) yield `${index === 0 ? "\n" : ",\n"}${json(findingJson(diagnostic, wanted, entries.indexOf))}`;
  yield `\n],"entries":${json(entries.list)},"codes":${json(codesJson(input))},"files":[`;
  for (const [index, file] of wanted.files().entries()) yield `${index === 0 ? "\n" : ",\n"}${json(wanted.fileJson(file))}`;
  yield `\n]}</script>\n<script type="module">${PAGE_SCRIPT}</script>\n</body>\n</html>\n`;
};

/** JSON in which no tag can begin or end. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function totals({ diagnostics, files, suppressed }: ReportInput): string {
  return `${wordCounts(countFindings(diagnostics))} in ${plural(files.length, "file")}${suppressed.length === 0 ? "" : `, ${suppressed.length} suppressed`}`;
}

function codesJson({ codes, diagnostics }: ReportInput): Readonly<Record<string, readonly [string, string]>> {
  const present = new Set(diagnostics.map(({ code }) => code));
  return Object.fromEntries(codes.filter(({ code }) => present.has(code)).map(({ code, name, summary }) => [code, [name, summary]]));
}

function findingJson({ code, severity, message, at, help, related, chain, cost }: Diagnostic, wanted: WantedSources, entryOf: (entry: Location) => number): unknown {
  const step = (context: number) => (each: { readonly at: Location; readonly message: string }): unknown => [printable(each.message), wanted.place(each.at, context)];
  return {
    code,
    severity: SEVERITY_INDEX[severity],
    message: printable(message),
    at: wanted.place(at, CONTEXT),
    ...(help === null ? {} : { help: printable(help) }),
    ...(related.length === 0 ? {} : { related: related.map(step(0)) }),
    ...(chain.length === 0 ? {} : { chain: chain.map(step(-1)) }),
    ...(cost === undefined ? {} : { cost: [cost.bytes, cost.per === "round", entryOf(cost.entry.at)] }),
  };
}

interface EntryTotal {
  readonly label: string;
  readonly at: PlaceJson;
  bytes: number;
  findings: number;
}

/** What each entry's garbage adds up to when every call of it runs once and every loop one round; the most first. */
function entryTotals({ diagnostics }: ReportInput, wanted: WantedSources): { readonly list: readonly EntryTotal[]; readonly indexOf: (entry: Location) => number } {
  const key = ({ file, span }: Location): string => `${span.start}:${span.end}:${file}`;
  const totals = new Map<string, EntryTotal>();
  for (const { cost } of diagnostics) {
    if (cost === undefined) continue;
    const total = totals.get(key(cost.entry.at)) ?? { label: printable(cost.entry.message), at: wanted.place(cost.entry.at, -1), bytes: 0, findings: 0 };
    total.bytes += cost.bytes;
    total.findings += 1;
    totals.set(key(cost.entry.at), total);
  }
  const sorted = [...totals].sort(([a, x], [b, y]) => y.bytes - x.bytes || compareText(a, b));
  const indices = new Map(sorted.map(([entry], index) => [entry, index]));
  return { list: sorted.map(([, total]) => total), indexOf: (entry) => indices.get(key(entry)) ?? -1 };
}

/** Numbers for the files that places are in, and which of their lines the page needs. */
class WantedSources {
  readonly #input: ReportInput;
  readonly #indices = new Map<string, number>();
  readonly #lines: { readonly whole: Set<number>; readonly cuts: Set<string> }[] = [];

  constructor(input: ReportInput) {
    this.#input = input;
  }

  /** By their numbers. */
  files(): readonly string[] {
    return [...this.#indices.keys()];
  }

  /** The place, with the lines that show it wanted; a negative context wants none. */
  place(at: Location, context: number): PlaceJson {
    const { file, start, end } = placeOf(at, this.#input.sources);
    const index = this.#indexOf(file);
    const wanted = this.#lines[index];
    const source = this.#input.sources(file);
    if (context >= 0 && source !== undefined && wanted !== undefined) {
      for (let line = Math.max(1, start.line - context); line <= Math.min(end.line, start.line + MAX_LINES) + context && line <= source.lineCount; line += 1) {
        if (source.line(line).length <= LONG_LINE) wanted.whole.add(line);
        else wanted.cuts.add(`${line}:${line === start.line ? Math.floor((start.column - 1) / CUT_STEP) : 0}`);
      }
    }
    return [index, start.line, start.column, end.line, end.column];
  }

  fileJson(file: string): unknown {
    const wanted = this.#lines[this.#indexOf(file)];
    const source = this.#input.sources(file);
    const lines: Record<string, string> = {};
    const cuts: Record<string, string> = {};
    if (source !== undefined) for (const line of wanted?.whole ?? []) lines[line] = shown(source.line(line));
    if (source !== undefined) for (const cut of wanted?.cuts ?? []) cuts[cut] = cutOf(source, cut);
    return { name: printable(file), lines, cuts };
  }

  #indexOf(file: string): number {
    const known = this.#indices.get(file);
    if (known !== undefined) return known;
    this.#indices.set(file, this.#lines.length);
    return this.#lines.push({ whole: new Set(), cuts: new Set() }) - 1;
  }
}

function cutOf(source: SourceText, cut: string): string {
  const [line = 0, piece = 0] = cut.split(":").map(Number);
  const from = Math.max(0, piece * CUT_STEP - CUT_LEAD);
  return shown(source.line(line).slice(from, from + CUT_LENGTH));
}

/** Mark by mark, so that columns stay true; tabs are the page's to draw. */
function shown(text: string): string {
  return text.split("\t").map(printableSource).join("\t");
}

function pageHead(): string {
  const policy = `default-src 'none'; script-src '${hashOf(PAGE_SCRIPT)}'; style-src '${hashOf(PAGE_STYLE)}'; base-uri 'none'; form-action 'none'`;
  const box = (word: string): string => `<label><input type="checkbox" id="show-${word}" checked> ${word}s</label>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>fa</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>fa <span id="project"></span></h1><span id="totals"></span><button type="button" id="theme">light or dark</button></header>
<main>
<noscript><p>This page needs its script; <code>fa</code> in the terminal shows the same.</p></noscript>
<section id="entries" aria-labelledby="entries-title" hidden>
<h2 id="entries-title">Garbage a frame, by entry</h2>
<table><thead><tr><th scope="col">entry</th><th scope="col" class="figure">findings</th><th scope="col" class="figure">bytes</th><th></th></tr></thead><tbody id="entry-rows"></tbody></table>
<p class="faint">Every call counted once and every loop for one round.</p>
</section>
<h2>Findings</h2>
<form id="search" role="search">
<input type="search" id="filter" placeholder="message, code, file" aria-label="filter" aria-keyshortcuts="/" autocomplete="off" spellcheck="false">
${(["error", "warning", "hint"] as const).map(box).join("\n")}
<select id="code" aria-label="code"><option value="">every code</option></select>
<select id="order" aria-label="order"><option value="place">by place</option><option value="severity">by severity</option><option value="bytes">by bytes</option></select>
<span id="count" role="status"></span>
</form>
<ol id="findings"></ol>
<button type="button" id="more" hidden></button>
</main>
<footer><kbd>/</kbd> filter, <kbd>Esc</kbd> empties it, <kbd>j</kbd> and <kbd>k</kbd> go from finding to finding, <kbd>Enter</kbd> opens one</footer>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
