/**
 * Runs a program of texts and records what it does, to compare it with the same program rewritten: what it logs, what its frames and timers do, and what its
 * exports give when they are called with made-up arguments. Its frames are driven by hand, its clock stands, its random numbers are always the same.
 */
import { posix } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";

/** By name; a module that is not among them and no file of the program cannot be loaded. */
export type Packages = ReadonlyMap<string, object>;

export interface ProgramTrace {
  /** Each thing that it did, in order. Empty for a program that could not be loaded. */
  readonly events: readonly string[];
  /** Why it could not be loaded. */
  readonly failure: string | null;
}

const ROUND = "__countRound";
const MOST_ROUNDS = 100_000;
const FRAMES = 4;
const CALLS = 3;

export function runProgram(files: ReadonlyMap<string, string>, packages: Packages): ProgramTrace {
  const world = new World(files, packages);
  const sources = [...files.keys()].filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !file.endsWith(".d.ts"));
  try {
    for (const file of sources) world.load(file);
    world.frames();
    for (const file of sources) world.callExports(file);
    world.frames();
  } catch (error) {
    return { events: [], failure: said(error) };
  }
  return { events: world.events, failure: null };
}

class Endless extends Error {}

/** Counts the rounds of all loops. */
function countRounds(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  const count = factory.createExpressionStatement(factory.createCallExpression(factory.createIdentifier(ROUND), undefined, []));
  const counted = (body: ts.Statement): ts.Block => factory.createBlock([count, ...(ts.isBlock(body) ? body.statements : [body])]);
  const visit = (node: ts.Node): ts.Node => {
    const made = ts.visitEachChild(node, visit, context);
    if (ts.isForStatement(made)) return factory.updateForStatement(made, made.initializer, made.condition, made.incrementor, counted(made.statement));
    if (ts.isForOfStatement(made)) return factory.updateForOfStatement(made, made.awaitModifier, made.initializer, made.expression, counted(made.statement));
    if (ts.isForInStatement(made)) return factory.updateForInStatement(made, made.initializer, made.expression, counted(made.statement));
    if (ts.isWhileStatement(made)) return factory.updateWhileStatement(made, made.expression, counted(made.statement));
    return ts.isDoStatement(made) ? factory.updateDoStatement(made, counted(made.statement), made.expression) : made;
  };
  return (file) => ts.visitEachChild(file, visit, context);
}

type Callback = (time: number) => unknown;

class World {
  readonly events: string[] = [];
  readonly #files: ReadonlyMap<string, string>;
  readonly #packages: Packages;
  readonly #modules = new Map<string, { readonly exports: Record<string, unknown> }>();
  /** What these export is called by the program itself, as it means to. */
  readonly #imported = new Set<string>();
  readonly #intervals: Callback[] = [];
  #waiting: Callback[] = [];
  #time = 0;
  #seed = 1;
  #rounds = 0;
  #shared: unknown = null;

  constructor(files: ReadonlyMap<string, string>, packages: Packages) {
    this.#files = files;
    this.#packages = packages;
  }

