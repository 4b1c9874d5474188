/**
 * A function's body, when its turn in the queue comes: parameters (defaults, patterns), then the functions declared in it, then its statements.
 * A function that nests too deep becomes opaque as a whole, with a note.
 */
import type * as ES from "@oxc-project/types";
import { createScope, declare, declareStatements, declareType, declareVars, lookUp, type Scope } from "../source/bind.ts";
import { boundIdentifiers, endOf, type FunctionNode, nodeSpan } from "../source/estree.ts";
import type { Block, ParamIR, VariableId } from "../source/ir.ts";
import type { FunctionDraft, ModuleDraft } from "../source/module-draft.ts";
import { type DocParam, readParams, tagType, templateNames } from "../source/read-jsdoc.ts";
import { annotationOf, parameterName, readType, type TypeReader, typeParameterBounds, typeParameterNames, typeReader } from "../source/read-type.ts";
import type { TypeTerm } from "../source/type-term.ts";
import { DEPTH_LIMIT, FunctionBuilder, TOO_DEEP } from "./builder.ts";
import { hoistFunctions } from "./function-value.ts";
import { exportDeclared, exportsImplicitly } from "./lower-exports.ts";
import { recordDocTypes } from "./lower-doc-types.ts";
import { lowerExpression } from "./lower-expression.ts";
import { recordDocImports } from "./lower-imports.ts";
import { destructure, withDefault } from "./lower-pattern.ts";
import { lowerStatements } from "./lower-statement.ts";
import { orderBlocks } from "./order.ts";

/** Fills the draft's body. Never throws on a program. */
export function lowerFunction(module: ModuleDraft, draft: FunctionDraft): void {
  const scope = createScope(draft.scope, draft, bindsArguments(draft));
  const f = new FunctionBuilder(module, draft, scope);
  try {
    if (!lowerBody(f)) {
      makeOpaque(draft);
      return;
    }
    draft.blocks = orderBlocks(f.blocks);
    draft.tempCount = f.tempCount;
  } catch (error) {
    if (error !== TOO_DEEP && !isStackOverflow(error)) throw error;
    module.note(draft.span, `function nests deeper than ${DEPTH_LIMIT} levels and was not lowered`);
    makeOpaque(draft);
  }
}

const OPAQUE_BODY: readonly Block[] = [
  { id: 0, ops: [], terminal: { kind: "exit" }, predecessors: [], handler: null, loopDepth: 0, loop: null, loopSpan: null, role: "plain" },
];

function makeOpaque(draft: FunctionDraft): void {
  draft.opaque = true;
  draft.tempCount = 0;
  draft.blocks = OPAQUE_BODY;
}

/** The host may call us with little stack left, below the depth that we allow ourselves. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

function bindsArguments(draft: FunctionDraft): boolean {
  return draft.source.kind === "function" && draft.kind !== "arrow";
}

/** False when there is no body. */
function lowerBody(f: FunctionBuilder): boolean {
  const { source } = f.draft;
  switch (source.kind) {
    case "function":
      return lowerFunctionNode(f, source.node, source.derived);
    case "expression": {
      const value = lowerExpression(f, source.node);
      f.return(value, false, nodeSpan(source.node));
      return true;
    }
    case "statements":
      lowerBodyStatements(f, f.scope, source.body, source.end);
      return true;
  }
}

function lowerFunctionNode(f: FunctionBuilder, node: FunctionNode, derived: boolean): boolean {
  const reader = signatureReader(f, node);
  const params = node.params.filter((param) => !(param.type === "Identifier" && param.name === "this"));
  const variables = declareParameters(f, reader, params);
  f.draft.returnType = returnType(f, reader, node);
  if (node.body == null) return false;
  for (const [index, param] of params.entries()) bindParameter(f, param, variables[index] ?? 0);
  setParameterProperties(f, params, derived);
  const { body } = node;
  if (body.type !== "BlockStatement") {
    const value = lowerExpression(f, body);
    f.return(value, false, nodeSpan(body));
    return true;
  }
  lowerBodyStatements(f, bodyScope(f, params), body.body, endOf(body));
  return true;
}

function signatureReader(f: FunctionBuilder, node: FunctionNode): TypeReader {
  const names = typeParameterNames(node.typeParameters);
  const templates = f.module.readsJsdocTypes ? templateNames(f.draft.doc) : [];
  f.draft.typeParameters = [...names, ...templates];
  for (const name of f.draft.typeParameters) declareType(f.scope, name, name);
  const reader = typeReader(f.module, f.scope);
  f.draft.typeBounds = typeParameterBounds(reader, node.typeParameters);
  return reader;
}

function returnType(f: FunctionBuilder, reader: TypeReader, node: FunctionNode): TypeTerm | null {
  if (node.returnType != null) return readType(reader, node.returnType.typeAnnotation);
  if (!f.module.readsJsdocTypes) return null;
  const { doc } = f.draft;
  const type = tagType(reader, doc, "returns", "return");
  if (type !== null) return type;
  const declared = tagType(reader, doc, "type");
  if (f.draft.kind === "getter") return declared;
  return declared?.kind === "function" ? declared.returns : null;
}

