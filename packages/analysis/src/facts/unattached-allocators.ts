/**
 * Allocators that reach an agent without `attach`: in a message or with a worker's start, as they are; or made, with memory that agents are to share,
 * by a module that two agents evaluate, so that each has one of its own.
 *
 * Theory: by declaration, may. Of a module that two agents import, only what its evaluation makes or one of its variables keeps, under no
 * test of the environment. Misses: what `sent-arguments.ts` misses; agents whose module is computed.
 */
import { defineFact, type Fact } from "../fact.ts";
import { belongsToAgent, makesAllocator, MEMORY_OPTION, MEMORY_STEP, SHARED_MEMORY } from "../knowledge/agents-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { leadsTo, packagesWritten } from "../source/specifiers.ts";
import type { TracedType } from "../source/traced-type.ts";
import { type AgentEntries, agentEntries, type AgentStart } from "./agent-entries.ts";
import { constantText } from "./constant-value.ts";
import { environmentGuards } from "./environment-tests.ts";
import { SentArguments } from "./sent-arguments.ts";
import { makerOfTemp } from "./value-makers.ts";

/** An allocator in a message. */
export interface ClonedAllocator {
  readonly at: Location;
  /** As the program calls it. */
  readonly name: string;
  readonly made: Location | null;
}

/** An allocator that each of several agents makes for itself. */
export interface RepeatedAllocator {
  readonly at: Location;
  readonly name: string;
  /** Where the agents are started. */
  readonly starts: readonly Location[];
}

export interface UnattachedAllocators {
  readonly cloned: readonly ClonedAllocator[];
  readonly repeated: readonly RepeatedAllocator[];
}

export const unattachedAllocators: Fact<UnattachedAllocators> = defineFact("unattached-allocators", (program, get) => {
  if (!usesRuntime(program)) return { cloned: [], repeated: [] };
  const modules = program.modules.filter((module) => module.role === "project");
  const sent = new SentArguments(program);
  const entries = get(agentEntries);
  return {
    cloned: modules.flatMap((module) => module.functions.flatMap((fn) => clonedIn(program, sent, module, fn))),
    repeated: entries.starts.length === 0 ? [] : modules.flatMap((module) => repeatedIn(program, entries, module)),
  };
});

function usesRuntime({ modules, settings: { runtimePackages } }: Program): boolean {
  return leadsTo(runtimePackages, packagesWritten(modules)) && modules.some(({ imports }) => leadsTo(runtimePackages, imports.map(({ specifier }) => specifier)));
}

function clonedIn(program: Program, sent: SentArguments, module: ModuleIR, fn: FunctionIR): ClonedAllocator[] {
  const found: ClonedAllocator[] = [];
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "call" && op.op !== "new") continue;
      for (const position of sent.of(module, fn, op)) {
        const arg = op.args[position];
        if (arg === undefined) continue;
        for (const held of sent.held(module, fn, arg.temp)) {
          if (!isAllocator(program, program.tracer.typeOf(held.module, held.function, held.temp))) continue;
          const maker = makerOfTemp(program, held.module, held.function, held.temp);
          found.push({ at: { file: module.file, span: arg.span }, name: nameOfTemp(held.module, held.function, held.temp), made: maker === null ? null : { file: maker.module.file, span: maker.op.span } });
          break;
        }
      }
    }
  }
  return found;
}

function isAllocator(program: Program, type: TracedType): boolean {
  if (type.kind === "external") return type.side === "instance" && belongsToAgent(type.package, type.path);
  if (type.kind === "union") return type.members.some((member) => isAllocator(program, member));
  if (type.kind !== "instance") return false;
  return program.tracer.ancestors(type.module, type.class).some((each) => each.kind === "external" && belongsToAgent(each.package, each.path));
}

function nameOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): string {
  const op = functionIndex(fn).definition(temp);
  if (op === undefined || !("op" in op)) return "the allocator";
  if (op.op === "load") return module.variables[op.variable]?.name ?? "the allocator";
  return op.op === "get" && op.key !== null ? op.key : "the allocator";
}

function repeatedIn(program: Program, entries: AgentEntries, module: ModuleIR): RepeatedAllocator[] {
  const starts = startsOfSeveral(entries, module);
  if (starts.length === 0) return [];
  return module.functions.flatMap((fn) => {
    const guards = environmentGuards(program, module, fn);
    return fn.blocks.flatMap((block) => block.ops.flatMap((op): RepeatedAllocator[] => {
      if (op.op !== "new" || guards(block.id) !== null || !program.tracer.targets(module, fn, op.dst).apis.some(makesAllocator)) return [];
      const kept = keptIn(module, fn, op);
      if (kept === null || !isMeantToBeShared(module, fn, op)) return [];
      return [{ at: { file: module.file, span: op.span }, name: kept, starts: starts.map(({ at }) => at) }];
    }));
  });
}

/** Where agents are started that, with the one that starts them or with each other, evaluate this module. */
function startsOfSeveral(entries: AgentEntries, module: ModuleIR): AgentStart[] {
  const bringing = entries.starts.filter(({ entry }) => entry !== null && entries.closure(entry).modules.has(module));
  const isStartersToo = bringing.some((start) => start.entry !== start.module && entries.closure(start.module).modules.has(module));
  return bringing.length > 1 || isStartersToo ? bringing : [];
}

/** The variable of the module that keeps it, or "" when evaluating the module makes it; null for one of a function's own. */
function keptIn(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }): string | null {
  for (const use of functionIndex(fn).usesOf(op.dst)) {
    if (use.kind !== "store") continue;
    const variable = module.variables[use.op.variable];
    if (variable?.owner === 0) return variable.name;
  }
  return fn.kind === "module" ? "the allocator" : null;
}

function isMeantToBeShared(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }): boolean {
  const config = op.args[0];
  return config !== undefined && saysShared(module, fn, config.temp);
}

const MAX_CHAIN = 16;

/** `{ memory: "shared" }`, through a constant, or `.withMemory("shared")` in a chain. */
function saysShared(module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): boolean {
  const op = functionIndex(fn).definition(temp);
  if (op === undefined || !("op" in op) || depth > MAX_CHAIN) return false;
  if (op.op === "copy" || op.op === "cast") return saysShared(module, fn, op.src, depth + 1);
  if (op.op === "object") {
    return op.parts.some((part) => (part.kind === "spread" ? saysShared(module, fn, part.value, depth + 1) : part.key === MEMORY_OPTION && constantText(module, fn, part.value) === SHARED_MEMORY));
  }
  if (op.op === "call" && op.receiver !== null) {
    const [first] = op.args;
    return (op.key === MEMORY_STEP && first !== undefined && constantText(module, fn, first.temp) === SHARED_MEMORY) || saysShared(module, fn, op.receiver, depth + 1);
  }
  if (op.op === "new") return op.args[0] !== undefined && saysShared(module, fn, op.args[0].temp, depth + 1);
  if (op.op !== "load") return false;
  const variable = module.variables[op.variable];
  const owner = variable === undefined || variable.reassigned ? undefined : module.functions[variable.owner];
  const src = owner === undefined ? undefined : functionIndex(owner).initialValue(op.variable);
  return owner !== undefined && src !== undefined && saysShared(module, owner, src, depth + 1);
}
