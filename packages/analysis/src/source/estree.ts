/**
 * Reading TS-ESTree nodes, whichever parser made them: oxc-parser (`start`, `end`), espree (both) or typescript-eslint (`range`).
 * Fields that only TypeScript syntax has may be absent (espree), so they are read with `?.` and `??`.
 */
import type * as ES from "@oxc-project/types";
import type { Span } from "./span.ts";

export type FunctionNode = ES.Function | ES.ArrowFunctionExpression;
export type ClassNode = ES.Class;
export type PatternNode = ES.ParamPattern | ES.BindingPattern | ES.AssignmentTarget | ES.AssignmentTargetMaybeDefault | ES.AssignmentTargetRest | ES.BindingRestElement;
export type StatementNode = ES.Statement | ES.Directive;

export function startOf(node: ES.Span): number {
  return node.range === undefined ? node.start : node.range[0];
}

export function endOf(node: ES.Span): number {
  return node.range === undefined ? node.end : node.range[1];
}

export function nodeSpan(node: ES.Span): Span {
  return { start: startOf(node), end: endOf(node) };
}

/** The expression inside `as`, `satisfies`, `<T>`, `!`, instantiations and parentheses. */
export function withoutTypes(node: ES.Expression): ES.Expression {
  let at = node;
  for (;;) {
    switch (at.type) {
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
      case "TSNonNullExpression":
      case "TSInstantiationExpression":
      case "ParenthesizedExpression":
        at = at.expression;
        break;
      default:
        return at;
    }
  }
}

/** The value of a string literal or of a template without expressions. */
export function constantString(node: ES.Node | null | undefined): string | null {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
  return null;
}

/**
 * The name of a property as far as it is constant: `a`, `"a"`, `["a"]`, `0` (decimal), `#a`, and `@@iterator` for `[Symbol.iterator]`
 * where `symbolIsGlobal` says that nothing in scope is called `Symbol`. Null when only known when it is evaluated.
 */
export function propertyKey(key: ES.Node, computed: boolean, symbolIsGlobal: () => boolean): string | null {
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  if (key.type === "Identifier" && !computed) return key.name;
  if (key.type === "Literal") {
    if (typeof key.value === "string") return key.value;
    if (typeof key.value === "number") return String(key.value);
    return "bigint" in key ? key.bigint : null;
  }
  if (key.type === "TemplateLiteral") return constantString(key);
  if (key.type === "MemberExpression" && !key.computed && key.object.type === "Identifier" && key.object.name === "Symbol" && key.property.type === "Identifier") {
    return symbolIsGlobal() ? `@@${key.property.name}` : null;
  }
  return null;
}

/** A module's or member's exported name, written as an identifier or a string. */
export function moduleExportName(node: ES.ModuleExportName): string {
  return node.type === "Literal" ? node.value : node.name;
}

/** `a.b.c` as its parts; null when it is not a plain chain of names. */
export function dottedName(node: ES.Node): readonly string[] | null {
  const parts: string[] = [];
  let at: ES.Node = node;
  for (;;) {
    if (at.type === "TSQualifiedName") {
      parts.push(at.right.name);
      at = at.left;
    } else if (at.type === "MemberExpression" && !at.computed && at.property.type === "Identifier") {
      parts.push(at.property.name);
      at = at.object;
    } else break;
  }
  if (at.type === "Identifier") parts.push(at.name);
  else if (at.type === "ThisExpression") parts.push("this");
  else return null;
  return parts.reverse();
}

/** The declaration inside an `export`, or the statement itself. */
export function exportedDeclaration(statement: StatementNode): StatementNode | ES.Class | ES.Function | ES.TSInterfaceDeclaration {
  if (statement.type === "ExportNamedDeclaration" && statement.declaration !== null) return statement.declaration;
  if (statement.type === "ExportDefaultDeclaration") {
    const inner = statement.declaration;
    if (inner.type === "FunctionDeclaration" || inner.type === "TSDeclareFunction" || inner.type === "ClassDeclaration" || inner.type === "TSInterfaceDeclaration") return inner;
  }
  return statement;
}

/** The identifiers that a pattern binds, in source order. Iterative: patterns nest as deep as anybody likes. */
export function boundIdentifiers(pattern: PatternNode): ES.BindingIdentifier[] {
  const found: ES.BindingIdentifier[] = [];
  const open: (PatternNode | null)[] = [pattern];
  for (;;) {
    const at = open.pop();
    if (at === undefined) return found;
    if (at === null) continue;
    switch (at.type) {
      case "Identifier":
        found.push(at);
        break;
      case "ObjectPattern":
        for (let index = at.properties.length - 1; index >= 0; index--) {
          const property = at.properties[index];
          if (property !== undefined) open.push(property.type === "RestElement" ? property.argument : property.value);
        }
        break;
      case "ArrayPattern":
        for (let index = at.elements.length - 1; index >= 0; index--) open.push(at.elements[index] ?? null);
        break;
      case "AssignmentPattern":
        open.push(at.left);
        break;
      case "RestElement":
        open.push(at.argument);
        break;
      case "TSParameterProperty":
        open.push(at.parameter);
        break;
      default:
        break;
    }
  }
}