/** Declares the parameters' names, and a nameless variable for each parameter that is a pattern. */
function declareParameters(f: FunctionBuilder, reader: TypeReader, params: readonly ES.ParamPattern[]): VariableId[] {
  const docs = f.module.readsJsdocTypes ? documentedParams(f, reader) : [];
  const variables: VariableId[] = [];
  const read: ParamIR[] = [];
  for (const [index, param] of params.entries()) {
    const name = parameterName(param);
    const target = parameterTarget(param);
    const variable = target.type === "Identifier" ? declare(f.module, f.scope, "parameter", name, nodeSpan(target)) : f.module.addVariable("parameter", "", f.draft, nodeSpan(param));
    if (target.type !== "Identifier") declareNames(f, target);
    const annotation = annotationOf(param);
    const doc = docs.find((entry) => entry.name === name && name !== "") ?? (name === "" || docs[index]?.name === "" ? docs[index] : undefined);
    const type = annotation !== null ? readType(reader, annotation) : restType(param, doc?.type ?? null);
    f.module.variable(variable).type ??= type;
    const rest = param.type === "RestElement";
    const optional = isOptional(param) || doc?.optional === true;
    read.push({ variable, name, type, optional, rest, span: nodeSpan(param) });
    variables.push(variable);
  }
  f.draft.params = read;
  return variables;
}

/** `@param` entries, or the parameters of a function type given by `@type`, which count by their place. */
function documentedParams(f: FunctionBuilder, reader: TypeReader): DocParam[] {
  const params = readParams(reader, f.draft.doc);
  if (params.length > 0) return params;
  const type = tagType(reader, f.draft.doc, "type");
  return type?.kind === "function" ? type.params.map((param) => ({ name: "", type: param.type, optional: false })) : [];
}

/** `@param {...Foo} rest` or `@param {Foo} rest` in front of `...rest`: an array of it. */
function restType(param: ES.ParamPattern, type: TypeTerm | null): TypeTerm | null {
  return param.type === "RestElement" && type !== null && type.kind !== "array" ? { kind: "array", element: type } : type;
}

function parameterTarget(param: ES.ParamPattern): ES.BindingPattern {
  let at: ES.ParamPattern = param;
  for (;;) {
    if (at.type === "TSParameterProperty") at = at.parameter;
    else if (at.type === "AssignmentPattern") at = at.left;
    else if (at.type === "RestElement") at = at.argument;
    else return at;
  }
}

function declareNames(f: FunctionBuilder, pattern: ES.BindingPattern): void {
  for (const identifier of boundIdentifiers(pattern)) declare(f.module, f.scope, "parameter", identifier.name, nodeSpan(identifier));
}

function isOptional(param: ES.ParamPattern): boolean {
  const at = param.type === "TSParameterProperty" ? param.parameter : param;
  return at.type === "AssignmentPattern" || at.optional === true;
}

/** Emits a parameter's default and takes its pattern apart. */
function bindParameter(f: FunctionBuilder, param: ES.ParamPattern, variable: VariableId): void {
  const at = param.type === "TSParameterProperty" ? param.parameter : param.type === "RestElement" ? param.argument : param;
  if (at.type === "Identifier") return;
  f.docStart = nodeSpan(param).start;
  const whole = f.load(variable, nodeSpan(at));
  if (at.type === "AssignmentPattern") {
    const value = withDefault(f, at, whole);
    destructure(f, at.left, value, param);
  } else destructure(f, at, whole, param);
}

function setParameterProperties(f: FunctionBuilder, params: readonly ES.ParamPattern[], derived: boolean): void {
  const properties = params.filter((param) => param.type === "TSParameterProperty");
  if (properties.length === 0) return;
  const set = (): void => {
    for (const property of properties) {
      const name = parameterName(property);
      const variable = f.scope.names.get(name) ?? lookUp(f.scope, name);
      if (variable === null) continue;
      const span = nodeSpan(property);
      const src = f.load(variable, span);
      f.emit({ op: "set", object: f.this(span), key: name, index: null, src, keySpan: nodeSpan(parameterTarget(property)), span });
    }
  };
  if (derived) f.afterSuper = set;
  else set();
}

/** The body's own scope: apart from the parameters' when these hold expressions, which must not see the body's names. */
function bodyScope(f: FunctionBuilder, params: readonly ES.ParamPattern[]): Scope {
  if (params.every((param) => param.type === "Identifier")) return f.scope;
  const scope = createScope(f.scope, f.draft);
  for (const [name, variable] of f.scope.names) scope.names.set(name, variable);
  return scope;
}

function lowerBodyStatements(f: FunctionBuilder, scope: Scope, statements: readonly (ES.Statement | ES.Directive)[], end: number): void {
  f.scope = scope;
  f.draft.bodyScope = scope;
  declareVars(f.module, scope, statements);
  declareStatements(f.module, scope, statements, f.namespacePrefix);
  if (f.draft.kind === "module") {
    recordDocImports(f);
    recordDocTypes(f);
    f.exported = exportsImplicitly(f, statements);
    if (f.exported) for (const statement of statements) exportDeclared(f, statement);
  }
  hoistFunctions(f, statements);
  lowerStatements(f, statements);
  if (f.live) f.return(null, true, { start: Math.max(0, end - 1), end });
}
