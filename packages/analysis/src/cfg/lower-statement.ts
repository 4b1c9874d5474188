/** Statements to blocks. `else if` chains are walked in a loop; any other nesting counts against `DEPTH_LIMIT`. */
import type * as ES from "@oxc-project/types";
import { createScope, declareStatements } from "../source/bind.ts";
import { exportedDeclaration, nodeSpan, startOf, type StatementNode } from "../source/estree.ts";
import { DEPTH_LIMIT, type FunctionBuilder } from "./builder.ts";
import { jump, leaveFunction } from "./exits.ts";
import { hoistFunctions } from "./function-value.ts";
import { lowerClassDeclaration } from "./lower-class.ts";
import { lowerCondition } from "./lower-condition.ts";
import { lowerExport } from "./lower-exports.ts";
import { lowerExpression } from "./lower-expression.ts";
import { recordImportDeclaration } from "./lower-imports.ts";
import { lowerLoop } from "./lower-loop.ts";
import { lowerSwitch } from "./lower-switch.ts";
import { lowerTry } from "./lower-try.ts";
import { lowerEnum, lowerImportEquals, lowerNamespace, recordType } from "./lower-typescript.ts";
import { endDisposals, lowerVariables } from "./lower-variables.ts";

/** Lowers a list whose names are declared and whose functions are made; its `using` variables end with it. */
export function lowerStatements(f: FunctionBuilder, statements: readonly StatementNode[]): void {
  const disposals = f.disposals.length;
  for (const statement of statements) lowerStatement(f, statement);
  endDisposals(f, disposals);
}

/** Lowers a list in a scope of its own. `key` is the node whose scope it is: met again, it has the same variables. */
export function lowerScoped(f: FunctionBuilder, statements: readonly StatementNode[], key: object): void {
  const outer = f.scope;
  let scope = f.module.scopeOf.get(key);
  if (scope === undefined && statements.some(declaresNames)) {
    scope = createScope(outer, f.draft);
    f.module.scopeOf.set(key, scope);
    declareStatements(f.module, scope, statements, f.namespacePrefix);
  }
  if (scope !== undefined) {
    f.scope = scope;
    hoistFunctions(f, statements);
  }
  lowerStatements(f, statements);
  f.scope = outer;
}

function declaresNames(statement: StatementNode): boolean {
  let at = exportedDeclaration(statement);
  while (at.type === "LabeledStatement") at = at.body;
  switch (at.type) {
    case "VariableDeclaration":
      return at.kind !== "var";
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
    case "TSImportEqualsDeclaration":
      return true;
    default:
      return false;
  }
}

/** A statement that is a body of its own, as of `if` and of loops. */
export function lowerBody(f: FunctionBuilder, statement: ES.Statement): void {
  if (statement.type === "BlockStatement") lowerStatement(f, statement);
  else lowerScoped(f, [statement], statement);
}

export function lowerStatement(f: FunctionBuilder, node: StatementNode): void {
  if (f.depth >= DEPTH_LIMIT) {
    f.tooDeep(node);
    return;
  }
  f.cutLine();
  f.depth++;
  f.docStart = startOf(node);
  lowerKind(f, node);
  f.depth--;
}

/** Lowers a statement under the documentation of the `export` in front of it. */
export function lowerExported(f: FunctionBuilder, node: StatementNode, docStart: number): void {
  f.docStart = docStart;
  lowerKind(f, node);
}

function lowerKind(f: FunctionBuilder, node: StatementNode): void {
  const { labels } = f;
  f.labels = [];
  switch (node.type) {
    case "ExpressionStatement":
      lowerExpression(f, node.expression);
      break;
    case "VariableDeclaration":
      lowerVariables(f, node);
      break;
    case "BlockStatement":
      lowerBlock(f, node, labels);
      break;
    case "IfStatement":
      labelled(f, labels, () => lowerIf(f, node));
      break;
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      lowerLoop(f, node, labels);
      break;
    case "ReturnStatement":
      leaveFunction(f, node.argument === null ? null : lowerExpression(f, node.argument), nodeSpan(node));
      break;
    case "BreakStatement":
    case "ContinueStatement":
      lowerJump(f, node);
      break;
    case "ThrowStatement":
      lowerThrow(f, node);
      break;
    case "TryStatement":
      labelled(f, labels, () => lowerTry(f, node));
      break;
    case "SwitchStatement":
      lowerSwitch(f, node, labels);
      break;
    case "LabeledStatement":
      lowerLabelled(f, node, labels);
      break;
    case "WithStatement":
      f.module.note(nodeSpan(node), "names inside `with` are taken for those of the scope around it");
      lowerExpression(f, node.object);
      lowerBody(f, node.body);
      break;
    case "EmptyStatement":
    case "DebuggerStatement":
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "TSNamespaceExportDeclaration":
      break;
    default:
      lowerDeclaration(f, node);
      break;
  }
}

