/** A file's syntax tree with the way back up: parents, statement lists, the function around a node. */
import type * as ES from "@oxc-project/types";
import type { Span } from "@framealloc/analysis";
import { parseModule } from "../../packages/fa-cli/src/parse.ts";

export type FunctionNode = ES.Function | ES.ArrowFunctionExpression;

/** A statement and the list it stands in. */
export interface StatementPlace {
  readonly list: readonly ES.Statement[];
  readonly index: number;
}

export class SyntaxTree {
  readonly file: string;
  readonly text: string;
  readonly program: ES.Program;
  readonly #parents = new Map<ES.Node, ES.Node>();
  /** Every node by its bounds, the innermost last. */
  readonly #bySpan = new Map<string, ES.Node[]>();

  /** Throws for a text that does not parse: a clean program does. */
  constructor(file: string, text: string) {
    const { module, faults } = parseModule(file, text, "project");
    if (module === null || faults.length > 0) throw new Error(`${file}: ${faults.map((fault) => fault.message).join("; ")}`);
    this.file = file;
    this.text = module.text;
    this.program = module.program;
    const queue: ES.Node[] = [this.program];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      const key = `${node.start}:${node.end}`;
      const there = this.#bySpan.get(key);
      if (there === undefined) this.#bySpan.set(key, [node]);
      else there.push(node);
      for (const child of childrenOf(node)) {
        this.#parents.set(child, node);
        queue.push(child);
      }
    }
  }

  textOf(node: Span): string {
    return this.text.slice(node.start, node.end);
  }

  parentOf(node: ES.Node): ES.Node | null {
    return this.#parents.get(node) ?? null;
  }

  /** The innermost node of a type with exactly these bounds. */
  nodeAt<K extends ES.Node["type"]>(span: Span, type: K): Extract<ES.Node, { type: K }> | null {
    const found = this.#bySpan.get(`${span.start}:${span.end}`)?.findLast((node) => node.type === type);
    return (found as Extract<ES.Node, { type: K }> | undefined) ?? null;
  }

  /** The function that a node stands in; null at the top of the file. */
  functionAround(node: ES.Node): FunctionNode | null {
    for (let at = this.parentOf(node); at !== null; at = this.parentOf(at)) if (isFunction(at)) return at;
    return null;
  }

  /** The list that a node is a statement of, itself; null for anything else. */
  placeOf(node: ES.Node): StatementPlace | null {
    const parent = this.parentOf(node);
    if (parent === null) return null;
    const list = parent.type === "BlockStatement" || parent.type === "Program" ? parent.body : parent.type === "SwitchCase" ? parent.consequent : null;
    const index = list === null ? -1 : (list as readonly ES.Node[]).indexOf(node);
    return index < 0 ? null : { list: list as readonly ES.Statement[], index };
  }

  /** The class whose method, accessor or field a function is. */
  classAround(fn: FunctionNode): ES.Class | null {
    const member = this.parentOf(fn);
    const body = member?.type === "MethodDefinition" ? this.parentOf(member) : null;
    const class_ = body === null ? null : this.parentOf(body);
    return class_?.type === "ClassDeclaration" || class_?.type === "ClassExpression" ? class_ : null;
  }

  /** From 1. */
  lineOf(offset: number): number {
    return this.text.slice(0, offset).split("\n").length;
  }
}

export function isFunction(node: ES.Node): node is FunctionNode {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}

export function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The nodes below, at any depth, themselves included. */
export function* nodesIn(root: ES.Node): Generator<ES.Node> {
  const queue = [root];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    yield node;
    queue.push(...childrenOf(node));
  }
}

function childrenOf(node: ES.Node): ES.Node[] {
  return Object.values(node).flatMap((value: unknown): unknown[] => (Array.isArray(value) ? value : [value])).filter(isNode);
}

function isNode(value: unknown): value is ES.Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value;
}
