/**
 * Names: scopes, hoisting and the resolution of identifiers to variables. A scope is filled with every name declared in it before
 * anything inside it is lowered, so that a function may be lowered long after the place where it is written.
 *
 * Known departures from the language: the temporal dead zone is not modelled; a `let` of a loop's head is one variable, not one a round;
 * a function declared in a block of sloppy code is one variable of its function (Annex B keeps two).
 */
import type * as ES from "@oxc-project/types";
import { knowsName } from "../knowledge/shapes.ts";
import { boundIdentifiers, exportedDeclaration, nodeSpan, type PatternNode, type StatementNode } from "./estree.ts";
import type { VariableKind, VariableId } from "./ir.ts";
import type { FunctionDraft, ModuleDraft } from "./module-draft.ts";
import type { Span } from "./span.ts";

export interface Scope {
  readonly parent: Scope | null;
  /** The function whose activation holds the scope's variables. */
  readonly owner: FunctionDraft;
  /** `arguments` is found in the scope of a function that has its own. */
  readonly bindsArguments: boolean;
  readonly names: Map<string, VariableId>;
  /** Types declared here, by their name in the module: `I` of `namespace N` is `N.I`. A type parameter is under its own name. */
  types: Map<string, string> | null;
  /** Members of an enum under evaluation, as temps of `owner`. */
  members: Map<string, number> | null;
}

export function createScope(parent: Scope | null, owner: FunctionDraft, bindsArguments = false): Scope {
  return { parent, owner, bindsArguments, names: new Map(), types: null, members: null };
}

export type Resolved = { readonly kind: "variable"; readonly variable: VariableId } | { readonly kind: "temp"; readonly temp: number } | { readonly kind: "global" };

const GLOBAL: Resolved = { kind: "global" };

/** What a name means where `scope` is, read or written by `user`; notes the capture when the variable is another function's. */
export function resolve(module: ModuleDraft, scope: Scope, name: string, user: FunctionDraft): Resolved {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const member = at.members?.get(name);
    if (member !== undefined && at.owner === user) return { kind: "temp", temp: member };
    let variable = at.names.get(name);
    if (variable === undefined && at.bindsArguments && name === "arguments") {
      variable = declare(module, at, "arguments", name, at.owner.nameSpan);
    }
    if (variable !== undefined) {
      noteCapture(module, variable, user);
      return { kind: "variable", variable };
    }
  }
  return GLOBAL;
}

/** Like `resolve` for a type's name: no capture; null for names that declare no value or nothing known. */
export function resolveTypeName(module: ModuleDraft, scope: Scope, name: string): { readonly variable: VariableId | null; readonly qualified: string } {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const variable = at.names.get(name);
    const type = at.types?.get(name);
    if (variable !== undefined) {
      const kind = module.variable(variable).kind;
      const namesType = kind === "class" || kind === "enum" || kind === "namespace" || kind === "import";
      // `interface A` beside `const A`: as a type, A is the interface.
      if (type === undefined || namesType) return { variable, qualified: name };
    }
    if (type !== undefined) return { variable: null, qualified: type };
  }
  return { variable: null, qualified: name };
}

/** The value binding of a name, without noting a capture. */
export function lookUp(scope: Scope, name: string): VariableId | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const variable = at.names.get(name);
    if (variable !== undefined) return variable;
  }
  return null;
}

function noteCapture(module: ModuleDraft, variable: VariableId, user: FunctionDraft): void {
  const draft = module.variable(variable);
  if (draft.owner === user) return;
  draft.captured = true;
  for (let at: FunctionDraft | null = user; at !== null && at !== draft.owner; at = at.parent) {
    if (at.captures.has(variable)) return;
    at.captures.add(variable);
  }
}

/** Declares a type under its name in the module. */
export function declareType(scope: Scope, name: string, qualified: string): void {
  scope.types ??= new Map();
  scope.types.set(name, qualified);
}

/** Declares a name in a scope; a second declaration of it is the same variable. */
export function declare(module: ModuleDraft, scope: Scope, kind: VariableKind, name: string, span: Span): VariableId {
  const known = scope.names.get(name);
  if (known !== undefined) return known;
  const variable = module.addVariable(kind, name, scope.owner, span);
  scope.names.set(name, variable);
  return variable;
}

export function declarePattern(module: ModuleDraft, scope: Scope, kind: VariableKind, pattern: PatternNode): void {
  for (const identifier of boundIdentifiers(pattern)) declare(module, scope, kind, identifier.name, nodeSpan(identifier));
}

/** Declares what a list of statements declares for its own scope: everything but `var`. `prefix` names the namespace they stand in. */
export function declareStatements(module: ModuleDraft, scope: Scope, statements: readonly StatementNode[], prefix: string): void {
  for (const statement of statements) declareStatement(module, scope, statement, prefix);
}

