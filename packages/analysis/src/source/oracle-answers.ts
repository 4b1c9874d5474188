/**
 * Asks a type checker, once and in one batch, about receivers that are not traced and whose member somebody may care about: names of the
 * runtime's API, mutators of containers and methods that make garbage. The answers stand in where tracing gives nothing; what is traced stays.
 */
import { ENGINE_METHODS } from "../knowledge/allocating-apis.ts";
import { memberNames } from "../knowledge/shapes.ts";
import type { Resolve } from "../program.ts";
import type { FunctionIR, ModuleIR, Temp } from "./ir.ts";
import { RUNTIME_PACKAGE } from "./link.ts";
import { moduleOps } from "./module-ops.ts";
import { isOp } from "./program-index.ts";
import type { Location } from "./span.ts";
import type { Supplied } from "./supplied-types.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import type { Parts } from "./tracer.ts";
import type { OracleAnswer, TypeOracle } from "./type-oracle.ts";


interface Question {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
  readonly at: Location;
}

const MUTATORS = ["push", "unshift", "splice", "concat", "slice", "map", "filter", "flatMap", "flat", "fill", "from", "set", "add", "delete", "clear", "clone", "keys", "values", "entries", "forEach", "reduce", "subarray", "postMessage", "setAnimationLoop", "requestAnimationFrame", "addEventListener", "bind"];

/**
 * What was asked about modules, and answered. Forgotten with the module: one that was edited is another one, and is asked about anew. Who keeps the answers vouches
 * that no edit changed types which the other modules see.
 */
export class KeptAnswers {
  readonly #byModule = new WeakMap<ModuleIR, Map<FunctionIR, Map<Temp, OracleAnswer | undefined>>>();

  hasAskedAbout(module: ModuleIR): boolean {
    return this.#byModule.has(module);
  }

  /** Every receiver of the module that is not asked for is traced, or of no interest. */
  begin(module: ModuleIR): void {
    if (!this.#byModule.has(module)) this.#byModule.set(module, new Map());
  }

  keep({ module, function: fn, temp }: Question, answer: OracleAnswer | undefined): void {
    const functions = this.#byModule.get(module) ?? new Map<FunctionIR, Map<Temp, OracleAnswer | undefined>>();
    this.#byModule.set(module, functions);
    const temps = functions.get(fn) ?? new Map<Temp, OracleAnswer | undefined>();
    functions.set(fn, temps.set(temp, answer));
  }

  /** The answers as types of the table of a tracer, which is linked. */
  suppliedTo(parts: Parts, modules: readonly ModuleIR[]): Supplied {
    const supplied = new Map<FunctionIR, Map<Temp, TracedType>>();
    for (const module of modules) {
      for (const [fn, temps] of this.#byModule.get(module) ?? []) {
        const types = new Map<Temp, TracedType>();
        for (const [temp, answer] of temps) {
          const type = answer === undefined ? UNKNOWN : toType(answer, modules, parts);
          if (type !== UNKNOWN) types.set(temp, type);
        }
        if (types.size > 0) supplied.set(fn, types);
      }
    }
    return supplied;
  }
}

export function packagesOf(supplied: Supplied): ReadonlySet<string> {
  return new Set([...supplied.values()].flatMap((types) => [...types.values()].flatMap((type) => (type.kind === "external" ? [type.package] : []))));
}

/** The modules that may be asked about and were not. Of the others nothing new is open: their types are what they were, says who kept the answers. */
export function openModules(modules: readonly ModuleIR[], resolve: Resolve, kept: KeptAnswers): readonly ModuleIR[] {
  const open = modules.filter((module) => module.role === "project" && !kept.hasAskedAbout(module));
  if (open.every(isTypeScript)) return open;
  const typed = typedModules(modules, resolve);
  return open.filter((module) => typed.has(module));
}

/** Asks what is open in some modules and keeps the answers; whether there was one. */
export function askOracle(oracle: TypeOracle, kept: KeptAnswers, modules: readonly ModuleIR[], parts: Parts): boolean {
  const questions = findQuestions(modules, parts);
  for (const module of modules) kept.begin(module);
  if (questions.length === 0) return false;
  const answers = oracle.resolve(questions.map((question) => question.at));
  questions.forEach((question, index) => kept.keep(question, answers[index]));
  return answers.some((answer) => answer !== undefined);
}

function findQuestions(modules: readonly ModuleIR[], parts: Parts): Question[] {
  const interesting = new Set([...memberNames(RUNTIME_PACKAGE), ...MUTATORS, ...ENGINE_METHODS]);
  const questions: Question[] = [];
  for (const module of modules) {
    for (const [fn, called] of calledTemps(module, parts, interesting)) {
      const index = parts.index.ofFunction(fn);
      const asked = new Set<Temp>();
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op !== "get" || op.key === null || !interesting.has(op.key) || !called.has(op.dst) || asked.has(op.object)) continue;
          if (parts.values.typeOfTemp(module, fn, op.object).kind !== "unknown") continue;
          const definition = index.definition(op.object);
          if (definition === undefined) continue;
          asked.add(op.object);
          questions.push({ module, function: fn, temp: op.object, at: { file: module.file, span: definition.span } });
        }
      }
    }
  }
  return questions;
}

