/** Loops. The head is where a round begins: the test, or the question for the next element. A `goto` marked `back` leads to it. */
import type * as ES from "@oxc-project/types";
import { createScope, declarePattern } from "../source/bind.ts";
import { nodeSpan } from "../source/estree.ts";
import { keepLoop } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import type { BlockDraft, FunctionBuilder } from "./builder.ts";
import { constantTruth, lowerCondition } from "./lower-condition.ts";
import { lowerExpression } from "./lower-expression.ts";
import { destructure } from "./lower-pattern.ts";
import { lowerBody } from "./lower-statement.ts";
import { beginDisposal, endDisposals, lowerVariables } from "./lower-variables.ts";

type LoopNode = ES.ForStatement | ES.ForInStatement | ES.ForOfStatement | ES.WhileStatement | ES.DoWhileStatement;

/** `labels` stand in front of the loop: `break` and `continue` may name them. */
export function lowerLoop(f: FunctionBuilder, node: LoopNode, labels: readonly string[]): void {
  switch (node.type) {
    case "ForStatement":
      lowerFor(f, node, labels);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      lowerForEach(f, node, labels);
      break;
    case "WhileStatement":
      lowerWhile(f, node, labels);
      break;
    case "DoWhileStatement":
      lowerDoWhile(f, node, labels);
      break;
  }
}

/** `while`, `for`, `do`. */
function keyword(node: LoopNode): Span {
  const { start } = nodeSpan(node);
  return keepLoop({ start, end: start + (node.type === "WhileStatement" ? 5 : node.type === "DoWhileStatement" ? 2 : 3) }, nodeSpan(node));
}

function lowerWhile(f: FunctionBuilder, node: ES.WhileStatement, labels: readonly string[]): void {
  const after = f.block();
  const outer = f.loop;
  const { head } = f.openLoop(keyword(node));
  const body = f.block();
  f.goto(head);
  f.begin(head);
  lowerCondition(f, node.test, body, after);
  f.exits.push({ kind: "loop", labels, breakTo: after, continueTo: head, head });
  f.begin(body);
  lowerBody(f, node.body);
  f.goto(head, true);
  f.exits.pop();
  f.loop = outer;
  f.begin(after);
}

/** The body is the head. `do {} while (false)` is no loop: it has no way back. */
function lowerDoWhile(f: FunctionBuilder, node: ES.DoWhileStatement, labels: readonly string[]): void {
  const after = f.block();
  const outer = f.loop;
  const isLoop = constantTruth(node.test) !== false;
  const head = isLoop ? f.openLoop(keyword(node)).head : f.block();
  const test = f.block();
  f.goto(head);
  f.begin(head);
  f.exits.push({ kind: "loop", labels, breakTo: after, continueTo: test, head: isLoop ? head : null });
  lowerBody(f, node.body);
  f.goto(test);
  f.exits.pop();
  f.begin(test);
  const again = f.block();
  lowerCondition(f, node.test, again, after);
  f.begin(again);
  f.goto(head, true);
  f.loop = outer;
  f.begin(after);
}

function lowerFor(f: FunctionBuilder, node: ES.ForStatement, labels: readonly string[]): void {
  const after = f.block();
  const outerLoop = f.loop;
  const outerScope = f.scope;
  const disposals = f.disposals.length;
  if (node.init?.type === "VariableDeclaration") {
    enterHeadScope(f, node, node.init);
    lowerVariables(f, node.init);
  } else if (node.init !== null) lowerExpression(f, node.init);
  // Disposing what the head declares is part of leaving the loop, so the loop ends in a block inside that region.
  const inner = f.block();
  const { head } = f.openLoop(keyword(node));
  const body = f.block();
  const update = node.update === null ? head : f.block();
  f.goto(head);
  f.begin(head);
  if (node.test === null) f.goto(body);
  else lowerCondition(f, node.test, body, inner);
  f.exits.push({ kind: "loop", labels, breakTo: inner, continueTo: update, head });
  f.begin(body);
  lowerBody(f, node.body);
  f.goto(update, update === head);
  f.exits.pop();
  if (node.update !== null) {
    f.begin(update);
    lowerExpression(f, node.update);
    f.goto(head, true);
  }
  f.loop = outerLoop;
  f.begin(inner);
  endDisposals(f, disposals);
  f.goto(after);
  f.scope = outerScope;
  f.begin(after);
}

function enterHeadScope(f: FunctionBuilder, node: object, declaration: ES.VariableDeclaration): void {
  if (declaration.kind === "var") return;
  let scope = f.module.scopeOf.get(node);
  if (scope === undefined) {
    scope = createScope(f.scope, f.draft);
    const kind = declaration.kind === "await using" ? "await-using" : declaration.kind;
    for (const declarator of declaration.declarations) declarePattern(f.module, scope, kind, declarator.id);
    f.module.scopeOf.set(node, scope);
  }
  f.scope = scope;
}

/** `for-in`, `for-of`, `for await`: the head asks the iterator. An asynchronous one is awaited there, at the end too. */
function lowerForEach(f: FunctionBuilder, node: ES.ForInStatement | ES.ForOfStatement, labels: readonly string[]): void {
  const span = nodeSpan(node.left);
  const outerLoop = f.loop;
  const outerScope = f.scope;
  const isAwait = node.type === "ForOfStatement" && node.await;
  const after = f.block();
  const src = lowerExpression(f, node.right);
  const iterator = f.temp();
  f.emit({ op: "iterate", dst: iterator, src, form: node.type === "ForInStatement" ? "in" : isAwait ? "await" : "of", span: nodeSpan(node.right) });
  const { head } = f.openLoop(keyword(node));
  const body = f.block();
  f.goto(head);
  f.begin(head);
  if (isAwait) f.emit({ op: "await", dst: f.temp(), src: iterator, form: "for-await", span: nodeSpan(node.right) });
  const value = f.temp();
  f.close({ kind: "next", iterator, value, body: f.enter(body), done: f.enter(after), span });
  f.exits.push({ kind: "loop", labels, breakTo: after, continueTo: head, head });
  f.begin(body);
  if (node.left.type === "VariableDeclaration") enterHeadScope(f, node, node.left);
  lowerRound(f, node, value, head);
  f.exits.pop();
  f.loop = outerLoop;
  f.scope = outerScope;
  f.begin(after);
}

/** Binds the element and runs the body. `using` in the head is disposed every round. */
function lowerRound(f: FunctionBuilder, node: ES.ForInStatement | ES.ForOfStatement, value: number, head: BlockDraft): void {
  const { left } = node;
  const disposals = f.disposals.length;
  if (left.type === "VariableDeclaration") {
    const declarator = left.declarations[0];
    if (declarator !== undefined) destructure(f, declarator.id, value, declarator);
    const variable = declarator?.id.type === "Identifier" ? f.scope.names.get(declarator.id.name) : undefined;
    if (variable !== undefined && (left.kind === "using" || left.kind === "await using")) {
      beginDisposal(f, variable, left, left.kind === "await using");
    }
  } else destructure(f, left, value, null);
  lowerBody(f, node.body);
  endDisposals(f, disposals);
  f.goto(head, true);
}
