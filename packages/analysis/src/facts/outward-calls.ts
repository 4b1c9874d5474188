/**
 * Whether the body of a closure keeps V8 from removing the closure, although it is small enough to be taken in where it is called.
 *
 * Measured (`kept.closureThatCalls`, `kept.closureThatAssigns` in `garbage-costs.ts`): a closure stays as soon as its body, with all that is taken into it, makes one
 * call that remains a call, or assigns a variable of an outer function or of the module, also in one branch of several.
 *
 * Theory: must, over the blocks that every way through the body passes: a call in a branch that has never run is not compiled. A call counts when all that it may
 * enter is known and none of it is taken in: large functions, generators and async functions, JavaScript's functions of `called-builtins.ts`, the platform's. What nobody can
 * name counts as taken in. At most three calls deep.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { isCalledBuiltin } from "../knowledge/called-builtins.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";

const DEPTH_LIMIT = 3;

/** Whether a body assigns a variable that is not its own. */
export function assignsOuter(module: ModuleIR, body: FunctionIR): boolean {
  return body.blocks.some((block) => block.ops.some((op) => op.op === "store" && module.variables[op.variable]?.owner !== body.id));
}

/** Whether every run of a body makes a call that V8 does not take in. */
export function callsOut(program: Program, module: ModuleIR, body: FunctionIR, isInlined: (fn: FunctionIR) => boolean, depth = 0): boolean {
  if (depth >= DEPTH_LIMIT) return false;
  const always = blocksOfEveryRun(body);
  return body.blocks.some((block) => always(block.id) && block.ops.some((op) => op.op === "call" && staysCall(op.dst)));

  function staysCall(call: Temp): boolean {
    const { functions, apis, complete } = program.tracer.targets(module, body, call);
    if (!complete || functions.length + apis.length === 0) return false;
    return apis.every(isCalledBuiltin) && functions.every((target) => {
      if (target.function === body) return false;
      return !isInlined(target.function) || target.function.generator || target.function.async || callsOut(program, target.module, target.function, isInlined, depth + 1);
    });
  }
}

/** The blocks on every way from the entry to a return. */
function blocksOfEveryRun(body: FunctionIR): (block: BlockId) => boolean {
  const dominators = dominatorsOf(body);
  const ends = body.blocks.filter(({ id, terminal }) => terminal.kind === "return" && dominators.reachable(id));
  return (block) => ends.length > 0 && ends.every(({ id }) => dominators.dominates(block, id));
}
