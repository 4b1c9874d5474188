/**
 * A source file of the checkout as the checks of tidy see it: its tree, its comments, what it imports. Trees come from oxc-parser, so a
 * name in a string or a comment is never taken for code.
 */
import { parseSync, visitorKeys } from "oxc-parser";
import { lineFinder } from "../expectations.ts";

/** Any node of the tree; its fields are read by name. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Comment {
  readonly type: "Line" | "Block";
  /** Without its delimiters. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface Import {
  readonly specifier: string;
  /** Leaves nothing in the compiled file. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceText {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  /** The place of an offset, from 1. */
  lineOf(offset: number): number;
}

/** One thing that is wrong, at a place. */
export interface TidyFault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** True for a file that holds a program, by its name. */
export function isSource(path: string): boolean {
  return /\.(?:[cm]?[jt]s|[jt]sx)$/.test(path);
}

/** Parses a file; a syntax error leaves the parts that could be read. */
export function readSource(path: string, text: string): SourceText {
  const lang = /\.[cm]?ts$/.test(path) ? "ts" : "tsx";
  const { program, comments } = parseSync(path, text, { lang, astType: "ts", preserveParens: false });
  const lineOf = lineFinder(text);
  const root = program as unknown as Node;
  return { path, text, program: root, comments, imports: importsIn(root, lineOf), lineOf };
}

/** Calls `visit` with each node and its ancestors, outermost first. The array is one and the same for all calls. */
export function walkTree(root: Node, visit: (node: Node, ancestors: readonly Node[]) => void): void {
  const ancestors: Node[] = [];
  const enter = (node: Node): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const child of childrenOf(node)) enter(child);
    ancestors.pop();
  };
  enter(root);
}

export function childrenOf(node: Node): Node[] {
  const keys = visitorKeys[node.type] ?? [];
  return keys.flatMap((key) => node[key]).filter(isNode);
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** The name of an identifier node; undefined for any other. */
export function nameOf(value: unknown): string | undefined {
  return isNode(value) && (value.type === "Identifier" || value.type === "PrivateIdentifier") ? String(value["name"]) : undefined;
}

function importsIn(root: Node, lineOf: (offset: number) => number): Import[] {
  const found: Import[] = [];
  walkTree(root, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const typeOnly = node["importKind"] === "type" || node["exportKind"] === "type" || node.type === "TSImportType";
    found.push({ specifier, typeOnly, line: lineOf(node.start) });
  });
  return found;
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return stringIn(node["source"]);
    case "TSImportEqualsDeclaration":
      return isNode(node["moduleReference"]) ? stringIn(node["moduleReference"]["expression"]) : undefined;
    case "CallExpression":
      return nameOf(node["callee"]) === "require" ? stringIn((node["arguments"] as readonly unknown[])[0]) : undefined;
    default:
      return undefined;
  }
}

function stringIn(value: unknown): string | undefined {
  return isNode(value) && value.type === "Literal" && typeof value["value"] === "string" ? value["value"] : undefined;
}
