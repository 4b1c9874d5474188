/**
 * Jumps out of statements. A `break`, `continue` or `return` passes every region between itself and its target: a `finally` block or the
 * disposal of `using` variables. A region is lowered once for every way out that passes it, so that a path's state is not mixed with that
 * of another path: the normal end, a throw, each `break` and `continue` target, each `return` statement.
 *
 * Bounded: past COPIES_PER_REGION ways out of one region, COPIES_PER_FUNCTION copies in one function, or in a `finally` that stands in NESTED_COPIES
 * others, the remaining ways share one copy; it is left by branches on a selector that each way in has set, and the module gets a note.
 */
import type { BlockId, Temp, VariableId } from "../source/ir.ts";
import type { Scope } from "../source/bind.ts";
import type { Span } from "../source/span.ts";
import type { BlockDraft, FunctionBuilder, LoopDraft } from "./builder.ts";

export const COPIES_PER_REGION = 24;
export const COPIES_PER_FUNCTION = 128;
export const NESTED_COPIES = 2;

export type Exit =
  /** `head` is null for `do {} while (false)`, which never goes round. */
  | { readonly kind: "loop"; readonly labels: readonly string[]; readonly breakTo: BlockDraft; readonly continueTo: BlockDraft; readonly head: BlockDraft | null }
  /** A labelled statement, or a `switch`, which an unlabelled `break` leaves too. */
  | { readonly kind: "block"; readonly labels: readonly string[]; readonly breakTo: BlockDraft; readonly isSwitch: boolean }
  | { readonly kind: "region"; readonly region: Region };

/** What follows a copy. `value` is the way's value, if it has one: that of a `return`. */
type Continuation = (value: Temp | null) => void;

interface Copy {
  readonly entry: BlockDraft;
  readonly value: Temp | null;
  readonly then: Continuation;
}

export interface Region {
  /** Emits the region's code. */
  readonly lower: () => void;
  readonly span: Span;
  /** Where an exception inside the region's guarded code arrives. */
  readonly throwEntry: BlockDraft;
  /** Holds the exception under way. */
  readonly pending: VariableId;
  readonly outer: Context;
  readonly copies: Map<unknown, Copy>;
  /** One copy for several ways; `null` until needed. */
  shared: { readonly entry: BlockDraft; readonly selector: Temp; readonly value: Temp; readonly ways: Continuation[] } | null;
  readonly alwaysShared: boolean;
}

interface Context {
  readonly handler: BlockDraft | null;
  readonly loop: LoopDraft | null;
  readonly scope: Scope;
}

/** The key of the way out over the end of the guarded code. */
const NORMAL = "normal";

/** Guards what is lowered until `closeRegion`: every way out passes `lower`. */
export function openRegion(f: FunctionBuilder, lower: () => void, span: Span): Region {
  const outer: Context = { handler: f.handler, loop: f.loop, scope: f.scope };
  const throwEntry = f.block("finally");
  const pending = f.module.addVariable("catch", "", f.draft, span);
  const alwaysShared = f.finallyCopies >= COPIES_PER_FUNCTION || f.copyDepth >= NESTED_COPIES;
  const region: Region = { lower, span, throwEntry, pending, outer, copies: new Map(), shared: null, alwaysShared };
  f.exits.push({ kind: "region", region });
  f.handler = throwEntry;
  return region;
}

/** Leaves the guarded code over its end, towards `after`. */
export function leaveNormally(f: FunctionBuilder, region: Region, after: BlockDraft): void {
  if (f.live) enterRegion(f, region, NORMAL, null, () => f.goto(after));
}

/** Lowers the region's copies; the context is then the one before `openRegion`. The caller goes on in a block of its own. */
export function closeRegion(f: FunctionBuilder, region: Region): void {
  f.exits.pop();
  restore(f, region.outer);
  const rethrow = (): void => {
    f.throw(f.load(region.pending, region.span), region.span);
  };
  f.begin(region.throwEntry);
  leaveCopy(f, region, null, rethrow);
  for (const { entry, value, then } of region.copies.values()) {
    f.begin(entry);
    leaveCopy(f, region, value, then);
  }
  if (region.shared !== null) lowerShared(f, region, region.shared);
}

/** Lowers the region for one way, or, when too much has been copied since that way was met, leads it to the shared copy. */
function leaveCopy(f: FunctionBuilder, region: Region, value: Temp | null, then: Continuation): void {
  if (region.alwaysShared || f.finallyCopies >= COPIES_PER_FUNCTION) {
    shareEntry(f, region, value, then);
    return;
  }
  lowerCopy(f, region);
  then(value);
}

