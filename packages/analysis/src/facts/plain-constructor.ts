/**
 * Classes whose constructor puts each of its parameters into a field and does nothing else: an instance can be made anew by writing the fields.
 *
 * Theory: must, syntactic. No class above, no other fields, no setters, nothing that only the class may write, nothing that is computed or decided, defaults of parameters aside.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ClassIR, ModuleIR } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import type { Span } from "../source/span.ts";
import { textOf } from "./rewrite-site.ts";

export const FIELD_NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

export interface FieldOfParameter {
  readonly name: string;
  readonly slot: number;
  readonly hasDefault: boolean;
}

/** The field that each parameter goes into, of a class that has nothing else. */
export function plainConstructor(module: ModuleIR, class_: ClassIR): readonly FieldOfParameter[] | null {
  const constructor_ = class_.constructor_ === null ? undefined : module.functions[class_.constructor_];
  const exit = constructor_?.blocks.find(({ terminal }) => terminal.kind === "exit");
  const last = constructor_?.params.at(-1);
  if (constructor_ === undefined || exit === undefined || last === undefined || class_.superTemp !== null || moduleText(module) === null) return null;
  // Nobody else may write what only the class may.
  if (/\b(?:readonly|private|protected)\b/.test(textOf({ module }, { start: constructor_.span.start, end: last.span.end }))) return null;
  const index = functionIndex(constructor_);
  const found: FieldOfParameter[] = [];
  for (const { op, block } of constructor_.blocks.flatMap(({ id, ops }) => ops.map((each) => ({ op: each, block: id })))) {
    if (op.op === "call" || op.op === "new" || op.op === "function" || op.op === "object" || op.op === "array" || op.op === "template" || op.op === "get") return null;
    if (op.op !== "set") continue;
    const value = index.operation(op.src);
    const slot = value?.op === "load" ? constructor_.params.findIndex(({ variable, rest }) => variable === value.variable && !rest) : -1;
    if (op.key === null || !FIELD_NAME.test(op.key) || slot < 0 || index.operation(op.object)?.op !== "this" || found.some((each) => each.name === op.key || each.slot === slot)) return null;
    if (!dominatorsOf(constructor_).dominates(block, exit.id)) return null;
    found.push({ name: op.key, slot, hasDefault: index.stores(constructor_.params[slot]?.variable ?? -1).length > 0 });
  }
  const others = class_.members.filter(({ kind, static: isStatic, name, span }) => kind === "setter" || (kind === "field" && !isStatic && (isClosed(module, span) || !found.some((each) => each.name === name))));
  return others.length > 0 || found.length === 0 || class_.members.some(({ kind, function: initial, static: isStatic }) => kind === "field" && !isStatic && initial !== null && hasWork(module, initial)) ? null : found;
}

/** A field that only its class may write, or only once. */
function isClosed(module: ModuleIR, span: Span): boolean {
  return /^(?:\w+\s+)*(?:readonly|private|protected)\b/.test(textOf({ module }, span));
}

/** An initialiser that is more than a constant would run anew. */
function hasWork(module: ModuleIR, initial: number): boolean {
  return module.functions[initial]?.blocks.some(({ ops }) => ops.some((op) => op.op !== "const" && op.op !== "unary")) ?? true;
}
