/**
 * Blocks of a function that a test of the environment guards: `if (typeof document === "undefined") ...`, `if (isMainThread) return;`.
 *
 * Theory: a block is guarded when an edge of such a branch dominates it (must). `page` runs on pages alone, `elsewhere` never does; a test whose meaning is
 * not read (`capabilities.waitAsync`, `crossOriginIsolated`) makes both its sides `unsure`, of which nothing is said. Misses: tests that a function
 * makes for its caller.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { ENVIRONMENT_IMPORTS, GLOBAL_OBJECTS, PAGE_GLOBALS, WORKER_GLOBALS } from "../knowledge/page-api.ts";
import type { Program } from "../program.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { declaredVariable } from "./declared-variable.ts";

export type Guard = "page" | "elsewhere" | "unsure";

/** Null for a block under no such test. */
export function environmentGuards(program: Program, module: ModuleIR, fn: FunctionIR): (block: BlockId) => Guard | null {
  const sides: { readonly side: BlockId; readonly guard: Guard }[] = [];
  for (const block of fn.blocks) {
    const { terminal } = block;
    if (terminal.kind !== "branch" || terminal.then === terminal.else) continue;
    const meaning = meaningOf(program, module, fn, terminal.test, 0);
    if (meaning === null) continue;
    // Only a block that is entered by this edge alone is under the test.
    if (fn.blocks[terminal.then]?.predecessors.length === 1) sides.push({ side: terminal.then, guard: meaning });
    if (fn.blocks[terminal.else]?.predecessors.length === 1) sides.push({ side: terminal.else, guard: opposite(meaning) });
  }
  if (sides.length === 0) return () => null;
  const dominators = dominatorsOf(fn);
  return (block) => {
    const over = sides.filter(({ side }) => side === block || dominators.dominates(side, block)).map(({ guard }) => guard);
    return over.find((guard) => guard === "elsewhere") ?? over.find((guard) => guard === "unsure") ?? over[0] ?? null;
  };
}

function opposite(guard: Guard): Guard {
  return guard === "page" ? "elsewhere" : guard === "elsewhere" ? "page" : "unsure";
}

const MAX_DEPTH = 6;

/** Where the program is when the value is truthy; null when it says nothing of that. */
function meaningOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): Guard | null {
  const index = functionIndex(fn);
  const op = index.definition(temp);
  if (op === undefined || !("op" in op) || depth > MAX_DEPTH) return null;
  const inner = (at: Temp): Guard | null => meaningOf(program, module, fn, at, depth + 1);
  switch (op.op) {
    case "copy": case "cast": return inner(op.src);
    case "unary": {
      const meaning = inner(op.src);
      return op.operator === "!" && meaning !== null ? opposite(meaning) : meaning;
    }
    case "global": return ofGlobal(op.name);
    case "get": return op.key === null ? null : ofMember(module, index, op.object, op.key) ?? inner(op.object);
    case "binary": return ofComparison(index, op.operator, op.left, op.right, inner);
    case "load": return ofVariable(program, module, op.variable, depth);
    case "call": return ofCall(program, module, fn, op.dst, depth);
    default: return null;
  }
}

function ofGlobal(name: string): Guard | null {
  if (PAGE_GLOBALS.has(name)) return "page";
  if (WORKER_GLOBALS.has(name)) return "elsewhere";
  return name === "crossOriginIsolated" || name === "process" ? "unsure" : null;
}

/** `self.document`, `globalThis.importScripts`. */
function ofMember(module: ModuleIR, index: FunctionIndex, object: Temp, key: string): Guard | null {
  const holder = index.definition(object);
  if (holder === undefined || !("op" in holder)) return null;
  if (holder.op === "global" && GLOBAL_OBJECTS.has(holder.name)) return ofGlobal(key);
  return holder.op === "load" && isEnvironmentImport(module, holder.variable) ? "unsure" : null;
}

/** `typeof document !== "undefined"`, `"document" in self`, `self instanceof Window`. */
function ofComparison(index: FunctionIndex, operator: string, left: Temp, right: Temp, inner: (temp: Temp) => Guard | null): Guard | null {
  const leftOp = index.definition(left);
  const rightOp = index.definition(right);
  if (operator === "in" && leftOp !== undefined && "op" in leftOp && leftOp.op === "const") return ofGlobal(String(leftOp.value));
  if (operator === "instanceof") return inner(right);
  const meaning = inner(left) ?? inner(right);
  if (meaning === null || !/^[!=]==?$/.test(operator)) return meaning === null ? null : "unsure";
  const constant = [leftOp, rightOp].find((each) => each !== undefined && "op" in each && (each.op === "const" || (each.op === "global" && each.name === "undefined")));
  const isNothing = constant !== undefined && "op" in constant && (constant.op === "global" || (constant.op === "const" && (constant.value === "undefined" || constant.value === null || constant.value === false || constant.type === "undefined")));
  const isEqual = operator.startsWith("=");
  return isNothing === isEqual ? opposite(meaning) : meaning;
}

function ofVariable(program: Program, module: ModuleIR, variable: number, depth: number): Guard | null {
  if (isEnvironmentImport(module, variable)) return "unsure";
  const named = declaredVariable(program, module, variable);
  const declared = named.module.variables[named.variable];
  const owner = declared === undefined || declared.reassigned ? undefined : named.module.functions[declared.owner];
  if (owner === undefined) return null;
  const src = functionIndex(owner).initialValue(named.variable);
  return src === undefined ? null : meaningOf(program, named.module, owner, src, depth + 1);
}

/** `isPage()`, of one function that does nothing but answer. */
function ofCall(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): Guard | null {
  const [only, ...others] = program.tracer.targets(module, fn, temp).functions;
  if (only === undefined || others.length > 0 || only.function.async || only.function.generator) return null;
  const answers = only.function.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []));
  const [answer] = answers;
  return answer === undefined || answers.length > 1 ? null : meaningOf(program, only.module, only.function, answer, depth + 1);
}

function isEnvironmentImport(module: ModuleIR, variable: number): boolean {
  return module.imports.some((each) => each.variable === variable && ENVIRONMENT_IMPORTS.has(each.imported));
}
