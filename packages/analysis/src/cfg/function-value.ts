/** Functions as values: where one is written, a draft joins the queue and an operation makes the closure. */
import type * as ES from "@oxc-project/types";
import { createScope, declare, lookUp, type Scope } from "../source/bind.ts";
import { endOf, exportedDeclaration, type FunctionNode, nodeSpan, startOf } from "../source/estree.ts";
import type { ClassId, FunctionKind, Temp } from "../source/ir.ts";
import type { FunctionDraft } from "../source/module-draft.ts";
import { readDoc } from "../source/read-jsdoc.ts";
import type { Span } from "../source/span.ts";
import type { FunctionBuilder } from "./builder.ts";

export interface FunctionPlace {
  readonly kind: FunctionKind;
  readonly name: string;
  readonly nameSpan: Span;
  readonly scope: Scope;
  readonly docStart: number;
  readonly class?: ClassId;
  readonly static?: boolean;
  readonly derived?: boolean;
}

/** The draft of a function's node, the same one whenever the node is met again. */
export function draftFunction(f: FunctionBuilder, node: FunctionNode, place: FunctionPlace): FunctionDraft {
  const known = f.module.functionOf.get(node);
  if (known !== undefined) return known;
  const draft = f.module.addFunction({
    name: place.name,
    nameSpan: place.nameSpan,
    span: nodeSpan(node),
    kind: place.kind,
    async: node.async,
    generator: node.generator,
    parent: f.draft,
    class: place.class ?? null,
    static: place.static ?? false,
    doc: readDoc(f.module.docs.before(place.docStart) ?? f.module.docs.before(startOf(node))),
    source: { kind: "function", node, derived: place.derived ?? false },
    scope: place.scope,
  });
  f.module.functionOf.set(node, draft);
  return draft;
}

export function closure(f: FunctionBuilder, draft: FunctionDraft, span: Span): Temp {
  const dst = f.temp();
  f.emit({ op: "function", dst, function: draft.id, span });
  return dst;
}

/** A function expression or arrow. A named one knows itself by a variable of the function that it is written in. */
export function functionValue(f: FunctionBuilder, node: FunctionNode): Temp {
  const given = f.module.givenNames.get(node);
  const kind = node.type === "ArrowFunctionExpression" ? "arrow" : "function";
  const docStart = given?.docStart ?? startOf(node);
  const own = node.id;
  if (own === null || own === undefined) {
    const place: FunctionPlace = { kind, name: given?.name ?? "", nameSpan: given?.span ?? headSpan(node), scope: f.scope, docStart };
    return closure(f, draftFunction(f, node, place), nodeSpan(node));
  }
  let scope = f.module.scopeOf.get(node);
  if (scope === undefined) {
    scope = createScope(f.scope, f.draft);
    declare(f.module, scope, "function", own.name, nodeSpan(own));
    f.module.scopeOf.set(node, scope);
  }
  const value = closure(f, draftFunction(f, node, { kind, name: own.name, nameSpan: nodeSpan(own), scope, docStart }), nodeSpan(node));
  const self = lookUp(scope, own.name);
  if (self !== null) f.store(self, value, node, nodeSpan(own));
  return value;
}

/** A method or accessor of an object literal. */
export function methodValue(f: FunctionBuilder, property: ES.ObjectProperty, kind: "method" | "getter" | "setter", key: string | null): Temp {
  const node = property.value as ES.Function;
  const place: FunctionPlace = { kind, name: key ?? "", nameSpan: nodeSpan(property.key), scope: f.scope, docStart: startOf(property) };
  return closure(f, draftFunction(f, node, place), nodeSpan(property));
}

/** The head of a function without a name: up to its body. */
export function headSpan(node: FunctionNode): Span {
  const start = startOf(node);
  return { start, end: node.body == null ? endOf(node) : Math.max(start, startOf(node.body)) };
}

/** Makes the functions that a list of statements declares, before any of it runs. A signature counts only when there is no body. */
export function hoistFunctions(f: FunctionBuilder, statements: readonly (ES.Statement | ES.Directive)[]): void {
  const withBody = new Set<string>();
  const found: { node: ES.Function; start: number }[] = [];
  for (const statement of statements) {
    let at: ES.Statement | ES.Directive = statement;
    while (at.type === "LabeledStatement") at = at.body;
    const node = exportedDeclaration(at);
    if (node.type !== "FunctionDeclaration" && node.type !== "TSDeclareFunction") continue;
    if (node.id === null) continue;
    found.push({ node, start: startOf(at) });
    if (node.body != null) withBody.add(node.id.name);
  }
  for (const { node, start } of found) {
    if (node.id === null || (node.body == null && withBody.has(node.id.name))) continue;
    declareFunction(f, node, node.id, start);
  }
}

function declareFunction(f: FunctionBuilder, node: ES.Function, id: ES.BindingIdentifier, docStart: number): void {
  const draft = draftFunction(f, node, { kind: "function", name: id.name, nameSpan: nodeSpan(id), scope: f.scope, docStart });
  const value = closure(f, draft, nodeSpan(node));
  const variable = lookUp(f.scope, id.name);
  if (variable === null) return;
  // Signatures of one function are no reassignment.
  const first = f.module.variable(variable).initialisedBy;
  f.store(variable, value, node.body == null && first !== null ? first : node, nodeSpan(id));
}
