/**
 * Member accesses and calls: `a.b`, `a[b]`, `a.b(c)`, `a?.b.c()`, `new C()`, `delete a.b`. A chain is taken from its innermost value
 * outwards in a loop. In an optional chain every `?.` that meets null or undefined leaves for one block, where the whole chain is undefined.
 */
import type * as ES from "@oxc-project/types";
import { lookUp } from "../source/bind.ts";
import { nodeSpan, propertyKey } from "../source/estree.ts";
import type { CallArg, Temp } from "../source/ir.ts";
import { castAt } from "../source/jsdoc-casts.ts";
import { readArguments, typeReader } from "../source/read-type.ts";
import type { Span } from "../source/span.ts";
import { type BlockDraft, DEPTH_LIMIT, type FunctionBuilder } from "./builder.ts";
import { castTo, lowerExpression, lowerSuper } from "./lower-expression.ts";
import { recordExportStar } from "./lower-exports.ts";
import { recordRequire } from "./lower-imports.ts";

/** A value and, when it was read from an object, that object and the key: what a call of it needs. */
export interface Chained {
  readonly value: Temp;
  readonly receiver: Temp | null;
  readonly key: string | null;
}

type Link =
  | ES.MemberExpression
  | ES.CallExpression
  | ES.TSNonNullExpression
  | ES.TSAsExpression
  | ES.TSSatisfiesExpression
  | ES.TSTypeAssertion
  | ES.TSInstantiationExpression
  | ES.ParenthesizedExpression;

/** Where the chain is undefined; made at its first `?.`. */
interface ShortCut {
  missing: BlockDraft | null;
}

/** `callee`: the value is going to be called, so its receiver counts. */
export function lowerChain(f: FunctionBuilder, node: ES.MemberExpression | ES.CallExpression | ES.ChainExpression | ES.TSNonNullExpression, callee = false): Chained {
  const shortCut: ShortCut = { missing: null };
  const chained = lowerLinks(f, node.type === "ChainExpression" ? node.expression : node, shortCut);
  if (shortCut.missing === null) return chained;
  return joinChain(f, callee ? chained : { ...chained, receiver: null }, shortCut.missing, nodeSpan(node));
}

function lowerLinks(f: FunctionBuilder, node: ES.Expression, shortCut: ShortCut): Chained {
  const links: Link[] = [];
  let at = node;
  while (isLink(at) && (at === node || castAt(f.module, at) === null)) {
    links.push(at);
    at = at.type === "MemberExpression" ? at.object : at.type === "CallExpression" ? at.callee : at.expression;
  }
  let chained = chainBase(f, at, links);
  for (let link = links.pop(); link !== undefined; link = links.pop()) chained = lowerLink(f, link, chained, shortCut);
  return chained;
}

function isLink(node: ES.Expression): node is Link {
  switch (node.type) {
    case "MemberExpression":
    case "CallExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "TSInstantiationExpression":
    case "ParenthesizedExpression":
      return true;
    default:
      return false;
  }
}

/** The innermost value. `(a?.b)()` is a chain inside a chain and hands on its receiver. */
function chainBase(f: FunctionBuilder, base: ES.Expression, links: Link[]): Chained {
  if (base.type === "ChainExpression") return withDepth(f, base, () => lowerChain(f, base, true));
  if (base.type === "Super") {
    const call = links.at(-1);
    if (call?.type === "CallExpression") {
      links.pop();
      return { value: lowerSuperCall(f, call), receiver: null, key: null };
    }
    return { value: lowerSuper(f, base), receiver: null, key: null };
  }
  return { value: lowerExpression(f, base), receiver: null, key: null };
}

function withDepth(f: FunctionBuilder, node: ES.Expression, lower: () => Chained): Chained {
  if (f.depth >= DEPTH_LIMIT) return { value: f.tooDeep(node), receiver: null, key: null };
  f.depth++;
  const chained = lower();
  f.depth--;
  return chained;
}

function lowerLink(f: FunctionBuilder, link: Link, before: Chained, shortCut: ShortCut): Chained {
  switch (link.type) {
    case "MemberExpression": {
      if (link.optional) guard(f, before.value, shortCut, nodeSpan(link));
      const { key, index } = memberKey(f, link);
      const value = f.get(before.value, key, index, nodeSpan(link), nodeSpan(link.property));
      return { value, receiver: before.value, key };
    }
    case "CallExpression":
      if (link.optional) guard(f, before.value, shortCut, nodeSpan(link));
      return { value: lowerCall(f, link, before), receiver: null, key: null };
    case "TSNonNullExpression": {
      const dst = f.temp();
      f.emit({ op: "cast", dst, src: before.value, type: null, form: "non-null", span: nodeSpan(link) });
      return { ...before, value: dst };
    }
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return { ...before, value: castTo(f, before.value, link) };
    case "TSInstantiationExpression":
    case "ParenthesizedExpression":
      return before;
  }
}

