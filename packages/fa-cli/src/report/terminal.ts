/** Findings for people, as rustc writes them: what, where, the code with labels, how it came about, what to do. */
import { posix } from "node:path";
import type { Diagnostic, Related, Severity } from "@framealloc/analysis";
import { codeFrame, type FrameLabel, type FrameRow } from "./code-frame.ts";
import { countFindings, plural, wordCounts } from "./count-findings.ts";
import { painter, type Painter, type Tone } from "./painter.ts";
import { type Place, placeOf } from "./place.ts";
import { printable } from "./printable.ts";
import type { ReportInput, Reporter } from "./report.ts";
import { wellFormed } from "./well-formed.ts";

export interface TerminalOptions {
  readonly color: boolean;
  /** Lines of code around each labelled one. */
  readonly context?: number;
  /** A code frame for every step of a chain, and not its place alone. */
  readonly stepFrames?: boolean;
  /** Says in the summary how long the run took; null leaves it out. */
  readonly elapsedMs?: number | null;
  /** Findings that were counted and are not shown. */
  readonly hidden?: number;
  /** The project's folder, absolute, where places are to be links; null or absent where the terminal opens none. */
  readonly linkRoot?: string | null;
}

export function terminalReporter(options: TerminalOptions): Reporter {
  const { paint } = painter(options.color);
  return function* (input) {
    for (const diagnostic of input.diagnostics) yield `${findingText(diagnostic, input, options, paint)}\n`;
    yield summaryText(input, options, paint);
  };
}

type Paint = Painter["paint"];

function findingText(diagnostic: Diagnostic, input: ReportInput, options: TerminalOptions, paint: Paint): string {
  const { severity } = diagnostic;
  const tone = (text: string, as: Tone): string => paint(text, as, severity);
  const frames = framesOf(diagnostic, input, options.context ?? 0);
  const steps = options.stepFrames === true ? diagnostic.chain.map((step) => stepFrame(step, input)) : [];
  const width = gutterWidth([...frames, ...steps]);
  const lines = [tone(`${severity}[${diagnostic.code}]`, "primary") + tone(`: ${printable(diagnostic.message)}`, "strong")];
  for (const frame of frames) lines.push(...frameLines(frame, width, severity, paint, options.linkRoot));
  if (frames.length > 0) lines.push(`${" ".repeat(width)} ${tone("|", "gutter")}`);
  for (const note of notesOf(diagnostic)) lines.push(noteLine(note, width, tone));
  if (diagnostic.chain.length > 0) {
    lines.push(noteLine({ kind: "note", text: `how it is reached, in ${plural(diagnostic.chain.length, "step")}` }, width, tone));
    diagnostic.chain.forEach((step, index) => {
      lines.push(stepLine(step, index, input, width, tone));
      const frame = steps[index];
      if (frame !== undefined) lines.push(...frameLines(frame, width, severity, paint));
    });
  }
  return `${lines.join("\n")}\n`;
}

interface FileFrame {
  readonly place: Place;
  /** Null leaves the line with the place out. */
  readonly arrow: "-->" | ":::" | null;
  /** None for a file that cannot be read. */
  readonly rows: readonly FrameRow[];
}

/** The finding's own file first, then the others by name. */
function framesOf(diagnostic: Diagnostic, input: ReportInput, context: number): readonly FileFrame[] {
  const own = diagnostic.at.file;
  const byFile = new Map<string, FrameLabel[]>([[own, [{ ...diagnostic.at.span, message: "", primary: true }]]]);
  for (const { at, message } of diagnostic.related) {
    const label = { ...at.span, message, primary: false };
    const labels = byFile.get(at.file);
    if (labels === undefined) byFile.set(at.file, [label]);
    else labels.push(label);
  }
  const files = [...byFile.keys()].sort((a, b) => (a === own ? -1 : b === own ? 1 : a < b ? -1 : 1));
  return files.map((file) => {
    const labels = byFile.get(file) ?? [];
    const first = labels.reduce((earliest, label) => (label.start < earliest.start ? label : earliest));
    const at = file === own ? diagnostic.at : { file, span: { start: first.start, end: first.end } };
    return { place: placeOf(at, input.sources), arrow: file === own ? "-->" : ":::", rows: rowsOf(file, labels, input, context) };
  });
}

function stepFrame({ at }: Related, input: ReportInput): FileFrame {
  return { place: placeOf(at, input.sources), arrow: null, rows: rowsOf(at.file, [{ ...at.span, message: "", primary: false }], input, 0) };
}

