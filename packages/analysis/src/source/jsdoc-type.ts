/**
 * The type expressions of JSDoc comments to type terms: JSDoc's own (`?Foo`, `Array.<Foo>`, `function(Foo): Bar`, `Foo=`) and those of
 * TypeScript that occur in them (`import("x").Y`, `typeof x`, arrows, object types, tuples). What it does not know is unsupported.
 */
import { lookUp } from "./bind.ts";
import { nameTerm, type TypeReader, UNSUPPORTED } from "./read-type.ts";
import type { TypeTerm } from "./type-term.ts";

type Primitive = (TypeTerm & { kind: "primitive" })["name"];

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  string: "string", String: "string", number: "number", Number: "number", boolean: "boolean", Boolean: "boolean", bool: "boolean",
  bigint: "bigint", symbol: "symbol", null: "null", undefined: "undefined", void: "void", never: "never", any: "any", unknown: "unknown",
  object: "object", Object: "object",
};
const TOKEN = /\s*(=>|\.\.\.|\.<|[\p{ID_Start}$_][\p{ID_Continue}$]*|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[^\s])/uy;
const NAME = /^[\p{ID_Start}$_]/u;
const DEPTH_LIMIT = 50;

/** Never throws; a text that is no type gives `unsupported`. */
export function readJsdocType(reader: TypeReader, text: string): TypeTerm {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? "");
  if (tokens.length === 0) return UNSUPPORTED;
  const parser = new Parser(reader, tokens);
  const term = parser.union();
  return parser.done ? term : UNSUPPORTED;
}

class Parser {
  private readonly reader: TypeReader;
  private readonly tokens: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(reader: TypeReader, tokens: readonly string[]) {
    this.reader = reader;
    this.tokens = tokens;
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }

  union(): TypeTerm {
    if (++this.depth > DEPTH_LIMIT) return UNSUPPORTED;
    this.accept("|");
    const members = [this.intersection()];
    while (this.accept("|")) members.push(this.intersection());
    this.depth--;
    return members.length === 1 ? (members[0] ?? UNSUPPORTED) : { kind: "union", members };
  }

  private intersection(): TypeTerm {
    const members = [this.prefixed()];
    while (this.accept("&")) members.push(this.prefixed());
    return members.length === 1 ? (members[0] ?? UNSUPPORTED) : { kind: "intersection", members };
  }

  private prefixed(): TypeTerm {
    if (this.accept("...")) return { kind: "array", element: this.prefixed() };
    if (this.accept("!") || this.accept("readonly")) return this.prefixed();
    if (this.accept("?")) {
      const next = this.tokens[this.at];
      return next === undefined || "|>,)=}".includes(next) ? { kind: "primitive", name: "any" } : nullable(this.prefixed());
    }
    return this.postfixed(this.primary());
  }

