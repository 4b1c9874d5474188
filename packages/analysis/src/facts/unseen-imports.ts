/** Names that a module imports from where nobody looked: a file that is not there, a package that is not installed, and what is not in sight of a file on its own. */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";

/** Whether a value is what such a name stands for: anything, and nothing of the program's own. */
export function isUnseenImport(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  if (op?.op !== "load" || module.variables[op.variable]?.kind !== "import") return false;
  const specifier = module.imports.find(({ variable }) => variable === op.variable)?.specifier;
  if (specifier === undefined) return false;
  const { file, package: package_, absent } = program.resolve(module.file, specifier);
  return file === null && (package_ === null || absent === true);
}
