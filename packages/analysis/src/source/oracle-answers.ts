/**
 * Asks a type checker, once and in one batch, about receivers that are not traced and whose member somebody may care about: names of the
 * runtime's API, mutators of containers and methods that make garbage. The answers stand in where tracing gives nothing; what is traced stays.
 */
import { memberNames } from "../knowledge/shapes.ts";
import type { Resolve } from "../program.ts";
import type { FunctionIR, ModuleIR, Temp } from "./ir.ts";
import { RUNTIME_PACKAGE } from "./link.ts";
import type { Location } from "./span.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import type { Parts } from "./tracer.ts";
import type { OracleAnswer, TypeOracle } from "./type-oracle.ts";

export type Supplied = ReadonlyMap<FunctionIR, ReadonlyMap<Temp, TracedType>>;

interface Question {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
  readonly at: Location;
}

const MUTATORS = ["push", "unshift", "splice", "concat", "slice", "map", "filter", "flatMap", "flat", "fill", "from", "set", "add", "delete", "clear", "clone", "keys", "values", "entries", "forEach", "reduce", "subarray", "postMessage", "setAnimationLoop", "requestAnimationFrame", "addEventListener", "bind"];

/** Null when there was nothing to ask or no answer; else the types, to be made in the table of the tracer that uses them. */
export function askOracle(oracle: TypeOracle, modules: readonly ModuleIR[], resolve: Resolve, parts: Parts): ((parts: Parts) => Supplied) | null {
  const questions = findQuestions(modules, resolve, parts);
  if (questions.length === 0) return null;
  const answers = oracle.resolve(questions.map((question) => question.at));
  if (!answers.some((answer) => answer !== undefined)) return null;
  return (next) => {
    const supplied = new Map<FunctionIR, Map<Temp, TracedType>>();
    questions.forEach((question, index) => {
      const answer = answers[index];
      const type = answer === undefined ? UNKNOWN : toType(answer, modules, next);
      if (type === UNKNOWN) return;
      let temps = supplied.get(question.function);
      if (temps === undefined) supplied.set(question.function, (temps = new Map()));
      temps.set(question.temp, type);
    });
    return supplied;
  };
}

function findQuestions(modules: readonly ModuleIR[], resolve: Resolve, parts: Parts): Question[] {
  const interesting = new Set([...memberNames(RUNTIME_PACKAGE), ...MUTATORS]);
  const questions: Question[] = [];
  const typed = typedModules(modules, resolve);
  for (const module of modules) {
    if (module.role !== "project" || !typed.has(module)) continue;
    for (const fn of module.functions) {
      const index = parts.index.ofFunction(fn);
      const asked = new Set<Temp>();
      const called = calledTemps(fn);
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
    if (module.language !== "js" && module.language !== "jsx") found.add(module);
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

/** What is called: a member that is only read does nothing that a rule asks for. */
function calledTemps(fn: FunctionIR): ReadonlySet<Temp> {
  const called = new Set<Temp>();
  for (const block of fn.blocks) for (const op of block.ops) if (op.op === "call") called.add(op.callee);
  return called;
}

/** The declaration that an answer names, where it is loaded; else an external one of its package. */
function toType(answer: OracleAnswer, modules: readonly ModuleIR[], parts: Parts): TracedType {
  const declaring = modules.filter((module) => (answer.file !== null && module.file === answer.file) || (answer.file === null && answer.package !== null && parts.linker.packageOf(module) === answer.package));
  for (const module of declaring) {
    const class_ = module.classes.find((each) => each.name === answer.name);
    if (class_ !== undefined) return parts.table.instance(module, class_, class_.typeParameters.map(() => UNKNOWN));
    const declaration = module.types.find((each) => each.name === answer.name && each.kind === "interface");
    if (declaration !== undefined) return parts.table.interface(module, declaration, declaration.parameters.map(() => UNKNOWN));
  }
  if (answer.package === null) return UNKNOWN;
  return parts.table.external(parts.linker.isRuntime(answer.package) ? RUNTIME_PACKAGE : answer.package, answer.name, "instance");
}
