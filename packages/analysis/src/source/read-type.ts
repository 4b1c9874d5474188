/** TypeScript's type nodes to type terms. Nothing is looked up but the first name of a reference, in the scope where it is written. */
import type * as ES from "@oxc-project/types";
import { createScope, declareType, lookUp, resolveTypeName, type Scope } from "./bind.ts";
import { constantString, dottedName, propertyKey } from "./estree.ts";
import type { ModuleDraft } from "./module-draft.ts";
import type { TypeTerm } from "./type-term.ts";

export const UNSUPPORTED: TypeTerm = { kind: "unsupported" };

/** Types nested deeper are unsupported, so that no type can overflow the stack. */
const TYPE_DEPTH_LIMIT = 100;

export interface TypeReader {
  readonly module: ModuleDraft;
  readonly scope: Scope;
  readonly depth: number;
}

export function typeReader(module: ModuleDraft, scope: Scope): TypeReader {
  return { module, scope, depth: 0 };
}

/** A reader inside a declaration of type parameters. */
export function withTypeParameters(reader: TypeReader, names: readonly string[]): TypeReader {
  if (names.length === 0) return reader;
  const scope = createScope(reader.scope, reader.scope.owner);
  for (const name of names) declareType(scope, name, name);
  return { ...reader, scope };
}

export function typeParameterNames(node: ES.TSTypeParameterDeclaration | null | undefined): string[] {
  // Older typescript-eslint gives the name as a string.
  return node?.params.map((parameter) => parameter.name.name) ?? [];
}

/** What each parameter extends; read where all of them are in scope, for they may name one another. */
export function typeParameterBounds(reader: TypeReader, node: ES.TSTypeParameterDeclaration | null | undefined): (TypeTerm | null)[] {
  return node?.params.map((parameter) => (parameter.constraint == null ? null : readType(reader, parameter.constraint))) ?? [];
}

const KEYWORDS: Readonly<Record<string, TypeTerm>> = {
  TSAnyKeyword: { kind: "primitive", name: "any" },
  TSStringKeyword: { kind: "primitive", name: "string" },
  TSNumberKeyword: { kind: "primitive", name: "number" },
  TSBooleanKeyword: { kind: "primitive", name: "boolean" },
  TSBigIntKeyword: { kind: "primitive", name: "bigint" },
  TSSymbolKeyword: { kind: "primitive", name: "symbol" },
  TSNullKeyword: { kind: "primitive", name: "null" },
  TSUndefinedKeyword: { kind: "primitive", name: "undefined" },
  TSVoidKeyword: { kind: "primitive", name: "void" },
  TSNeverKeyword: { kind: "primitive", name: "never" },
  TSUnknownKeyword: { kind: "primitive", name: "unknown" },
  TSObjectKeyword: { kind: "primitive", name: "object" },
  TSJSDocUnknownType: { kind: "primitive", name: "any" },
  TSThisType: { kind: "this" },
  TSTemplateLiteralType: { kind: "primitive", name: "string" },
};

