/**
 * Reads the shapes of a package from text in a small part of TypeScript's declaration syntax:
 *
 *     class Map<K, V> { new<K, V>(Iterable<[K, V]>); get(K): V; size: number; static groupBy<T>(Iterable<T>): Map<unknown, T[]> }
 *     object Math { max(...number[]): number }
 *     function requestAnimationFrame((number) => void): number;
 *     type Listener = (Event) => void;
 *
 * Parameters are types without names. A fault in the text is a fault of this package, so it throws.
 */
import type { TypeTerm } from "../source/type-term.ts";

export interface ShapeMember {
  readonly typeParameters: readonly string[];
  /** A function term for what can be called. */
  readonly term: TypeTerm;
  readonly method: boolean;
  /** The next overload: a call takes the first that has as many parameters as it has arguments. */
  readonly next: ShapeMember | null;
}

/** A class, interface, or an object with members of its own. */
export interface ShapeClass {
  readonly name: string;
  readonly kind: "class" | "object";
  readonly typeParameters: readonly string[];
  readonly extends: TypeTerm | null;
  readonly members: ReadonlyMap<string, ShapeMember>;
  readonly statics: ReadonlyMap<string, ShapeMember>;
  readonly construct: ShapeMember | null;
}

export interface PackageShapes {
  readonly classes: ReadonlyMap<string, ShapeClass>;
  readonly functions: ReadonlyMap<string, ShapeMember>;
  readonly aliases: ReadonlyMap<string, TypeTerm>;
}

const PRIMITIVES = new Set(["string", "number", "boolean", "bigint", "symbol", "null", "undefined", "void", "never", "any", "unknown", "object"]);

export function parseShapes(text: string): PackageShapes {
  const reader = new Reader(text);
  const classes = new Map<string, ShapeClass>();
  const functions = new Map<string, ShapeMember>();
  const aliases = new Map<string, TypeTerm>();
  while (!reader.atEnd()) {
    const word = reader.name();
    if (word === "class" || word === "object") {
      const shape = parseClass(reader, word);
      if (classes.has(shape.name)) throw new Error(`shape \`${shape.name}\` is given twice`);
      classes.set(shape.name, shape);
    } else if (word === "function") {
      functions.set(reader.name(), parseSignature(reader));
      reader.skip(";");
    } else if (word === "type") {
      const name = reader.name();
      reader.expect("=");
      aliases.set(name, parseType(reader));
      reader.skip(";");
    } else reader.fail(`\`${word}\` begins no shape`);
  }
  return { classes, functions, aliases };
}

function parseClass(reader: Reader, kind: "class" | "object"): ShapeClass {
  const name = reader.name();
  const typeParameters = parseTypeParameters(reader);
  const superTerm = reader.skip("extends") ? parseType(reader) : null;
  const members = new Map<string, ShapeMember>();
  const statics = new Map<string, ShapeMember>();
  let construct: ShapeMember | null = null;
  reader.expect("{");
  while (!reader.skip("}")) {
    const isStatic = reader.skip("static");
    const key = reader.name();
    const member = reader.skip(":") ? { typeParameters: [], term: parseType(reader), method: false, next: null } : parseSignature(reader);
    if (key === "new") construct = member;
    else addOverload(isStatic || kind === "object" ? statics : members, key, member);
    reader.skip(";");
  }
  return { name, kind, typeParameters, extends: superTerm, members, statics, construct };
}

function addOverload(members: Map<string, ShapeMember>, key: string, member: ShapeMember): void {
  const first = members.get(key);
  members.set(key, first === undefined ? member : { ...first, next: member });
}

/** `<T>(A, B): R`; without a result, it gives nothing. */
function parseSignature(reader: Reader): ShapeMember {
  const typeParameters = parseTypeParameters(reader);
  const params = parseParameters(reader);
  const returns = reader.skip(":") ? parseType(reader) : null;
  return { typeParameters, method: true, next: null, term: { kind: "function", params, returns: returns ?? { kind: "primitive", name: "void" }, construct: false } };
}

function parseTypeParameters(reader: Reader): string[] {
  const names: string[] = [];
  if (!reader.skip("<")) return names;
  do names.push(reader.name());
  while (reader.skip(","));
  reader.expect(">");
  return names;
}

function parseParameters(reader: Reader): { readonly name: string; readonly type: TypeTerm }[] {
  const params: { readonly name: string; readonly type: TypeTerm }[] = [];
  reader.expect("(");
  while (!reader.skip(")")) {
    const rest = reader.skip("...");
    params.push({ name: rest ? "..." : "", type: parseType(reader) });
    reader.skip(",");
  }
  return params;
}

function parseType(reader: Reader): TypeTerm {
  const members = [parsePostfix(reader)];
  while (reader.skip("|")) members.push(parsePostfix(reader));
  return members.length === 1 && members[0] !== undefined ? members[0] : { kind: "union", members };
}

function parsePostfix(reader: Reader): TypeTerm {
  let term = parsePrimary(reader);
  while (reader.skip("[]")) term = { kind: "array", element: term };
  return term;
}

function parsePrimary(reader: Reader): TypeTerm {
  if (reader.peek("(")) return parseFunctionOrGroup(reader);
  if (reader.skip("[")) return { kind: "tuple", elements: parseList(reader, "]") };
  if (reader.skip("{")) return parseObject(reader);
  const name = reader.name();
  if (name === "this") return { kind: "this" };
  if (PRIMITIVES.has(name)) return { kind: "primitive", name: name as (TypeTerm & { readonly kind: "primitive" })["name"] };
  const args = reader.skip("<") ? parseList(reader, ">") : [];
  return { kind: "name", parts: name.split("."), variable: null, args };
}

function parseFunctionOrGroup(reader: Reader): TypeTerm {
  const params = parseParameters(reader);
  if (reader.skip("=>")) return { kind: "function", params, returns: parseType(reader), construct: false };
  const only = params[0]?.type;
  if (only === undefined || params.length !== 1) return reader.fail("a group of types holds one");
  return only;
}

function parseObject(reader: Reader): TypeTerm {
  const members: { readonly name: string; readonly type: TypeTerm; readonly optional: boolean }[] = [];
  while (!reader.skip("}")) {
    const name = reader.name();
    reader.expect(":");
    members.push({ name, type: parseType(reader), optional: false });
    reader.skip(";");
  }
  return { kind: "object", members, index: null, call: null };
}

function parseList(reader: Reader, end: string): TypeTerm[] {
  const terms: TypeTerm[] = [];
  while (!reader.skip(end)) {
    terms.push(parseType(reader));
    reader.skip(",");
  }
  return terms;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/\.\.\.|=>|\[\]|[A-Za-z_$@][\w$.]*|\S/g) ?? [];
  }

  atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(token: string): boolean {
    return this.#tokens[this.#at] === token;
  }

  skip(token: string): boolean {
    if (!this.peek(token)) return false;
    this.#at++;
    return true;
  }

  expect(token: string): void {
    if (!this.skip(token)) this.fail(`\`${token}\` is missing`);
  }

  name(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || !/^[A-Za-z_$@]/.test(token)) return this.fail("a name is missing");
    this.#at++;
    return token;
  }

  fail(message: string): never {
    throw new Error(`shapes: ${message} before \`${this.#tokens.slice(this.#at, this.#at + 6).join(" ")}\``);
  }
}
