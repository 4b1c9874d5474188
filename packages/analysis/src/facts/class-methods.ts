/** What can be called on the instances of a class by name: its methods, functions in its fields, and functions that its constructor puts on `this`. */
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";

export interface NamedFunction {
  readonly name: string;
  readonly function: FunctionIR;
}

/** Own ones only, in the order of the text. */
export function methodsOf(module: ModuleIR, class_: ClassIR): readonly NamedFunction[] {
  const found: NamedFunction[] = [];
  for (const member of class_.members) {
    const fn = member.static || member.function === null ? undefined : module.functions[member.function];
    if (fn === undefined || member.name === null) continue;
    if (member.kind === "method") found.push({ name: member.name, function: fn });
    else if (member.kind === "field") found.push(...returnedFunction(module, fn, member.name));
  }
  const constructor_ = class_.constructor_ === null ? undefined : module.functions[class_.constructor_];
  if (constructor_ !== undefined) found.push(...functionsSetOnThis(module, constructor_));
  return found;
}

function functionsSetOnThis(module: ModuleIR, fn: FunctionIR): readonly NamedFunction[] {
  const index = functionIndex(fn);
  return fn.blocks.flatMap((block) =>
    block.ops.flatMap((op) => {
      if (op.op !== "set" || op.key === null || index.operation(op.object)?.op !== "this") return [];
      return madeFunction(module, index, op.src, op.key);
    }),
  );
}

/** `update = () => { ... }` as a field. */
function returnedFunction(module: ModuleIR, field: FunctionIR, name: string): readonly NamedFunction[] {
  const index = functionIndex(field);
  return field.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? madeFunction(module, index, terminal.value, name) : []));
}

function madeFunction(module: ModuleIR, index: FunctionIndex, temp: Temp, name: string): readonly NamedFunction[] {
  const value = index.operation(temp);
  const made = value?.op === "function" ? module.functions[value.function] : undefined;
  return made === undefined ? [] : [{ name, function: made }];
}
