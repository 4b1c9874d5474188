/** Literals: primitives, objects, arrays, templates. */
import type * as ES from "@oxc-project/types";
import { nodeSpan, startOf } from "../source/estree.ts";
import type { CallArg, ObjectPart, Temp } from "../source/ir.ts";
import { readArguments, typeReader } from "../source/read-type.ts";
import type { FunctionBuilder } from "./builder.ts";
import { type Chained, keyOf, lowerArguments, lowerChain, lowerItem } from "./lower-chain.ts";
import { lowerExpression, nameValue } from "./lower-expression.ts";
import { methodValue } from "./function-value.ts";

type LiteralNode = Extract<ES.Expression, { type: "Literal" }>;

export function lowerLiteral(f: FunctionBuilder, node: LiteralNode): Temp {
  const dst = f.temp();
  const span = nodeSpan(node);
  if ("regex" in node) f.emit({ op: "const", dst, type: "regexp", value: `/${node.regex.pattern}/${[...node.regex.flags].sort().join("")}`, span });
  else if ("bigint" in node) f.emit({ op: "const", dst, type: "bigint", value: node.bigint, span });
  else if (typeof node.value === "string") f.emit({ op: "const", dst, type: "string", value: node.value, span });
  else if (typeof node.value === "number") f.emit({ op: "const", dst, type: "number", value: node.value, span });
  else if (typeof node.value === "boolean") f.emit({ op: "const", dst, type: "boolean", value: node.value, span });
  else f.emit({ op: "const", dst, type: "null", value: null, span });
  return dst;
}

/** The parts in the order of evaluation, then the object. */
export function lowerObject(f: FunctionBuilder, node: ES.ObjectExpression): Temp {
  const parts: ObjectPart[] = [];
  for (const property of node.properties) {
    const span = nodeSpan(property);
    if (property.type === "SpreadElement") {
      parts.push({ kind: "spread", key: null, keyTemp: null, value: lowerExpression(f, property.argument), span });
      continue;
    }
    const { key, index } = keyOf(f, property.key, property.computed);
    const kind = property.method ? "method" : property.kind === "get" ? "getter" : property.kind === "set" ? "setter" : "value";
    let value: Temp;
    if (kind === "value") {
      nameValue(f, property.value, key, property.key, null, startOf(property));
      value = lowerExpression(f, property.value);
    } else value = methodValue(f, property, kind, key);
    parts.push({ kind, key, keyTemp: index, value, span });
  }
  const dst = f.temp();
  f.emit({ op: "object", dst, parts, span: nodeSpan(node) });
  return dst;
}

export function lowerArray(f: FunctionBuilder, node: ES.ArrayExpression): Temp {
  const elements: (CallArg | null)[] = node.elements.map((element) => (element === null ? null : lowerItem(f, element)));
  const dst = f.temp();
  f.emit({ op: "array", dst, elements, span: nodeSpan(node) });
  return dst;
}

export function lowerTemplate(f: FunctionBuilder, node: ES.TemplateLiteral): Temp {
  const span = nodeSpan(node);
  if (node.expressions.length === 0) return f.string(node.quasis[0]?.value.cooked ?? "", span);
  const parts = node.expressions.map((expression) => lowerExpression(f, expression));
  const dst = f.temp();
  f.emit({ op: "template", dst, parts, span });
  return dst;
}

/** A call whose first argument stands for the array of strings, which is made once a place and not once a call. */
export function lowerTagged(f: FunctionBuilder, node: ES.TaggedTemplateExpression): Temp {
  const tag = chained(f, node.tag);
  const strings = node.quasi.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw).join("${}");
  const first: CallArg = { temp: f.string(strings, nodeSpan(node.quasi)), spread: false, span: nodeSpan(node.quasi) };
  const args = [first, ...lowerArguments(f, node.quasi.expressions)];
  const dst = f.temp();
  f.emit({
    op: "call",
    dst,
    callee: tag.value,
    receiver: tag.receiver,
    key: tag.key,
    args,
    calleeSpan: nodeSpan(node.tag),
    tagged: true,
    typeArgs: readArguments(typeReader(f.module, f.scope), node.typeArguments),
    span: nodeSpan(node),
  });
  return dst;
}

function chained(f: FunctionBuilder, node: ES.Expression): Chained {
  if (node.type === "MemberExpression" || node.type === "ChainExpression" || node.type === "TSNonNullExpression") return lowerChain(f, node, true);
  return { value: lowerExpression(f, node), receiver: null, key: null };
}
