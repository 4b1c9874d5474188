/** `var`, `let`, `const`, `using` and `await using`. The variables exist already; here they get their types and values. */
import type * as ES from "@oxc-project/types";
import { lookUp } from "../source/bind.ts";
import { nodeSpan, startOf } from "../source/estree.ts";
import type { Temp, VariableId } from "../source/ir.ts";
import { readDoc, tagType } from "../source/read-jsdoc.ts";
import { readType, typeReader } from "../source/read-type.ts";
import type { TypeTerm } from "../source/type-term.ts";
import type { FunctionBuilder } from "./builder.ts";
import { closeRegion, leaveNormally, openRegion } from "./exits.ts";
import { lowerExpression, nameValue } from "./lower-expression.ts";
import { recordBoundImport } from "./lower-imports.ts";
import { destructure } from "./lower-pattern.ts";

export function lowerVariables(f: FunctionBuilder, node: ES.VariableDeclaration): void {
  const { docStart } = f;
  for (const [index, declarator] of node.declarations.entries()) {
    const start = index === 0 ? docStart : startOf(declarator);
    const type = declaredType(f, declarator.id, start);
    const ambient = node.declare === true || f.ambient;
    if (declarator.id.type === "Identifier") lowerSimple(f, node, declarator, declarator.id, type, start, ambient);
    else if (declarator.init !== null) lowerPattern(f, declarator, declarator.init, type);
  }
}

function declaredType(f: FunctionBuilder, id: ES.BindingPattern, docStart: number): TypeTerm | null {
  const annotation = id.type === "AssignmentPattern" ? null : id.typeAnnotation;
  const reader = typeReader(f.module, f.scope);
  if (annotation != null) return readType(reader, annotation.typeAnnotation);
  return f.module.readsJsdocTypes ? tagType(reader, readDoc(f.module.docs.before(docStart)), "type") : null;
}

function lowerSimple(
  f: FunctionBuilder,
  node: ES.VariableDeclaration,
  declarator: ES.VariableDeclarator,
  id: ES.BindingIdentifier,
  type: TypeTerm | null,
  docStart: number,
  ambient: boolean,
): void {
  const variable = lookUp(f.scope, id.name);
  if (variable === null) return;
  if (type !== null) f.module.variable(variable).type ??= type;
  const span = nodeSpan(declarator);
  if (declarator.init !== null) {
    nameValue(f, declarator.init, id.name, id, variable, docStart);
    recordBoundImport(f, declarator);
    f.store(variable, lowerExpression(f, declarator.init), declarator, span);
  } else if (ambient) {
    // The namespace's object has it as a member, whose value nobody knows but by its type.
    if (f.module.variable(variable).exportedOn !== null) f.setExported(variable, f.load(variable, span), span);
  } else if (node.kind !== "var") f.store(variable, f.undefined(span), declarator, span);
  if (node.kind === "using" || node.kind === "await using") beginDisposal(f, variable, declarator, node.kind === "await using");
}

function lowerPattern(f: FunctionBuilder, declarator: ES.VariableDeclarator, init: ES.Expression, type: TypeTerm | null): void {
  recordBoundImport(f, declarator);
  let value = lowerExpression(f, init);
  if (type !== null) {
    const src = value;
    value = f.temp();
    f.emit({ op: "cast", dst: value, src, type, form: "as", span: nodeSpan(init) });
  }
  destructure(f, declarator.id, value, declarator);
}

/** From here to the end of the scope every way out disposes the variable. */
export function beginDisposal(f: FunctionBuilder, variable: VariableId, node: ES.Span, async: boolean): void {
  const span = nodeSpan(node);
  const after = f.block();
  const region = openRegion(f, () => dispose(f, variable, async, span), span);
  f.disposals.push({ region, after });
  const body = f.block();
  f.goto(body);
  f.begin(body);
}

function dispose(f: FunctionBuilder, variable: VariableId, async: boolean, span: ReturnType<typeof nodeSpan>): void {
  f.emit({ op: "dispose", variable, async, span });
  if (!async) return;
  const src: Temp = f.undefined(span);
  f.emit({ op: "await", dst: f.temp(), src, form: "await-using", span });
}

/** Ends the scopes of `using` variables down to `count`, the last declared first. */
export function endDisposals(f: FunctionBuilder, count: number): void {
  while (f.disposals.length > count) {
    const disposal = f.disposals.pop();
    if (disposal === undefined) return;
    leaveNormally(f, disposal.region, disposal.after);
    closeRegion(f, disposal.region);
    f.begin(disposal.after);
  }
}
