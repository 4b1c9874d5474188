/** `&&`, `||`, `??`, `?:` and the tests of statements: control flow, with one arm of edges a path. */
import type * as ES from "@oxc-project/types";
import { nodeSpan } from "../source/estree.ts";
import type { Temp } from "../source/ir.ts";
import { type BlockDraft, DEPTH_LIMIT, type FunctionBuilder } from "./builder.ts";
import { lowerExpression } from "./lower-expression.ts";

/** The value of `a && b`, `a || b`, `a ?? b`; long chains lean to the left. */
export function lowerLogical(f: FunctionBuilder, node: ES.LogicalExpression): Temp {
  const spine: ES.LogicalExpression[] = [];
  let at: ES.Expression = node;
  while (at.type === "LogicalExpression") {
    spine.push(at);
    at = at.left;
  }
  let value = lowerExpression(f, at);
  for (let link = spine.pop(); link !== undefined; link = spine.pop()) {
    const { right } = link;
    value = shortCircuit(f, link.operator, value, link, () => lowerExpression(f, right));
  }
  return value;
}

/** `left` where it decides, else the value of `right`. */
export function shortCircuit(f: FunctionBuilder, operator: ES.LogicalOperator, left: Temp, node: ES.Span, right: () => Temp): Temp {
  const span = nodeSpan(node);
  const result = f.temp();
  const decided = f.block();
  const open = f.block();
  const join = f.block();
  if (operator === "&&") f.branch(left, "truthy", open, decided, span);
  else if (operator === "||") f.branch(left, "truthy", decided, open, span);
  else f.branch(left, "nullish", open, decided, span);
  f.begin(open);
  f.copy(result, right(), span);
  f.goto(join);
  f.begin(decided);
  f.copy(result, left, span);
  f.goto(join);
  f.begin(join);
  return result;
}

/** `a ? b : c ? d : e`; chains lean to the right and are walked in a loop. */
export function lowerConditional(f: FunctionBuilder, node: ES.ConditionalExpression): Temp {
  const result = f.temp();
  const join = f.block();
  let at: ES.Expression = node;
  while (at.type === "ConditionalExpression") {
    const then = f.block();
    const otherwise = f.block();
    lowerCondition(f, at.test, then, otherwise);
    f.begin(then);
    f.copy(result, lowerExpression(f, at.consequent), nodeSpan(at.consequent));
    f.goto(join);
    f.begin(otherwise);
    at = at.alternate;
  }
  f.copy(result, lowerExpression(f, at), nodeSpan(at));
  f.goto(join);
  f.begin(join);
  return result;
}

interface PendingRight {
  readonly right: ES.Expression;
  readonly block: BlockDraft;
  readonly then: BlockDraft;
  readonly otherwise: BlockDraft;
}

/** Goes to one of two blocks by a test, without a value for `&&`, `||` and `!` in it. A constant test has one way only. */
export function lowerCondition(f: FunctionBuilder, test: ES.Expression, then: BlockDraft, otherwise: BlockDraft): void {
  const pending: PendingRight[] = [];
  let at = test;
  let yes = then;
  let no = otherwise;
  for (;;) {
    if (at.type === "LogicalExpression" && at.operator !== "??") {
      const block = f.block();
      pending.push({ right: at.right, block, then: yes, otherwise: no });
      if (at.operator === "&&") yes = block;
      else no = block;
      at = at.left;
    } else if (at.type === "UnaryExpression" && at.operator === "!") {
      [yes, no] = [no, yes];
      at = at.argument;
    } else if (at.type === "ParenthesizedExpression") at = at.expression;
    else break;
  }
  lowerTest(f, at, yes, no);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    f.begin(next.block);
    lowerNested(f, next);
  }
}

/** The right operand may be a condition of its own, so this recurses once a level of nesting. */
function lowerNested(f: FunctionBuilder, { right, then, otherwise }: PendingRight): void {
  f.depth++;
  if (isConditionOperator(right) && f.depth < DEPTH_LIMIT) lowerCondition(f, right, then, otherwise);
  else lowerTest(f, right, then, otherwise);
  f.depth--;
}

function isConditionOperator(node: ES.Expression): boolean {
  return (node.type === "LogicalExpression" && node.operator !== "??") || (node.type === "UnaryExpression" && node.operator === "!");
}

function lowerTest(f: FunctionBuilder, test: ES.Expression, then: BlockDraft, otherwise: BlockDraft): void {
  const constant = constantTruth(test);
  if (constant !== null) {
    f.goto(constant ? then : otherwise);
    return;
  }
  f.branch(lowerExpression(f, test), "truthy", then, otherwise, nodeSpan(test));
}

/** Whether a literal is truthy; null when it is none. */
export function constantTruth(node: ES.Expression): boolean | null {
  if (node.type === "Literal") {
    if ("regex" in node) return true;
    return "bigint" in node ? node.bigint !== "0" : Boolean(node.value);
  }
  return null;
}
