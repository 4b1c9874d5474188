/**
 * Whether a value is known to be nothing at times: a constructor takes that for its default, a field of a number does not.
 *
 * Theory: may. `undefined`, optional parameters without a default, `?.`, members that are declared optional; through variables. A type that cannot be evaluated counts by the member's name,
 * where its module or that of the variable declares an optional one of that name.
 * Known misses: arguments that plain JavaScript leaves out, elements of lists, results of functions.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import type { TracedType } from "../source/traced-type.ts";
import { definition } from "./scratch-objects.ts";

const MAX_DEPTH = 4;

export function mayBeNothing(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  const op = definition(fn, temp);
  if (op === undefined) return (functionIndex(fn).definitions(temp) ?? []).some((each) => "op" in each && (isNothing(each) || (each.op === "copy" && mayBeNothing(program, module, fn, each.src, depth + 1))));
  if (isNothing(op) || isUndefined(program.tracer.typeOf(module, fn, temp))) return true;
  if (op.op === "get") return op.key !== null && isOptionalMember(program, module, fn, op.object, op.key);
  if (op.op !== "load") return false;
  const declared = module.variables[op.variable];
  const owner = module.functions[declared?.owner ?? -1];
  const param = owner?.params.find(({ variable }) => variable === op.variable);
  if (param !== undefined) return param.optional && !/=(?!\s*(?:undefined|void\s+0)\s*$)/.test(textAt(module, param.span));
  return owner?.blocks.some(({ ops }) => ops.some((each) => each.op === "store" && each.variable === op.variable && mayBeNothing(program, module, owner, each.src, depth + 1))) === true;
}

function isNothing(op: Op): boolean {
  return (op.op === "const" && op.type === "undefined") || (op.op === "global" && op.name === "undefined") || (op.op === "unary" && op.operator === "void");
}

function isUndefined(type: TracedType): boolean {
  return type.kind === "union" ? type.members.some(isUndefined) : type.kind === "primitive" && type.name === "undefined";
}

function isOptionalMember(program: Program, module: ModuleIR, fn: FunctionIR, object: Temp, key: string): boolean {
  const holder = program.tracer.typeOf(module, fn, object);
  if (holder.kind === "external" || holder.kind === "namespace" || holder.kind === "primitive") return false;
  const member = holder.kind === "instance" ? holder.class.members.find(({ name, static: isStatic }) => name === key && !isStatic) : undefined;
  if (holder.kind === "instance" && member !== undefined) return /^[^=:(;]*\?\s*:/.test(textAt(holder.module, member.span));
  const modules = holder.kind === "interface" || holder.kind === "instance" ? [module, holder.module] : [module];
  return /^[\w$]+$/.test(key) && modules.some((each) => new RegExp(`(?<![\\w$.])${key.replace(/\$/g, "\\$")}\\?\\s*:`).test(moduleText(each)?.text ?? ""));
}

function textAt(module: ModuleIR, { start, end }: Span): string {
  return moduleText(module)?.text.slice(start, end) ?? "";
}