  private postfixed(start: TypeTerm): TypeTerm {
    let term = start;
    for (;;) {
      if (this.accept("[")) {
        const key = this.tokens[this.at];
        if (this.accept("]")) term = { kind: "array", element: term };
        else {
          this.at++;
          term = key !== undefined && /^["'\d]/.test(key) ? { kind: "indexed", object: term, key: unquoted(key) } : UNSUPPORTED;
          if (!this.accept("]")) return UNSUPPORTED;
        }
      } else if (this.accept("=")) term = { kind: "union", members: [term, { kind: "primitive", name: "undefined" }] };
      else if (this.accept("?")) term = nullable(term);
      else if (!this.accept("!")) return term;
    }
  }

  private primary(): TypeTerm {
    const token = this.tokens[this.at++];
    switch (token) {
      case undefined:
        return UNSUPPORTED;
      case "*":
        return { kind: "primitive", name: "any" };
      case "(":
        return this.parenthesized();
      case "{":
        return this.object();
      case "[":
        return { kind: "tuple", elements: this.list("]") };
      case "new":
        return this.accept("(") ? construct(this.parenthesized()) : UNSUPPORTED;
      case "function":
      case "Function":
        return this.accept("(") ? this.jsdocFunction() : this.name(["Function"]);
      case "import":
        return this.importType();
      case "typeof":
        return this.query();
      case "this":
        return { kind: "this" };
      case "true":
      case "false":
        return { kind: "literal", value: token === "true" };
      case "asserts":
        return this.predicate(this.tokens[this.at++] ?? "", true);
      default:
        return this.nameOrLiteral(token);
    }
  }

  private nameOrLiteral(token: string): TypeTerm {
    if (/^["'`]/.test(token)) return { kind: "literal", value: unquoted(token) };
    if (/^-?\d/.test(token)) return { kind: "literal", value: Number(token) };
    if (!NAME.test(token)) return UNSUPPORTED;
    if (this.tokens[this.at] === "is") return this.predicate(token, false);
    const parts = this.parts(token);
    const primitive = parts.length === 1 && Object.hasOwn(PRIMITIVES, token) ? PRIMITIVES[token] : undefined;
    if (primitive === undefined) return this.name(parts);
    const args = this.args();
    // `Object<string, Foo>` is a dictionary.
    const value = args[1] ?? args[0];
    return value === undefined ? { kind: "primitive", name: primitive } : { kind: "object", members: [], index: value, call: null };
  }

  private name(parts: readonly string[]): TypeTerm {
    return nameTerm(this.reader, parts, this.args());
  }

  /** `.b.c` after a first name; JSDoc also parts names by `#` and `~`. */
  private parts(first: string): string[] {
    const parts = [first];
    while (this.tokens[this.at] === "." || this.tokens[this.at] === "#" || this.tokens[this.at] === "~") {
      this.at++;
      parts.push(this.tokens[this.at++] ?? "");
    }
    return parts;
  }

  private args(): TypeTerm[] {
    return this.accept("<") || this.accept(".<") ? this.list(">") : [];
  }

  private list(close: string): TypeTerm[] {
    const items: TypeTerm[] = [];
    while (!this.done && !this.accept(close)) {
      items.push(this.union());
      if (!this.accept(",") && this.tokens[this.at] !== close) this.at = this.tokens.length + 1;
    }
    return items;
  }

  private parenthesized(): TypeTerm {
    const start = this.at;
    let depth = 1;
    let close = start;
    for (; close < this.tokens.length && depth > 0; close++) {
      if (this.tokens[close] === "(") depth++;
      else if (this.tokens[close] === ")") depth--;
    }
    if (this.tokens[close] === "=>") return this.arrow();
    const inner = this.union();
    return this.accept(")") ? inner : UNSUPPORTED;
  }

  private arrow(): TypeTerm {
    const params: { name: string; type: TypeTerm | null }[] = [];
    while (!this.done && !this.accept(")")) {
      const rest = this.accept("...") ? "..." : "";
      const name = rest + (this.tokens[this.at++] ?? "");
      this.accept("?");
      const type = this.accept(":") ? this.union() : null;
      params.push({ name, type });
      if (!this.accept(",") && this.tokens[this.at] !== ")") return UNSUPPORTED;
    }
    return this.accept("=>") ? { kind: "function", params, returns: this.union(), construct: false } : UNSUPPORTED;
  }

  /** `function(this:A, B, new:C): D` */
  private jsdocFunction(): TypeTerm {
    const params: { name: string; type: TypeTerm | null }[] = [];
    let made: TypeTerm | null = null;
    while (!this.done && !this.accept(")")) {
      const role = this.tokens[this.at + 1] === ":" ? this.tokens[this.at] : undefined;
      if (role !== undefined) this.at += 2;
      const rest = this.tokens[this.at] === "..." ? "..." : "";
      const type = this.union();
      if (role === "new") made = type;
      else if (role !== "this") params.push({ name: rest + (role ?? ""), type });
      if (!this.accept(",") && this.tokens[this.at] !== ")") return UNSUPPORTED;
    }
    const returns = this.accept(":") ? this.prefixed() : null;
    return { kind: "function", params, returns: made ?? returns, construct: made !== null };
  }

  private object(): TypeTerm {
    const members: { name: string; type: TypeTerm | null; optional: boolean }[] = [];
    let index: TypeTerm | null = null;
    while (!this.done && !this.accept("}")) {
      if (this.accept("[")) {
        while (!this.done && !this.accept("]")) this.at++;
        index = this.accept(":") ? this.union() : null;
      } else {
        const name = unquoted(this.tokens[this.at++] ?? "");
        const optional = this.accept("?");
        members.push({ name, type: this.accept(":") ? this.union() : null, optional });
      }
      if (!this.accept(",") && !this.accept(";") && this.tokens[this.at] !== "}") return UNSUPPORTED;
    }
    return { kind: "object", members, index, call: null };
  }

  private importType(): TypeTerm {
    if (!this.accept("(")) return UNSUPPORTED;
    const specifier = unquoted(this.tokens[this.at++] ?? "");
    if (!this.accept(")")) return UNSUPPORTED;
    const parts = this.parts("").slice(1);
    return { kind: "import", specifier, parts, args: this.args() };
  }

  private query(): TypeTerm {
    const first = this.tokens[this.at++] ?? "";
    if (first === "import") return this.importType();
    return NAME.test(first) ? { kind: "typeof", parts: this.parts(first), variable: lookUp(this.reader.scope, first) } : UNSUPPORTED;
  }

  private predicate(parameter: string, asserts: boolean): TypeTerm {
    return { kind: "predicate", parameter, asserts, type: this.accept("is") ? this.union() : null };
  }

  private accept(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}

function nullable(term: TypeTerm): TypeTerm {
  return { kind: "union", members: [term, { kind: "primitive", name: "null" }] };
}

function construct(term: TypeTerm): TypeTerm {
  return term.kind === "function" ? { ...term, construct: true } : UNSUPPORTED;
}

function unquoted(token: string): string {
  return /^["'`]/.test(token) ? token.slice(1, -1) : token;
}
