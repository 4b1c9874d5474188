/**
 * What a view looks at that a constant or a field keeps: by the one place that takes it.
 *
 * Theory: by declaration, must. Null for a name that several things are put into, or where what is looked at has no name.
 */
import type { Origin } from "../dataflow/origin.ts";
import { BUFFER_MEMBER, isBufferView, resolvesHandle } from "../knowledge/moving-memory.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { FrameRun } from "./frame-run.ts";
import { shortestName } from "./instance-paths.ts";
import { makerOf } from "./value-makers.ts";

/** What moves under a view: the allocator of handles, and the handle; or the memory that grows. */
export interface Backing {
  readonly key: Origin;
  /** Null for memory that grows. */
  readonly handle: Origin | null;
}

export function backingOfPlace(run: FrameRun, origin: Origin): { readonly backing: Backing; readonly taken: Location } | null {
  const maker = makerOf(run.analysis.program, origin);
  if (maker === null) return null;
  const { module, function: fn, op } = maker;
  const { apis } = run.analysis.program.tracer.targets(module, fn, op.dst);
  const argument = op.args[0];
  const taken: Location = { file: module.file, span: op.span };
  if (argument === undefined) return null;
  if (op.op === "call" && op.receiver !== null && apis.some(resolvesHandle)) {
    const key = nameAt(run, module, fn, op.receiver);
    const handle = nameAt(run, module, fn, argument.temp);
    return key === null || handle === null ? null : { backing: { key, handle }, taken };
  }
  const buffer = apis.some(isBufferView) ? functionIndex(fn).operation(argument.temp) : undefined;
  const key = buffer?.op === "get" && buffer.key === BUFFER_MEMBER ? nameAt(run, module, fn, buffer.object) : null;
  return key === null ? null : { backing: { key, handle: null }, taken };
}

/** The constant or field of `this` that a temp is read from, as the function at work names it. */
function nameAt(run: FrameRun, module: ModuleIR, fn: FunctionIR, temp: Temp): Origin | null {
  const op = functionIndex(fn).operation(temp);
  if (op?.op === "copy" || op?.op === "cast") return nameAt(run, module, fn, op.src);
  if (op?.op === "load") {
    const target = run.analysis.names.canonical(module, op.variable);
    const declared = target.module.variables[target.variable];
    return declared === undefined || declared.reassigned || declared.owner !== 0 ? null : shortestName(run, run.table.variable(target.module, target.variable));
  }
  const holder = op?.op === "get" && op.key !== null ? functionIndex(fn).operation(op.object) : undefined;
  if (op?.op !== "get" || op.key === null || holder?.op !== "this" || run.fn.class === null || run.fn.class !== classOf(module, fn)) return null;
  return shortestName(run, run.table.field(run.table.this_(run.fn), op.key));
}

function classOf(module: ModuleIR, fn: FunctionIR): number | null {
  for (let at: FunctionIR | undefined = fn; at !== undefined; at = at.parent === null ? undefined : module.functions[at.parent]) if (at.class !== null) return at.class;
  return null;
}
