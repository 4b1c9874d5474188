/** Lowers a text written in a test, through the command line's own parser, and prints functions of it. */
import { expect } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { checkModule } from "../src/cfg/check.ts";
import { printFunction } from "../src/cfg/print.ts";
import type { ClassIR, FunctionIR, ModuleIR, VariableIR } from "../src/source/ir.ts";
import { lowerModule } from "../src/source/lower-module.ts";

/** The module of a valid text. */
export function lowerUnchecked(text: string, file = "test.ts"): ModuleIR {
  const { module, faults } = parseModule(file, text, "project");
  expect(faults).toEqual([]);
  if (module === null) throw new Error("not parsed");
  return lowerModule(module);
}

/** The module of a valid text, held to the invariants of the IR. */
export function lower(text: string, file = "test.ts"): ModuleIR {
  const lowered = lowerUnchecked(text, file);
  expect(checkModule(lowered, text.length)).toEqual([]);
  return lowered;
}

export function functionNamed(module: ModuleIR, name: string): FunctionIR {
  const found = module.functions.find((fn) => fn.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}

export function classNamed(module: ModuleIR, name: string): ClassIR {
  const found = module.classes.find((class_) => class_.name === name);
  if (found === undefined) throw new Error(`no class ${name}`);
  return found;
}

export function variableNamed(module: ModuleIR, name: string): VariableIR {
  const found = module.variables.find((variable) => variable.name === name);
  if (found === undefined) throw new Error(`no variable ${name}`);
  return found;
}

/** The printed graph of function `f` of a text, without the head. */
export function graph(text: string, name = "f", file = "test.ts"): string {
  const module = lower(text, file);
  expect(module.notes).toEqual([]);
  return printFunction(module, functionNamed(module, name)).split("\n").slice(1).join("\n");
}
