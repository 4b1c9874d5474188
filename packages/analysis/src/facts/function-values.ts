/** The functions that a value may be, as far as the tracer names them: a callback's body, through `bind`, unions and hooks that give back what they are given. */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { ApiKey, TracedType } from "../source/traced-type.ts";

export interface FunctionValue {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
}

const MAX_STEPS = 6;
/** Give back their first argument, or something that calls it. */
const WRAPPERS: ReadonlySet<ApiKey> = new Set(["react:useCallback", "react:useEffectEvent", "react:memo"]);

/** In a fixed order; empty when none can be named. */
export function functionsOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, steps = 0): readonly FunctionValue[] {
  const known = functionsIn(program.tracer.typeOf(module, fn, temp));
  if (known.length > 0 || steps > MAX_STEPS) return known;
  const definition = functionIndex(fn).definition(temp);
  if (definition === undefined || !("op" in definition)) return known;
  if (definition.op === "load") {
    const variable = module.variables[definition.variable];
    const owner = variable === undefined || variable.reassigned ? undefined : module.functions[variable.owner];
    const stored = owner === undefined ? undefined : functionIndex(owner).initialValue(definition.variable);
    return owner === undefined || stored === undefined ? known : functionsOf(program, module, owner, stored, steps + 1);
  }
  if (definition.op !== "call") return known;
  // `f.bind(x)` has no body of its own.
  if (definition.key === "bind" && definition.receiver !== null) return functionsOf(program, module, fn, definition.receiver, steps + 1);
  const first = definition.args[0];
  const wraps = first !== undefined && program.tracer.targets(module, fn, temp).apis.some((api) => WRAPPERS.has(api));
  return wraps ? functionsOf(program, module, fn, first.temp, steps + 1) : known;
}

/** The functions that a value of this type is. */
export function functionsIn(type: TracedType): readonly FunctionValue[] {
  if (type.kind === "function") return [{ module: type.module, function: type.function }];
  if (type.kind === "union") return type.members.flatMap(functionsIn);
  return [];
}
