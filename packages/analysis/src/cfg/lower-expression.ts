/**
 * Expressions to operations. Each returns the temp that holds its value. Chains that grow to the left (`a + b + c`, `a.b().c`, `a && b && c`)
 * are walked in a loop; any other nesting counts against `DEPTH_LIMIT`.
 */
import type * as ES from "@oxc-project/types";
import { resolve } from "../source/bind.ts";
import { constantString, nodeSpan, startOf } from "../source/estree.ts";
import type { Temp } from "../source/ir.ts";
import { castAt } from "../source/jsdoc-casts.ts";
import { readType, typeReader } from "../source/read-type.ts";
import type { FunctionBuilder } from "./builder.ts";
import { lowerAssignment, lowerUpdate } from "./lower-assign.ts";
import { lowerChain, lowerDelete, lowerNew } from "./lower-chain.ts";
import { lowerClass } from "./lower-class.ts";
import { lowerConditional, lowerLogical } from "./lower-condition.ts";
import { functionValue } from "./function-value.ts";
import { lowerJsx } from "./lower-jsx.ts";
import { lowerArray, lowerLiteral, lowerObject, lowerTagged, lowerTemplate } from "./lower-literal.ts";
import { recordDynamicImport } from "./lower-imports.ts";
import { DEPTH_LIMIT } from "./builder.ts";

export function lowerExpression(f: FunctionBuilder, node: ES.Expression): Temp {
  if (f.depth >= DEPTH_LIMIT) return f.tooDeep(node);
  f.depth++;
  const cast = castAt(f.module, node);
  const value = lowerKind(f, node);
  f.depth--;
  if (cast === null) return value;
  const dst = f.temp();
  f.emit({ op: "cast", dst, src: value, type: cast(typeReader(f.module, f.scope)), form: "as", span: nodeSpan(node) });
  return dst;
}

function lowerKind(f: FunctionBuilder, node: ES.Expression): Temp {
  switch (node.type) {
    case "Identifier":
      return lowerIdentifier(f, node);
    case "Literal":
      return lowerLiteral(f, node);
    case "MemberExpression":
    case "CallExpression":
    case "ChainExpression":
    case "TSNonNullExpression":
      return lowerChain(f, node).value;
    case "BinaryExpression":
      return lowerBinary(f, node);
    case "LogicalExpression":
      return lowerLogical(f, node);
    case "ConditionalExpression":
      return lowerConditional(f, node);
    case "AssignmentExpression":
      return lowerAssignment(f, node);
    case "UpdateExpression":
      return lowerUpdate(f, node);
    case "UnaryExpression":
      return lowerUnary(f, node);
    case "NewExpression":
      return lowerNew(f, node);
    case "ThisExpression":
      return f.this(nodeSpan(node));
    case "ObjectExpression":
      return lowerObject(f, node);
    case "ArrayExpression":
      return lowerArray(f, node);
    case "TemplateLiteral":
      return lowerTemplate(f, node);
    case "TaggedTemplateExpression":
      return lowerTagged(f, node);
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "TSEmptyBodyFunctionExpression":
      return functionValue(f, node);
    case "ClassExpression":
    case "ClassDeclaration":
      return lowerClass(f, node);
    case "SequenceExpression":
      return lowerSequence(f, node);
    default:
      return lowerRarer(f, node);
  }
}

function lowerRarer(f: FunctionBuilder, node: ES.Expression): Temp {
  switch (node.type) {
    case "AwaitExpression":
      return lowerAwait(f, node);
    case "YieldExpression":
      return lowerYield(f, node);
    case "ImportExpression":
      return lowerImport(f, node);
    case "MetaProperty":
      return lowerMeta(f, node);
    case "JSXElement":
    case "JSXFragment":
      return lowerJsx(f, node);
    case "TSAsExpression":
    case "TSTypeAssertion":
    case "TSSatisfiesExpression":
      return lowerCast(f, node);
    case "TSInstantiationExpression":
    case "ParenthesizedExpression":
      return lowerExpression(f, node.expression);
    case "Super":
      return lowerSuper(f, node);
    default:
      return f.opaque(nodeSpan(node), `\`${(node as ES.Node).type}\` is not understood`);
  }
}

export function lowerIdentifier(f: FunctionBuilder, node: ES.IdentifierReference): Temp {
  return lowerName(f, node.name, node);
}

/** The value of a name where the function stands. */
export function lowerName(f: FunctionBuilder, name: string, at: ES.Span): Temp {
  const span = nodeSpan(at);
  const resolved = resolve(f.module, f.scope, name, f.draft);
  if (resolved.kind === "variable") return f.load(resolved.variable, span);
  const dst = f.temp();
  if (resolved.kind === "temp") f.copy(dst, resolved.temp, span);
  else if (name === "undefined") f.emit({ op: "const", dst, type: "undefined", value: null, span });
  else f.emit({ op: "global", dst, name, span });
  return dst;
}

