/**
 * Where a constant of a module can be declared so that it has its value whenever a function of the module runs, and under which name.
 *
 * Behind the imports that the module begins with, or behind the last declaration that its value needs: a function that is called earlier than that would have failed before, for want
 * of the same declaration. Names are given out once a module, so that several rewrites can be applied together.
 * Known misses: modules that import each other in a circle and call each other's functions while they are loaded.
 */
import type { TextEdit } from "../diagnostic.ts";
import type { Program } from "../program.ts";
import type { ModuleIR, VariableId, VariableIR } from "../source/ir.ts";
import { isScript } from "../source/program-globals.ts";
import { type ModuleText, moduleText, type TopStatement } from "../source/module-text.ts";

export interface HoistedConstant {
  readonly name: string;
  readonly edit: TextEdit;
}

export interface ConstantRequest {
  /** The name that it gets unless something is called that. */
  readonly name: string;
  /** The expression that is its value. */
  readonly value: string;
  /** Variables whose values the expression reads at once. */
  readonly needs: readonly VariableId[];
  /** `const` unless said. */
  readonly keyword?: "const" | "let";
}

/** The names and places that rewrites of one module have taken. */
interface Taken {
  readonly names: Set<string>;
  readonly places: Set<number>;
}

export class HoistedConstants {
  readonly #program: Program;
  readonly #taken = new Map<ModuleIR, Taken>();
  /** Of scripts: what all of them name. Their top-level names are one scope. */
  #words: Set<string> | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Null where one of the needed values is not there yet, may change, or has no name at module level. */
  declare(module: ModuleIR, { name: wanted, value, needs, keyword = "const" }: ConstantRequest): HoistedConstant | null {
    const source = moduleText(module);
    if (source === null || module.language === "dts") return null;
    let after = lastOfFirstImports(source);
    for (const need of needs) {
      const declared = module.variables[need];
      const statement = declared === undefined || declared.reassigned ? null : statementOf(module, declared);
      if (statement === null) return null;
      if (declared?.kind !== "function" && (after === null || statement.end > after.end)) after = statement;
    }
    const taken = this.#of(module);
    const name = freshName(source, taken.names, wanted);
    const place = after === null ? atTop(source) : behind(source, after);
    const isFirst = !taken.places.has(place.at);
    taken.names.add(name);
    taken.places.add(place.at);
    const text = after === null ? `${keyword} ${name} = ${value};${source.text.includes("\r\n") ? "\r\n" : "\n"}` : `${isFirst && place.isLine ? "\n" : ""}${place.isLine ? "\n" : " "}${keyword} ${name} = ${value};`;
    return { name, edit: { at: { file: module.file, span: { start: place.at, end: place.at } }, text, beside: true } };
  }

  /** A name that nothing in the module has, and no other rewrite gets. */
  freshName(module: ModuleIR, wanted: string): string {
    const source = moduleText(module);
    const { names } = this.#of(module);
    const name = source === null ? wanted : freshName(source, names, wanted);
    names.add(name);
    return name;
  }

  #of(module: ModuleIR): Taken {
    let taken = this.#taken.get(module);
    if (taken === undefined) this.#taken.set(module, (taken = { names: isScript(module) ? this.#wordsOfScripts() : new Set(), places: new Set() }));
    return taken;
  }

  #wordsOfScripts(): Set<string> {
    if (this.#words !== null) return this.#words;
    const words = new Set<string>();
    for (const module of this.#program.modules) {
      if (isScript(module)) for (const [word] of moduleText(module)?.text.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? []) words.add(word);
    }
    return (this.#words = words);
  }
}

/** Whether the name means this variable at module level, too: not one of a block, of a namespace, or of a named expression. */
export function isOfModule(module: ModuleIR, variable: VariableId): boolean {
  const declared = module.variables[variable];
  return declared !== undefined && statementOf(module, declared) !== null;
}

function statementOf(module: ModuleIR, { owner, span, kind }: VariableIR): TopStatement | null {
  const source = moduleText(module);
  const statement = owner !== 0 ? undefined : source?.statements.find(({ start, end }) => start <= span.start && span.end <= end);
  if (source === null || statement === undefined) return null;
  switch (statement.kind) {
    case "ImportDeclaration": case "TSImportEqualsDeclaration": return statement;
    case "VariableDeclaration": return kind === "function" || kind === "class" ? null : statement;
    case "FunctionDeclaration": case "ClassDeclaration": case "TSEnumDeclaration": return statement;
    case "ExportDefaultDeclaration": return /^export\s+default\s+(?:async\s+)?(?:function|class)\b/.test(source.text.slice(statement.start, statement.end)) ? statement : null;
    default: return null;
  }
}

function freshName({ text }: ModuleText, taken: ReadonlySet<string>, wanted: string): string {
  let name = wanted;
  for (let count = 2; taken.has(name) || new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}(?![\\w$])`).test(text); count++) name = `${wanted}${count}`;
  return name;
}

/** Of those that stand in front of all else: behind a later one, something may have run already. */
function lastOfFirstImports({ statements }: ModuleText): TopStatement | null {
  let last: TopStatement | null = null;
  for (const statement of statements) {
    if (statement.kind === "ImportDeclaration" || statement.kind === "TSImportEqualsDeclaration") last = statement;
    else if (statement.kind !== "Directive" && !/^TS(?:Interface|TypeAlias)Declaration$/.test(statement.kind)) return last;
  }
  return last;
}

/** Comments that speak of the whole file, to a compiler or a linter. */
const OF_FILE = /^(?:\/\/|\/\*+)\s*(?:@ts-(?:no)?check|@jsx|@flow|@file|@license|@preserve|eslint-(?:disable|enable)(?!-)|eslint-env|eslint |oxlint-(?:disable|enable)(?!-)|globals? |exported |jshint|jslint|istanbul ignore file|biome-ignore-all|fa-(?:disable|ignore-file)|prettier-ignore-start|\/\s*<)/;

/** In front of the first statement and its comments, behind directives, and behind what is said of the whole file. */
function atTop({ statements, text, comments }: ModuleText): { readonly at: number; readonly isLine: boolean } {
  const first = statements.find(({ kind }) => kind !== "Directive");
  let at = first?.commentedFrom ?? text.length;
  const lineBehind = (end: number): number => { const line = text.indexOf("\n", end); return line < 0 ? text.length : line + 1; };
  if (at === 0 && text.startsWith("#!")) at = lineBehind(0);
  for (const { start, end } of comments) if (start >= at && text.slice(at, start).trim() === "" && text.slice(end, lineBehind(end)).trim() === "" && OF_FILE.test(text.slice(start, end))) at = lineBehind(end);
  return { at, isLine: true };
}

/** At the end of the statement's line, if nothing but a comment stands there; else right behind the statement. */
function behind({ text, comments }: ModuleText, { end }: TopStatement): { readonly at: number; readonly isLine: boolean } {
  const next = text.indexOf("\n", end);
  const lineEnd = next < 0 ? text.length : text[next - 1] === "\r" ? next - 1 : next;
  const comment = comments.find((each) => each.start >= end && each.end <= lineEnd);
  const rest = comment === undefined ? text.slice(end, lineEnd) : text.slice(end, comment.start) + text.slice(comment.end, lineEnd);
  return rest.trim() === "" && !comments.some((each) => each.start < lineEnd && lineEnd < each.end) ? { at: lineEnd, isLine: true } : { at: end, isLine: false };
}
