/**
 * The comments that speak to `fa`, read into ranges of lines:
 *
 *   // fa-ignore-next-line FA6xx -- reason     the next line that holds code
 *   // fa-ignore-line                          the comment's own line
 *   /* fa-disable *\/ ... /* fa-enable *\/      from the comment to the one that ends it, or to the end of the file
 *   // fa-ignore-file                          the whole file
 *   // fa-expect FA6xx                         as ignore (own line after code, else the next), and it must fire
 *
 * Codes are separated by blanks or commas; none means all. What follows ` -- ` is the reason.
 */
import type { ParsedComment, Span } from "@framealloc/analysis";
import { splitCodes } from "./code-set.ts";

/** A file's text by lines, which count from 1. */
export interface TextLines {
  readonly text: string;
  readonly lineCount: number;
  positionAt(offset: number): { readonly line: number };
  /** Without its line break. */
  line(line: number): string;
  lineStart(line: number): number;
}

export interface Directive {
  readonly kind: "ignore" | "expect";
  /** As written: `fa-ignore-line`. */
  readonly name: string;
  /** As written; none is every code. */
  readonly words: readonly string[];
  readonly reason: string | null;
  /** Lines from 1, both included; a finding is in when it begins there. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** The comment itself. */
  readonly span: Span;
}

export interface UnreadDirective {
  readonly name: string;
  readonly span: Span;
}

const NAMES = ["fa-ignore-next-line", "fa-ignore-line", "fa-ignore-file", "fa-disable", "fa-enable", "fa-expect"] as const;

export const DIRECTIVE_NAMES: readonly string[] = NAMES;

/** In the order of the comments. A word `fa-...` that is no directive comes back in `unread`. */
export function readDirectives(comments: readonly ParsedComment[], source: TextLines): { readonly directives: readonly Directive[]; readonly unread: readonly UnreadDirective[] } {
  const directives: Directive[] = [];
  const unread: UnreadDirective[] = [];
  const open: Omit<Directive, "lastLine">[] = [];
  for (const comment of comments) {
    const match = /^[\s*]*(fa-[a-z-]+)(?::?\s+([\s\S]*?))?[\s*]*$/.exec(comment.value);
    if (match === null) continue;
    const [, name = "", rest = ""] = match;
    const span = { start: comment.start, end: comment.end };
    const { words, reason } = readRest(rest);
    const firstLine = source.positionAt(comment.start).line;
    const base = { kind: name === "fa-expect" ? "expect" : "ignore", name, words, reason, span } as const;
    if (name === "fa-disable") open.push({ ...base, firstLine });
    else if (name === "fa-enable") directives.push(...closeBlocks(open, words, firstLine));
    else if (isDirective(name)) directives.push({ ...base, ...linesOf(name, comment, source) });
    else unread.push({ name, span });
  }
  directives.push(...open.map((block) => ({ ...block, lastLine: source.lineCount })));
  return { directives, unread };
}

function isDirective(name: string): boolean {
  return DIRECTIVE_NAMES.includes(name);
}

function readRest(rest: string): { readonly words: readonly string[]; readonly reason: string | null } {
  const [codes = "", ...reason] = rest.split(/(?:^|\s)--(?:\s|$)/);
  return { words: splitCodes(codes), reason: reason.length === 0 ? null : reason.join(" -- ").trim() || null };
}

/** `fa-enable` without codes ends every open block; with codes those that name one of them. */
function closeBlocks(open: Omit<Directive, "lastLine">[], words: readonly string[], line: number): Directive[] {
  const named = new Set(words.map((word) => word.toUpperCase()));
  const closed = open.filter((block) => named.size === 0 || block.words.some((word) => named.has(word.toUpperCase())));
  open.splice(0, open.length, ...open.filter((block) => !closed.includes(block)));
  return closed.map((block) => ({ ...block, lastLine: line }));
}

function linesOf(name: string, comment: ParsedComment, source: TextLines): { readonly firstLine: number; readonly lastLine: number } {
  if (name === "fa-ignore-file") return { firstLine: 1, lastLine: source.lineCount };
  const own = source.positionAt(comment.start);
  const afterCode = source.text.slice(source.lineStart(own.line), comment.start).trim() !== "";
  const isOwnLine = name === "fa-ignore-line" || (name === "fa-expect" && afterCode);
  const line = isOwnLine ? own.line : nextCodeLine(source, source.positionAt(comment.end).line);
  return { firstLine: line, lastLine: line };
}

/** Blank lines and further line comments may stand between, so that several directives can be stacked. */
function nextCodeLine(source: TextLines, after: number): number {
  let line = after + 1;
  while (line < source.lineCount && /^\s*(?:\/\/.*)?$/.test(source.line(line))) line += 1;
  return line;
}
