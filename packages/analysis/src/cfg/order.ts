/**
 * From the blocks as they were built to the blocks of `FunctionIR`: unreachable ones dropped, straight lines joined, reverse postorder,
 * predecessors. Successors count handlers too, so a catch block follows the code that it guards. Linear; iterative.
 */
import type { Block, BlockId, Op, Terminal } from "../source/ir.ts";
import { type BlockDraft, LINE_LIMIT } from "./builder.ts";

const UNREACHED = -1;

/** The blocks a terminal leads to, the likelier or earlier written one first. */
export function successors(terminal: Terminal): readonly BlockId[] {
  switch (terminal.kind) {
    case "goto":
    case "return":
      return [terminal.to];
    case "branch":
      return terminal.then === terminal.else ? [terminal.then] : [terminal.then, terminal.else];
    case "next":
      return [terminal.body, terminal.done];
    case "throw":
    case "exit":
      return [];
  }
}

/** Blocks of a finished function: `drafts[0]` is the entry and drafts carry their index as id. */
export function orderBlocks(drafts: readonly BlockDraft[]): readonly Block[] {
  joinLines(drafts);
  const order = reversePostorder(drafts);
  // Plain arrays here and below: functions have few blocks, and a typed array costs more than all that is put into it.
  const newIds = filled(drafts.length, UNREACHED);
  order.forEach((draft, index) => { newIds[draft.id] = index; });
  const id = (old: BlockId): BlockId => {
    const renumbered = newIds[old];
    if (renumbered === undefined || renumbered === UNREACHED) throw new Error(`block ${old} is reached and was not visited`);
    return renumbered;
  };
  const terminals = order.map((draft) => renumber(terminalOf(draft), id));
  const predecessors: BlockId[][] = order.map(() => []);
  terminals.forEach((terminal, index) => {
    for (const to of successors(terminal)) predecessors[to]?.push(index);
  });
  return order.map((draft, index) => ({
    id: index,
    ops: renumberLeaves(draft.ops, id),
    // One terminal was made for each block just above.
    terminal: terminals[index] as Terminal,
    predecessors: predecessors[index] ?? [],
    handler: draft.handler === null ? null : id(draft.handler.id),
    loopDepth: draft.loop?.depth ?? 0,
    loop: draft.loop === null ? null : id(draft.loop.head.id),
    loopSpan: draft.loopSpan,
    role: draft.role,
  }));
}

function terminalOf(draft: BlockDraft): Terminal {
  if (draft.terminal === null) throw new Error(`block ${draft.id} is reached and has no terminal`);
  return draft.terminal;
}

/** Depth first with an explicit stack. A block's last successor is finished first, so the first one comes next in the order. */
function reversePostorder(drafts: readonly BlockDraft[]): BlockDraft[] {
  const seen = filled(drafts.length, 0);
  const postorder: BlockDraft[] = [];
  const open: { readonly draft: BlockDraft; readonly next: readonly BlockId[]; at: number }[] = [];
  const visit = (draft: BlockDraft | undefined): void => {
    if (draft === undefined || seen[draft.id] === 1) return;
    seen[draft.id] = 1;
    const to = successors(terminalOf(draft));
    const next = draft.handler === null ? to : [...to, draft.handler.id];
    open.push({ draft, next, at: next.length - 1 });
  };
  visit(drafts[0]);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (top.at < 0) {
      postorder.push(top.draft);
      open.pop();
    } else visit(drafts[top.next[top.at--] ?? 0]);
  }
  return postorder.reverse();
}

/** Appends a block to its only predecessor where that one goes nowhere else and nothing distinguishes the two; a long line stays cut. */
function joinLines(drafts: readonly BlockDraft[]): void {
  const uses = countUses(drafts);
  for (const draft of drafts) {
    while (draft.entered) {
      const terminal = draft.terminal;
      if (terminal?.kind !== "goto" || terminal.back) break;
      const next = drafts[terminal.to];
      if (next === undefined || next === draft || uses[next.id] !== 1 || next.role !== "plain" || next.handler !== draft.handler || next.loop !== draft.loop) break;
      if (next.terminal === null || next.terminal.kind === "exit" || draft.ops.length >= LINE_LIMIT) break;
      for (const op of next.ops) draft.ops.push(op);
      draft.terminal = next.terminal;
      // The joined block is left behind unreachable.
      next.terminal = null;
      next.ops.length = 0;
    }
  }
}

/** How often each block is led to, by reachable and unreachable blocks and as a handler. */
function countUses(drafts: readonly BlockDraft[]): readonly number[] {
  const uses = filled(drafts.length, 0);
  uses[0] = 1;
  const count = (id: BlockId): void => {
    uses[id] = (uses[id] ?? 0) + 1;
  };
  for (const draft of drafts) {
    if (!draft.entered) continue;
    if (draft.terminal !== null) successors(draft.terminal).forEach(count);
    if (draft.handler !== null) count(draft.handler.id);
  }
  return uses;
}

function filled(length: number, value: number): number[] {
  return new Array<number>(length).fill(value);
}

function renumber(terminal: Terminal, id: (old: BlockId) => BlockId): Terminal {
  switch (terminal.kind) {
    case "goto":
    case "return":
      return { ...terminal, to: id(terminal.to) };
    case "branch":
      return { ...terminal, then: id(terminal.then), else: id(terminal.else) };
    case "next":
      return { ...terminal, body: id(terminal.body), done: id(terminal.done) };
    case "throw":
    case "exit":
      return terminal;
  }
}

/** What is reached in a loop is reached over its head, so the head has a number. */
function renumberLeaves(ops: readonly Op[], id: (old: BlockId) => BlockId): readonly Op[] {
  if (!ops.some((op) => op.op === "leave" && op.loop !== null)) return ops;
  return ops.map((op) => (op.op === "leave" && op.loop !== null ? { ...op, loop: id(op.loop) } : op));
}
