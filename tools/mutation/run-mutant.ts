/** Runs the analyzer's library entry on a mutant, with a type oracle and without one. */
import { analyze, type Diagnostic, parseModule } from "@framealloc/fa-cli";
import { lowerModule, type Rule, type TypeOracle } from "@framealloc/analysis";
import { type Mutant, textsOf } from "./mutant.ts";

/** An oracle that can be told of a changed text. */
export interface MutableOracle extends TypeOracle {
  setText(file: string, text: string): void;
}

export interface Outcome {
  readonly mutant: Mutant;
  readonly typed: readonly Diagnostic[];
  /** Without an oracle; the same array where nothing was asked. */
  readonly untyped: readonly Diagnostic[];
}

/** Throws when a mutant does not parse, or a rule fails on it: then the operator, or the analyzer, is broken. */
export function runMutant(mutant: Mutant, rules: readonly Rule[], oracle: MutableOracle): Outcome {
  const { program, operator } = mutant;
  const settings = { ...program.input.settings, ...operator.settings };
  const texts = textsOf(mutant);
  const modules = program.input.modules.map((module) => {
    const text = texts.get(module.file);
    return text === undefined ? module : lowered(mutant, module.file, text);
  });
  let asked = false;
  const listening: TypeOracle = {
    resolve: (questions) => {
      asked = true;
      for (const [file, text] of texts) oracle.setText(file, text);
      const answers = oracle.resolve(questions);
      for (const file of texts.keys()) oracle.setText(file, program.treeOf(file).text);
      return answers;
    },
  };
  const run = (given: TypeOracle | null): readonly Diagnostic[] => {
    const { diagnostics, failures } = analyze({ ...program.input, settings, modules, ...(given === null ? {} : { oracle: given }) }, rules);
    for (const { code, error } of failures) throw new Error(`${code} failed on ${nameOf(mutant)}`, { cause: error });
    return diagnostics;
  };
  const typed = run(listening);
  return { mutant, typed, untyped: asked ? run(null) : typed };
}

/** Program, file, line, operator and what was done, for people. */
export function nameOf({ program, operator, edits: [first], what }: Mutant): string {
  return `${program.name}/${first.file}:${program.treeOf(first.file).lineOf(first.span.start)} ${operator.code} ${operator.name}: ${what.replaceAll(/\s+/g, " ")}`;
}

function lowered(mutant: Mutant, file: string, text: string): ReturnType<typeof lowerModule> {
  const { module, faults } = parseModule(file, text, "project");
  if (module === null || faults.length > 0) throw new Error(`${nameOf(mutant)} does not parse: ${faults.map((fault) => fault.message).join("; ")}\n${text}`);
  return lowerModule(module);
}
