/**
 * What places are called that values are read from: `steps` of `for (const step of this.steps) step(dt)`.
 *
 * Theory: may, by the names written in one function and those around it. Known misses: values that come out of calls, but for those that read a container.
 */
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";

const MAX_STEPS = 8;
/** Give what is in the container that they are called on, or a copy of it. */
const READS: ReadonlySet<string> = new Set(["get", "at", "values", "entries", "slice", "pop", "shift", "concat", "toReversed", "from"]);

/** What the place is called that a value was read from, through lists and the variables that hold it meanwhile; null when that is not known. */
export function namesOf(module: ModuleIR, fn: FunctionIR, temp: Temp, steps = 0): ReadonlySet<string> | null {
  if (steps > MAX_STEPS) return null;
  const definition = functionIndex(fn).definition(temp);
  if (definition === undefined || functionIndex(fn).definitions(temp) !== null) return null;
  if (!("op" in definition)) return namesOf(module, fn, definition.iterator, steps + 1);
  switch (definition.op) {
    case "copy": case "cast": case "iterate": return namesOf(module, fn, definition.src, steps + 1);
    case "get": return definition.key === null || /^\d+$/.test(definition.key) ? namesOf(module, fn, definition.object, steps + 1) : new Set([definition.key]);
    case "call": return definition.receiver !== null && definition.key !== null && READS.has(definition.key) ? namesOf(module, fn, definition.receiver, steps + 1) : null;
    case "load": return namesOfVariable(module, definition.variable, steps + 1);
    default: return null;
  }
}

function namesOfVariable(module: ModuleIR, variable: number, steps: number): ReadonlySet<string> | null {
  const declared = module.variables[variable];
  const owner = module.functions[declared?.owner ?? -1];
  if (declared === undefined || owner === undefined || declared.kind === "parameter" || declared.kind === "import") return null;
  const names = new Set([declared.name]);
  for (const { op } of functionIndex(owner).stores(variable)) {
    const definition = functionIndex(owner).definition(op.src);
    const isRead = definition !== undefined && (!("op" in definition) || definition.op === "get" || definition.op === "load" || definition.op === "call" || definition.op === "cast" || definition.op === "copy");
    const more = isRead ? namesOf(module, owner, op.src, steps) : new Set<string>();
    if (more === null) return null;
    for (const name of more) names.add(name);
  }
  return names;
}
