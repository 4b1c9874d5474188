/**
 * Members that hold something only while a function runs: `this.capture = made; try { draw(); } finally { this.capture = undefined; }`. What waits for such a member runs as often as that function.
 *
 * Must, by name, over the whole program: whatever is put into a member of this name is taken out again on every way to the end of the function that puts it in, or gives way to what the member held before
 * (`const before = this.capture; this.capture = made; draw(); this.capture = before`). Exceptions aside. Known misses: what it held before in a field or a list.
 */
import { successors } from "../cfg/order.ts";
import { originOf } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { joined, union } from "../source/joined.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";
import { addTo } from "./add-to.ts";
import { alwaysMeets } from "./ways-past.ts";

export class BracketedMembers {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  has(key: string): boolean {
    return isBracketed.of(this.#program, key);
  }
}

/** Whether a block puts something into a member of this name. */
export function isPutIn(fn: FunctionIR, { ops }: Block, key: string): boolean {
  return ops.some((op) => op.op === "set" && op.key === key && !isEmpty(fn, op.src) && !isHeldBefore(fn, op));
}

const bracketsIn = onceFor((module: ModuleIR): { readonly bracketed: ReadonlySet<string>; readonly kept: ReadonlySet<string> } => {
  const bracketed = new Set<string>();
  const kept = new Set<string>();
  if (module.role !== "project") return { bracketed, kept };
  const { listed, fieldValues } = moduleOps(module);
  for (const { fn, value } of fieldValues) if (!isEmpty(fn, value)) kept.add(fn.name);
  for (const { fn, op } of listed) if (op.op === "object") for (const part of op.parts) if (part.key !== null && !isEmpty(fn, part.value)) kept.add(part.key);
  const out = new Map<FunctionIR, Set<string>>();
  const puts: { readonly fn: FunctionIR; readonly block: BlockId; readonly op: Op; readonly key: string }[] = [];
  for (const { fn, block, op } of moduleOps(module).sets) {
    if (op.key === null) continue;
    if (takesOut(fn, op, op.key)) addTo(out, fn, op.key);
    else puts.push({ fn, block, op, key: op.key });
  }
  for (const { fn, block, op, key } of puts) (out.get(fn)?.has(key) === true && isTakenOut(fn, block, op, key) ? bracketed : kept).add(key);
  return { bracketed, kept };
});

const bracketedKeys = joined(bracketsIn, (parts): ReadonlySet<string> => {
  const kept = union(parts.map((each) => each.kept));
  return new Set([...union(parts.map((each) => each.bracketed))].filter((key) => !kept.has(key)));
});

const isBracketed = new ProgramQuestion((program) => program, ({ modules }: Program, key: string) => bracketedKeys(modules).has(key));

/** Whether the operation puts nothing into a member of this name, or what it held before. */
function takesOut(fn: FunctionIR, op: Op, key: string): boolean {
  return op.op === "set" && op.key === key && (isEmpty(fn, op.src) || isHeldBefore(fn, op));
}

/** Whether that is done on every way on from what `put` puts in. */
function isTakenOut(fn: FunctionIR, at: BlockId, put: Op, key: string): boolean {
  const block = fn.blocks[at];
  if (block === undefined) return false;
  if (block.ops.slice(block.ops.indexOf(put) + 1).some((op) => takesOut(fn, op, key))) return true;
  return successors(block.terminal).every((next) => alwaysMeets(fn, next, (id) => fn.blocks[id]?.ops.some((op) => takesOut(fn, op, key)) === true, () => false));
}

/** Whether it gives a member what a variable that is written once took from it. */
function isHeldBefore(fn: FunctionIR, { object, key, src }: Op & { readonly op: "set" }): boolean {
  const index = functionIndex(fn);
  const value = originOf(index, src);
  const [store, ...others] = value?.op === "load" ? index.stores(value.variable) : [];
  const held = store === undefined || others.length > 0 ? null : originOf(index, store.op.src);
  if (held?.op !== "get" || held.key !== key) return false;
  const [to, from] = [originOf(index, object), originOf(index, held.object)];
  return (to?.op === "this" && from?.op === "this") || (to?.op === "load" && from?.op === "load" && to.variable === from.variable);
}

function isEmpty(fn: FunctionIR, temp: Temp): boolean {
  const value = originOf(functionIndex(fn), temp);
  if (value?.op === "global") return value.name === "undefined";
  if (value?.op === "unary") return value.operator === "void";
  return value?.op === "const" && (value.type === "undefined" || value.value === null || value.value === false || value.value === 0 || value.value === "");
}
