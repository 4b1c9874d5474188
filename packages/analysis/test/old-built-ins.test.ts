/** The table of built-ins that every engine has, against what TypeScript declares: the language up to 2016 as a whole, a page's by name. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { oldBuiltIns, typeOfOldBuiltIn } from "../src/knowledge/old-built-ins.ts";

const LIBRARY = dirname(createRequire(import.meta.url).resolve("typescript"));

/** Members with their types, by interface or namespace; of global names under "". */
type Declared = Map<string, Map<string, string>>;

function declaredIn(files: readonly string[]): Declared {
  const declared: Declared = new Map();
  const add = (owner: string, name: string, type: string): void => { declared.set(owner, (declared.get(owner) ?? new Map<string, string>()).set(name, type)); };
  const addStatement = (owner: string, statement: ts.Statement): void => {
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) add(owner, statement.name.text, "function");
    else if (ts.isVariableStatement(statement)) for (const each of statement.declarationList.declarations) add(owner, each.name.getText(), each.type?.getText() ?? "");
    else if (ts.isInterfaceDeclaration(statement)) for (const member of statement.members) addMember(statement.name.text, member);
    else if (ts.isModuleDeclaration(statement) && statement.body !== undefined && ts.isModuleBlock(statement.body)) {
      add("", statement.name.text, statement.name.text);
      for (const each of statement.body.statements) addStatement(statement.name.text, each);
    }
  };
  const addMember = (owner: string, member: ts.TypeElement): void => {
    if (member.name !== undefined && ts.isIdentifier(member.name)) add(owner, member.name.text, ts.isMethodSignature(member) ? "function" : ts.isPropertySignature(member) ? member.type?.getText() ?? "" : "function");
  };
  for (const file of files) for (const statement of ts.createSourceFile(file, readFileSync(join(LIBRARY, file), "utf8"), ts.ScriptTarget.Latest, true).statements) addStatement("", statement);
  return declared;
}

const language = declaredIn(readdirSync(LIBRARY).filter((name) => /^lib\.(es5|es201[56](\..*)?)\.d\.ts$/.test(name)));
const page = declaredIn(["lib.dom.d.ts"]);
const { everywhere, onPages } = oldBuiltIns();

/** Declared, and not worth a test: what nobody has a stand-in for, or what is no more than old HTML. */
const LEFT_OUT = new Set(["Infinity", "NaN", "Number.NaN", "Number.NEGATIVE_INFINITY", "Number.POSITIVE_INFINITY", "Intl.getCanonicalLocales"]);
const HOST = new Set(["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance", "console"]);

describe("the language", () => {
  const names = [...language.get("") ?? []].map(([name, type]) => [name, language.get(type)] as const);
  const isTested = (type: string): boolean => /^(function|number|unique symbol|symbol)$/.test(type);

  it("is there as a whole", () => {
    const paths = names.flatMap(([name, members]) => [name, ...[...members ?? []].filter(([, type]) => isTested(type)).map(([member]) => `${name}.${member}`)]);
    expect(paths.length).toBeGreaterThan(150);
    expect(paths.filter((path) => !everywhere.has(path) && !LEFT_OUT.has(path) && !path.endsWith("BYTES_PER_ELEMENT"))).toEqual([]);
  });

  it("is nothing that TypeScript does not declare", () => {
    const known = new Map(names);
    const isDeclared = (path: string): boolean => {
      const [owner = "", member, inherited] = path.split(".");
      if (member === undefined) return known.has(owner);
      return inherited === undefined ? member === "prototype" || known.get(owner)?.has(member) === true : language.get(owner)?.has(inherited) === true;
    };
    expect([...everywhere.keys()].filter((path) => !HOST.has(path.split(".")[0] ?? "") && !isDeclared(path))).toEqual([]);
  });

  it("is what this engine says it is", () => {
    const found = [...everywhere].map(([path]) => [path, typeof path.split(".").reduce<unknown>((holder, name) => (holder as Record<string, unknown>)[name], globalThis)]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(everywhere));
  });
});

describe("a page", () => {
  it("has them", () => {
    const isDeclared = (path: string): boolean => {
      const [owner = "", member] = path.split(".");
      return member === undefined ? page.get("")?.has(owner) === true : [...page].some(([name, members]) => /^(Document|Node|ParentNode|NonElementParentNode|DocumentOrShadowRoot|EventTarget)$/.test(name) && members.has(member));
    };
    expect([...onPages.keys()].filter((path) => !isDeclared(path))).toEqual([]);
  });

  it("is asked for by name", () => {
    expect([typeOfOldBuiltIn("requestAnimationFrame", true), typeOfOldBuiltIn("requestAnimationFrame", false)]).toEqual(["function", undefined]);
    expect([typeOfOldBuiltIn("structuredClone", true), typeOfOldBuiltIn("Object.hasOwn", true), typeOfOldBuiltIn("Array.prototype.at", false)]).toEqual([undefined, undefined, undefined]);
  });
});
