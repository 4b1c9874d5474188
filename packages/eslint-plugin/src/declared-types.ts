/**
 * Whether an edit of one file leaves the types of the others what they were, so that what the checker said of those need not be asked again. Asked of TypeScript's
 * own files alone: in JavaScript a body may declare what others see.
 *
 * A file is seen by its statements without the bodies that no declared type follows from: of a function with a return type, a setter, a method or a declaration that
 * gives nothing back, a constructor of a class whose fields are all declared. A statement that is new, gone or another one matters unless all that it declares
 * are names that nothing else in sight says.
 * Conservative: an answer of no costs time alone.
 */

/** A tree of any parser, with its tokens. */
export interface TextTree {
  readonly body?: readonly unknown[];
  readonly tokens?: readonly Token[];
  readonly comments?: readonly { readonly type: string; readonly value: string }[];
}

interface Token {
  readonly type: string;
  readonly value: string;
  readonly range: readonly [number, number];
}

interface Node {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly [key: string]: unknown;
}

/** One statement as other files' types may depend on it. */
interface SeenStatement {
  /** Its tokens but for hidden bodies. */
  readonly code: string;
  readonly words: ReadonlySet<string>;
  /** What it declares, when that is all it does; null for any other statement. */
  readonly names: readonly string[] | null;
  readonly exported: boolean;
  /** Of an import: what it imports. A package may bring declarations of its own into the program. */
  readonly from: string | null;
}

export interface DeclaredTypes {
  readonly statements: readonly SeenStatement[];
  /** It has an import or an export: what it declares is its own. */
  readonly isModule: boolean;
}

/** Null for a tree without tokens. Cost: one walk over the tree. */
export function declaredTypesOf({ body, tokens, comments = [] }: TextTree): DeclaredTypes | null {
  if (body === undefined || tokens === undefined) return null;
  const references = comments.filter(({ type, value }) => type === "Line" && value.startsWith("/")).map(({ value }) => ({ code: value, words: new Set<string>(), names: null, exported: true, from: null }));
  const nodes = body.filter(isNode);
  let at = 0;
  const statements = nodes.flatMap((node): readonly SeenStatement[] => {
    const start = at;
    while (at < tokens.length && (tokens[at]?.range[0] ?? 0) < node.range[1]) at += 1;
    return seenIn(node, tokens.slice(start, at));
  });
  return { statements: [...references, ...statements], isModule: nodes.some(({ type }) => /^(?:Import|Export|TSExportAssignment)/.test(type)) };
}

/** Each part of an import is one of its own: names come and go. `tokens` end where the statement ends. */
function seenIn(node: Node, tokens: readonly Token[]): readonly SeenStatement[] {
  const { names, exported } = declaredBy(node);
  const source = node["source"];
  const from = node.type === "ImportDeclaration" && isNode(source) && typeof source["value"] === "string" ? source["value"] : null;
  const isType = node["importKind"] === "type";
  const parts = from === null || names === null ? [node] : childrenOf(node).filter(({ type }) => type.startsWith("Import"));
  return parts.map((part, index) => {
    const hidden: Range[] = [];
    collectHidden(part, null, null, hidden);
    const seen = tokensOutside(tokens, part.range, hidden.sort((a, b) => a[0] - b[0]));
    const words = new Set(seen.flatMap(({ value }) => value.match(WORDS) ?? []));
    const only = from === null || names === null ? names : names.slice(index, index + 1);
    return { code: [`${from ?? ""} ${isType}`, ...seen.map(({ type, value }) => `${type} ${value}`)].join("\0"), words, names: only, exported, from };
  });
}

type Range = readonly [number, number];

/** The tokens of a range that are in none of some others, which are in order and do not overlap. */
function tokensOutside(tokens: readonly Token[], [from, to]: Range, hidden: readonly Range[]): readonly Token[] {
  let next = 0;
  return tokens.filter(({ range: [start] }) => {
    while (next < hidden.length && start >= (hidden[next]?.[1] ?? 0)) next += 1;
    const body = hidden[next];
    return start >= from && start < to && (body === undefined || start < body[0]);
  });
}

const WORDS = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "range" in value;
}

/** Bodies that no declared type follows from. What is inside of one is not looked at. */
function collectHidden(node: Node, parent: Node | null, class_: Node | null, hidden: Range[]): void {
  const body = node["body"];
  const isHidden = isFunction(node) && isNode(body) && body.type === "BlockStatement" && saysNothing(node, parent, class_, body);
  if (isHidden) hidden.push(body.range);
  const around = node.type === "ClassBody" ? node : class_;
  for (const child of childrenOf(node)) if (!isHidden || child !== body) collectHidden(child, node, around, hidden);
}

function isFunction({ type }: Node): boolean {
  return type === "FunctionDeclaration" || type === "FunctionExpression" || type === "ArrowFunctionExpression";
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const key of Object.keys(node)) {
    const value = key === "parent" ? null : node[key];
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) {
      if (isNode(value)) children.push(value);
    } else for (const each of value) if (isNode(each)) children.push(each);
  }
  return children;
}

function saysNothing(fn: Node, parent: Node | null, class_: Node | null, body: Node): boolean {
  if (parent?.type === "MethodDefinition" && parent["kind"] === "constructor") return class_ !== null && declaresItsFields(class_);
  if (fn["returnType"] != null || (parent?.type === "MethodDefinition" && parent["kind"] === "set")) return true;
  // A function expression that never ends gives `never`; the others give nothing.
  const isDeclared = fn.type === "FunctionDeclaration" || (parent?.type === "MethodDefinition" && parent["kind"] === "method");
  return isDeclared && fn["generator"] !== true && !givesBack(body);
}

