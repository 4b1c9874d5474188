/**
 * The fields that keep what is handed to a parameter: `constructor(update) { this.update = update; }`, also by way of functions that it is handed on to.
 *
 * Theory: may, over the uses of the parameter in its module; null where it may go anywhere else: into a variable, a container, a function that nobody can name. Comparisons and calls of it keep nothing.
 */
import { valueUses, type ValueUse } from "../dataflow/value-uses.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Temp, VariableId } from "../source/ir.ts";

const MAX_DEPTH = 3;

export function fieldsThatKeep(program: Program, module: ModuleIR, fn: FunctionIR, position: number, depth = 0): ReadonlySet<string> | null {
  const param = fn.params[position];
  if (param === undefined || param.rest || depth > MAX_DEPTH) return null;
  const fields = new Set<string>();
  for (const each of functionsAround(module, fn, param.variable)) {
    const uses = valueUses(each);
    for (const temp of uses.loadsOf(param.variable)) if (!follow(program, module, each, temp, depth, fields)) return null;
  }
  return fields;
}

/** The function and those inside it that may name its variable. */
function functionsAround(module: ModuleIR, fn: FunctionIR, variable: VariableId): readonly FunctionIR[] {
  return module.variables[variable]?.captured === true ? module.functions.filter((each) => each === fn || each.captures.includes(variable)) : [fn];
}

/** False when the value may go somewhere that is not seen. */
function follow(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number, fields: Set<string>): boolean {
  return valueUses(fn).of(temp).every((use: ValueUse) => {
    if (use.role === "compared") return true;
    if (use.role === "alias") return follow(program, module, fn, use.to, depth, fields);
    if (use.role === "placed" && use.key !== null && !/^\d+$/.test(use.key)) return fields.add(use.key) !== undefined;
    if (use.role !== "argument" || use.spread) return false;
    const targets = program.tracer.targets(module, fn, "dst" in use.op ? use.op.dst : temp).functions;
    if (targets.length === 0) return false;
    return targets.every((target) => {
      const kept = fieldsThatKeep(program, target.module, target.function, use.slot, depth + 1);
      for (const key of kept ?? []) fields.add(key);
      return kept !== null;
    });
  });
}
