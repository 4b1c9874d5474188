/** Exports: the module's own, those of a namespace (members of its object), and CommonJS assignments to `exports` and `module.exports`. */
import type * as ES from "@oxc-project/types";
import { lookUp } from "../source/bind.ts";
import { boundIdentifiers, moduleExportName, nodeSpan, startOf, type StatementNode, withoutTypes } from "../source/estree.ts";
import type { ExportIR, Temp } from "../source/ir.ts";
import type { FunctionBuilder } from "./builder.ts";
import { functionValue } from "./function-value.ts";
import { lowerClass, lowerClassDeclaration } from "./lower-class.ts";
import { lowerExpression, nameValue } from "./lower-expression.ts";
import { importedBy, requiredSpecifier } from "./lower-imports.ts";
import { lowerExported } from "./lower-statement.ts";
import { recordType } from "./lower-typescript.ts";

type ExportNode = ES.ExportNamedDeclaration | ES.ExportDefaultDeclaration | ES.ExportAllDeclaration | ES.TSExportAssignment;

export function lowerExport(f: FunctionBuilder, node: ExportNode): void {
  switch (node.type) {
    case "ExportNamedDeclaration":
      lowerNamed(f, node);
      break;
    case "ExportDefaultDeclaration":
      lowerDefault(f, node);
      break;
    case "ExportAllDeclaration": {
      const span = nodeSpan(node);
      const specifier = node.source.value;
      if (node.exported === null) add(f, { kind: "all", specifier, span });
      else add(f, { kind: "from", name: moduleExportName(node.exported), specifier, imported: "*", span });
      break;
    }
    case "TSExportAssignment":
      lowerValue(f, "=", node.expression, node);
      break;
  }
}

/** Exports of a namespace's block are not the module's. */
function isModuleLevel(f: FunctionBuilder): boolean {
  return f.draft.kind === "module" && f.namespacePrefix === "" && f.augments === null;
}

function add(f: FunctionBuilder, entry: ExportIR): void {
  if (isModuleLevel(f)) f.module.exports.push(entry);
}

function lowerNamed(f: FunctionBuilder, node: ES.ExportNamedDeclaration): void {
  if (node.declaration !== null) {
    const outer = f.exported;
    f.exported = true;
    lowerExported(f, node.declaration, startOf(node));
    f.exported = outer;
    for (const id of declaredIds(node.declaration)) exportLocal(f, id.name, id.name, id);
    return;
  }
  for (const entry of node.specifiers) {
    const name = moduleExportName(entry.exported);
    const local = moduleExportName(entry.local);
    if (node.source !== null) add(f, { kind: "from", name, specifier: node.source.value, imported: local, span: nodeSpan(entry) });
    else exportLocal(f, name, local, entry);
  }
}

/** A name may be a value, a type or both. */
export function exportLocal(f: FunctionBuilder, name: string, local: string, at: ES.Span): void {
  const variable = lookUp(f.scope, local);
  const type = f.scope.types?.get(local);
  if (variable !== null) add(f, { kind: "local", name, variable, span: nodeSpan(at) });
  if (type !== undefined) add(f, { kind: "type", name, type, span: nodeSpan(at) });
}

/** The names that a declaration declares. */
export function declaredIds(node: ES.Declaration | ES.Statement): readonly ES.BindingIdentifier[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap((declarator) => boundIdentifiers(declarator.id));
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "TSDeclareFunction":
    case "TSEmptyBodyFunctionExpression":
    case "ClassDeclaration":
    case "ClassExpression":
      return node.id === null ? [] : [node.id];
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
    case "TSImportEqualsDeclaration":
      return [node.id];
    case "TSModuleDeclaration": {
      let id: ES.TSModuleDeclaration["id"] | ES.TSTypeName = node.id;
      while (id.type === "TSQualifiedName") id = id.left;
      return id.type === "Identifier" ? [id] : [];
    }
    default:
      return [];
  }
}

/** A declaration file that is a module and says nothing of what it exports exports every declaration. */
export function exportsImplicitly(f: FunctionBuilder, statements: readonly StatementNode[]): boolean {
  if (f.module.parsed.language !== "dts") return false;
  const isExplicit = (node: StatementNode): boolean =>
    node.type === "ExportDefaultDeclaration" || node.type === "ExportAllDeclaration" || node.type === "TSExportAssignment" || (node.type === "ExportNamedDeclaration" && node.declaration === null);
  const isModule = statements.some((node) => node.type === "ImportDeclaration" || node.type === "ExportNamedDeclaration");
  return isModule && !statements.some(isExplicit);
}

