/**
 * A function's control-flow graph while it is built. Code is emitted into the current block; a terminal closes it. After a jump the
 * current block is a dead one: what is emitted there is dropped by `order.ts`, so that code after `return` needs no special case.
 *
 * Invariants
 *   I1  a block takes its handler and its loop from the context in which it is created
 *   I2  a block is `entered` when a live block leads to it, by a terminal or as its handler
 */
import type * as ES from "@oxc-project/types";
import type { Scope } from "../source/bind.ts";
import { nodeSpan } from "../source/estree.ts";
import type { Op, Temp, Terminal, VariableId } from "../source/ir.ts";
import type { FunctionDraft, ModuleDraft } from "../source/module-draft.ts";
import type { Span } from "../source/span.ts";
import type { Exit, Region } from "./exits.ts";

export interface LoopDraft {
  readonly head: BlockDraft;
  readonly depth: number;
  readonly parent: LoopDraft | null;
}

export interface BlockDraft {
  /** In order of creation; `order.ts` renumbers. */
  readonly id: number;
  readonly ops: Op[];
  terminal: Terminal | null;
  readonly handler: BlockDraft | null;
  loop: LoopDraft | null;
  /** Of a loop's head: the loop's keyword. */
  loopSpan: Span | null;
  role: "plain" | "loop-head" | "catch" | "finally";
  entered: boolean;
}

/** Thrown inside a function that nests too deep; the function becomes opaque. Never leaves `lowerFunction`. */
export const TOO_DEEP = new Error("nested too deep");

/** Levels of nesting that are lowered; source text beyond them is opaque. A level costs up to a kilobyte of stack. */
export const DEPTH_LIMIT = 300;

/**
 * Operations after which a straight line goes on in a block of its own, at the next statement. An analysis forgets what is dead between blocks:
 * without cuts it would carry all that a function of ten thousand lines ever computed, and go through it at each step.
 */
export const LINE_LIMIT = 400;

export class FunctionBuilder {
  readonly module: ModuleDraft;
  readonly draft: FunctionDraft;
  readonly blocks: BlockDraft[] = [];
  /** Innermost last: what a jump may aim at and what it passes. */
  readonly exits: Exit[] = [];
  scope: Scope;
  current: BlockDraft;
  handler: BlockDraft | null = null;
  loop: LoopDraft | null = null;
  tempCount = 0;
  depth = 0;
  /** Copies of `finally` blocks made so far. */
  finallyCopies = 0;
  /** How many `finally` copies the code under way stands in. */
  copyDepth = 0;
  /** Labels written directly in front of the statement about to be lowered. */
  labels: readonly string[] = [];
  /** Start of the statement or member under way, with its `export`: where its documentation ends. */
  docStart = 0;
  /** Parameter properties of a derived class's constructor, set once `super()` has run. */
  afterSuper: (() => void) | null = null;
  /** `N.` inside `namespace N`: what types declared there are called in the module. */
  namespacePrefix = "";
  /** Inside `declare`: variables have no values. */
  ambient: boolean;
  /** The statement under way stands behind `export`. */
  exported = false;
  /** The module augmented by the `declare module "x"` under way. */
  augments: string | null = null;
  /** Regions of the `using` variables in scope, innermost last. */
  readonly disposals: { readonly region: Region; readonly after: BlockDraft }[] = [];
  private exit: BlockDraft | null = null;

  constructor(module: ModuleDraft, draft: FunctionDraft, scope: Scope) {
    this.module = module;
    this.draft = draft;
    this.scope = scope;
    this.ambient = module.parsed.language === "dts";
    this.current = this.block();
    this.current.entered = true;
  }

  temp(): Temp {
    return this.tempCount++;
  }

  emit(op: Op): void {
    this.current.ops.push(op);
  }

  /** False after a jump: nothing reaches the current block. */
  get live(): boolean {
    return this.current.entered;
  }

  block(role: BlockDraft["role"] = "plain"): BlockDraft {
    const block: BlockDraft = { id: this.blocks.length, ops: [], terminal: null, handler: this.handler, loop: this.loop, loopSpan: null, role, entered: false };
    this.blocks.push(block);
    return block;
  }

  /** Goes on in a block; the one before it must be closed. */
  begin(block: BlockDraft): void {
    this.current = block;
    if (block.entered && block.handler !== null) block.handler.entered = true;
  }

  close(terminal: Terminal): void {
    this.current.terminal = terminal;
    this.begin(this.block());
  }

