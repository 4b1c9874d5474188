/**
 * The text of a project's module and where its statements begin, for rewrites: they take over what somebody wrote, to the letter. Kept beside the
 * intermediate form, not in it, for as long as the form is there: two texts of the same code have equal forms.
 */
import { endOf, startOf, type StatementNode } from "./estree.ts";
import type { ModuleIR } from "./ir.ts";
import type { ParsedModule } from "./parsed-module.ts";
import type { Span } from "./span.ts";

/** A statement of a module's body. */
export interface TopStatement extends Span {
  /** Of the tree's node; of what it exports, where it exports a declaration. */
  readonly kind: string;
  /** Where the comments begin that stand right above it; its own start without such. */
  readonly commentedFrom: number;
}

export interface ModuleText {
  readonly text: string;
  readonly statements: readonly TopStatement[];
  /** Of all comments, in order. */
  readonly comments: readonly Span[];
}

const known = new WeakMap<ModuleIR, ModuleText>();

/** Called by who lowers a module; the texts of libraries are not kept, since nothing is reported in them. */
export function keepText(module: ModuleIR, { text, program, comments, role }: ParsedModule): void {
  if (role !== "project") return;
  const spans = comments.map(({ start, end }) => ({ start, end })).sort((a, b) => a.start - b.start);
  known.set(module, { text, comments: spans, statements: program.body.map((node) => topStatement(node, text, spans)) });
}

/** Null for a library, and for a form that was not lowered here. */
export function moduleText(module: ModuleIR): ModuleText | null {
  return known.get(module) ?? null;
}

function topStatement(node: StatementNode, text: string, comments: readonly Span[]): TopStatement {
  const start = startOf(node);
  const declared = node.type === "ExportNamedDeclaration" ? node.declaration : null;
  return { start, end: endOf(node), kind: declared?.type ?? ("directive" in node && node.directive != null ? "Directive" : node.type), commentedFrom: commentedFrom(start, text, comments) };
}

/** Comments without a blank line to what follows them, each at the start of its line. */
function commentedFrom(start: number, text: string, comments: readonly Span[]): number {
  let from = start;
  for (let index = comments.length - 1; index >= 0; index--) {
    const comment = comments[index];
    if (comment === undefined || comment.end > from) continue;
    const between = text.slice(comment.end, from);
    const lineStart = text.lastIndexOf("\n", comment.start - 1) + 1;
    if (!/^[^\S\n]*\r?\n?[^\S\n]*$/.test(between) || text.slice(lineStart, comment.start).trim() !== "") break;
    from = comment.start;
  }
  return from;
}

const loops = new WeakMap<Span, Span>();

/** Called by who lowers a loop: `keyword` is the very span that the form keeps. */
export function keepLoop(keyword: Span, whole: Span): Span {
  loops.set(keyword, whole);
  return keyword;
}

/** All of the loop's statement, by the span of its keyword; null for a form that was not lowered here. */
export function loopStatement(keyword: Span): Span | null {
  return loops.get(keyword) ?? null;
}