export function exportDeclared(f: FunctionBuilder, statement: StatementNode): void {
  if (statement.type === "ExportNamedDeclaration" || statement.type === "ImportDeclaration") return;
  for (const id of declaredIds(statement)) exportLocal(f, id.name, id.name, id);
}

function lowerDefault(f: FunctionBuilder, node: ES.ExportDefaultDeclaration): void {
  const { declaration } = node;
  const span = nodeSpan(node);
  f.docStart = startOf(node);
  switch (declaration.type) {
    case "TSInterfaceDeclaration":
      f.exported = true;
      recordType(f, declaration);
      f.exported = false;
      exportLocal(f, "default", declaration.id.name, node);
      break;
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      // A named one is made where its scope begins.
      if (declaration.id === null) add(f, { kind: "value", name: "default", temp: functionValue(f, nameless(f, declaration, node)), span });
      else exportLocal(f, "default", declaration.id.name, node);
      break;
    case "ClassDeclaration":
      if (declaration.id === null) add(f, { kind: "value", name: "default", temp: lowerClass(f, nameless(f, declaration, node)), span });
      else {
        lowerClassDeclaration(f, declaration);
        exportLocal(f, "default", declaration.id.name, node);
      }
      break;
    default:
      lowerValue(f, "default", declaration, node);
      break;
  }
}

/** A default export without a name of its own is called `default`. */
function nameless<T extends ES.Function | ES.Class>(f: FunctionBuilder, declaration: T, node: ES.Span): T {
  const start = startOf(declaration);
  const span = { start, end: declaration.body === null ? start : startOf(declaration.body) };
  f.module.givenNames.set(declaration, { name: "default", span, variable: null, docStart: startOf(node) });
  return declaration;
}

/** A name is exported as its variable, anything else as a value. */
function lowerValue(f: FunctionBuilder, name: string, expression: ES.Expression, node: ES.Span): void {
  const inner = withoutTypes(expression);
  if (inner.type === "Identifier" && (lookUp(f.scope, inner.name) !== null || f.scope.types?.has(inner.name) === true)) {
    exportLocal(f, name, inner.name, node);
    return;
  }
  nameValue(f, expression, name === "=" ? "exports" : name, expression, null, startOf(node));
  add(f, { kind: "value", name, temp: lowerExpression(f, expression), span: nodeSpan(node) });
}

/** `exports.a = x`, `module.exports.a = x`, `module.exports = x` in the module's own body. */
export function recordCommonJsExport(f: FunctionBuilder, node: ES.AssignmentExpression, value: Temp): void {
  if (f.draft.kind !== "module" || node.left.type !== "MemberExpression" || node.left.computed || node.left.property.type !== "Identifier") return;
  const { object, property } = node.left;
  const isWhole = isGlobal(f, object, "module") && property.name === "exports";
  const ofModule = object.type === "MemberExpression" && !object.computed && object.property.type === "Identifier" && object.property.name === "exports" && isGlobal(f, object.object, "module");
  if (!isWhole && !ofModule && !isGlobal(f, object, "exports")) return;
  if (!f.module.record(node)) return;
  const name = isWhole ? "=" : property.name;
  const right = withoutTypes(node.right);
  // Compilers announce a module's names so, before they give them values.
  if (right.type === "UnaryExpression" && right.operator === "void") return;
  const span = nodeSpan(node);
  const from = importedBy(f, right);
  if (from?.form === "require") {
    add(f, { kind: "from", name, specifier: from.specifier, imported: from.imported, span });
    return;
  }
  const variable = right.type === "Identifier" ? lookUp(f.scope, right.name) : null;
  add(f, variable !== null ? { kind: "local", name, variable, span } : { kind: "value", name, temp: value, span });
}

/** `__exportStar(require("x"), exports)`, compiled from `export * from "x"`. */
export function recordExportStar(f: FunctionBuilder, node: ES.CallExpression): void {
  const callee = node.callee.type === "MemberExpression" ? node.callee.property : node.callee;
  // Nearly every call is none.
  if (callee.type !== "Identifier" || callee.name !== "__exportStar") return;
  const [source, target] = node.arguments;
  if (source === undefined || source.type === "SpreadElement") return;
  if (target === undefined || target.type === "SpreadElement" || !isGlobal(f, target, "exports")) return;
  const specifier = requiredSpecifier(f, source);
  if (specifier !== null && f.module.record(node)) add(f, { kind: "all", specifier, span: nodeSpan(node) });
}

function isGlobal(f: FunctionBuilder, node: ES.Expression, name: string): boolean {
  return node.type === "Identifier" && node.name === name && lookUp(f.scope, name) === null;
}
