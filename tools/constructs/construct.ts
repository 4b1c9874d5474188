/** A construct of the language that the analysis claims to understand, and how a program is seen to use it. */

/** A node of ESTree as far as the probes look at it. */
export interface AnyNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Place {
  readonly node: AnyNode;
  /** The nodes around it, the nearest first. */
  readonly parents: readonly AnyNode[];
  readonly file: string;
}

export interface Construct {
  /** In the words of a reader: `import under another name`. */
  readonly name: string;
  /** The families of rules that it matters to, by key. */
  readonly families: readonly string[];
  /** What it does is harmless: programs that are not reported show that it is understood. */
  readonly harmless?: boolean;
  /** True where a node shows the construct. Either this or `wholly` decides. */
  readonly at?: (place: Place) => boolean;
  /** True for a program that shows it as a whole. */
  readonly wholly?: (files: ReadonlyMap<string, string>) => boolean;
}

export interface ConstructGroup {
  readonly title: string;
  readonly constructs: readonly Construct[];
}

/** A child node, or undefined where there is none. */
export function child(node: AnyNode | undefined, key: string): AnyNode | undefined {
  const value = node?.[key];
  return typeof value === "object" && value !== null && "type" in value ? (value as AnyNode) : undefined;
}

/** The child nodes of a list. */
export function children(node: AnyNode | undefined, key: string): readonly AnyNode[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter((each: unknown): each is AnyNode => typeof each === "object" && each !== null && "type" in each) : [];
}

/** The name of an identifier, a private name or a property with a plain name. */
export function nameOf(node: AnyNode | undefined): string {
  if (node === undefined) return "";
  if (node.type === "Identifier" || node.type === "PrivateIdentifier" || node.type === "JSXIdentifier") return String(node["name"]);
  if (node.type === "MemberExpression" && node["computed"] !== true) return nameOf(child(node, "property"));
  return "";
}

/** The name of what a call calls: `post` for `port.post(x)`. */
export function calledName({ node }: Place): string {
  return node.type === "CallExpression" || node.type === "NewExpression" ? nameOf(child(node, "callee")) : "";
}

/** Whether a call passes a function, written there or named. */
export function passesFunction({ node }: Place): boolean {
  return children(node, "arguments").some((argument) => isFunction(argument));
}

export function isFunction(node: AnyNode | undefined): boolean {
  return node?.type === "ArrowFunctionExpression" || node?.type === "FunctionExpression" || node?.type === "FunctionDeclaration";
}

/** The text of a call that makes memory of the runtime: by the runtime's names, since a table of fixtures need not ask who is an allocator. */
export function makesMemory(node: AnyNode | undefined): boolean {
  if (node?.type !== "CallExpression") return false;
  return /^(try)?(frame|pool|heap)(Alloc|Box|Slice|Vec|Map|Retained)|^frame(AllocBatch|AllocBytes|WithImportance)/.test(nameOf(child(node, "callee")));
}
