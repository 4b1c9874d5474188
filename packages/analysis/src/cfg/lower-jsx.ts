/** JSX elements and fragments: one operation an element, its tag, attributes and children evaluated in order. */
import type * as ES from "@oxc-project/types";
import { nodeSpan } from "../source/estree.ts";
import type { CallArg, ObjectPart, Temp } from "../source/ir.ts";
import type { FunctionBuilder } from "./builder.ts";
import { lowerExpression, lowerName, nameValue } from "./lower-expression.ts";

export function lowerJsx(f: FunctionBuilder, node: ES.JSXElement | ES.JSXFragment): Temp {
  const isElement = node.type === "JSXElement";
  const { tag, name } = isElement ? lowerTag(f, node.openingElement.name) : { tag: null, name: "" };
  const parts = isElement ? node.openingElement.attributes.map((attribute) => lowerAttribute(f, attribute)) : [];
  const children = node.children.flatMap((child) => lowerChild(f, child));
  const dst = f.temp();
  f.emit({ op: "jsx", dst, tag, name, parts, children, span: nodeSpan(node) });
  return dst;
}

/** A name in lower case is the platform's own element; any other is a value in scope. */
function lowerTag(f: FunctionBuilder, node: ES.JSXElementName): { readonly tag: Temp | null; readonly name: string } {
  if (node.type === "JSXNamespacedName") return { tag: null, name: `${node.namespace.name}:${node.name.name}` };
  if (node.type === "JSXIdentifier") {
    if (node.name === "this") return { tag: f.this(nodeSpan(node)), name: "this" };
    const isIntrinsic = /^[a-z]/.test(node.name) || node.name.includes("-");
    return { tag: isIntrinsic ? null : lowerName(f, node.name, node), name: node.name };
  }
  const links: ES.JSXMemberExpression[] = [];
  let at: ES.JSXMemberExpressionObject = node;
  while (at.type === "JSXMemberExpression") {
    links.push(at);
    at = at.object;
  }
  let tag = at.name === "this" ? f.this(nodeSpan(at)) : lowerName(f, at.name, at);
  let name = at.name;
  for (let link = links.pop(); link !== undefined; link = links.pop()) {
    tag = f.get(tag, link.property.name, null, nodeSpan(link), nodeSpan(link.property));
    name += `.${link.property.name}`;
  }
  return { tag, name };
}

function lowerAttribute(f: FunctionBuilder, node: ES.JSXAttributeItem): ObjectPart {
  const span = nodeSpan(node);
  if (node.type === "JSXSpreadAttribute") return { kind: "spread", key: null, keyTemp: null, value: lowerExpression(f, node.argument), span };
  const key = node.name.type === "JSXIdentifier" ? node.name.name : `${node.name.namespace.name}:${node.name.name.name}`;
  return { kind: "value", key, keyTemp: null, value: lowerAttributeValue(f, node, key), span };
}

function lowerAttributeValue(f: FunctionBuilder, node: ES.JSXAttribute, key: string): Temp {
  const { value } = node;
  if (value === null) {
    const dst = f.temp();
    f.emit({ op: "const", dst, type: "boolean", value: true, span: nodeSpan(node) });
    return dst;
  }
  if (value.type !== "JSXExpressionContainer") return lowerExpression(f, value);
  if (value.expression.type === "JSXEmptyExpression") return f.undefined(nodeSpan(value));
  nameValue(f, value.expression, key, node.name, null, nodeSpan(value.expression).start);
  return lowerExpression(f, value.expression);
}

function lowerChild(f: FunctionBuilder, node: ES.JSXChild): CallArg[] {
  const span = nodeSpan(node);
  switch (node.type) {
    case "JSXText":
      return node.value.trim() === "" ? [] : [{ temp: f.string(node.value, span), spread: false, span }];
    case "JSXExpressionContainer":
      return node.expression.type === "JSXEmptyExpression" ? [] : [{ temp: lowerExpression(f, node.expression), spread: false, span }];
    case "JSXSpreadChild":
      return [{ temp: lowerExpression(f, node.expression), spread: true, span }];
    case "JSXElement":
    case "JSXFragment":
      return [{ temp: lowerExpression(f, node), spread: false, span }];
  }
}
