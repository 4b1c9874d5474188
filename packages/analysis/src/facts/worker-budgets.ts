/**
 * Workers that allocate frame or pool memory in a loop, where nothing bounds what one of them may take.
 *
 * Theory: by declaration, may. A worker is an entry that the program starts, or a module that behaves as one and attaches to an allocator, itself or in what it imports. Its loops are
 * followed through calls. Any budget that the program configures for agents, and any look of the worker at its own usage, is taken to be meant
 * for it. Misses: allocations by functions that the tracer cannot follow; budgets that another program configures.
 */
import { compareText, type Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { BUDGET_OPTIONS, budgetCall, isAttach, mayBeBudgetCall } from "../knowledge/agents-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { agentEntries } from "./agent-entries.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { functionLabel } from "./function-name.ts";
import { functionsOf } from "./function-values.ts";
import { pageEvidence } from "./page-evidence.ts";
import { programParts } from "./program-parts.ts";

export interface UnboundedWorker {
  /** The first allocation in a loop. */
  readonly at: Location;
  /** `frameAlloc` */
  readonly name: string;
  readonly memory: "frame" | "pool";
  /** The worker's module. */
  readonly entry: string;
  /** Where it is started; null when nobody in sight does. */
  readonly start: Location | null;
  readonly chain: readonly Related[];
}

export const workerBudgets: Fact<readonly UnboundedWorker[]> = defineFact("worker-budgets", (program, get) => {
  const entries = get(agentEntries);
  const started = new Map<ModuleIR, Location>();
  for (const { entry, at } of entries.starts) if (entry !== null && entry.role === "project" && !started.has(entry)) started.set(entry, at);
  const attaching = new Set(program.modules.filter((module) => callsOf(program, module, isAttach)));
  const unseen = attaching.size === 0 ? [] : program.modules.filter((module) => module.role === "project" && !started.has(module) && pageEvidence(program, module).isElsewhere && [...entries.closure(module).modules].some((each) => attaching.has(each)));
  // A budget may be set in any file.
  if (!program.settings.wholeProgram || started.size + unseen.length === 0) return [];
  const { partOf } = get(programParts);
  const found = [...started.keys(), ...unseen].sort((a, b) => compareText(a.file, b.file)).flatMap((entry) => {
    const part = partOf(entry);
    if (configuresAgents(program, program.modules.filter((module) => partOf(module) === part))) return [];
    const { modules } = entries.closure(entry);
    if ([...modules].some((module) => callsOf(program, module, (api) => budgetCall(api) === "look"))) return [];
    const first = firstInLoop(program, get(callEdges), entry);
    return first === null ? [] : [{ ...first, entry: entry.file, start: started.get(entry) ?? null }];
  });
  return [...new Map(found.map((each) => [`${each.at.file}:${each.at.span.start}`, each])).values()];
});

const budgetCalls = callsOfMembers((name) => name !== null && mayBeBudgetCall(name));

function callsOf(program: Program, module: ModuleIR, matches: (api: ApiKey) => boolean): boolean {
  return budgetCalls(module).some(({ fn, op }) => program.tracer.targets(module, fn, op.dst).apis.some(matches));
}

/** Whether any of the modules sets a budget for agents: by call, or as an option of a configuration. */
function configuresAgents(program: Program, modules: readonly ModuleIR[]): boolean {
  return modules.some((module) => {
    if (module.role !== "project") return false;
    if (callsOf(program, module, (api) => budgetCall(api) === "configure")) return true;
    return module.functions.some((fn) => fn.blocks.some((block) => block.ops.some((op) => op.op === "object" && op.parts.some((part) => part.key !== null && BUDGET_OPTIONS.has(part.key)))));
  });
}

interface Visit {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly inLoop: boolean;
  readonly chain: readonly Related[];
}

/** Breadth first from the entry's own functions, in order of text. */
function firstInLoop(program: Program, edges: CallEdges, entry: ModuleIR): Omit<UnboundedWorker, "entry" | "start"> | null {
  const queue: Visit[] = entry.functions.map((fn) => ({ module: entry, fn, inLoop: false, chain: [] }));
  const seen = new Set<string>();
  for (const visit of queue) {
    const { module, fn, inLoop, chain } = visit;
    const key = `${module.file}#${fn.id}:${String(inLoop)}`;
    if (seen.has(key) || module.role !== "project") continue;
    seen.add(key);
    for (const block of fn.blocks) {
      if (!inLoop && block.loopDepth === 0) continue;
      for (const op of block.ops) {
        if (op.op !== "call") continue;
        for (const api of program.tracer.targets(module, fn, op.dst).apis) {
          const effect = runtimeEffect(api);
          if (effect?.kind !== "alloc" || (effect.memory !== "frame" && effect.memory !== "pool")) continue;
          return { at: { file: module.file, span: op.span }, name: op.key ?? api.replace(/^.*#/, ""), memory: effect.memory, chain };
        }
        // `withFrame(() => ...)` in a loop.
        for (const arg of op.args) for (const value of functionsOf(program, module, fn, arg.temp)) queue.push({ module: value.module, fn: value.function, inLoop: true, chain: [...chain, { at: { file: module.file, span: op.calleeSpan }, message: `${functionLabel(module, fn)} hands on ${functionLabel(value.module, value.function)}` }] });
      }
    }
    for (const edge of edges.of(module, fn)) {
      const repeated = inLoop || (fn.blocks[edge.block]?.loopDepth ?? 0) > 0;
      const step = { at: { file: module.file, span: edge.span }, message: `${functionLabel(module, fn)} calls ${functionLabel(edge.module, edge.target)}` };
      queue.push({ module: edge.module, fn: edge.target, inLoop: repeated, chain: [...chain, step] });
    }
  }
  return null;
}