function lowerCopy(f: FunctionBuilder, region: Region): void {
  f.finallyCopies++;
  f.copyDepth++;
  region.lower();
  f.copyDepth--;
  restore(f, region.outer);
}

function restore(f: FunctionBuilder, context: Context): void {
  f.handler = context.handler;
  f.loop = context.loop;
  f.scope = context.scope;
}

/** Jumps over the regions above exit number `target` (-1: out of the function), innermost first, then `finish`es. */
export function unwind(f: FunctionBuilder, target: number, key: unknown, value: Temp | null, finish: Continuation): void {
  for (let index = f.exits.length - 1; index > target; index--) {
    const exit = f.exits[index];
    if (exit?.kind === "region") {
      enterRegion(f, exit.region, key, value, (carried) => unwind(f, target, key, carried, finish));
      return;
    }
  }
  finish(value);
}

function enterRegion(f: FunctionBuilder, region: Region, key: unknown, value: Temp | null, then: Continuation): void {
  const known = region.copies.get(key);
  if (known !== undefined) {
    f.goto(known.entry);
    return;
  }
  // The throw's copy counts as one.
  if (region.alwaysShared || region.copies.size + 1 >= COPIES_PER_REGION) {
    shareEntry(f, region, value, then);
    return;
  }
  const entry = outerBlock(f, region);
  region.copies.set(key, { entry, value, then });
  f.goto(entry);
}

function outerBlock(f: FunctionBuilder, region: Region): BlockDraft {
  const inner: Context = { handler: f.handler, loop: f.loop, scope: f.scope };
  restore(f, region.outer);
  const block = f.block("finally");
  restore(f, inner);
  return block;
}

function shareEntry(f: FunctionBuilder, region: Region, value: Temp | null, then: Continuation): void {
  if (region.shared === null) {
    f.module.note(f.draft.span, "too many ways through `finally` and `using` to keep apart: some share a path");
    region.shared = { entry: outerBlock(f, region), selector: f.temp(), value: f.temp(), ways: [] };
  }
  const { entry, selector, value: carried, ways } = region.shared;
  f.copy(selector, f.number(ways.length, region.span), region.span);
  f.copy(carried, value ?? f.undefined(region.span), region.span);
  ways.push(then);
  f.goto(entry);
}

function lowerShared(f: FunctionBuilder, region: Region, shared: NonNullable<Region["shared"]>): void {
  f.begin(shared.entry);
  lowerCopy(f, region);
  const { ways, selector, value } = shared;
  for (const [index, way] of ways.entries()) {
    if (index < ways.length - 1) {
      const test = f.temp();
      f.emit({ op: "binary", dst: test, operator: "===", left: selector, right: f.number(index, region.span), span: region.span });
      const here = f.block();
      const next = f.block();
      f.branch(test, "truthy", here, next, region.span);
      f.begin(here);
      way(value);
      f.begin(next);
    } else way(value);
  }
}

/** Lowers `break` or `continue`; false when there is no such target (a syntax error). */
export function jump(f: FunctionBuilder, kind: "break" | "continue", label: string | null, span: Span): boolean {
  const target = f.exits.findLastIndex((exit) => matches(exit, kind, label));
  const exit = f.exits[target];
  if (exit === undefined || exit.kind === "region") return false;
  if (!f.live) return true;
  const to = kind === "continue" && exit.kind === "loop" ? exit.continueTo : exit.breakTo;
  const head: BlockId | null = exit.kind === "loop" && exit.head !== null ? exit.head.id : null;
  f.emit({ op: "leave", kind, loop: head, span });
  unwind(f, target, to, null, () => f.goto(to, to.id === head));
  return true;
}

function matches(exit: Exit, kind: "break" | "continue", label: string | null): boolean {
  if (exit.kind === "region") return false;
  if (label !== null) return exit.labels.includes(label) && (kind === "break" || exit.kind === "loop");
  return exit.kind === "loop" || (kind === "break" && exit.isSwitch);
}

/** Lowers `return value` with its `leave`. */
export function leaveFunction(f: FunctionBuilder, value: Temp | null, span: Span): void {
  if (!f.live) return;
  f.emit({ op: "leave", kind: "return", loop: f.loop?.head.id ?? null, span });
  const hasValue = value !== null;
  // Each return statement is a way of its own, so its key is fresh.
  unwind(f, -1, {}, value, (carried) => f.return(hasValue ? carried : null, false, span));
}
