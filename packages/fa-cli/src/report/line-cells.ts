/**
 * A source line as the cells of a terminal: tabs reach the next multiple of four, wide characters take two cells, combining marks none,
 * and a very long line is cut to the part that matters.
 */
import stringWidth from "string-width";
import { printableSource } from "./printable.ts";

export interface LineCells {
  /** What is printed. */
  readonly text: string;
  /** The cell (from 0) in which the UTF-16 unit at a column (from 1) begins; columns past the end lie behind the text. */
  cellAt(column: number): number;
}

const TAB_CELLS = 4;
/** A line longer than this is cut. */
const MAX_UNITS = 180;
const LEAD_UNITS = 40;
const CUT_MARK = "...";

/** `columns` are those that must be seen. */
export function lineCells(line: string, columns: readonly number[]): LineCells {
  const [from, to] = visibleRange(line, columns);
  const lead = from > 0 ? CUT_MARK : "";
  const tail = to < line.length ? CUT_MARK : "";
  const { text, cells } = layOut(line.slice(from, to), lead.length);
  const end = cells.at(-1) ?? lead.length;
  return {
    text: `${lead}${text}${tail}`,
    cellAt: (column) => (column - 1 < from ? 0 : (cells[column - 1 - from] ?? end)),
  };
}

/** The range of units to print; never between the halves of a surrogate pair. */
function visibleRange(line: string, columns: readonly number[]): readonly [from: number, to: number] {
  if (line.length <= MAX_UNITS) return [0, line.length];
  const first = Math.min(...columns, line.length) - 1;
  const last = Math.max(...columns, 1);
  const from = Math.max(0, last <= MAX_UNITS ? 0 : first - LEAD_UNITS);
  const to = Math.min(line.length, from + MAX_UNITS);
  return [isLowSurrogate(line, from) ? from + 1 : from, isLowSurrogate(line, to) ? to - 1 : to];
}

function isLowSurrogate(text: string, index: number): boolean {
  return /[\udc00-\udfff]/.test(text.charAt(index));
}

/** `cells` holds a cell for every unit, and the one behind the last. */
function layOut(text: string, firstCell: number): { readonly text: string; readonly cells: readonly number[] } {
  const cells: number[] = [];
  let shown = "";
  let cell = firstCell;
  for (const { segment } of graphemesOf(text)) {
    const printed = segment === "\t" ? " ".repeat(TAB_CELLS - ((cell - firstCell) % TAB_CELLS)) : printableSource(segment);
    for (let unit = 0; unit < segment.length; unit += 1) cells.push(cell);
    shown += printed;
    cell += stringWidth(printed);
  }
  cells.push(cell);
  return { text: shown, cells };
}

const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Plain ASCII, which most lines are, needs no segmenter: each unit is its own grapheme. */
function graphemesOf(text: string): Iterable<{ readonly segment: string }> {
  return /^[\t\u0020-\u007e]*$/.test(text) ? [...text].map((segment) => ({ segment })) : SEGMENTER.segment(text);
}
