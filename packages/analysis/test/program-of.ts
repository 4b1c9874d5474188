/** Small programs for tests: texts by path, parsed, lowered and linked, with questions asked by the text of an expression. */
import { parseModule } from "../../fa-cli/src/parse.ts";
import { linkProgram } from "../src/analyze.ts";
import type { Program, Resolution } from "../src/program.ts";
import { describeType } from "../src/source/describe-type.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../src/source/ir.ts";
import { type KeptFacts, keepingSteps } from "../src/source/kept-facts.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import type { CallTargets, TracedType } from "../src/source/traced-type.ts";
import type { TypeOracle } from "../src/source/type-oracle.ts";

export type Files = Readonly<Record<string, string>>;

/** An operation of a program and the function it stands in. */
export interface Place {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly op: Op & { readonly dst: Temp };
}

export class TestProgram {
  readonly program: Program;
  readonly #files: Files;

  constructor(files: Files, oracle?: TypeOracle) {
    this.#files = files;
    const modules = Object.entries(files).map(([file, text]) => lowerFile(file, text));
    const resolve = resolverOf(new Set(Object.keys(files)));
    this.program = linkProgram({ modules, resolve, ...(oracle === undefined ? {} : { oracle }) });
  }

  module(file: string): ModuleIR {
    const module = this.program.modules.find((each) => each.file === file);
    if (module === undefined) throw new Error(`no file ${file}`);
    return module;
  }

  /** The operation whose source text is `expression`, in the `nth` place where it stands; -1 is the last. Of several there, the last lowered. */
  find(file: string, expression: string, nth = 0): Place {
    const module = this.module(file);
    const text = this.#files[file] ?? "";
    const places = new Map<number, Place>();
    for (const fn of module.functions) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if ("dst" in op && op.op !== "copy" && text.slice(op.span.start, op.span.end) === expression) places.set(op.span.start, { module, function: fn, op });
        }
      }
    }
    const place = [...places].sort(([a], [b]) => a - b).at(nth)?.[1];
    if (place === undefined) throw new Error(`\`${expression}\` is no expression of ${file}`);
    return place;
  }

  type(file: string, expression: string, nth = 0): TracedType {
    const { module, function: fn, op } = this.find(file, expression, nth);
    return this.program.tracer.typeOf(module, fn, op.dst);
  }

  /** The type in words. */
  describe(file: string, expression: string, nth = 0): string {
    return describeType(this.type(file, expression, nth));
  }

  targets(file: string, call: string, nth = 0): CallTargets {
    const { module, function: fn, op } = this.find(file, call, nth);
    return this.program.tracer.targets(module, fn, op.dst);
  }

  /** `file:Class.method` of each function that the call may reach, sorted; then the APIs, and `...` when it may be something else, too. */
  describeTargets(file: string, call: string, nth = 0): string[] {
    const { functions, apis, complete } = this.targets(file, call, nth);
    const names = functions.map(({ module, function: fn }) => {
      const class_ = fn.class === null ? undefined : module.classes[fn.class];
      return `${module.file}:${class_ === undefined ? "" : `${class_.name}.`}${fn.name}`;
    });
    return [...names.sort(), ...apis, ...(complete ? [] : ["..."])];
  }
}

function lowerFile(file: string, text: string): ModuleIR {
  const { module, faults } = parseModule(file, text, file.startsWith("node_modules/") ? "library" : "project");
  if (module === null || faults.length > 0) throw new Error(`${file}: ${faults.map((fault) => fault.message).join("; ")}`);
  return lowerModule(module);
}

const ENDINGS = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", "/index.ts", "/index.js", "/index.d.ts"];

/** Relative specifiers by path, bare ones under node_modules. */
export function resolverOf(files: ReadonlySet<string>): (from: string, specifier: string) => Resolution {
  const existing = (path: string): string | null => {
    const found = ENDINGS.map((ending) => path + ending).find((each) => files.has(each));
    return found ?? (path.endsWith(".js") ? (ENDINGS.map((ending) => path.slice(0, -3) + ending).find((each) => files.has(each)) ?? null) : null);
  };
  return (from, specifier) => {
    if (specifier.startsWith(".")) return { file: existing(join(from, specifier)), package: null };
    const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
    return { file: existing(`node_modules/${specifier}`), package: name };
  };
}

function join(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** Runs one step of an analysis; what it asks for is kept. */
export function keeping<T>(facts: KeptFacts, program: Program, run: () => T): T {
  const results = [...keepingSteps(facts, program, oneStep(run))];
  return results[0] as T;
}

function* oneStep<T>(run: () => T): Generator<T, void> {
  yield run();
}
