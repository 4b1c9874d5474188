/**
 * Doc comments: the tags that the analysis obeys in any file (`@hot`, `@cold`, `@noalloc`, `@allocBudget N`, `@deprecated`) and, in
 * JavaScript, the types that they declare. A tag counts at the start of a line only.
 */
import { type DocTags, NO_TAGS } from "./ir.ts";
import { readJsdocType } from "./jsdoc-type.ts";
import type { ParsedComment } from "./parsed-module.ts";
import { type TypeReader, withTypeParameters } from "./read-type.ts";
import type { TypeTerm } from "./type-term.ts";

/** `@param {Foo} [name=1] text` is `{ tag: "param", type: "Foo", rest: "[name=1] text" }`. */
export interface DocTag {
  readonly tag: string;
  readonly type: string | null;
  readonly rest: string;
}

const TAG = /^[ \t]*(?:\*+[ \t]*)?@([A-Za-z]+)/gm;

/** The tags of a comment, in order. Cost: linear in the comment. */
export function readDoc(comment: ParsedComment | null): readonly DocTag[] {
  if (comment === null || !comment.value.includes("@")) return [];
  const text = comment.value.replace(/\r\n?/g, "\n");
  const heads = [...text.matchAll(TAG)];
  return heads.map((head, index) => {
    const body = text.slice(head.index + head[0].length, heads[index + 1]?.index ?? text.length).replace(/\n[ \t]*\*+/g, "\n").trim();
    const close = closingBrace(body);
    return { tag: head[1] ?? "", type: close > 0 ? body.slice(1, close).trim() : null, rest: (close > 0 ? body.slice(close + 1) : body).trim() };
  });
}

/** Index of the brace that closes a leading one; 0 when there is none. */
function closingBrace(body: string): number {
  if (body[0] !== "{") return 0;
  let depth = 0;
  for (let index = 0; index < body.length; index++) {
    if (body[index] === "{") depth++;
    else if (body[index] === "}" && --depth === 0) return index;
  }
  return 0;
}

export function readTags(doc: readonly DocTag[]): DocTags {
  if (doc.length === 0) return NO_TAGS;
  const has = (tag: string): boolean => doc.some((entry) => entry.tag === tag);
  const budget = doc.find((entry) => entry.tag === "allocBudget")?.rest.match(/^\d+/)?.[0];
  const tags = { hot: has("hot"), cold: has("cold"), noalloc: has("noalloc"), allocBudget: budget === undefined ? null : Number(budget), deprecated: has("deprecated") };
  return tags.hot || tags.cold || tags.noalloc || tags.deprecated || tags.allocBudget !== null ? tags : NO_TAGS;
}

/** The type of the first of these tags that has one. */
export function tagType(reader: TypeReader, doc: readonly DocTag[], ...tags: readonly string[]): TypeTerm | null {
  const entry = doc.find((candidate) => tags.includes(candidate.tag) && candidate.type !== null);
  return entry?.type == null ? null : readJsdocType(reader, entry.type);
}