function guard(f: FunctionBuilder, value: Temp, shortCut: ShortCut, span: Span): void {
  shortCut.missing ??= f.block();
  const present = f.block();
  f.branch(value, "nullish", shortCut.missing, present, span);
  f.begin(present);
}

function joinChain(f: FunctionBuilder, chained: Chained, missing: BlockDraft, span: Span): Chained {
  const value = f.temp();
  const receiver = chained.receiver === null ? null : f.temp();
  const join = f.block();
  f.copy(value, chained.value, span);
  if (receiver !== null && chained.receiver !== null) f.copy(receiver, chained.receiver, span);
  f.goto(join);
  f.begin(missing);
  const nothing = f.undefined(span);
  f.copy(value, nothing, span);
  if (receiver !== null) f.copy(receiver, nothing, span);
  f.goto(join);
  f.begin(join);
  return { value, receiver, key: chained.key };
}

/** The constant key of a member access, or the temp of its computed one. */
export function memberKey(f: FunctionBuilder, node: ES.MemberExpression): { readonly key: string | null; readonly index: Temp | null } {
  return keyOf(f, node.property, node.computed);
}

export function keyOf(f: FunctionBuilder, property: ES.PropertyKey, computed: boolean): { readonly key: string | null; readonly index: Temp | null } {
  const key = propertyKey(property, computed, () => lookUp(f.scope, "Symbol") === null);
  if (key !== null) return { key, index: null };
  return { key: null, index: property.type === "PrivateIdentifier" ? null : lowerExpression(f, property) };
}

function lowerCall(f: FunctionBuilder, node: ES.CallExpression, callee: Chained): Temp {
  recordRequire(f, node);
  recordExportStar(f, node);
  const args = lowerArguments(f, node.arguments);
  const dst = f.temp();
  f.emit({
    op: "call",
    dst,
    callee: callee.value,
    receiver: callee.receiver,
    key: callee.key,
    args,
    calleeSpan: nodeSpan(node.callee),
    tagged: false,
    typeArgs: readArguments(typeReader(f.module, f.scope), node.typeArguments),
    span: nodeSpan(node),
  });
  return dst;
}

function lowerSuperCall(f: FunctionBuilder, node: ES.CallExpression): Temp {
  const args = lowerArguments(f, node.arguments);
  const dst = f.temp();
  f.noteThis();
  f.emit({ op: "super-call", dst, args, span: nodeSpan(node) });
  f.afterSuper?.();
  f.afterSuper = null;
  return dst;
}

export function lowerNew(f: FunctionBuilder, node: ES.NewExpression): Temp {
  const callee = lowerExpression(f, node.callee);
  const args = lowerArguments(f, node.arguments);
  const dst = f.temp();
  const typeArgs = readArguments(typeReader(f.module, f.scope), node.typeArguments);
  f.emit({ op: "new", dst, callee, args, calleeSpan: nodeSpan(node.callee), typeArgs, span: nodeSpan(node) });
  return dst;
}

export function lowerArguments(f: FunctionBuilder, nodes: readonly ES.Argument[]): readonly CallArg[] {
  return nodes.map((node) => lowerItem(f, node));
}

/** An argument or element, spread or not. */
export function lowerItem(f: FunctionBuilder, node: ES.Argument): CallArg {
  const spread = node.type === "SpreadElement";
  return { temp: lowerExpression(f, spread ? node.argument : node), spread, span: nodeSpan(node) };
}

/** `delete a.b`, `delete a?.b`; anything else is evaluated and the answer is true. */
export function lowerDelete(f: FunctionBuilder, node: ES.UnaryExpression): Temp {
  const span = nodeSpan(node);
  let target = node.argument;
  const isChain = target.type === "ChainExpression";
  if (target.type === "ChainExpression") target = target.expression;
  while (target.type === "TSNonNullExpression" || target.type === "ParenthesizedExpression") target = target.expression;
  if (target.type !== "MemberExpression") {
    if (target.type !== "Identifier") lowerExpression(f, target);
    return trueTemp(f, span);
  }
  const result = f.temp();
  const join = f.block();
  const shortCut: ShortCut = { missing: null };
  const object = isChain ? lowerLinks(f, target.object, shortCut).value : lowerExpression(f, target.object);
  if (target.optional) guard(f, object, shortCut, span);
  const { key, index } = memberKey(f, target);
  const dst = f.temp();
  f.emit({ op: "delete", dst, object, key, index, span });
  f.copy(result, dst, span);
  f.goto(join);
  if (shortCut.missing !== null) {
    f.begin(shortCut.missing);
    f.copy(result, trueTemp(f, span), span);
    f.goto(join);
  }
  f.begin(join);
  return result;
}

function trueTemp(f: FunctionBuilder, span: Span): Temp {
  const dst = f.temp();
  f.emit({ op: "const", dst, type: "boolean", value: true, span });
  return dst;
}
