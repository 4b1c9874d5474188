/**
 * Holds the tracer to TypeScript's checker on a real program: for every receiver `x` of `x.m()` (not `this` or `super`) whose type the checker
 * reduces to one class or interface declared in the program, what does the tracer call it?
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { linkProgram } from "../src/analyze.ts";
import { describeType } from "../src/source/describe-type.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import type { Resolution } from "../src/program.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import type { TracedType, Tracer } from "../src/source/traced-type.ts";
import { resolverOf } from "./program-of.ts";

export interface Comparison {
  readonly receivers: number;
  /** Exactly the checker's declaration. */
  readonly exact: number;
  /** A class above or below it. */
  readonly related: number;
  readonly wrong: readonly string[];
  readonly missed: readonly string[];
  readonly traceMs: number;
}

/** A real program, under node_modules. */
export interface Corpus {
  /** Absolute. */
  readonly root: string;
  /** Folders under the root whose files are loaded; receivers in the first are judged. */
  readonly folders: readonly string[];
  /** Package names and the files, relative to the root, that they mean. */
  readonly packages: Readonly<Record<string, string>>;
  readonly options: ts.CompilerOptions;
}

export function compareWithChecker({ root, folders, packages, options }: Corpus): Comparison {
  const names = folders.flatMap((folder) => sourceFiles(join(root, folder))).map((file) => relative(root, file));
  const modules = names.map((name) => lower(name, readFileSync(join(root, name), "utf8")));
  const relatively = resolverOf(new Set(names));
  const resolve = (from: string, specifier: string): Resolution => {
    const file = packages[specifier];
    return file === undefined ? relatively(from, specifier) : { file, package: specifier };
  };
  const started = performance.now();
  const { tracer } = linkProgram({ modules, resolve });
  const judged = modules.filter((module) => module.file.startsWith(folders[0] ?? ""));
  const traced = new Map(judged.map((module) => [module.file, receiversOf(module, tracer)]));
  const traceMs = performance.now() - started;
  const paths = Object.fromEntries(Object.entries(packages).map(([name, file]) => [name, [join(root, file)]]));
  const program = ts.createProgram(names.map((name) => join(root, name)), { noEmit: true, skipLibCheck: true, types: [], paths, ...options });
  const checker = program.getTypeChecker();
  const loaded = new Set(names.map((name) => join(root, name)));
  const counts = { receivers: 0, exact: 0, related: 0, wrong: [] as string[], missed: [] as string[] };
  for (const [name, own] of traced) {
    const source = program.getSourceFile(join(root, name));
    if (source === undefined) throw new Error(`${name} is not in TypeScript's program`);
    visitCalls(source, (access) => {
      const symbol = declaredIn(checker, checker.getTypeAtLocation(access.expression), loaded);
      const position = access.name.getStart(source);
      // What cannot be reached is not lowered.
      if (symbol === null || !own.has(position)) return;
      counts.receivers++;
      judge(counts, symbol, own.get(position), `${name}:${source.getLineAndCharacterOfPosition(position).line + 1} ${access.getText(source).slice(0, 60)}`, checker);
    });
  }
  return { ...counts, traceMs };
}

function judge(counts: { exact: number; related: number; wrong: string[]; missed: string[] }, symbol: ts.Symbol, type: TracedType | undefined, where: string, checker: ts.TypeChecker): void {
  const name = type === undefined ? null : nameOf(type);
  if (name === null) counts.missed.push(`${where}: ${symbol.name}, traced ${type === undefined ? "nothing" : describeType(type)}`);
  else if (name === symbol.name) counts.exact++;
  else if (isRelated(symbol, name, checker)) counts.related++;
  else counts.wrong.push(`${where}: ${symbol.name}, traced ${describeType(type ?? { kind: "unknown" })}`);
}

/** The one class or interface that a traced type names. */
function nameOf(type: TracedType): string | null {
  switch (type.kind) {
    case "instance": return type.class.name;
    case "class": return type.class.name;
    case "interface": return type.declaration.name;
    case "external": return type.side === "instance" ? `${type.package}:${type.path}` : null;
    default: return null;
  }
}

function isRelated(symbol: ts.Symbol, name: string, checker: ts.TypeChecker): boolean {
  const declared = checker.getDeclaredTypeOfSymbol(symbol);
  const above = (type: ts.Type): boolean => (type.isClassOrInterface() ? checker.getBaseTypes(type).some((base) => base.symbol?.name === name || above(base)) : false);
  return above(declared);
}

/** The class or interface of the program that a type is, without null and undefined. */
function declaredIn(checker: ts.TypeChecker, type: ts.Type, loaded: ReadonlySet<string>): ts.Symbol | null {
  const plain = checker.getNonNullableType(type);
  const { symbol } = plain;
  if (symbol === undefined || plain.isUnion()) return null;
  const declaration = symbol.declarations?.find((each) => ts.isClassLike(each) || ts.isInterfaceDeclaration(each));
  const file = declaration?.getSourceFile().fileName;
  return file !== undefined && loaded.has(file) && !symbol.name.startsWith("__") ? symbol : null;
}

function visitCalls(source: ts.SourceFile, visit: (access: ts.PropertyAccessExpression) => void): void {
  const walk = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression } = node.expression;
      if (expression.kind !== ts.SyntaxKind.ThisKeyword && expression.kind !== ts.SyntaxKind.SuperKeyword) visit(node.expression);
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
}

/** Types of receivers by where the member's name stands. */
function receiversOf(module: ModuleIR, tracer: Tracer): Map<number, TracedType> {
  const receivers = new Map<number, TracedType>();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op === "get" && !op.pattern) receivers.set(op.keySpan.start, tracer.typeOf(module, fn, op.object));
      }
    }
  }
  return receivers;
}

function lower(file: string, text: string): ModuleIR {
  const { module } = parseModule(file, text, "project");
  if (module === null) throw new Error(`${file} is not parsed`);
  return lowerModule(module);
}

function sourceFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.[jt]sx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[/\\](?:__test__|node_modules)[/\\]/.test(relative(directory, file)))
    .sort();
}