  load(file: string): object {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(file, module);
    const { outputText } = ts.transpileModule(this.#files.get(file) ?? "", {
      fileName: file,
      transformers: { before: [countRounds] },
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, jsx: ts.JsxEmit.React, allowJs: true, esModuleInterop: true, experimentalDecorators: true },
    });
    const globals = { ...this.#globals(), [ROUND]: () => this.#round(), require: (specifier: string) => this.#require(file, specifier), module, exports: module.exports };
    Reflect.apply(compileFunction(outputText, Object.keys(globals)), undefined, Object.values(globals));
    return module.exports;
  }

  /** A program that never ends is one that cannot be run: after so many rounds all of it has ended. */
  #round(): void {
    if (++this.#rounds > MOST_ROUNDS) throw new Endless("it does not end");
  }

  #require(from: string, specifier: string): object {
    if (!specifier.startsWith(".")) {
      const found = this.#packages.get(specifier);
      if (found === undefined) throw new Error(`no package ${specifier}`);
      return found;
    }
    const path = posix.join(posix.dirname(from), specifier);
    const stem = path.replace(/\.[cm]?[jt]sx?$/, "");
    const file = [path, ...["ts", "tsx", "js", "jsx", "mts", "mjs", "cts", "cjs"].flatMap((end) => [`${stem}.${end}`, `${path}/index.${end}`])].find((each) => this.#files.has(each));
    if (file === undefined) throw new Error(`no file ${path}`);
    this.#imported.add(file);
    return this.load(file);
  }

  #globals(): Record<string, unknown> {
    const requestAnimationFrame = (callback: Callback): number => this.#waiting.push(callback);
    const setInterval = (callback: Callback): number => this.#intervals.push(callback);
    const log = (...values: unknown[]): void => { this.events.push(`log ${values.map(shown).join(" ")}`); };
    const math = Object.create(Math, { random: { value: () => ((this.#seed = (this.#seed * 16807) % 2147483647) / 2147483647) } }) as Math;
    const shared = { requestAnimationFrame, setInterval, setTimeout: requestAnimationFrame, performance: { now: () => this.#time }, addEventListener: () => undefined };
    return { ...shared, window: shared, console: { log, warn: log, error: log, info: log }, Math: math };
  }

  frames(): void {
    for (let frame = 0; frame < FRAMES; frame++) {
      this.#time += 16;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const callback of [...waiting, ...this.#intervals]) this.#record("frame", () => callback(this.#time));
      for (const [file, { exports }] of this.#modules) this.events.push(`${file} ${shown(exports)}`);
    }
  }

  /** Each a few times, with the same arguments before and after. */
  callExports(file: string): void {
    const exports = this.#imported.has(file) ? {} : this.#modules.get(file)?.exports ?? {};
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value !== "function") continue;
      const isClass = /^class\b/.test(Function.prototype.toString.call(value));
      for (let round = 0; round < CALLS; round++) {
        if (isClass) this.#record(name, () => this.#callMembers(file, name, Reflect.construct(value, this.#argumentsOf(file, `${name}.constructor`, value, round)) as object, round));
        else this.#record(name, () => Reflect.apply(value, undefined, this.#argumentsOf(file, name, value, round)));
      }
    }
  }

  #callMembers(file: string, name: string, instance: object, round: number): object {
    for (const member of Object.getOwnPropertyNames(Object.getPrototypeOf(instance) as object)) {
      if (member === "constructor") continue;
      this.#record(`${name}.${member}`, () => {
        const method: unknown = Reflect.get(instance, member);
        return typeof method === "function" ? Reflect.apply(method, instance, this.#argumentsOf(file, `${name}.${member}`, method, round)) : method;
      });
    }
    return instance;
  }

  /** By what the parameters are declared to be; without types by their number. */
  #argumentsOf(file: string, name: string, called: object, round: number): unknown[] {
    const types = declaredTypes(this.#files.get(file) ?? "").get(name);
    const count = Math.max(2, (called as (...args: never) => unknown).length);
    return types === undefined ? Array.from({ length: count }, (_, index) => argument(round, index)) : types.map((type, index) => this.#value(type, round, index));
  }

  #value(type: string, round: number, index: number): unknown {
    const plain = type.replace(/^readonly /, "").replace(/^Readonly(?=Array<)/, "").replace(/^Array<(.*)>$/, "$1[]");
    if (plain.endsWith("[]")) return Array.from({ length: 3 }, (_, at) => this.#value(plain.slice(0, -2), round, index + at));
    if (/^(?:Float|Int|Uint)\d+(?:Clamped)?Array$/.test(plain)) return new (Reflect.get(globalThis, plain) as new (from: number[]) => object)([3, 1, 2, round, index]);
    switch (plain) {
      case "SmartAlloc": return this.#allocator();
      case "number": return index + round * 2 + 1.5;
      case "string": return `text${round}`;
      case "boolean": return (round + index) % 2 === 0;
      default: return argument(1, index);
    }
  }

  #allocator(): unknown {
    const made: unknown = Reflect.get(this.#packages.get("@framealloc/runtime") ?? {}, "SmartAlloc");
    return (this.#shared ??= typeof made === "function" ? Reflect.construct(made, []) : null);
  }

  #record(name: string, run: () => unknown): void {
    try {
      this.events.push(`${name} = ${shown(run())}`);
    } catch (error) {
      if (error instanceof Endless) throw error;
      // What it says of arguments that do not fit is not the program's doing.
      this.events.push(`${name} threw`);
    }
  }
}

/** What the parameters of functions and methods are said to be, by `name` and `Class.member`; those that say it of all of them. */
function declaredTypes(text: string): ReadonlyMap<string, readonly string[]> {
  const source = ts.createSourceFile("a.ts", text, ts.ScriptTarget.ES2022);
  const found = new Map<string, readonly string[]>();
  const add = (name: string, parameters: ts.NodeArray<ts.ParameterDeclaration>): void => {
    const types = parameters.map(({ type }) => type?.getText(source));
    if (types.every((type) => type !== undefined)) found.set(name, types);
  };
  const visit = (node: ts.Node, owner: string): void => {
    if (ts.isFunctionDeclaration(node)) add(node.name?.text ?? "default", node.parameters);
    else if (ts.isConstructorDeclaration(node)) add(`${owner}constructor`, node.parameters);
    else if (ts.isMethodDeclaration(node)) add(`${owner}${node.name.getText(source)}`, node.parameters);
    else if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isArrowFunction(node.initializer)) add(node.name.getText(source), node.initializer.parameters);
    ts.forEachChild(node, (child) => { visit(child, ts.isClassDeclaration(node) ? `${node.name?.text ?? "default"}.` : owner); });
  };
  visit(source, "");
  return found;
}

function argument(round: number, index: number): unknown {
  if (round === 0) return index + 1.5;
  if (round === 1) return { x: index + 1, y: 2, z: 3, w: 1, id: index, name: "it", position: { x: 1, y: 2, z: 3 }, width: 4, height: 5, length: 0 };
  return [3, 1, 2].map((value) => value + index);
}

function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

const DEPTH = 4;
const WIDTH = 64;

/** The value as text, cut where it is deep, wide or comes again; functions by no more than that they are some. */
function shown(value: unknown): string {
  const seen = new Set<unknown>();
  const plain = (each: unknown, depth: number): unknown => {
    if (typeof each === "function") return "function";
    if (typeof each === "number" || typeof each === "bigint" || typeof each === "symbol") return String(each);
    if (typeof each !== "object" || each === null) return each;
    if (seen.has(each)) return "again";
    // What an allocator and its types have inside is their own affair; of a value, its fields count and not where it lies.
    if ("beginFrame" in each) return "allocator";
    if ("sizeBytes" in each) return "type";
    if ("$notCloneable" in each) return fieldsOf(each).map((key) => [key, plain(Reflect.get(each, key), depth + 1)]);
    if (depth > DEPTH || each instanceof ArrayBuffer || each instanceof SharedArrayBuffer) return "more";
    seen.add(each);
    if (ArrayBuffer.isView(each)) return each instanceof DataView ? "view" : [...(each as Uint8Array).subarray(0, WIDTH)].map(String);
    if (each instanceof Map || each instanceof Set || Array.isArray(each)) return [...(each as Iterable<unknown>)].slice(0, WIDTH).map((part) => plain(part, depth + 1));
    return Object.entries(each).slice(0, WIDTH).map(([key, part]) => [key, plain(part, depth + 1)]);
  };
  return JSON.stringify(plain(value, 0)) ?? "undefined";
}

function fieldsOf(view: object): string[] {
  const accessors = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(view) as object));
  return accessors.flatMap(([key, { get }]) => (get === undefined || key.startsWith("$") ? [] : [key]));
}