export function readType(outer: TypeReader, node: ES.TSType | ES.TSTupleElement): TypeTerm {
  const keyword = KEYWORDS[node.type];
  if (keyword !== undefined) return keyword;
  if (outer.depth > TYPE_DEPTH_LIMIT) return UNSUPPORTED;
  const reader = { ...outer, depth: outer.depth + 1 };
  switch (node.type) {
    case "TSTypeReference":
      return nameTerm(reader, dottedName(node.typeName), readArguments(reader, node.typeArguments));
    case "TSArrayType":
      return { kind: "array", element: readType(reader, node.elementType) };
    case "TSTupleType":
      return { kind: "tuple", elements: node.elementTypes.map((element) => readType(reader, element)) };
    case "TSNamedTupleMember":
      return readType(reader, node.elementType);
    case "TSRestType":
    case "TSOptionalType":
    case "TSParenthesizedType":
    case "TSJSDocNonNullableType":
      return readType(reader, node.typeAnnotation);
    case "TSJSDocNullableType":
      return { kind: "union", members: [readType(reader, node.typeAnnotation), { kind: "primitive", name: "null" }] };
    case "TSUnionType":
      return { kind: "union", members: node.types.map((type) => readType(reader, type)) };
    case "TSIntersectionType":
      return { kind: "intersection", members: node.types.map((type) => readType(reader, type)) };
    case "TSFunctionType":
    case "TSConstructorType":
      return readSignature(reader, node, node.type === "TSConstructorType");
    case "TSTypeLiteral":
      return readMembers(reader, node.members);
    case "TSTypeQuery":
      return readTypeQuery(reader, node);
    case "TSImportType":
      return readImportType(reader, node);
    case "TSIndexedAccessType":
      return readIndexed(reader, node);
    case "TSTypePredicate":
      return readPredicate(reader, node);
    case "TSLiteralType":
      return readLiteral(node.literal);
    case "TSTypeOperator":
      if (node.operator === "readonly") return readType(reader, node.typeAnnotation);
      return node.operator === "unique" ? { kind: "primitive", name: "symbol" } : UNSUPPORTED;
    default:
      return UNSUPPORTED;
  }
}

/** A reference by name; a name declared in a namespace is given with the namespace. */
export function nameTerm(reader: TypeReader, parts: readonly string[] | null, args: readonly TypeTerm[]): TypeTerm {
  const [first, ...rest] = parts ?? [];
  if (first === undefined) return UNSUPPORTED;
  if (first === "this") return { kind: "this" };
  const { variable, qualified } = resolveTypeName(reader.module, reader.scope, first);
  if (qualified === first) return { kind: "name", parts: [first, ...rest], variable, args };
  const outerParts = qualified.split(".");
  const namespace = lookUp(reader.scope, outerParts[0] ?? first);
  return { kind: "name", parts: [...outerParts, ...rest], variable: namespace, args };
}

export function readArguments(reader: TypeReader, node: ES.TSTypeParameterInstantiation | null | undefined): readonly TypeTerm[] {
  return node?.params.map((type) => readType(reader, type)) ?? [];
}

/** The annotation of a parameter, a variable or a pattern. */
export function annotationOf(pattern: ES.ParamPattern | ES.BindingPattern): ES.TSType | null {
  let at: ES.ParamPattern | ES.BindingPattern = pattern;
  for (;;) {
    if (at.type === "TSParameterProperty") at = at.parameter;
    else if (at.type === "AssignmentPattern") at = at.left;
    else return at.typeAnnotation?.typeAnnotation ?? null;
  }
}

function readSignature(
  outer: TypeReader,
  node: ES.TSFunctionType | ES.TSConstructorType | ES.TSCallSignatureDeclaration | ES.TSConstructSignatureDeclaration | ES.TSMethodSignature,
  construct: boolean,
): TypeTerm {
  const reader = withTypeParameters(outer, typeParameterNames(node.typeParameters));
  const params = node.params.filter((param) => !(param.type === "Identifier" && param.name === "this")).map((param) => {
    const type = annotationOf(param);
    const rest = param.type === "RestElement" ? "..." : "";
    return { name: rest + parameterName(param), type: type === null ? null : readType(reader, type) };
  });
  const returns = node.returnType == null ? null : readType(reader, node.returnType.typeAnnotation);
  return { kind: "function", params, returns, construct };
}

export function parameterName(param: ES.ParamPattern | ES.BindingPattern): string {
  let at: ES.ParamPattern | ES.BindingPattern = param;
  for (;;) {
    if (at.type === "TSParameterProperty") at = at.parameter;
    else if (at.type === "AssignmentPattern") at = at.left;
    else if (at.type === "RestElement") at = at.argument;
    else return at.type === "Identifier" ? at.name : "";
  }
}

