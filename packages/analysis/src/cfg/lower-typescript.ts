/**
 * TypeScript's own statements: enums, namespaces, `import x =`, and the types that a module declares. A namespace's block is lowered as part
 * of the function that it stands in; what it exports is a variable and a member of the namespace's object.
 */
import type * as ES from "@oxc-project/types";
import { createScope, declare, declareStatements, declareVars, isInstantiated, lookUp, type Scope } from "../source/bind.ts";
import { constantString, dottedName, exportedDeclaration, nodeSpan } from "../source/estree.ts";
import type { ObjectPart, Temp, VariableId } from "../source/ir.ts";
import { nameTerm, readArguments, readMembers, readType, typeParameterNames, typeReader, withTypeParameters } from "../source/read-type.ts";
import type { TypeTerm } from "../source/type-term.ts";
import { DEPTH_LIMIT, type FunctionBuilder } from "./builder.ts";
import { hoistFunctions } from "./function-value.ts";
import { declaredIds } from "./lower-exports.ts";
import { lowerExpression } from "./lower-expression.ts";
import { lowerStatements } from "./lower-statement.ts";

export function recordType(f: FunctionBuilder, node: ES.TSInterfaceDeclaration | ES.TSTypeAliasDeclaration): void {
  if (!f.module.record(node)) return;
  const parameters = typeParameterNames(node.typeParameters);
  const reader = withTypeParameters(typeReader(f.module, f.scope), parameters);
  const isInterface = node.type === "TSInterfaceDeclaration";
  f.module.types.push({
    kind: isInterface ? "interface" : "alias",
    name: f.namespacePrefix + node.id.name,
    parameters,
    term: isInterface ? readMembers(reader, node.body.body) : readType(reader, node.typeAnnotation),
    extends: isInterface ? node.extends.map((entry) => nameTerm(reader, dottedName(entry.expression), readArguments(reader, entry.typeArguments))) : [],
    exported: f.exported,
    augments: f.augments,
    span: nodeSpan(node),
  });
}

/** An object of the members; a second declaration of the enum adds to the first one's. */
export function lowerEnum(f: FunctionBuilder, node: ES.TSEnumDeclaration): void {
  const span = nodeSpan(node);
  const variable = lookUp(f.scope, node.id.name);
  if (variable === null) return;
  const outer = f.scope;
  f.scope = createScope(outer, f.draft);
  f.scope.members = new Map();
  const { parts, members } = enumMembers(f, node);
  f.scope = outer;
  const draft = f.module.variable(variable);
  if (draft.initialisedBy !== null && draft.initialisedBy !== node) {
    const object = f.load(variable, span);
    for (const part of parts) f.emit({ op: "set", object, key: part.key, index: part.keyTemp, src: part.value, keySpan: part.span, span: part.span });
  } else {
    const dst = f.temp();
    f.emit({ op: "object", dst, parts, span });
    f.store(variable, dst, node, nodeSpan(node.id));
  }
  if (!f.module.record(node)) return;
  const term: TypeTerm = { kind: "object", members, index: null, call: null };
  f.module.types.push({ kind: "enum", name: f.namespacePrefix + node.id.name, parameters: [], term, extends: [], exported: f.exported, augments: f.augments, span });
}

function enumMembers(f: FunctionBuilder, node: ES.TSEnumDeclaration): { parts: ObjectPart[]; members: { name: string; type: TypeTerm; optional: boolean }[] } {
  const parts: ObjectPart[] = [];
  const members: { name: string; type: TypeTerm; optional: boolean }[] = [];
  let previous: { readonly temp: Temp; readonly value: number | null } | null = null;
  for (const member of node.body.members) {
    const span = nodeSpan(member);
    const key: string | null = member.id.type === "Identifier" ? member.id.name : constantString(member.id);
    const { temp, value }: { temp: Temp; value: string | number | null } = enumValue(f, member, previous);
    previous = { temp, value: typeof value === "number" ? value : null };
    if (key !== null) {
      f.scope.members?.set(key, temp);
      members.push({ name: key, type: value === null ? { kind: "primitive", name: "number" } : { kind: "literal", value }, optional: false });
    }
    parts.push({ kind: "value", key, keyTemp: null, value: temp, span });
  }
  return { parts, members };
}

function enumValue(f: FunctionBuilder, member: ES.TSEnumMember, previous: { readonly temp: Temp; readonly value: number | null } | null): { temp: Temp; value: string | number | null } {
  const span = nodeSpan(member);
  const init = member.initializer;
  if (init != null) {
    const text = constantString(init);
    const value = text ?? (init.type === "Literal" && typeof init.value === "number" ? init.value : null);
    return { temp: lowerExpression(f, init), value };
  }
  if (previous === null) return { temp: f.number(0, span), value: 0 };
  if (previous.value !== null) return { temp: f.number(previous.value + 1, span), value: previous.value + 1 };
  const dst = f.temp();
  f.emit({ op: "binary", dst, operator: "+", left: previous.temp, right: f.number(1, span), span });
  return { temp: dst, value: null };
}

export function lowerNamespace(f: FunctionBuilder, node: ES.TSModuleDeclaration | ES.TSGlobalDeclaration): void {
  if (node.body == null) return;
  const outerAmbient = f.ambient;
  f.ambient ||= node.declare;
  const isGlobal = node.kind === "global";
  const path = isGlobal || node.id.type === "Literal" ? [] : (dottedName(node.id) ?? []);
  if (path.length > DEPTH_LIMIT) f.tooDeep(node);
  else if (isGlobal || node.id.type === "Literal") lowerAmbientModule(f, node.body, isGlobal ? "global" : (constantString(node.id) ?? ""));
  else lowerNamed(f, path, node.id, node.body);
  f.ambient = outerAmbient;
}

