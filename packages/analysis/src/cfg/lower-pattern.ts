/**
 * Patterns: the parts of a value into variables or places. An object's parts are `get`s. An array pattern takes an iterator; its parts are
 * written as `get`s by index, which is the same for everything but hand-written iterables. What remains is a `rest`.
 */
import type * as ES from "@oxc-project/types";
import { lookUp } from "../source/bind.ts";
import { nodeSpan, type PatternNode, startOf } from "../source/estree.ts";
import type { Temp } from "../source/ir.ts";
import { DEPTH_LIMIT, type FunctionBuilder } from "./builder.ts";
import { placeOf, writePlace } from "./lower-assign.ts";
import { keyOf } from "./lower-chain.ts";
import { lowerExpression, nameValue } from "./lower-expression.ts";

/** Takes `value` apart. `declaration` is the declaring node, whose names are initialised; null for an assignment. */
export function destructure(f: FunctionBuilder, pattern: PatternNode, value: Temp, declaration: object | null): void {
  if (f.depth >= DEPTH_LIMIT) {
    f.tooDeep(pattern);
    return;
  }
  f.depth++;
  switch (pattern.type) {
    case "ObjectPattern":
      destructureObject(f, pattern, value, declaration);
      break;
    case "ArrayPattern":
      destructureArray(f, pattern, value, declaration);
      break;
    case "AssignmentPattern":
      destructure(f, pattern.left, withDefault(f, pattern, value), declaration);
      break;
    case "RestElement":
      destructure(f, pattern.argument, value, declaration);
      break;
    case "TSParameterProperty":
      destructure(f, pattern.parameter, value, declaration);
      break;
    default:
      storeTarget(f, pattern, value, declaration);
      break;
  }
  f.depth--;
}

function storeTarget(f: FunctionBuilder, target: Exclude<PatternNode, { type: "ObjectPattern" | "ArrayPattern" | "AssignmentPattern" | "RestElement" | "TSParameterProperty" }>, value: Temp, declaration: object | null): void {
  const variable = declaration !== null && target.type === "Identifier" ? lookUp(f.scope, target.name) : null;
  if (variable !== null) f.store(variable, value, declaration, nodeSpan(target));
  else writePlace(f, placeOf(f, target), value, nodeSpan(target));
}

function destructureObject(f: FunctionBuilder, pattern: ES.ObjectPattern | ES.ObjectAssignmentTarget, value: Temp, declaration: object | null): void {
  const taken: string[] = [];
  for (const property of pattern.properties) {
    const span = nodeSpan(property);
    if (property.type === "RestElement") {
      const dst = f.temp();
      f.emit({ op: "rest", dst, src: value, form: "object", excluded: taken, from: 0, span });
      destructure(f, property.argument, dst, declaration);
    } else {
      const { key, index } = keyOf(f, property.key, property.computed);
      if (key !== null) taken.push(key);
      destructure(f, property.value, f.get(value, key, index, span, nodeSpan(property.key), true), declaration);
    }
  }
}

function destructureArray(f: FunctionBuilder, pattern: ES.ArrayPattern | ES.ArrayAssignmentTarget, value: Temp, declaration: object | null): void {
  f.emit({ op: "iterate", dst: f.temp(), src: value, form: "of", span: nodeSpan(pattern) });
  for (const [index, element] of pattern.elements.entries()) {
    if (element === null) continue;
    const span = nodeSpan(element);
    if (element.type === "RestElement") {
      const dst = f.temp();
      f.emit({ op: "rest", dst, src: value, form: "array", excluded: [], from: index, span });
      destructure(f, element.argument, dst, declaration);
    } else destructure(f, element, f.get(value, String(index), null, span, span, true), declaration);
  }
}

/** The value, or the default where it is undefined. */
export function withDefault(f: FunctionBuilder, pattern: ES.AssignmentPattern | ES.AssignmentTargetWithDefault, value: Temp): Temp {
  const span = nodeSpan(pattern);
  const result = f.temp();
  const absent = f.block();
  const present = f.block();
  const join = f.block();
  f.branch(value, "undefined", absent, present, span);
  f.begin(absent);
  if (pattern.left.type === "Identifier") nameValue(f, pattern.right, pattern.left.name, pattern.left, lookUp(f.scope, pattern.left.name), startOf(pattern));
  f.copy(result, lowerExpression(f, pattern.right), nodeSpan(pattern.right));
  f.goto(join);
  f.begin(present);
  f.copy(result, value, span);
  f.goto(join);
  f.begin(join);
  return result;
}
