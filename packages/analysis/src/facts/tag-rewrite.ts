/**
 * A tag or phase that each round of a loop opens and closes, opened once around the loop.
 *
 *     for (...) alloc.withTag("a", () => { ... });      alloc.withTag("a", () => { for (...) { ... } });
 *     for (...) { using t = alloc.tagScope("a"); }      { using t = alloc.tagScope("a"); for (...) { } }
 *     for (...) { alloc.beginPhase("a"); ... }          alloc.beginPhase("a"); for (...) { ... } alloc.endPhase();
 *
 * Theory: must, beside what `tag-churn.ts` proves of the loop. Scope and loop stand in one function; what the opening call names is declared outside of the loop;
 * nothing leaves the loop but by its end where that would leave the scope open or the callback behind; a callback returns nothing and declares no `var`.
 * Known misses: scopes in helpers, array methods as loops, labels.
 */
import { valueUses } from "../dataflow/value-uses.ts";
import type { TextEdit } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { loopStatement, moduleText } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import { callStatement } from "./loop-rewrite.ts";
import { hasComment, type Rewrite, textOf } from "./rewrite-site.ts";
import { type TagChurn, tagChurn } from "./tag-churn.ts";

export const tagRewrites: Fact<ReadonlyMap<TagChurn, Rewrite>> = defineFact("tag-rewrites", (program, get) => {
  const found = new Map<TagChurn, Rewrite>();
  for (const churn of get(tagChurn)) {
    const module = program.modules.find(({ file }) => file === churn.at.file);
    const edits = module === undefined ? null : new TagRewrite(module, churn).edits();
    if (edits !== null) found.set(churn, { title: `open the ${churn.scope.what} once around the loop`, safe: false, edits });
  }
  return found;
});

type Call = Op & { readonly op: "call" };

class TagRewrite {
  readonly #module: ModuleIR;
  readonly #churn: TagChurn;

  constructor(module: ModuleIR, churn: TagChurn) {
    this.#module = module;
    this.#churn = churn;
  }

  edits(): readonly TextEdit[] | null {
    const { scope, call, at, loop } = this.#churn;
    const place = this.#place();
    const keyword = place?.fn.blocks.find(({ loopSpan }) => loopSpan !== null && loopSpan.start === loop.span.start && loop.file === at.file)?.loopSpan;
    const whole = keyword == null ? null : loopStatement(keyword);
    if (call !== null || place === null || whole === null || place.op.span.start < whole.start || place.op.span.end > whole.end) return null;
    const { fn, op } = place;
    const before = textOf(this, { start: 0, end: whole.start }).trimEnd();
    if (!/[;{}]$/.test(before) || !this.#isNamedOutside(fn, op, whole)) return null;
    if (scope.callback !== null) return this.#ofCallback(fn, op, scope.callback, whole);
    return scope.closedBy === null ? this.#ofUsing(op, whole) : this.#ofPair(fn, op, scope.closedBy, whole);
  }

  get module(): ModuleIR {
    return this.#module;
  }

  #place(): { readonly fn: FunctionIR; readonly op: Call } | null {
    const { start, end } = this.#churn.at.span;
    for (const fn of this.#module.functions) {
      for (const block of fn.blocks) for (const op of block.ops) if (op.op === "call" && op.calleeSpan.start === start && op.calleeSpan.end === end) return { fn, op };
    }
    return null;
  }