export function lowerSuper(f: FunctionBuilder, node: ES.Super): Temp {
  const dst = f.temp();
  f.noteThis();
  f.emit({ op: "super", dst, span: nodeSpan(node) });
  return dst;
}

function lowerBinary(f: FunctionBuilder, node: ES.BinaryExpression | ES.PrivateInExpression): Temp {
  const spine: (ES.BinaryExpression | ES.PrivateInExpression)[] = [];
  let at: ES.Expression | ES.PrivateIdentifier = node;
  while (at.type === "BinaryExpression") {
    spine.push(at);
    at = at.left;
  }
  let left = at.type === "PrivateIdentifier" ? f.string(`#${at.name}`, nodeSpan(at)) : lowerExpression(f, at);
  for (let link = spine.pop(); link !== undefined; link = spine.pop()) {
    const right = lowerExpression(f, link.right);
    const dst = f.temp();
    f.emit({ op: "binary", dst, operator: link.operator, left, right, span: nodeSpan(link) });
    left = dst;
  }
  return left;
}

function lowerUnary(f: FunctionBuilder, node: ES.UnaryExpression): Temp {
  if (node.operator === "delete") return lowerDelete(f, node);
  const src = lowerExpression(f, node.argument);
  const dst = f.temp();
  f.emit({ op: "unary", dst, operator: node.operator, src, span: nodeSpan(node) });
  return dst;
}

function lowerSequence(f: FunctionBuilder, node: ES.SequenceExpression): Temp {
  let last: Temp | null = null;
  for (const expression of node.expressions) last = lowerExpression(f, expression);
  return last ?? f.undefined(nodeSpan(node));
}

function lowerAwait(f: FunctionBuilder, node: ES.AwaitExpression): Temp {
  const src = lowerExpression(f, node.argument);
  const dst = f.temp();
  f.emit({ op: "await", dst, src, form: "await", span: nodeSpan(node) });
  return dst;
}

function lowerYield(f: FunctionBuilder, node: ES.YieldExpression): Temp {
  const src = node.argument === null ? null : lowerExpression(f, node.argument);
  const dst = f.temp();
  f.emit({ op: "yield", dst, src, delegate: node.delegate, span: nodeSpan(node) });
  return dst;
}

function lowerImport(f: FunctionBuilder, node: ES.ImportExpression): Temp {
  const src = lowerExpression(f, node.source);
  if (node.options != null) lowerExpression(f, node.options);
  const dst = f.temp();
  const specifier = constantString(node.source);
  recordDynamicImport(f.module, node, specifier);
  f.emit({ op: "import", dst, specifier, src, span: nodeSpan(node) });
  return dst;
}

function lowerMeta(f: FunctionBuilder, node: ES.MetaProperty): Temp {
  const dst = f.temp();
  f.emit({ op: "meta", dst, name: node.meta.name === "new" ? "new.target" : "import.meta", span: nodeSpan(node) });
  return dst;
}

function lowerCast(f: FunctionBuilder, node: ES.TSAsExpression | ES.TSTypeAssertion | ES.TSSatisfiesExpression): Temp {
  const src = lowerExpression(f, node.expression);
  return castTo(f, src, node);
}

export function castTo(f: FunctionBuilder, src: Temp, node: ES.TSAsExpression | ES.TSTypeAssertion | ES.TSSatisfiesExpression): Temp {
  const dst = f.temp();
  const isConst = node.typeAnnotation.type === "TSTypeReference" && node.typeAnnotation.typeName.type === "Identifier" && node.typeAnnotation.typeName.name === "const";
  const type = isConst ? null : readType(typeReader(f.module, f.scope), node.typeAnnotation);
  f.emit({ op: "cast", dst, src, type, form: node.type === "TSSatisfiesExpression" ? "satisfies" : "as", span: nodeSpan(node) });
  return dst;
}

/** Gives an anonymous function or class the name under which it is stored. */
export function nameValue(f: FunctionBuilder, value: ES.Expression, name: string | null, at: ES.Span, variable: number | null, docStart: number): void {
  let node: ES.Expression = value;
  while (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" || node.type === "TSTypeAssertion" || node.type === "TSNonNullExpression" || node.type === "ParenthesizedExpression") {
    node = node.expression;
  }
  const isNamed = node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression" || node.type === "ClassExpression";
  if (!isNamed || name === null || f.module.givenNames.has(node)) return;
  f.module.givenNames.set(node, { name, span: nodeSpan(at), variable, docStart: Math.min(docStart, startOf(node)) });
}