  /** Between two statements: goes on in a new block where the line grows too long. */
  cutLine(): void {
    if (!this.live || this.current.ops.length < LINE_LIMIT) return;
    const next = this.block();
    this.goto(next);
    this.begin(next);
  }

  enter(block: BlockDraft): number {
    if (this.live) block.entered = true;
    return block.id;
  }

  goto(to: BlockDraft, back = false): void {
    this.close({ kind: "goto", to: this.enter(to), back });
  }

  branch(test: Temp, on: "truthy" | "nullish" | "undefined", then: BlockDraft, otherwise: BlockDraft, span: Span): void {
    this.close({ kind: "branch", test, on, then: this.enter(then), else: this.enter(otherwise), span });
  }

  /** The jump out of the function with a value, once every `finally` on the way has run. */
  return(value: Temp | null, implicit: boolean, span: Span): void {
    this.exit ??= this.exitBlock();
    this.close({ kind: "return", value, to: this.enter(this.exit), implicit, span });
  }

  /** To the handler, or out of the function. */
  throw(value: Temp, span: Span): void {
    if (this.handler !== null) this.goto(this.handler);
    else this.close({ kind: "throw", value, span });
  }

  private exitBlock(): BlockDraft {
    const block: BlockDraft = { id: this.blocks.length, ops: [], terminal: { kind: "exit" }, handler: null, loop: null, loopSpan: null, role: "plain", entered: false };
    this.blocks.push(block);
    return block;
  }

  /** Makes a loop's head; the loop is the context of what is created until `loop` is set back. */
  openLoop(span: Span): LoopDraft {
    const head = this.block("loop-head");
    head.loopSpan = span;
    const loop: LoopDraft = { head, depth: (this.loop?.depth ?? 0) + 1, parent: this.loop };
    head.loop = loop;
    this.loop = loop;
    return loop;
  }

  undefined(span: Span): Temp {
    const dst = this.temp();
    this.emit({ op: "const", dst, type: "undefined", value: null, span });
    return dst;
  }

  string(value: string, span: Span): Temp {
    const dst = this.temp();
    this.emit({ op: "const", dst, type: "string", value, span });
    return dst;
  }

  number(value: number, span: Span): Temp {
    const dst = this.temp();
    this.emit({ op: "const", dst, type: "number", value, span });
    return dst;
  }

  copy(dst: Temp, src: Temp, span: Span): void {
    this.emit({ op: "copy", dst, src, span });
  }

  load(variable: VariableId, span: Span): Temp {
    const dst = this.temp();
    this.emit({ op: "load", dst, variable, span });
    return dst;
  }

  get(object: Temp, key: string | null, index: Temp | null, span: Span, keySpan: Span, pattern = false): Temp {
    const dst = this.temp();
    this.emit({ op: "get", dst, object, key, index, keySpan, pattern, span });
    return dst;
  }

  /** Stores into a variable; `declaration` is the node that initialises it, null for an assignment. */
  store(variable: VariableId, src: Temp, declaration: object | null, span: Span): void {
    const draft = this.module.variable(variable);
    if (declaration === null) draft.reassigned = true;
    else if (draft.initialisedBy === null) draft.initialisedBy = declaration;
    else if (draft.initialisedBy !== declaration) draft.reassigned = true;
    this.emit({ op: "store", variable, src, init: declaration !== null, span });
    this.setExported(variable, src, span);
  }

  /** Sets a namespace's exported variable on the namespace's object too. */
  setExported(variable: VariableId, src: Temp, span: Span): void {
    const { name, exportedOn } = this.module.variable(variable);
    if (exportedOn === null) return;
    const object = this.load(exportedOn, span);
    this.emit({ op: "set", object, key: name, index: null, src, keySpan: span, span });
  }

  this(span: Span): Temp {
    const dst = this.temp();
    this.noteThis();
    this.emit({ op: "this", dst, span });
    return dst;
  }

  /** An arrow's `this` is its parent's. */
  noteThis(): void {
    for (let at: FunctionDraft | null = this.draft; at !== null && !at.usesThis; at = at.kind === "arrow" ? at.parent : null) at.usesThis = true;
  }

  opaque(span: Span, message: string): Temp {
    this.module.note(span, message);
    const dst = this.temp();
    this.emit({ op: "opaque", dst, span });
    return dst;
  }

  /** A module's own body stays, with a hole; any other function becomes opaque as a whole. */
  tooDeep(node: ES.Node): Temp {
    if (this.draft.kind !== "module") throw TOO_DEEP;
    return this.opaque(nodeSpan(node), `nested deeper than ${DEPTH_LIMIT} levels`);
  }
}
