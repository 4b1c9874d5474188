/**
 * Sends to an agent whose visible code never takes what is sent: the worker's module and everything it imports is read, and none of it receives, hands
 * messages on, or gives them to code out of sight.
 *
 * Theory: by declaration. Known misses: all workers but those that are one known construction (the value itself, a constant of a module, a field that is only
 * ever set to it) whose entry is a loaded module; code that receives something else.
 */
import type { Origin } from "../dataflow/origin.ts";
import { receives } from "../knowledge/agents-api.ts";
import { callEffect } from "../knowledge/calls.ts";
import { RUNTIME } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { AgentEntries, AgentStart } from "./agent-entries.ts";
import type { HandleSend } from "./handle-protocol.ts";
import type { UnreceivedSend } from "./transfer-handles.ts";
import { makerOf } from "./value-makers.ts";

export function unreceivedSends(program: Program, entries: AgentEntries, sends: readonly HandleSend[]): UnreceivedSend[] {
  const verdicts = new Map<ModuleIR, boolean>();
  const takes = (entry: ModuleIR): boolean => {
    let verdict = verdicts.get(entry);
    if (verdict === undefined) verdicts.set(entry, (verdict = mayReceive(program, entries, entry)));
    return verdict;
  };
  return sends.flatMap(({ at, site, target }) => {
    const starts = [...target].map((origin) => startOf(program, entries, origin));
    const [start] = starts;
    if (start === undefined || starts.some((each) => each?.entry == null || takes(each.entry))) return [];
    return [{ at, site, entry: start?.path ?? "", worker: start?.at ?? at }];
  });
}

/** The construction that a value is. */
function startOf(program: Program, entries: AgentEntries, origin: Origin): AgentStart | undefined {
  const maker = makerOf(program, origin);
  return maker === null ? undefined : entries.at({ file: maker.module.file, span: maker.op.span });
}

/** Whether an agent that runs this module may take what it is sent. */
function mayReceive(program: Program, entries: AgentEntries, entry: ModuleIR): boolean {
  const { modules, complete } = entries.closure(entry);
  return !complete || [...modules].some((module) => module.functions.some((fn) => fn.opaque || takesOrRelays(program, module, fn)));
}

function takesOrRelays(program: Program, module: ModuleIR, fn: FunctionIR): boolean {
  const index = functionIndex(fn);
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "import") return true;
      if (op.op !== "call" && op.op !== "new") continue;
      const { apis, functions } = program.tracer.targets(module, fn, op.dst);
      if (apis.some((api) => receives(api) || api.startsWith(`${RUNTIME}:TransferChannel`))) return true;
      const handsOn = op.args.some((arg) => arg.spread || !isFresh(program, module, fn, index, arg.temp));
      if (!handsOn) continue;
      // What is not made here may be the message: nobody must get it whose code is not in sight.
      if (apis.some((api) => callEffect(api)?.kind === "send")) return true;
      if (functions.length === 0 && apis.length === 0) return true;
    }
  }
  return false;
}

/** Made in place, or a scalar: no message, and nothing that holds one. */
function isFresh(program: Program, module: ModuleIR, fn: FunctionIR, index: FunctionIndex, temp: Temp): boolean {
  const op = index.definition(temp);
  if (op === undefined || !("op" in op)) return false;
  const part = (each: Temp): boolean => isFresh(program, module, fn, index, each);
  switch (op.op) {
    case "const": case "template": case "binary": case "unary": case "function": return true;
    case "object": return op.parts.every((each) => each.kind === "method" || (each.kind === "value" && part(each.value)));
    case "array": return op.elements.every((element) => element === null || (!element.spread && part(element.temp)));
    default: return program.tracer.typeOf(module, fn, temp).kind === "primitive";
  }
}