function rowsOf(file: string, labels: readonly FrameLabel[], input: ReportInput, context: number): readonly FrameRow[] {
  const source = input.sources(file);
  return source === undefined || source.text === "" ? [] : codeFrame(source, labels, context);
}

/** Digits of the greatest line number shown, so that the bars of one finding stand in one column. */
function gutterWidth(frames: readonly FileFrame[]): number {
  return Math.max(1, ...frames.flatMap(({ rows }) => rows.map(({ gutter }) => (typeof gutter === "number" ? String(gutter).length : 1))));
}

function frameLines({ place, arrow, rows }: FileFrame, width: number, severity: Severity, paint: Paint, linkRoot: string | null = null): string[] {
  const pad = " ".repeat(width);
  const bar = paint("|", "gutter", severity);
  const lines: string[] = [];
  if (arrow !== null) lines.push(`${pad}${paint(arrow, "gutter", severity)} ${linkedPlace(place, linkRoot)}`);
  if (rows.length > 0) lines.push(`${pad} ${bar}`);
  for (const row of rows) {
    const segments = row.segments.map(({ text, tone }) => paint(text, tone, severity)).join("");
    if (row.gutter === "...") lines.push(`${paint("...", "gutter", severity)}${pad}${segments}`.trimEnd());
    else lines.push(`${paint((row.gutter === null ? "" : String(row.gutter)).padStart(width), "gutter", severity)} ${bar}${segments === "" ? "" : ` ${segments}`}`.trimEnd());
  }
  return lines;
}

/** A link to the file, as terminals understand it (OSC 8), around the place. */
function linkedPlace(place: Place, root: string | null): string {
  if (root === null) return placeText(place);
  const path = posix.join(root, place.file).split("/").map((part) => encodeURIComponent(wellFormed(part))).join("/");
  return `\u001b]8;;file://${path.startsWith("/") ? "" : "/"}${path}\u0007${placeText(place)}\u001b]8;;\u0007`;
}

function placeText({ file, start }: Place): string {
  return `${printable(file)}:${start.line}:${start.column}`;
}

interface NoteText {
  readonly kind: "note" | "help";
  readonly text: string;
}

function notesOf(diagnostic: Diagnostic): readonly NoteText[] {
  const notes: NoteText[] = [];
  if (diagnostic.confidence === "assumed") notes.push({ kind: "note", text: "this rests on an assumption about code that could not be followed" });
  if (diagnostic.help !== null) notes.push({ kind: "help", text: diagnostic.help });
  for (const fix of diagnostic.fixes) if (fix.title !== diagnostic.help) notes.push({ kind: "help", text: fix.title });
  return notes;
}

function noteLine({ kind, text }: NoteText, width: number, tone: (text: string, as: Tone) => string): string {
  return `${" ".repeat(width)} ${tone("=", "gutter")} ${tone(kind, "strong")}: ${printable(text)}`;
}

function stepLine(step: Related, index: number, input: ReportInput, width: number, tone: (text: string, as: Tone) => string): string {
  const number = `${index + 1}.`.padStart(4);
  return `${" ".repeat(width + 2)} ${tone(number, "gutter")} ${printable(step.message)} ${tone(`(${placeText(placeOf(step.at, input.sources))})`, "faint")}`;
}

function summaryText(input: ReportInput, options: TerminalOptions, paint: Paint): string {
  const counts = countFindings(input.diagnostics);
  const severity = counts.errors > 0 ? "error" : counts.warnings > 0 ? "warning" : "hint";
  const touched = new Set(input.diagnostics.map((diagnostic) => diagnostic.at.file)).size;
  const files = touched === 0 ? plural(input.files.length, "file") : `${touched} of ${plural(input.files.length, "file")}`;
  const asides = [
    ...(input.partial === undefined ? [] : [`partial result: ${input.partial}`]),
    ...(options.hidden !== undefined && options.hidden > 0 ? [`${options.hidden} not shown`] : []),
    ...(input.suppressed.length > 0 ? [`${input.suppressed.length} suppressed`] : []),
    ...(options.elapsedMs === undefined || options.elapsedMs === null ? [] : [wordDuration(options.elapsedMs)]),
  ];
  const first = input.diagnostics.find((diagnostic) => diagnostic.severity === severity);
  const more = first === undefined ? "" : `\`fa explain ${first.code}\` says more.\n`;
  return `${paint(wordCounts(counts), touched === 0 ? "strong" : "primary", severity)} in ${files}${asides.length === 0 ? "" : ` (${asides.join(", ")})`}\n${more}`;
}

/** `0.21 s` */
export function wordDuration(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}
