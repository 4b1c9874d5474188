/** Where in a TOML text a key or a value stands: only asked when something is wrong with it, so the text is parsed a second time then. */
import { type AST, parseTOML } from "toml-eslint-parser";

export interface TomlPlace {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

type Step = string | number;

/** The place of the key (`of: "key"`) or of what is assigned to it; the nearest table around it when it has none of its own. */
export function locateToml(text: string, path: readonly Step[], of: "key" | "value"): TomlPlace {
  const places = new Map<string, { readonly key: TomlPlace; readonly value: TomlPlace }>();
  const [top] = parseTOML(text).body;
  for (const node of top.body) {
    if (node.type === "TOMLTable") visitTable(node, places);
    else visitPair([], node, places);
  }
  for (let length = path.length; length > 0; length -= 1) {
    const found = places.get(keyOf(path.slice(0, length)));
    if (found !== undefined) return length === path.length ? found[of] : found.key;
  }
  return { line: 1, column: 1 };
}

type Places = Map<string, { readonly key: TomlPlace; readonly value: TomlPlace }>;

function visitTable(node: AST.TOMLTable, places: Places): void {
  node.key.keys.forEach((part, index) => { record(places, node.resolvedKey.slice(0, index + 1), part, part); });
  record(places, node.resolvedKey, node.key, node.key);
  for (const pair of node.body) visitPair(node.resolvedKey, pair, places);
}

function visitPair(table: readonly Step[], node: AST.TOMLKeyValue, places: Places): void {
  const names = node.key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
  node.key.keys.forEach((part, index) => { record(places, [...table, ...names.slice(0, index + 1)], part, node.value); });
  visitContent([...table, ...names], node.value, places);
}

function visitContent(path: readonly Step[], node: AST.TOMLContentNode, places: Places): void {
  if (node.type === "TOMLInlineTable") for (const pair of node.body) visitPair(path, pair, places);
  if (node.type !== "TOMLArray") return;
  node.elements.forEach((element, index) => {
    record(places, [...path, index], element, element);
    visitContent([...path, index], element, places);
  });
}

/** The first mention wins: `[lints.levels]` mentions `lints` too. */
function record(places: Places, path: readonly Step[], key: AST.TOMLNode, value: AST.TOMLNode): void {
  const name = keyOf(path);
  if (!places.has(name)) places.set(name, { key: placeOf(key), value: placeOf(value) });
}

function placeOf(node: AST.TOMLNode): TomlPlace {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function keyOf(path: readonly Step[]): string {
  return JSON.stringify(path);
}