/** `declare module "x"` and `declare global`: a scope of its own, whose types augment that module. */
function lowerAmbientModule(f: FunctionBuilder, body: ES.TSModuleBlock, augments: string): void {
  const outer = f.scope;
  const outerAugments = f.augments;
  const outerPrefix = f.namespacePrefix;
  f.augments = augments;
  f.namespacePrefix = "";
  f.scope = f.module.scopeOf.get(body) ?? createScope(outer, f.draft);
  lowerBlock(f, body, f.scope, null);
  f.scope = outer;
  f.augments = outerAugments;
  f.namespacePrefix = outerPrefix;
}

/** `namespace A.B {}` is `namespace A { export namespace B {} }`. */
function lowerNamed(f: FunctionBuilder, path: readonly string[], at: ES.Span, body: ES.TSModuleBlock): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  const outer = f.scope;
  const outerPrefix = f.namespacePrefix;
  const variable = isInstantiated(body) ? lookUp(outer, name) : null;
  if (variable !== null) makeObject(f, variable, body, at);
  f.namespacePrefix = `${outerPrefix}${name}.`;
  // Blocks of one namespace see each other's exports.
  const key = `${f.augments ?? ""}:${f.namespacePrefix}`;
  const exports = f.module.namespaceScopes.get(key) ?? createScope(outer, f.draft);
  f.module.namespaceScopes.set(key, exports);
  if (rest.length > 0) {
    f.scope = exports;
    const inner = isInstantiated(body) ? declare(f.module, exports, "namespace", rest[0] ?? "", nodeSpan(at)) : null;
    if (inner !== null) f.module.variable(inner).exportedOn = variable;
    lowerNamed(f, rest, at, body);
  } else {
    f.scope = exports;
    declareExports(f, body, exports, variable);
    f.scope = f.module.scopeOf.get(body) ?? createScope(exports, f.draft);
    lowerBlock(f, body, f.scope, variable);
  }
  f.scope = outer;
  f.namespacePrefix = outerPrefix;
}

function makeObject(f: FunctionBuilder, variable: VariableId, body: object, at: ES.Span): void {
  const draft = f.module.variable(variable);
  if (draft.initialisedBy !== null && draft.initialisedBy !== body) return;
  const dst = f.temp();
  f.emit({ op: "object", dst, parts: [], span: nodeSpan(at) });
  f.store(variable, dst, body, nodeSpan(at));
}

/** Declares what a block exports where the namespace's other blocks see it, as members of its object. In `declare`, everything is exported. */
function declareExports(f: FunctionBuilder, body: ES.TSModuleBlock, exports: Scope, namespace: VariableId | null): void {
  for (const statement of body.body) {
    if (statement.type !== "ExportNamedDeclaration" && !f.ambient) continue;
    const node = exportedDeclaration(statement);
    if (node.type === "VariableDeclaration" && node.kind === "var") declareVars(f.module, exports, [node]);
    declareStatements(f.module, exports, [statement], f.namespacePrefix);
    if (namespace === null) continue;
    for (const id of declaredIds(node)) {
      const variable = exports.names.get(id.name);
      if (variable !== undefined) f.module.variable(variable).exportedOn = namespace;
    }
  }
}

function lowerBlock(f: FunctionBuilder, body: ES.TSModuleBlock, scope: Scope, namespace: VariableId | null): void {
  if (!f.module.scopeOf.has(body)) {
    f.module.scopeOf.set(body, scope);
    const own = namespace === null && f.augments !== null && f.namespacePrefix === "" ? body.body : body.body.filter((statement) => statement.type !== "ExportNamedDeclaration" && !f.ambient);
    declareVars(f.module, scope, own);
    declareStatements(f.module, scope, own, f.namespacePrefix);
  }
  const outer = f.exported;
  f.exported = f.ambient;
  hoistFunctions(f, body.body);
  lowerStatements(f, body.body);
  f.exported = outer;
}

/** `import a = require("x")` is an import; `import a = N.b` reads the member, and names the type of that name. */
export function lowerImportEquals(f: FunctionBuilder, node: ES.TSImportEqualsDeclaration): void {
  const span = nodeSpan(node);
  const variable = lookUp(f.scope, node.id.name);
  const reference = node.moduleReference;
  if (reference.type === "TSExternalModuleReference") {
    const typeOnly = node.importKind === "type";
    if (f.module.record(node)) f.module.imports.push({ variable, specifier: reference.expression.value, imported: "*", typeOnly, form: "require", span });
    return;
  }
  const parts = dottedName(reference) ?? [];
  const [first, ...rest] = parts;
  if (first === undefined) return;
  if (f.module.record(node)) {
    const term = nameTerm(typeReader(f.module, f.scope), parts, []);
    f.module.types.push({ kind: "alias", name: f.namespacePrefix + node.id.name, parameters: [], term, extends: [], exported: f.exported, augments: f.augments, span });
  }
  const namespace = lookUp(f.scope, first);
  if (variable === null || namespace === null || f.ambient) return;
  let value = f.load(namespace, nodeSpan(reference));
  for (const part of rest) value = f.get(value, part, null, nodeSpan(reference), nodeSpan(reference));
  f.store(variable, value, node, span);
}
