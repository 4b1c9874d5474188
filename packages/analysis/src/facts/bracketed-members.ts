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
import type { Block, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { joined, union } from "../source/joined.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";
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
  for (const fn of module.functions) {
    if (fn.kind === "field") for (const { terminal } of fn.blocks) if (terminal.kind === "return" && terminal.value !== null && !isEmpty(fn, terminal.value)) kept.add(fn.name);
    for (const block of fn.blocks) {
      block.ops.forEach((op, at) => {
        if (op.op === "object") for (const part of op.parts) if (part.key !== null && !isEmpty(fn, part.value)) kept.add(part.key);
        if (op.op === "set" && op.key !== null && !isEmpty(fn, op.src) && !isHeldBefore(fn, op)) (isTakenOut(fn, block, at, op.key) ? bracketed : kept).add(op.key);
      });
    }
  }
  return { bracketed, kept };
});

const bracketedKeys = joined(bracketsIn, (parts): ReadonlySet<string> => {
  const kept = union(parts.map((each) => each.kept));
  return new Set([...union(parts.map((each) => each.bracketed))].filter((key) => !kept.has(key)));
});

const isBracketed = new ProgramQuestion((program) => program, ({ modules }: Program, key: string) => bracketedKeys(modules).has(key));

function isTakenOut(fn: FunctionIR, block: Block, at: number, key: string): boolean {
  const takesOut = (op: Op): boolean => op.op === "set" && op.key === key && (isEmpty(fn, op.src) || isHeldBefore(fn, op));
  if (block.ops.slice(at + 1).some(takesOut)) return true;
  if (!fn.blocks.some(({ ops }) => ops.some(takesOut))) return false;
  return successors(block.terminal).every((next) => alwaysMeets(fn, next, (id) => fn.blocks[id]?.ops.some(takesOut) === true, () => false));
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
