/**
 * A code frame with several labels, as rustc draws it:
 *
 *     12 |   kept.push(alloc.frameBox(1));
 *        |   ----      ^^^^^^^^^^^^^^^^^
 *        |   |
 *        |   declared in the module
 *     ...
 *     20 | / return withFrame(() => {
 *     22 | | });
 *        | |__^ ends here
 *
 * The output is rows of toned segments, so that layout knows nothing of colours.
 *
 * Invariants
 *   I1  a mark stands under the first cell of what it marks, whatever stands before it (tabs, wide characters)
 *   I2  every label's message appears exactly once
 */
import type { SourceText } from "../source-text.ts";
import { lineCells, type LineCells } from "./line-cells.ts";
import type { Tone } from "./painter.ts";
import { printable } from "./printable.ts";

export interface FrameLabel {
  readonly start: number;
  readonly end: number;
  /** May be empty. */
  readonly message: string;
  readonly primary: boolean;
}

export interface Segment {
  readonly text: string;
  readonly tone: Tone;
}

export interface FrameRow {
  /** The line's number, `...` for lines left out, null beside marks. */
  readonly gutter: number | "..." | null;
  readonly segments: readonly Segment[];
}

interface PlacedLabel extends FrameLabel {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Labels over several lines each have a bar of their own at the left; more than this many are drawn on their first line only. */
const MAX_BARS = 3;

/** Rows of one file's frame. `context` lines are added before and after each labelled line. */
export function codeFrame(source: SourceText, labels: readonly FrameLabel[], context = 0): readonly FrameRow[] {
  const placed = labels.map((label) => place(source, label));
  // The outer ones have their bars further left, so that bars do not cross.
  const long = placed
    .filter((label) => label.startLine < label.endLine)
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .slice(0, MAX_BARS);
  const short = placed.filter((label) => !long.includes(label)).map((label) => (label.startLine < label.endLine ? firstLineOf(label, source) : label));
  const rows: FrameRow[] = [];
  let before: number | null = null;
  for (const line of shownLines(source, placed, context)) {
    if (before !== null && line > before + 1) rows.push({ gutter: "...", segments: barSegments(long, before + 1, "between") });
    rows.push(...lineRows(source, line, short.filter((label) => label.startLine === line), long));
    before = line;
  }
  return rows;
}

function place(source: SourceText, label: FrameLabel): PlacedLabel {
  const start = source.positionAt(label.start);
  const end = source.positionAt(Math.max(label.start, label.end));
  // A range that ends with a line break ends on the line that it breaks.
  const atLineStart = end.column === 1 && end.line > start.line;
  const endLine = atLineStart ? end.line - 1 : end.line;
  return { ...label, startLine: start.line, startColumn: start.column, endLine, endColumn: atLineStart ? source.line(endLine).length + 1 : end.column };
}

function firstLineOf(label: PlacedLabel, source: SourceText): PlacedLabel {
  return { ...label, endLine: label.startLine, endColumn: source.line(label.startLine).length + 1 };
}

/** In order; a single line between two shown ones is shown too, since `...` would take its place. */
function shownLines(source: SourceText, labels: readonly PlacedLabel[], context: number): readonly number[] {
  const lines = new Set<number>();
  for (const { startLine, endLine } of labels) {
    for (const line of [startLine, endLine]) for (let near = line - context; near <= line + context; near += 1) if (near >= 1 && near <= source.lineCount) lines.add(near);
  }
  for (const line of [...lines]) if (lines.has(line + 2)) lines.add(line + 1);
  return [...lines].sort((a, b) => a - b);
}

function lineRows(source: SourceText, line: number, short: readonly PlacedLabel[], long: readonly PlacedLabel[]): readonly FrameRow[] {
  const text = source.line(line);
  const starting = long.filter((label) => label.startLine === line);
  const ending = long.filter((label) => label.endLine === line);
  const columns = [...short.flatMap((label) => [label.startColumn, label.endColumn]), ...starting.map((label) => label.startColumn), ...ending.map((label) => label.endColumn)];
  const cells = lineCells(text, columns);
  const shown: Segment[] = cells.text === "" ? [] : [{ text: cells.text, tone: "source" }];
  const rows: FrameRow[] = [{ gutter: line, segments: [...barSegments(long, line, "source", text), ...shown] }];
  for (const segments of markRows(short, cells)) rows.push({ gutter: null, segments: [...barSegments(long, line, "marks", text), ...segments] });
  for (const label of starting) {
    if (beginsLine(label, text)) continue;
    rows.push({ gutter: null, segments: cornerSegments(long, label, line, cells.cellAt(label.startColumn), text) });
  }
  for (const label of ending.reverse()) {
    const corner = cornerSegments(long, label, line, Math.max(0, cells.cellAt(label.endColumn) - 1), text);
    rows.push({ gutter: null, segments: label.message === "" ? corner : [...corner, { text: ` ${printable(label.message)}`, tone: toneOf(label) }] });
  }
  return rows;
}

/** A label that begins with its line's first mark is drawn as `/` beside the line itself. */
function beginsLine(label: PlacedLabel, text: string): boolean {
  return text.slice(0, label.startColumn - 1).trim() === "";
}

function toneOf(label: FrameLabel): Tone {
  return label.primary ? "primary" : "secondary";
}

/** The bars at the left of a row: `| ` for each label that the row lies within. */
function barSegments(long: readonly PlacedLabel[], line: number, row: "source" | "marks" | "between", text = ""): Segment[] {
  if (long.length === 0) return [];
  const bars = long.map((label): Segment => ({ text: barOf(label, line, row, text), tone: toneOf(label) }));
  return [...bars, { text: " ", tone: "source" }];
}

function barOf(label: PlacedLabel, line: number, row: "source" | "marks" | "between", text: string): string {
  if (label.startLine < line && line <= label.endLine) return "|";
  if (label.startLine !== line || !beginsLine(label, text)) return " ";
  return row === "source" ? "/" : "|";
}

/** `_____^` from the label's bar to a cell: where a label over several lines begins, or where it ends. */
function cornerSegments(long: readonly PlacedLabel[], label: PlacedLabel, line: number, cell: number, text: string): Segment[] {
  const bar = long.indexOf(label);
  const before = long.slice(0, bar).map((other): Segment => ({ text: barOf(other, line, "marks", text), tone: toneOf(other) }));
  const isEnd = label.endLine === line;
  const mark = label.primary ? "^" : "-";
  return [...before, { text: `${isEnd ? "|" : " "}${"_".repeat(long.length - bar + cell)}${mark}`, tone: toneOf(label) }];
}

/** The rows under a line: the marks, with the rightmost message behind them, then the other messages, each on a row of its own. */
function markRows(labels: readonly PlacedLabel[], cells: LineCells): readonly Segment[][] {
  if (labels.length === 0) return [];
  const marks = labels
    .map((label) => ({ label, from: cells.cellAt(label.startColumn), to: Math.max(cells.cellAt(label.startColumn) + 1, cells.cellAt(label.endColumn)) }))
    .sort((a, b) => b.from - a.from || b.to - a.to);
  const furthest = Math.max(...marks.map((mark) => mark.to));
  const [rightmost] = marks;
  const inline = rightmost !== undefined && rightmost.label.message !== "" && rightmost.to === furthest ? rightmost : undefined;
  const hanging = marks.filter((mark) => mark !== inline && mark.label.message !== "");
  const underline = new Array<Tone>(furthest).fill("source");
  for (const tone of ["secondary", "primary"] as const) for (const mark of marks) if (toneOf(mark.label) === tone) underline.fill(tone, mark.from, mark.to);
  const first = underlineSegments(underline);
  if (inline !== undefined) first.push({ text: ` ${printable(inline.label.message)}`, tone: toneOf(inline.label) });
  const rows = [first];
  if (hanging.length > 0) rows.push(connectorSegments(hanging));
  hanging.forEach((mark, index) => {
    const left = connectorSegments(hanging.slice(index + 1).filter((other) => other.from < mark.from));
    const width = left.reduce((sum, segment) => sum + segment.text.length, 0);
    rows.push([...left, { text: `${" ".repeat(mark.from - width)}${printable(mark.label.message)}`, tone: toneOf(mark.label) }]);
  });
  return rows;
}

const MARKS: Readonly<Partial<Record<Tone, string>>> = { primary: "^", secondary: "-" };

function underlineSegments(tones: readonly Tone[]): Segment[] {
  const segments: { text: string; tone: Tone }[] = [];
  for (const tone of tones) {
    const mark = MARKS[tone] ?? " ";
    const last = segments.at(-1);
    if (last?.tone === tone) last.text += mark;
    else segments.push({ text: mark, tone });
  }
  return segments;
}

/** A `|` in the first cell of each. */
function connectorSegments(marks: readonly { readonly label: FrameLabel; readonly from: number }[]): Segment[] {
  const segments: Segment[] = [];
  let cell = 0;
  for (const mark of [...marks].sort((a, b) => a.from - b.from)) {
    if (mark.from < cell) continue;
    segments.push({ text: `${" ".repeat(mark.from - cell)}|`, tone: toneOf(mark.label) });
    cell = mark.from + 1;
  }
  return segments;
}
