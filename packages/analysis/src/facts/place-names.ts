/**
 * What places are called that values are read from: `steps` of `for (const step of this.steps) step(dt)`.
 *
 * Theory: may, by the names written in one function and those around it, and by those that imports have where they come from. Known misses: values that come out of calls, but for those that read a container.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { joined, union } from "../source/joined.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";
import { importedNames } from "./imported-names.ts";

const MAX_STEPS = 8;
/** Give what is in the container that they are called on, or a copy of it. */
const READS: ReadonlySet<string> = new Set(["get", "at", "values", "entries", "slice", "pop", "shift", "concat", "toReversed", "from"]);

/** What the place is called that a value was read from, through lists and the variables that hold it meanwhile; null when that is not known. */
export function namesOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, steps = 0): ReadonlySet<string> | null {
  if (steps > MAX_STEPS) return null;
  const definition = functionIndex(fn).definition(temp);
  if (definition === undefined || functionIndex(fn).definitions(temp) !== null) return null;
  if (!("op" in definition)) return namesOf(program, module, fn, definition.iterator, steps + 1);
  switch (definition.op) {
    case "copy": case "cast": case "iterate": return namesOf(program, module, fn, definition.src, steps + 1);
    case "get": return definition.key === null || /^\d+$/.test(definition.key) ? namesOf(program, module, fn, definition.object, steps + 1) : new Set([definition.key]);
    case "call": return definition.receiver !== null && definition.key !== null && READS.has(definition.key) ? namesOf(program, module, fn, definition.receiver, steps + 1) : null;
    case "load": return namesOfVariable(program, module, definition.variable, steps + 1);
    default: return null;
  }
}

function namesOfVariable(program: Program, module: ModuleIR, variable: number, steps: number): ReadonlySet<string> | null {
  const declared = module.variables[variable];
  const owner = module.functions[declared?.owner ?? -1];
  if (declared === undefined || owner === undefined || declared.kind === "parameter") return null;
  if (declared.kind === "import") return namesOfImport(program, module, variable);
  const names = new Set([declared.name]);
  for (const { op } of functionIndex(owner).stores(variable)) {
    const definition = functionIndex(owner).definition(op.src);
    const isRead = definition !== undefined && (!("op" in definition) || definition.op === "get" || definition.op === "load" || definition.op === "call" || definition.op === "cast" || definition.op === "copy");
    const more = isRead ? namesOf(program, module, owner, op.src, steps) : new Set<string>();
    if (more === null) return null;
    for (const name of more) names.add(name);
  }
  return names;
}

/** What an imported container is called where it is filled: in the file that exports it, and here. */
function namesOfImport(program: Program, module: ModuleIR, variable: number): ReadonlySet<string> | null {
  const imported = importedNames(module).get(variable);
  const name = module.variables[variable]?.name;
  return imported === undefined || name === undefined || ALL_OF_IT.has(imported) || isRenamed.of(program, imported) ? null : new Set([imported, name]);
}

const ALL_OF_IT: ReadonlySet<string> = new Set(["*", "default", "="]);

/** Exported names that something of another name goes by: `export { steps as hooks }`. */
const renamedIn = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const renamed = module.exports.filter((each) => (each.kind === "local" && module.variables[each.variable]?.name !== each.name) || (each.kind === "from" && each.imported !== each.name));
  return new Set(renamed.flatMap((each) => ("name" in each ? [each.name] : [])));
});
const allRenamed = joined(renamedIn, union);
const isRenamed = new ProgramQuestion((program) => program, ({ modules }: Program, name: string) => allRenamed(modules).has(name));
