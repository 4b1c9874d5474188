/** Constants that a value can only be: numbers through arithmetic and module-level constants, texts as written. */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";

const MAX_DEPTH = 8;

/** The number, or null when it is not constant. */
export function constantNumber(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): number | null {
  const op = onlyDefinition(fn, temp);
  if (op === undefined || depth > MAX_DEPTH) return null;
  const value = (at: Temp): number | null => constantNumber(program, module, fn, at, depth + 1);
  switch (op.op) {
    case "const": return typeof op.value === "number" ? op.value : null;
    case "copy": case "cast": return value(op.src);
    case "unary": return op.operator === "-" ? negated(value(op.src)) : null;
    case "binary": return arithmetic(op.operator, value(op.left), value(op.right));
    case "load": return ofVariable(program, module, op.variable, depth + 1);
    default: return null;
  }
}

/** The string, or null when it is not constant. */
export function constantText(module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): string | null {
  const op = onlyDefinition(fn, temp);
  if (op === undefined || depth > MAX_DEPTH) return null;
  if (op.op === "const") return typeof op.value === "string" ? op.value : null;
  if (op.op === "copy" || op.op === "cast") return constantText(module, fn, op.src, depth + 1);
  if (op.op !== "load") return null;
  const store = onlyStore(module, op.variable);
  return store === null ? null : constantText(module, store.fn, store.src, depth + 1);
}

function ofVariable(program: Program, module: ModuleIR, variable: VariableId, depth: number): number | null {
  const store = onlyStore(module, variable);
  return store === null ? null : constantNumber(program, module, store.fn, store.src, depth);
}

function onlyStore(module: ModuleIR, variable: VariableId): { readonly fn: FunctionIR; readonly src: Temp } | null {
  const declared = module.variables[variable];
  const fn = declared === undefined || declared.reassigned ? undefined : module.functions[declared.owner];
  if (fn === undefined) return null;
  const src = functionIndex(fn).initialValue(variable);
  return src === undefined ? null : { fn, src };
}

/** Of two constants; null for an operator that is not followed. */
export function arithmetic(operator: string, left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  switch (operator) {
    case "+": return left + right;
    case "-": return left - right;
    case "*": return left * right;
    case "/": return left / right;
    default: return null;
  }
}

function negated(value: number | null): number | null {
  return value === null ? null : -value;
}

function onlyDefinition(fn: FunctionIR, temp: Temp): Op | undefined {
  const index = functionIndex(fn);
  return index.definitions(temp) === null ? index.operation(temp) : undefined;
}