function declaresItsFields(class_: Node): boolean {
  return childrenOf(class_).every((member) => !/PropertyDefinition|AccessorProperty/.test(member.type) || member["typeAnnotation"] != null || member["value"] != null);
}

function givesBack(node: Node): boolean {
  if (node.type === "ReturnStatement") return node["argument"] != null;
  return childrenOf(node).some((child) => !isFunction(child) && givesBack(child));
}

const DECLARATIONS = new Set(["FunctionDeclaration", "ClassDeclaration", "TSInterfaceDeclaration", "TSTypeAliasDeclaration", "TSEnumDeclaration", "TSDeclareFunction"]);

function declaredBy(node: Node): Pick<SeenStatement, "names" | "exported"> {
  const exported = node.type.startsWith("Export");
  const inner = node.type === "ExportNamedDeclaration" ? node["declaration"] : node;
  const names = isNode(inner) ? namesOf(inner) : null;
  return { names, exported };
}

function namesOf(node: Node): readonly string[] | null {
  if (DECLARATIONS.has(node.type)) return namesIn([node["id"]]);
  const parts = node.type === "VariableDeclaration" ? node["declarations"] : node.type === "ImportDeclaration" ? node["specifiers"] : null;
  // An import for its effect alone may bring declarations with it.
  if (!Array.isArray(parts) || parts.length === 0) return null;
  return namesIn(parts.map((part) => (isNode(part) ? (part["id"] ?? part["local"]) : null)));
}

function namesIn(identifiers: readonly unknown[]): readonly string[] | null {
  const names = identifiers.map((each) => (isNode(each) && each.type === "Identifier" && typeof each["name"] === "string" ? each["name"] : null));
  return names.every((name) => name !== null) ? names : null;
}

/** `others` are the texts of the program's other files. Cost: linear in them when an exported declaration or an import of a package came or went, else in the statements. */
export function keepsTypes(before: DeclaredTypes, after: DeclaredTypes, others: () => Iterable<string>): boolean {
  const codes = new Set(before.statements.map(({ code }) => code));
  const stays = new Set(after.statements.map(({ code }) => code).filter((code) => codes.has(code)));
  const same = after.statements.filter(({ code }) => stays.has(code));
  const sameBefore = before.statements.filter(({ code }) => stays.has(code));
  // Of several declarations of a name their order counts.
  if (sameBefore.length !== same.length || sameBefore.some(({ code }, index) => code !== same[index]?.code)) return false;
  const changed = [...before.statements, ...after.statements].filter(({ code }) => !stays.has(code));
  if (changed.length === 0) return true;
  if (!before.isModule || !after.isModule) return false;
  const isUnseen = changed.every(({ names }) => names !== null && names.every((name) => !same.some(({ words }) => words.has(name))));
  return isUnseen && isUnsaid(changed, same, others);
}

/** Whether no other file says what is exported, and what is imported from packages is imported elsewhere too. */
function isUnsaid(changed: readonly SeenStatement[], same: readonly SeenStatement[], others: () => Iterable<string>): boolean {
  const exported = changed.flatMap(({ names, exported: isExported }) => (isExported ? (names ?? []) : []));
  const packages = new Set(changed.flatMap(({ from }) => (from === null || from.startsWith(".") || same.some((each) => each.from === from) ? [] : [from])));
  if (exported.length === 0 && packages.size === 0) return true;
  const said = [...others()].map((text) => ({ text, ...namesOfNames(text) }));
  if (exported.length > 0 && said.some(({ text, hasTypeOfImport, unsaid }) => hasTypeOfImport || exported.some((name) => isSaidIn(text, name, unsaid)))) return false;
  for (const from of packages) if (said.some(({ text }) => text.includes(`"${from}"`) || text.includes(`'${from}'`))) packages.delete(from);
  // A type may be made of all the names that a file has.
  const namespaces = new Set(said.flatMap((each) => each.namespaces));
  return packages.size === 0 && (exported.length === 0 || !said.some(({ listed }) => listed.some((name) => namespaces.has(name))));
}

interface NamesOfNames {
  /** `* as name` */
  readonly namespaces: readonly string[];
  /** `keyof typeof name` */
  readonly listed: readonly string[];
  readonly hasTypeOfImport: boolean;
  /** Names that were looked for and are not there: what an edit added, the next one changes. */
  readonly unsaid: Set<string>;
}

const MOST_UNSAID = 20;

function isSaidIn(text: string, name: string, unsaid: Set<string>): boolean {
  if (unsaid.has(name)) return false;
  if (text.includes(name)) return true;
  if (unsaid.size >= MOST_UNSAID) unsaid.clear();
  unsaid.add(name);
  return false;
}

/** Of the texts that were asked about last; an editor asks about the same ones again and again. */
let knownNames = new Map<string, NamesOfNames>();
const MAX_KNOWN = 10_000;

function namesOfNames(text: string): NamesOfNames {
  let names = knownNames.get(text);
  if (names === undefined) {
    if (knownNames.size >= MAX_KNOWN) knownNames = new Map();
    const firstOf = (pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map(([, name = ""]) => name);
    knownNames.set(text, (names = { namespaces: firstOf(/\*\s*as\s+([\w$]+)/g), listed: firstOf(/keyof\s+typeof\s+([\w$]+)/g), hasTypeOfImport: /typeof\s+import\b/.test(text), unsaid: new Set() }));
  }
  return names;
}
