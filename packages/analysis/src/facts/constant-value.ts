/** Constants that a value can only be: numbers through arithmetic, module-level constants, also imported ones, and members that are written once (`Config.FPS`); texts as written. */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ClassIR, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { declaredVariable } from "./declared-variable.ts";
import { type GivenValue, givenUnder } from "./given-by-name.ts";

const MAX_DEPTH = 8;

/** What a variable is in a call that is looked at; null when that says nothing of it. */
export type PassedValue = (module: ModuleIR, variable: VariableId) => number | null;

/** The number, or null when it is not constant. `passed` may know parameters. */
export function constantNumber(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0, passed: PassedValue | null = null): number | null {
  const op = onlyDefinition(fn, temp);
  if (op === undefined || depth > MAX_DEPTH) return null;
  const value = (at: Temp): number | null => constantNumber(program, module, fn, at, depth + 1, passed);
  switch (op.op) {
    case "const": return typeof op.value === "number" ? op.value : null;
    case "copy": case "cast": return value(op.src);
    case "unary": return op.operator === "-" ? negated(value(op.src)) : null;
    case "binary": return arithmetic(op.operator, value(op.left), value(op.right));
    case "load": return passed?.(module, op.variable) ?? ofVariable(program, module, op.variable, depth + 1, passed);
    case "get": return op.key === null ? null : ofMember(program, module, fn, op.object, op.key, depth + 1);
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

function ofVariable(program: Program, module: ModuleIR, variable: VariableId, depth: number, passed: PassedValue | null): number | null {
  const named = declaredVariable(program, module, variable);
  const store = onlyStore(named.module, named.variable);
  return store === null ? null : constantNumber(program, named.module, store.fn, store.src, depth, passed);
}

function ofMember(program: Program, module: ModuleIR, fn: FunctionIR, object: Temp, key: string, depth: number): number | null {
  const given = constantMember(program, module, fn, object, key);
  return given === null ? null : constantNumber(program, given.module, given.function, given.temp, depth);
}

/**
 * The one value that a member of an object literal or an enum has (what it is made with under this name, or given once), a field of a class by its initialiser, or
 * a constant by the name of its module; null if the program sets a member of the name elsewhere.
 */
export function constantMember(program: Program, module: ModuleIR, fn: FunctionIR, object: Temp, key: string): GivenValue | null {
  const type = program.tracer.typeOf(module, fn, object);
  if (type.kind === "class" || type.kind === "instance") return constantField(program, type.module, type.class, type.kind === "class", key);
  if (type.kind === "namespace") return exportedConstant(type.module, key);
  const made = type.kind === "literal" ? type : type.kind === "interface" && type.declaration.kind === "enum" ? enumMade(program, module, fn, object) : null;
  const literal = made === null ? undefined : functionIndex(made.function).operation(made.temp);
  if (made === null || literal?.op !== "object" || literal.parts.some((part) => part.key === null)) return null;
  const part = literal.parts.find((each) => each.key === key);
  // A field of a class is none of a literal.
  const sets = givenUnder(program, key).filter((given) => given.object !== null);
  const [only, ...others] = part === undefined ? sets : [{ module: made.module, function: made.function, temp: part.value, object: null }, ...sets];
  return only === undefined || others.length > 0 ? null : only;
}

function enumMade(program: Program, module: ModuleIR, fn: FunctionIR, object: Temp): GivenValue | null {
  const op = onlyDefinition(fn, object);
  if (op?.op !== "load") return null;
  const named = declaredVariable(program, module, op.variable);
  return storedValue(named.module, named.variable);
}

function exportedConstant(module: ModuleIR, key: string): GivenValue | null {
  const exported = module.exports.find((each) => each.kind === "local" && each.name === key);
  return exported?.kind === "local" ? storedValue(module, exported.variable) : null;
}

function storedValue(module: ModuleIR, variable: VariableId): GivenValue | null {
  const store = onlyStore(module, variable);
  return store === null ? null : { module, function: store.fn, temp: store.src, object: null };
}

function constantField(program: Program, module: ModuleIR, { members }: ClassIR, isStatic: boolean, key: string): GivenValue | null {
  const field = members.find((member) => member.kind === "field" && member.name === key && member.static === isStatic);
  const [only, ...others] = givenUnder(program, key);
  return field === undefined || field.function === null || only === undefined || others.length > 0 || only.module !== module || only.function !== module.functions[field.function] ? null : only;
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