function lowerDeclaration(f: FunctionBuilder, node: Extract<ES.Statement, { type: string }>): void {
  switch (node.type) {
    case "ClassDeclaration":
      lowerClassDeclaration(f, node);
      break;
    case "ImportDeclaration":
      recordImportDeclaration(f, node);
      break;
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
    case "ExportAllDeclaration":
    case "TSExportAssignment":
      lowerExport(f, node);
      break;
    case "TSEnumDeclaration":
      lowerEnum(f, node);
      break;
    case "TSModuleDeclaration":
      lowerNamespace(f, node);
      break;
    case "TSImportEqualsDeclaration":
      lowerImportEquals(f, node);
      break;
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      recordType(f, node);
      break;
    default:
      f.opaque(nodeSpan(node), `\`${node.type}\` is not understood`);
      break;
  }
}

function lowerBlock(f: FunctionBuilder, node: ES.BlockStatement, labels: readonly string[]): void {
  labelled(f, labels, () => lowerScoped(f, node.body, node));
}

function lowerIf(f: FunctionBuilder, node: ES.IfStatement): void {
  const after = f.block();
  let at: ES.IfStatement = node;
  for (;;) {
    const then = f.block();
    const otherwise = at.alternate === null ? after : f.block();
    lowerCondition(f, at.test, then, otherwise);
    f.begin(then);
    lowerBody(f, at.consequent);
    f.goto(after);
    if (at.alternate === null) break;
    f.begin(otherwise);
    if (at.alternate.type !== "IfStatement") {
      lowerBody(f, at.alternate);
      f.goto(after);
      break;
    }
    at = at.alternate;
  }
  f.begin(after);
}

/** Lowers a statement that a `break` with one of these labels leaves. */
function labelled(f: FunctionBuilder, labels: readonly string[], lower: () => void): void {
  if (labels.length === 0) {
    lower();
    return;
  }
  const after = f.block();
  f.exits.push({ kind: "block", labels, breakTo: after, isSwitch: false });
  lower();
  f.exits.pop();
  f.goto(after);
  f.begin(after);
}

/** Labels of a loop belong to the loop: `continue` may name them. */
function lowerLabelled(f: FunctionBuilder, node: ES.LabeledStatement, outer: readonly string[]): void {
  let at: ES.Statement = node;
  const labels = [...outer];
  while (at.type === "LabeledStatement") {
    labels.push(at.label.name);
    at = at.body;
  }
  switch (at.type) {
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "SwitchStatement":
    case "BlockStatement":
    case "IfStatement":
    case "TryStatement":
      f.labels = labels;
      lowerStatement(f, at);
      break;
    default: {
      const body = at;
      labelled(f, labels, () => lowerStatement(f, body));
      break;
    }
  }
}

function lowerJump(f: FunctionBuilder, node: ES.BreakStatement | ES.ContinueStatement): void {
  const kind = node.type === "BreakStatement" ? "break" : "continue";
  if (!jump(f, kind, node.label?.name ?? null, nodeSpan(node))) f.opaque(nodeSpan(node), `\`${kind}\` has no target`);
}

function lowerThrow(f: FunctionBuilder, node: ES.ThrowStatement): void {
  const span = nodeSpan(node);
  const value = lowerExpression(f, node.argument);
  const leavesLoop = f.loop !== null && f.handler?.loop !== f.loop;
  f.emit({ op: "leave", kind: "throw", loop: leavesLoop ? (f.loop?.head.id ?? null) : null, span });
  f.throw(value, span);
}