/**
 * Where a checker can know more than the tracer: in TypeScript, and in JavaScript that gets at an installed package, itself or by what it imports. Plain
 * JavaScript among itself has no types but those that the tracer follows, and to open a project for it takes longer than all the rest.
 */
function typedModules(modules: readonly ModuleIR[], resolve: Resolve): ReadonlySet<ModuleIR> {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const importers = new Map<ModuleIR, ModuleIR[]>();
  const found = new Set<ModuleIR>();
  for (const module of modules) {
    if (isTypeScript(module)) found.add(module);
    for (const each of [...module.imports, ...module.exports]) {
      if (!("specifier" in each)) continue;
      const { file, package: package_, absent } = resolve(module.file, each.specifier);
      const target = file === null ? undefined : byFile.get(file);
      if (target === undefined) {
        // Node's own modules are in the tables.
        if (package_ !== null && absent !== true && !package_.startsWith("node:")) found.add(module);
      } else importers.set(target, [...(importers.get(target) ?? []), module]);
    }
  }
  // The set grows while it is walked, and is walked to its end.
  for (const module of found) for (const importer of importers.get(module) ?? []) found.add(importer);
  return found;
}

function isTypeScript({ language }: ModuleIR): boolean {
  return language !== "js" && language !== "jsx";
}

/** By function, what it calls: a member that is only read does nothing that a rule asks for. Functions that call none of the names are left out. */
function calledTemps(module: ModuleIR, parts: Parts, names: ReadonlySet<string>): ReadonlyMap<FunctionIR, ReadonlySet<Temp>> {
  const called = new Map<FunctionIR, Set<Temp>>();
  for (const { fn, op } of moduleOps(module).calls) {
    const index = parts.index.ofFunction(fn);
    const writers = index.definitions(op.callee) ?? [index.definition(op.callee)];
    if (!writers.some((each) => isOp(each, "get") && each.key !== null && names.has(each.key))) continue;
    const known = called.get(fn);
    if (known === undefined) called.set(fn, new Set([op.callee]));
    else known.add(op.callee);
  }
  return called;
}

/** The declaration that an answer names, where it is loaded; else an external one of its package. */
function toType(answer: OracleAnswer, modules: readonly ModuleIR[], parts: Parts): TracedType {
  const declaring = answer.file === null ? modules.filter((module) => answer.package !== null && parts.linker.packageOf(module) === answer.package) : [parts.linker.module(answer.file)];
  for (const module of declaring) {
    if (module === undefined) continue;
    const class_ = module.classes.find((each) => each.name === answer.name);
    if (class_ !== undefined) return parts.table.instance(module, class_, class_.typeParameters.map(() => UNKNOWN));
    const declaration = module.types.find((each) => each.name === answer.name && each.kind === "interface");
    if (declaration !== undefined) return parts.table.interface(module, declaration, declaration.parameters.map(() => UNKNOWN));
  }
  if (answer.package === null) return UNKNOWN;
  return parts.table.external(parts.linker.isRuntime(answer.package) ? RUNTIME_PACKAGE : answer.package, answer.name, "instance");
}