/** `@template T`, `@template {Base} T, U` */
export function templateNames(doc: readonly DocTag[]): string[] {
  return doc.filter((entry) => entry.tag === "template").flatMap((entry) => {
    const names = /^[\w$]+(?:\s*,\s*[\w$]+)*/.exec(entry.rest)?.[0] ?? "";
    return names === "" ? (/^\[\s*([\w$]+)/.exec(entry.rest)?.slice(1) ?? []) : names.split(/\s*,\s*/);
  });
}

export interface DocParam {
  readonly name: string;
  readonly type: TypeTerm | null;
  readonly optional: boolean;
}

/** `@param` entries of whole parameters, in order; those of a parameter's parts (`options.x`) become the members of an untyped parent. */
export function readParams(reader: TypeReader, doc: readonly DocTag[], tag: "param" | "property" = "param"): DocParam[] {
  const params: DocParam[] = [];
  for (const entry of doc) {
    if (entry.tag !== tag && !(tag === "param" ? entry.tag === "arg" || entry.tag === "argument" : entry.tag === "prop")) continue;
    const match = /^(\[?)\s*([\w$.[\]]+?)(?=[\s=\]]|$)/.exec(entry.rest);
    const path = match?.[2] ?? "";
    const optional = match?.[1] === "[" || entry.type?.endsWith("=") === true;
    const type = entry.type === null ? null : readJsdocType(reader, entry.type);
    if (!path.includes(".")) params.push({ name: path, type, optional });
    else addPart(params, path, { type, optional });
  }
  return params;
}

/** Only one level is read: `options.a`, not `options.a.b`. */
function addPart(params: DocParam[], path: string, part: { type: TypeTerm | null; optional: boolean }): void {
  const [owner, name, deeper] = path.split(".");
  const index = params.findIndex((param) => param.name === owner);
  const parent = params[index];
  if (parent === undefined || name === undefined || deeper !== undefined) return;
  const known = parent.type;
  const isOpen = known === null || (known.kind === "primitive" && known.name === "object") || known.kind === "object";
  if (!isOpen) return;
  const before = known?.kind === "object" ? known : { kind: "object" as const, members: [], index: null, call: null };
  params[index] = { ...parent, type: { ...before, members: [...before.members, { name, ...part }] } };
}

export interface DocTypedef {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly term: TypeTerm;
}

/** A `@typedef` or `@callback` of a comment; null when it is none or has no name. */
export function readTypedef(outer: TypeReader, doc: readonly DocTag[]): DocTypedef | null {
  const entry = doc.find((candidate) => candidate.tag === "typedef" || candidate.tag === "callback");
  const name = /^[\w$.]+/.exec(entry?.rest ?? "")?.[0];
  if (entry === undefined || name === undefined) return null;
  const parameters = templateNames(doc);
  const reader = withTypeParameters(outer, parameters);
  if (entry.tag === "callback") {
    return { name, parameters, term: { kind: "function", params: readParams(reader, doc).map(({ name: of, type }) => ({ name: of, type })), returns: tagType(reader, doc, "returns", "return"), construct: false } };
  }
  const members = readParams(reader, doc, "property");
  const own = entry.type === null ? null : readJsdocType(reader, entry.type);
  if (members.length === 0 && own !== null) return { name, parameters, term: own };
  const object: TypeTerm = { kind: "object", members, index: null, call: null };
  const isList = own?.kind === "array";
  return { name, parameters, term: isList ? { kind: "array", element: object } : object };
}

/** `@extends {Base<Foo>}`, with or without braces. */
export function heritageTerm(reader: TypeReader, doc: readonly DocTag[]): TypeTerm | null {
  const entry = doc.find((candidate) => candidate.tag === "extends" || candidate.tag === "augments");
  if (entry === undefined) return null;
  const text = entry.type ?? /^\S+/.exec(entry.rest)?.[0];
  return text === undefined ? null : readJsdocType(reader, text);
}

/** `@import Default, { A, B as C } from "x"`, `@import * as ns from "x"`. */
export function readDocImports(doc: readonly DocTag[]): { specifier: string; imported: string; local: string }[] {
  return doc.filter((entry) => entry.tag === "import").flatMap((entry) => {
    // The braces of the clause were taken for a type.
    const text = entry.type === null ? entry.rest : `{${entry.type}} ${entry.rest}`;
    const match = /^(.*?)\s*from\s*["']([^"']+)["']/s.exec(text);
    const [, clause = "", specifier] = match ?? [];
    if (specifier === undefined) return [];
    const found: { specifier: string; imported: string; local: string }[] = [];
    const namespace = /\*\s*as\s+([\w$]+)/.exec(clause)?.[1];
    if (namespace !== undefined) found.push({ specifier, imported: "*", local: namespace });
    const first = /^\s*([\w$]+)/.exec(clause)?.[1];
    if (first !== undefined) found.push({ specifier, imported: "default", local: first });
    for (const part of /\{(.*)\}/s.exec(clause)?.[1]?.split(",") ?? []) {
      const [imported, local] = part.trim().split(/\s+as\s+/);
      if (imported !== undefined && imported !== "") found.push({ specifier, imported, local: local ?? imported });
    }
    return found;
  });
}
