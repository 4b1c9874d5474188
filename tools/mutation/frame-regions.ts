/**
 * The stretches of a program in which a frame is open, as statements:
 *
 *   pair       begin; ...; end;                    in one list of statements
 *   finally    begin; try { ... } finally { end }
 *   using      using frame = alloc.frame(); ...    to the end of the list
 *   callback   alloc.withFrame(() => { ... })
 */
import type * as ES from "@oxc-project/types";
import type { CleanProgram, RuntimeCall } from "./clean-program.ts";
import type { FunctionNode, SyntaxTree } from "./syntax-tree.ts";

export interface FrameRegion {
  readonly kind: "pair" | "finally" | "using" | "callback";
  readonly program: CleanProgram;
  readonly tree: SyntaxTree;
  /** What opens it. */
  readonly call: RuntimeCall;
  /** The allocator, as written there. */
  readonly allocator: string;
  /** The function it stands in, for a callback the callback itself; null at the top of a file. */
  readonly fn: FunctionNode | null;
  /** The statements inside, in order; never empty. */
  readonly body: readonly ES.Statement[];
  /** Of a pair: the statements that open and close it, and the list they stand in. */
  readonly begin: ES.Statement | null;
  readonly end: ES.Statement | null;
  readonly list: readonly ES.Statement[];
}

/** In the order of the program's files and texts. */
export function frameRegions(program: CleanProgram): FrameRegion[] {
  return program.calls.flatMap((call) => {
    const region = call.effect.kind === "begin" ? begun(program, call) : call.effect.kind === "frame-scope" ? opened(program, call) : call.effect.kind === "with-frame" ? calledBack(program, call, call.effect.callback) : null;
    return region === null || region.body.length === 0 ? [] : [region];
  });
}

/** The statement that is nothing but this call. */
export function statementOf(tree: SyntaxTree, node: ES.CallExpression): ES.Statement | null {
  const parent = tree.parentOf(node);
  return parent?.type === "ExpressionStatement" ? parent : null;
}

function begun(program: CleanProgram, call: RuntimeCall): FrameRegion | null {
  const { tree } = call;
  const begin = statementOf(tree, call.node);
  const place = begin === null ? null : tree.placeOf(begin);
  if (begin === null || place === null) return null;
  const { list, index } = place;
  const shared = { program, tree, call, allocator: call.receiver, fn: tree.functionAround(begin), begin };
  const guarded = list[index + 1];
  if (guarded?.type === "TryStatement" && guarded.finalizer?.body.some((statement) => isEnd(program, call, statement)) === true) {
    return { ...shared, kind: "finally", list: guarded.block.body, body: guarded.block.body, end: null };
  }
  const last = list.findIndex((statement, at) => at > index && isEnd(program, call, statement));
  const end = list[last];
  return end === undefined ? null : { ...shared, kind: "pair", list, body: list.slice(index + 1, last), end };
}

function opened(program: CleanProgram, call: RuntimeCall): FrameRegion | null {
  const { tree } = call;
  const declarator = tree.parentOf(call.node);
  const declaration = declarator?.type === "VariableDeclarator" ? tree.parentOf(declarator) : null;
  const place = declaration?.type === "VariableDeclaration" && declaration.kind === "using" ? tree.placeOf(declaration) : null;
  if (place === null) return null;
  const { list, index } = place;
  return { kind: "using", program, tree, call, allocator: call.receiver, fn: tree.functionAround(call.node), begin: null, end: null, list, body: list.slice(index + 1) };
}

function calledBack(program: CleanProgram, call: RuntimeCall, callback: number): FrameRegion | null {
  const fn = call.node.arguments[callback];
  if ((fn?.type !== "ArrowFunctionExpression" && fn?.type !== "FunctionExpression") || fn.body?.type !== "BlockStatement") return null;
  const list = fn.body.body;
  return { kind: "callback", program, tree: call.tree, call, allocator: call.receiver, fn, begin: null, end: null, list, body: list };
}

function isEnd(program: CleanProgram, begin: RuntimeCall, statement: ES.Statement): boolean {
  if (statement.type !== "ExpressionStatement") return false;
  return program.calls.some((call) => call.tree === begin.tree && call.node === statement.expression && call.effect.kind === "end" && call.receiver === begin.receiver);
}

/** Whether its allocator has pools, tags and budgets too: a `SmartAlloc`, no arena alone. */
export function isSmart({ program, call }: FrameRegion): boolean {
  return program.linked.tracer.targets(call.module, call.fn, call.op.dst).apis.some((api) => api.includes("SmartAlloc#"));
}