/** The members of an interface or of an object type. A construct signature is its `call` when it has no call signature. */
export function readMembers(reader: TypeReader, nodes: readonly ES.TSSignature[]): TypeTerm {
  const members: { name: string; type: TypeTerm | null; optional: boolean }[] = [];
  let index: TypeTerm | null = null;
  let call: TypeTerm | null = null;
  let constructs: TypeTerm | null = null;
  for (const node of nodes) {
    switch (node.type) {
      case "TSPropertySignature":
      case "TSMethodSignature": {
        const name = propertyKey(node.key, node.computed, () => lookUp(reader.scope, "Symbol") === null);
        if (name !== null) members.push({ name, type: memberType(reader, node), optional: node.optional });
        break;
      }
      case "TSIndexSignature":
        index ??= node.typeAnnotation == null ? null : readType(reader, node.typeAnnotation.typeAnnotation);
        break;
      case "TSCallSignatureDeclaration":
        call ??= readSignature(reader, node, false);
        break;
      case "TSConstructSignatureDeclaration":
        constructs ??= readSignature(reader, node, true);
        break;
    }
  }
  return { kind: "object", members, index, call: call ?? constructs };
}

function memberType(reader: TypeReader, node: ES.TSPropertySignature | ES.TSMethodSignature): TypeTerm | null {
  if (node.type === "TSPropertySignature") return node.typeAnnotation == null ? null : readType(reader, node.typeAnnotation.typeAnnotation);
  if (node.kind === "method") return readSignature(reader, node, false);
  if (node.kind === "get") return node.returnType == null ? null : readType(reader, node.returnType.typeAnnotation);
  const param = node.params[0];
  const type = param === undefined ? null : annotationOf(param);
  return type === null ? null : readType(reader, type);
}

function readTypeQuery(reader: TypeReader, node: ES.TSTypeQuery): TypeTerm {
  if (node.exprName.type === "TSImportType") return readImportType(reader, node.exprName);
  const parts = dottedName(node.exprName);
  return parts === null || parts[0] === undefined ? UNSUPPORTED : { kind: "typeof", parts, variable: lookUp(reader.scope, parts[0]) };
}

function readImportType(reader: TypeReader, node: ES.TSImportType): TypeTerm {
  const specifier = constantString(node.source);
  if (specifier === null) return UNSUPPORTED;
  const parts = node.qualifier === null ? [] : (dottedName(node.qualifier) ?? []);
  return { kind: "import", specifier, parts, args: readArguments(reader, node.typeArguments) };
}

function readIndexed(reader: TypeReader, node: ES.TSIndexedAccessType): TypeTerm {
  const key = node.indexType.type === "TSLiteralType" ? readLiteral(node.indexType.literal) : UNSUPPORTED;
  if (key.kind !== "literal" || key.value === null || typeof key.value === "boolean") return UNSUPPORTED;
  return { kind: "indexed", object: readType(reader, node.objectType), key: String(key.value) };
}

function readPredicate(reader: TypeReader, node: ES.TSTypePredicate): TypeTerm {
  const parameter = node.parameterName.type === "TSThisType" ? "this" : node.parameterName.name;
  const type = node.typeAnnotation == null ? null : readType(reader, node.typeAnnotation.typeAnnotation);
  return { kind: "predicate", parameter, asserts: node.asserts, type };
}

function readLiteral(node: ES.TSLiteral): TypeTerm {
  if (node.type === "TemplateLiteral") {
    const text = constantString(node);
    return text === null ? { kind: "primitive", name: "string" } : { kind: "literal", value: text };
  }
  if (node.type === "UnaryExpression") {
    const inner = node.argument;
    return inner.type === "Literal" && typeof inner.value === "number" ? { kind: "literal", value: node.operator === "-" ? -inner.value : inner.value } : UNSUPPORTED;
  }
  return typeof node.value === "bigint" ? { kind: "primitive", name: "bigint" } : { kind: "literal", value: node.value };
}
