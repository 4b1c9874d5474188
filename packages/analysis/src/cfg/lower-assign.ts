/** Assignments and updates: `=`, `+=`, `&&=`, `||=`, `??=`, `++`, destructuring assignments. */
import type * as ES from "@oxc-project/types";
import { resolve } from "../source/bind.ts";
import { nodeSpan, startOf } from "../source/estree.ts";
import type { Temp, VariableId } from "../source/ir.ts";
import { readDoc, tagType } from "../source/read-jsdoc.ts";
import { typeReader } from "../source/read-type.ts";
import type { Span } from "../source/span.ts";
import type { FunctionBuilder } from "./builder.ts";
import { memberKey } from "./lower-chain.ts";
import { shortCircuit } from "./lower-condition.ts";
import { lowerExpression, nameValue } from "./lower-expression.ts";
import { recordCommonJsExport } from "./lower-exports.ts";
import { destructure } from "./lower-pattern.ts";

/** A place that can be read and written, its object and key already evaluated. */
export type Place =
  | { readonly kind: "variable"; readonly variable: VariableId; readonly span: Span }
  | { readonly kind: "global"; readonly name: string; readonly span: Span }
  | { readonly kind: "member"; readonly object: Temp; readonly key: string | null; readonly index: Temp | null; readonly span: Span; readonly keySpan: Span }
  | { readonly kind: "none"; readonly span: Span };

type Target = ES.AssignmentTarget | ES.Expression | ES.BindingIdentifier;

/** Evaluates the object and the key of an assignment's target. */
export function placeOf(f: FunctionBuilder, target: Target): Place {
  let node: Target = target;
  while (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" || node.type === "TSTypeAssertion" || node.type === "TSNonNullExpression" || node.type === "ParenthesizedExpression") {
    node = node.expression;
  }
  const span = nodeSpan(node);
  if (node.type === "Identifier") {
    const resolved = resolve(f.module, f.scope, node.name, f.draft);
    return resolved.kind === "variable" ? { kind: "variable", variable: resolved.variable, span } : { kind: "global", name: node.name, span };
  }
  if (node.type === "MemberExpression") {
    const object = lowerExpression(f, node.object);
    return { kind: "member", object, ...memberKey(f, node), span, keySpan: nodeSpan(node.property) };
  }
  // Not assignable: `f() = 1` in sloppy code throws when it runs, after the call.
  lowerExpression(f, node as ES.Expression);
  return { kind: "none", span };
}

export function readPlace(f: FunctionBuilder, place: Place): Temp {
  switch (place.kind) {
    case "variable":
      return f.load(place.variable, place.span);
    case "global": {
      const dst = f.temp();
      f.emit({ op: "global", dst, name: place.name, span: place.span });
      return dst;
    }
    case "member":
      return f.get(place.object, place.key, place.index, place.span, place.keySpan);
    case "none":
      return f.undefined(place.span);
  }
}

/** `span` is the assignment's. */
export function writePlace(f: FunctionBuilder, place: Place, src: Temp, span: Span): void {
  switch (place.kind) {
    case "variable":
      f.store(place.variable, src, null, span);
      break;
    case "global":
      f.emit({ op: "store-global", name: place.name, src, span });
      break;
    case "member":
      f.emit({ op: "set", object: place.object, key: place.key, index: place.index, src, keySpan: place.keySpan, span });
      break;
    case "none":
      break;
  }
}

export function lowerAssignment(f: FunctionBuilder, node: ES.AssignmentExpression): Temp {
  const span = nodeSpan(node);
  const { left, operator } = node;
  if (left.type === "ObjectPattern" || left.type === "ArrayPattern") {
    const value = lowerExpression(f, node.right);
    destructure(f, left, value, null);
    return value;
  }
  const docStart = f.docStart;
  const place = placeOf(f, left);
  if (operator === "=") {
    nameFromPlace(f, place, node);
    const value = documented(f, node, docStart, lowerExpression(f, node.right));
    writePlace(f, place, value, span);
    recordCommonJsExport(f, node, value);
    return value;
  }
  const before = readPlace(f, place);
  if (operator === "&&=" || operator === "||=" || operator === "??=") {
    nameFromPlace(f, place, node);
    return shortCircuit(f, operator === "&&=" ? "&&" : operator === "||=" ? "||" : "??", before, node, () => {
      const value = lowerExpression(f, node.right);
      writePlace(f, place, value, span);
      return value;
    });
  }
  const right = lowerExpression(f, node.right);
  const dst = f.temp();
  f.emit({ op: "binary", dst, operator: operator.slice(0, -1), left: before, right, span });
  writePlace(f, place, dst, span);
  return dst;
}

function nameFromPlace(f: FunctionBuilder, place: Place, node: ES.AssignmentExpression): void {
  const at = place.kind === "member" ? place.keySpan : place.span;
  const start = startOf(node);
  if (place.kind === "variable") nameValue(f, node.right, f.module.variable(place.variable).name, at, place.variable, start);
  else if (place.kind === "global") nameValue(f, node.right, place.name, at, null, start);
  else if (place.kind === "member") nameValue(f, node.right, place.key, at, null, start);
}

/** In JavaScript `/** @type {Foo} *\/ this.x = value` declares a type: it is a cast of the value. */
function documented(f: FunctionBuilder, node: ES.AssignmentExpression, docStart: number, value: Temp): Temp {
  if (!f.module.readsJsdocTypes || startOf(node) !== docStart) return value;
  const type = tagType(typeReader(f.module, f.scope), readDoc(f.module.docs.before(docStart)), "type");
  if (type === null) return value;
  const dst = f.temp();
  f.emit({ op: "cast", dst, src: value, type, form: "as", span: nodeSpan(node.right) });
  return dst;
}

/** The new value of `++x`, the old one of `x++`. */
export function lowerUpdate(f: FunctionBuilder, node: ES.UpdateExpression): Temp {
  const span = nodeSpan(node);
  const place = placeOf(f, node.argument);
  const before = readPlace(f, place);
  const dst = f.temp();
  f.emit({ op: "binary", dst, operator: node.operator === "++" ? "+" : "-", left: before, right: f.number(1, span), span });
  writePlace(f, place, dst, span);
  return node.prefix ? dst : before;
}