function declareStatement(module: ModuleDraft, scope: Scope, statement: StatementNode, prefix: string): void {
  let node = exportedDeclaration(statement);
  while (node.type === "LabeledStatement") node = node.body;
  if (node === statement && isOfPlatform(module, scope, node)) return;
  switch (node.type) {
    case "VariableDeclaration":
      if (node.kind !== "var") {
        const kind = node.kind === "await using" ? "await-using" : node.kind;
        for (const declarator of node.declarations) declarePattern(module, scope, kind, declarator.id);
      }
      break;
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      if (node.id !== null) declare(module, functionScope(module, scope, node), "function", node.id.name, nodeSpan(node.id));
      break;
    case "ClassDeclaration":
      if (node.id !== null) declare(module, scope, "class", node.id.name, nodeSpan(node.id));
      break;
    case "ImportDeclaration":
      for (const specifier of node.specifiers) declare(module, scope, "import", specifier.local.name, nodeSpan(specifier.local));
      break;
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      declareType(scope, node.id.name, prefix + node.id.name);
      break;
    case "TSEnumDeclaration":
      declareType(scope, node.id.name, prefix + node.id.name);
      declare(module, scope, "enum", node.id.name, nodeSpan(node.id));
      break;
    case "TSImportEqualsDeclaration":
      declareType(scope, node.id.name, prefix + node.id.name);
      declare(module, scope, node.moduleReference.type === "TSExternalModuleReference" ? "import" : "const", node.id.name, nodeSpan(node.id));
      break;
    case "TSModuleDeclaration":
      declareNamespace(module, scope, node);
      break;
    default:
      break;
  }
}

/** `declare class AudioWorkletProcessor {...}`: what the platform has and a program's own types do not know is the platform's all the same. */
function isOfPlatform(module: ModuleDraft, scope: Scope, node: StatementNode): boolean {
  if (module.parsed.language === "dts" || scope.parent !== null || !("declare" in node) || !node.declare) return false;
  const names = node.type === "VariableDeclaration" ? node.declarations.flatMap(({ id }) => boundIdentifiers(id)) : [];
  if ("id" in node && node.id?.type === "Identifier") names.push(node.id);
  return names.length > 0 && names.every(({ name }) => knowsName("global", name));
}

/** In sloppy code a function in a block is visible in its whole function. */
function functionScope(module: ModuleDraft, scope: Scope, node: ES.Function): Scope {
  if (module.strict || node.async || node.generator) return scope;
  let at = scope;
  while (at.parent !== null && at.parent.owner === scope.owner && !isFunctionLevel(at)) {
    // A parameter or lexical name of the same spelling in between keeps the function in its block.
    if (at !== scope && at.names.has(node.id?.name ?? "")) return scope;
    at = at.parent;
  }
  return at;
}

function isFunctionLevel(scope: Scope): boolean {
  return scope.owner.bodyScope === scope || scope.owner.bodyScope === null;
}

function declareNamespace(module: ModuleDraft, scope: Scope, node: ES.TSModuleDeclaration | ES.TSGlobalDeclaration): void {
  if (node.kind === "global" || node.id.type === "Literal" || !isInstantiated(node.body)) return;
  let id: ES.BindingIdentifier | ES.TSTypeName = node.id;
  while (id.type === "TSQualifiedName") id = id.left;
  if (id.type === "Identifier") declare(module, scope, "namespace", id.name, nodeSpan(id));
}

/** A namespace that holds types alone has no object. */
export function isInstantiated(body: ES.TSModuleBlock | null | undefined): boolean {
  const open: (ES.TSModuleBlock | null | undefined)[] = [body];
  for (;;) {
    const at = open.pop();
    if (at === undefined || at === null) {
      if (open.length === 0) return false;
      continue;
    }
    for (const statement of at.body) {
      const node = exportedDeclaration(statement);
      if (node.type === "TSModuleDeclaration") open.push(node.body);
      else if (node.type !== "TSInterfaceDeclaration" && node.type !== "TSTypeAliasDeclaration") return true;
    }
  }
}

type Hoistable = StatementNode | ES.Expression | ES.AssignmentTarget | null | undefined;

/** Declares the `var` names of a function's body, at any depth of its statements. Iterative: blocks nest as deep as anybody likes. */
export function declareVars(module: ModuleDraft, scope: Scope, body: readonly StatementNode[]): void {
  const open: Hoistable[] = [];
  pushReversed(open, body);
  while (open.length > 0) {
    const node = open.pop();
    if (node?.type === "VariableDeclaration") {
      if (node.kind === "var" && !isOfPlatform(module, scope, node)) for (const declarator of node.declarations) declarePattern(module, scope, "var", declarator.id);
    } else if (node !== null && node !== undefined) pushInner(open, node);
  }
}

/** Pushes the statements that stand directly in a statement, the last one first. */
function pushInner(open: Hoistable[], node: Exclude<Hoistable, null | undefined>): void {
  switch (node.type) {
    case "ExportNamedDeclaration":
      open.push(node.declaration);
      break;
    case "BlockStatement":
      pushReversed(open, node.body);
      break;
    case "IfStatement":
      open.push(node.alternate, node.consequent);
      break;
    case "ForStatement":
      open.push(node.body, node.init);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      open.push(node.body, node.left);
      break;
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
    case "WithStatement":
      open.push(node.body);
      break;
    case "TryStatement":
      open.push(node.finalizer, node.handler?.body, node.block);
      break;
    case "SwitchStatement":
      for (let index = node.cases.length - 1; index >= 0; index--) pushReversed(open, node.cases[index]?.consequent ?? []);
      break;
    default:
      break;
  }
}

function pushReversed(open: Hoistable[], statements: readonly StatementNode[]): void {
  for (let index = statements.length - 1; index >= 0; index--) open.push(statements[index]);
}
