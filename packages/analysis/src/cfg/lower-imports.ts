/** Imports: declarations, `require`, dynamic `import`. Each is recorded once, with the variable that it is bound to where there is one. */
import type * as ES from "@oxc-project/types";
import { declare, lookUp } from "../source/bind.ts";
import { constantString, moduleExportName, nodeSpan, withoutTypes } from "../source/estree.ts";
import type { ImportIR, VariableId } from "../source/ir.ts";
import type { ModuleDraft } from "../source/module-draft.ts";
import { readDoc, readDocImports } from "../source/read-jsdoc.ts";
import type { FunctionBuilder } from "./builder.ts";

export function recordImportDeclaration(f: FunctionBuilder, node: ES.ImportDeclaration): void {
  if (!f.module.record(node)) return;
  const specifier = node.source.value;
  if (node.specifiers.length === 0) {
    f.module.imports.push({ variable: null, specifier, imported: "*", typeOnly: node.importKind === "type", form: "esm", span: nodeSpan(node) });
  }
  for (const entry of node.specifiers) {
    const imported = entry.type === "ImportSpecifier" ? moduleExportName(entry.imported) : entry.type === "ImportDefaultSpecifier" ? "default" : "*";
    const typeOnly = node.importKind === "type" || (entry.type === "ImportSpecifier" && entry.importKind === "type");
    f.module.imports.push({ variable: lookUp(f.scope, entry.local.name), specifier, imported, typeOnly, form: "esm", span: nodeSpan(entry) });
  }
}

/** A call of the global `require` with a constant specifier. */
export function recordRequire(f: FunctionBuilder, node: ES.CallExpression): void {
  const specifier = requiredSpecifier(f, node);
  if (specifier === null || !f.module.record(node)) return;
  f.module.imports.push({ variable: null, specifier, imported: "*", typeOnly: false, form: "require", span: nodeSpan(node) });
}

export function recordDynamicImport(module: ModuleDraft, node: ES.ImportExpression, specifier: string | null): void {
  if (specifier === null || !module.record(node)) return;
  module.imports.push({ variable: null, specifier, imported: "*", typeOnly: false, form: "dynamic", span: nodeSpan(node) });
}

/** The specifier of a call of the global `require`, when it is constant. */
export function requiredSpecifier(f: FunctionBuilder, node: ES.Expression): string | null {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier" || node.callee.name !== "require") return null;
  return lookUp(f.scope, "require") === null ? constantString(node.arguments[0]) : null;
}

export interface Imported {
  readonly node: ES.Expression;
  readonly specifier: string;
  /** What is taken of the module. */
  readonly imported: string;
  readonly form: "require" | "dynamic";
}

/** `require("x")`, `await import("x")`, either with one member taken. */
export function importedBy(f: FunctionBuilder, init: ES.Expression): Imported | null {
  let node = withoutTypes(init);
  let imported = "*";
  if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
    imported = node.property.name;
    node = withoutTypes(node.object);
  }
  const required = requiredSpecifier(f, node);
  if (required !== null) return { node, specifier: required, imported, form: "require" };
  if (node.type !== "AwaitExpression" || node.argument.type !== "ImportExpression") return null;
  const specifier = constantString(node.argument.source);
  return specifier === null ? null : { node: node.argument, specifier, imported, form: "dynamic" };
}

/** `const x = require("x")`, `const { a: b } = await import("x")`. */
export function recordBoundImport(f: FunctionBuilder, declarator: ES.VariableDeclarator): void {
  if (declarator.init === null) return;
  const from = importedBy(f, declarator.init);
  if (from === null || !f.module.record(from.node)) return;
  const found: ImportIR[] = [];
  const add = (variable: VariableId | null, imported: string, span: ES.Span): void => {
    found.push({ variable, specifier: from.specifier, imported, typeOnly: false, form: from.form, span: nodeSpan(span) });
  };
  const { id } = declarator;
  if (id.type === "Identifier") add(lookUp(f.scope, id.name), from.imported, declarator);
  // The members of a member are no imports of their own.
  else if (id.type === "ObjectPattern" && from.imported === "*") {
    for (const property of id.properties) {
      const target = property.type === "RestElement" ? property.argument : property.value.type === "AssignmentPattern" ? property.value.left : property.value;
      if (target.type !== "Identifier") continue;
      const key = property.type === "Property" && !property.computed && (property.key.type === "Identifier" || property.key.type === "Literal") ? propertyName(property.key) : "*";
      if (key !== null) add(lookUp(f.scope, target.name), key, property);
    }
  }
  if (found.length === 0) add(null, "*", declarator);
  f.module.imports.push(...found);
}

function propertyName(key: ES.PropertyKey): string | null {
  return key.type === "Identifier" ? key.name : constantString(key);
}

/** JSDoc's `@import { A } from "x"`: type-only imports of the module. */
export function recordDocImports(f: FunctionBuilder): void {
  if (!f.module.readsJsdocTypes || !f.module.parsed.text.includes("@import")) return;
  for (const comment of f.module.docs.all()) {
    if (!comment.value.includes("@import")) continue;
    const span = { start: comment.start, end: comment.end };
    for (const { specifier, imported, local } of readDocImports(readDoc(comment))) {
      if (f.scope.names.has(local)) continue;
      const variable = declare(f.module, f.scope, "import", local, span);
      f.module.imports.push({ variable, specifier, imported, typeOnly: true, form: "esm", span });
    }
  }
}
