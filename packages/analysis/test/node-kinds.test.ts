/**
 * The programs of `breadth/` hold every kind of node that the parser can make, and every operator, modifier and form that a field of a node can have,
 * as the parser's own types list them: an update of the parser that knows more syntax fails here until a program shows it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";

/** Listed by the types and in no tree that the analysis is given; each with the reason. */
const NEVER_SEEN: Readonly<Record<string, string>> = {
  ParenthesizedExpression: "trees are made without parentheses, as ESLint's are",
  TSParenthesizedType: "the same",
  V8IntrinsicExpression: "`%DebugPrint(x)` is no JavaScript, and parsed on request only",
  TSJSDocNullableType: "`?T` is a syntax error outside JSDoc",
  TSJSDocNonNullableType: "`!T` is a syntax error outside JSDoc",
  TSJSDocUnknownType: "`?` is a syntax error outside JSDoc",
};

const listed = listedBy(readFileSync(createRequire(import.meta.url).resolve("@oxc-project/types/types.d.ts"), "utf8"));
const folder = new URL("breadth/", import.meta.url);
const seen = new Set(readdirSync(folder).flatMap((name) => [...shownBy(name)]));

test("the types of the parser are understood", () => {
  expect(listed.size).toBeGreaterThan(250);
  for (const sample of ["IfStatement", "ArrowFunctionExpression", "TSConditionalType", "BinaryExpression.operator: **", "ImportDeclaration.phase: defer", "TSDeclareFunction"]) expect(listed).toContain(sample);
});

test("every kind and form is in a program", () => {
  expect([...listed].filter((each) => !seen.has(each)).sort()).toEqual(Object.keys(NEVER_SEEN).sort());
});

/** `Kind`, and `Kind.field: word` for fields whose type is a union of words. */
function listedBy(declarations: string): Set<string> {
  const words = new Map([...declarations.matchAll(/^export type (\w+) =((?:\s*\|?\s*"[^"]*")+);/gm)].map(([, name = "", union = ""]) => [name, [...union.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word)] as const));
  const found = new Set<string>();
  for (const [, body = ""] of declarations.matchAll(/^export interface \w+(?: extends \w+)? \{\n(.*?)^\}/gms)) {
    const fields = [...body.matchAll(/^ {2}(\w+)\??: ([^;]+);$/gm)].map(([, name = "", type = ""]) => ({ name, type }));
    const kind = fields.find(({ name }) => name === "type")?.type ?? "";
    const kinds = /^"\w+"$/.test(kind) ? [kind.slice(1, -1)] : (words.get(kind) ?? []);
    for (const each of kinds) found.add(each);
    // A field of one that has several kinds need not have each of its words in every kind.
    const [only] = kinds.length === 1 ? kinds : [];
    for (const { name, type } of fields) {
      for (const word of words.get(type.replace(" | null", "")) ?? []) if (only !== undefined && name !== "type") found.add(`${only}.${name}: ${word}`);
    }
  }
  // Of files, not of syntax: those of breadth/ are what they are named.
  for (const each of [...found]) if (each.startsWith("Program.sourceType")) found.delete(each);
  return found;
}

function shownBy(name: string): Set<string> {
  const { module, faults } = parseModule(name, readFileSync(new URL(name, folder), "utf8"), "project");
  if (module === null || faults.length > 0) throw new Error(`${name} does not parse: ${faults.map(({ message }) => message).join("; ")}`);
  const shown = new Set<string>();
  const queue: unknown[] = [module.program];
  for (let at = queue.pop(); queue.length > 0 || at !== undefined; at = queue.pop()) {
    if (typeof at !== "object" || at === null) continue;
    const kind = "type" in at && typeof at.type === "string" ? at.type : "";
    if (kind !== "") shown.add(kind);
    for (const [field, value] of Object.entries(at)) {
      if (typeof value === "string") shown.add(`${kind}.${field}: ${value}`);
      else if (typeof value === "object" && value !== null) queue.push(value);
    }
  }
  return shown;
}