  /** Nothing that the opening call names is declared in the loop. */
  #isNamedOutside(fn: FunctionIR, { calleeSpan, args }: Call, whole: Span): boolean {
    const head = { start: calleeSpan.start, end: args[0]?.span.end ?? calleeSpan.end };
    return !hasComment(this, head) && fn.blocks.every((block) => block.ops.every((op) => {
      if (op.op !== "load" || op.span.start < head.start || op.span.end > head.end) return true;
      const declared = this.#module.variables[op.variable];
      return declared !== undefined && (declared.owner !== fn.id || declared.span.end <= whole.start || declared.span.start >= whole.end);
    }));
  }

  /** Whether something leaves the loop by more than its end: a `return`, or a jump to a label. */
  #isLeft(fn: FunctionIR, { start, end }: Span): boolean {
    const returns = fn.blocks.some((block) => block.ops.some((op) => op.op === "leave" && op.kind === "return" && op.span.start >= start && op.span.end <= end));
    return returns || /\b(?:break|continue)\s+[\w$]/.test(textOf(this, { start, end }));
  }

  #ofCallback(fn: FunctionIR, op: Call, slot: number, whole: Span): readonly TextEdit[] | null {
    const statement = callStatement({ module: this.#module, fn }, op);
    const given = op.args[slot];
    const tag = op.args[0];
    const made = given === undefined ? undefined : fn.blocks.flatMap((block) => block.ops).find((each) => each.op === "function" && each.dst === given.temp);
    const body = made?.op === "function" ? this.#module.functions[made.function] : undefined;
    if (statement === null || given === undefined || tag === undefined || body?.kind !== "arrow" || body.params.length > 0 || body.async || body.returnType !== null || this.#isLeft(fn, whole)) return null;
    if (this.#module.variables.some(({ owner, kind }) => owner === body.id && (kind === "var" || kind === "function"))) return null;
    const text = textOf(this, given.span);
    const arrow = /^\(\s*\)\s*=>\s*/.exec(text)?.[0];
    const isBlock = arrow !== undefined && text.charAt(arrow.length) === "{";
    if (arrow === undefined || (isBlock && body.blocks.some(({ terminal }) => terminal.kind === "return" && !terminal.implicit))) return null;
    const inner = given.span.start + arrow.length;
    if (hasComment(this, { start: statement.start, end: inner }) || hasComment(this, { start: given.span.end, end: statement.end })) return null;
    const open = textOf(this, { start: op.span.start, end: tag.span.end });
    return [
      this.#edit(whole.start, whole.start, `${open}, () => {\n${this.#margin(whole)}`),
      this.#edit(statement.start, inner, ""),
      this.#edit(given.span.end, statement.end, isBlock ? "" : ";"),
      this.#edit(whole.end, whole.end, `\n${this.#margin(whole)}});`),
    ];
  }

  /** The declaration is moved to the letter, into a block with the loop. */
  #ofUsing(op: Call, whole: Span): readonly TextEdit[] | null {
    const source = moduleText(this.#module);
    if (source === null) return null;
    const before = /\busing\s+[\w$]+\s*=\s*$/.exec(source.text.slice(0, op.span.start));
    const after = /^\s*;/.exec(source.text.slice(op.span.end))?.[0];
    if (before === null || after === undefined) return null;
    const line = { start: before.index, end: op.span.end + after.length };
    if (/await\s*$/.test(source.text.slice(0, line.start))) return null;
    const margin = this.#margin(whole);
    return [this.#edit(whole.start, whole.start, `{\n${margin}${source.text.slice(line.start, line.end)}\n${margin}`), this.#removed(line), this.#edit(whole.end, whole.end, `\n${margin}}`)];
  }

  #ofPair(fn: FunctionIR, op: Call, closedBy: string, whole: Span): readonly TextEdit[] | null {
    const uses = valueUses(fn);
    const closing = fn.blocks.flatMap((block) => block.ops).filter((each): each is Call => each.op === "call" && each.key === closedBy && each.span.start > op.span.end && each.span.end <= whole.end);
    const [close] = closing;
    const opened = callStatement({ module: this.#module, fn }, op);
    const closed = close === undefined ? null : callStatement({ module: this.#module, fn }, close);
    if (close === undefined || closing.length > 1 || opened === null || closed === null || uses.of(op.dst).length > 0 || this.#isLeft(fn, whole)) return null;
    const margin = this.#margin(whole);
    return [
      this.#edit(whole.start, whole.start, `${textOf(this, op.span)};\n${margin}`), this.#removed(opened), this.#removed(closed),
      this.#edit(whole.end, whole.end, `\n${margin}${textOf(this, close.span)};`),
    ];
  }

  /** With its line, when nothing else stands there. */
  #removed(span: Span): TextEdit {
    const text = moduleText(this.#module)?.text ?? "";
    const from = text.lastIndexOf("\n", span.start - 1) + 1;
    const to = text.indexOf("\n", span.end) + 1;
    const isAlone = from > 0 && to > 0 && text.slice(from, span.start).trim() === "" && text.slice(span.end, to).trim() === "";
    return isAlone ? this.#edit(from, to, "") : this.#edit(span.start, span.end, "");
  }

  #margin({ start }: Span): string {
    const text = textOf(this, { start: 0, end: start });
    return /^[^\S\n]*/.exec(text.slice(text.lastIndexOf("\n") + 1))?.[0] ?? "";
  }

  #edit(start: number, end: number, text: string): TextEdit {
    return { at: { file: this.#module.file, span: { start, end } }, text };
  }
}
