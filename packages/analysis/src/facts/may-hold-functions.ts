/**
 * Whether a value may be a function or hold some, read off from the operations that make it: a filter before types are asked for (`functions-by-type.ts`).
 *
 * May, syntactic, within one function. Known misses: values that come out of calls, variables that are stored more than once.
 */
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { TypeTerm } from "../source/type-term.ts";

/** Written types none of whose values are functions: nobody need be asked. */
export const NO_FUNCTIONS: ReadonlySet<TypeTerm["kind"] | undefined> = new Set(["primitive", "literal", "array", "tuple"]);

/** Whether a type is written down that may be one of functions: not a single word for a number or a text. */
export function typed(type: TypeTerm | null | undefined): boolean {
  return type !== null && type !== undefined && type.kind !== "primitive";
}

/** Cheaply, whether a value may be a function or hold some: written in place, bound, or a name of the module's own. */
export function mayHold(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  switch (op?.op) {
    case "function": return true;
    case "array": return op.elements.some((each) => each !== null && mayHold(module, fn, each.temp));
    case "object": return op.parts.some(({ kind, value }) => kind !== "spread" && (mayHold(module, fn, value) || isFunctionParameter(module, fn, value)));
    case "cast": case "copy": return mayHold(module, fn, op.src);
    case "new": return op.args[0] !== undefined && mayHold(module, fn, op.args[0].temp);
    case "call": return op.key === "bind";
    case "get": return op.key !== null && isThisOrImport(module, functionIndex(fn).operation(op.object));
    case "load": {
      const variable = module.variables[op.variable];
      if (variable === undefined || variable.kind === "function" || variable.kind === "import" || (variable.kind === "const" && variable.owner === 0)) return variable !== undefined;
      const made = madeAs(module, fn, op.variable);
      return made !== null && mayHold(module, fn, made);
    }
    default: return false;
  }
}

function isThisOrImport(module: ModuleIR, op: Op | undefined): boolean {
  return op?.op === "this" || (op?.op === "load" && module.variables[op.variable]?.kind === "import");
}

/** `subscribe(run: (dt: number) => void) { const entry = { run, order: 0 }; ... }` */
function isFunctionParameter(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  const declared = op?.op === "load" ? module.variables[op.variable] : undefined;
  return declared?.kind === "parameter" && typed(declared.type) && !NO_FUNCTIONS.has(declared.type?.kind);
}

/** The literal that a constant of the function itself names; null for any other variable. */
export function madeAs(module: ModuleIR, fn: FunctionIR, variable: number): Temp | null {
  const declared = module.variables[variable];
  const [store, ...others] = declared?.kind === "const" && declared.owner === fn.id ? functionIndex(fn).stores(variable) : [];
  const made = store === undefined || others.length > 0 ? undefined : functionIndex(fn).operation(store.op.src);
  return store !== undefined && (made?.op === "object" || made?.op === "array") ? store.op.src : null;
}
