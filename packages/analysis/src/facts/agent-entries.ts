/**
 * The agents that a program starts, as far as it says which module they run: `new Worker(new URL("./sim.ts", import.meta.url))`, by a constant, a path
 * joined to `__dirname`, or the module itself. And which modules an agent's entry brings with it, by imports.
 *
 * Theory: by declaration, flow-insensitive. Misses: entries whose path is computed, and workers made from texts.
 */
import { placeKey } from "../dataflow/locations.ts";
import { defineFact } from "../fact.ts";
import { type AgentKind, mayStartAgent, startsAgent } from "../knowledge/agents-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { resolveAmong } from "../source/resolve-among.ts";
import type { Location } from "../source/span.ts";
import { constantText } from "./constant-value.ts";

export interface AgentStart {
  readonly kind: AgentKind;
  /** The construction, and the function that it stands in. */
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly op: Op & { readonly op: "new" };
  readonly at: Location;
  /** As the program names it; null when it is computed. */
  readonly path: string | null;
  /** The module that the agent runs; null when it is not among the loaded ones. */
  readonly entry: ModuleIR | null;
}

export interface AgentEntries {
  readonly starts: readonly AgentStart[];
  /** The start at this place. */
  at(place: Location): AgentStart | undefined;
  /** A module and all that it imports, at any depth; `complete` is false when one of them, apart from the runtime, could not be read. */
  closure(module: ModuleIR): { readonly modules: ReadonlySet<ModuleIR>; readonly complete: boolean };
}

export const agentEntries = defineFact<AgentEntries>("agent-entries", (program) => {
  const byFile = new Map(program.modules.map((module) => [module.file, module]));
  // Wherever it is used, the constructor is named once where it comes from.
  const starts = !program.modules.some(namesStarter) ? [] : program.modules.flatMap((module) => module.functions.flatMap((fn) => startsIn(program, byFile, module, fn)));
  const byPlace = new Map(starts.map((start) => [placeKey(start.at), start]));
  return {
    starts,
    at: (place) => byPlace.get(placeKey(place)),
    closure: (module) => importClosure(program, byFile, module),
  };
});

const namesStarter = onceFor((module: ModuleIR): boolean => {
  // A namespace or a default import, `require` and a computed key may hold anything of a module that has workers.
  const isImported = module.imports.some(({ imported, specifier }) => mayStartAgent(imported) || /worker/i.test(specifier)) || module.exports.some((entry) => entry.kind === "from" && mayStartAgent(entry.imported));
  const { listed, readKeys, globals } = moduleOps(module);
  return isImported || [...globals, ...readKeys].some(mayStartAgent) || listed.some(({ op }) => op.op === "import" && op.specifier !== null && /worker/i.test(op.specifier));
});

function startsIn(program: Program, byFile: ReadonlyMap<string, ModuleIR>, module: ModuleIR, fn: FunctionIR): AgentStart[] {
  const found: AgentStart[] = [];
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "new") continue;
      const kind = program.tracer.targets(module, fn, op.dst).apis.map(startsAgent).find((each) => each !== undefined);
      if (kind === undefined) continue;
      const path = op.args[0] === undefined ? null : entryPath(module, fn, op.args[0].temp, 0);
      const file = path === null ? null : path === SELF ? module.file : resolveAmong((each) => byFile.has(each), module.file, /^\.{1,2}\//.test(path) ? path : `./${path}`);
      found.push({ kind, module, function: fn, op, at: { file: module.file, span: op.span }, path: path === SELF ? module.file : path, entry: file === null ? null : byFile.get(file) ?? null });
    }
  }
  return found;
}

const SELF = "import.meta.url";
const MAX_DEPTH = 8;

/** The text that names the module: through `new URL`, `fileURLToPath`, `path.join(__dirname, ...)`. */
function entryPath(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): string | null {
  const text = constantText(module, fn, temp);
  if (text !== null || depth > MAX_DEPTH) return text;
  const op = functionIndex(fn).definition(temp);
  if (op === undefined || !("op" in op)) return null;
  const inner = (at: Temp): string | null => entryPath(module, fn, at, depth + 1);
  if (op.op === "global" && op.name === "__filename") return SELF;
  if (op.op === "copy" || op.op === "cast") return inner(op.src);
  if (op.op === "get") return op.key === "url" && isMeta(fn, op.object) ? SELF : op.key === "href" || op.key === "pathname" ? inner(op.object) : null;
  if (op.op === "load") {
    const variable = module.variables[op.variable];
    const owner = variable === undefined || variable.reassigned ? undefined : module.functions[variable.owner];
    const stored = owner === undefined ? undefined : functionIndex(owner).initialValue(op.variable);
    return owner === undefined || stored === undefined ? null : entryPath(module, owner, stored, depth + 1);
  }
  if (op.op !== "new" && op.op !== "call") return null;
  // The last text of `path.join(__dirname, "workers", "sim.js")` is not all of it: joined.
  const parts = op.args.map((arg) => inner(arg.temp));
  const named = parts.filter((part): part is string => part !== null && part !== SELF);
  if (op.op === "new") return named[0] ?? parts[0] ?? null;
  return named.length > 0 ? named.join("/") : parts.find((part) => part !== null) ?? null;
}

function isMeta(fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).definition(temp);
  return op !== undefined && "op" in op && op.op === "meta" && op.name === "import.meta";
}

function importClosure(program: Program, byFile: ReadonlyMap<string, ModuleIR>, from: ModuleIR): { modules: ReadonlySet<ModuleIR>; complete: boolean } {
  const modules = new Set([from]);
  let complete = true;
  for (const module of modules) {
    for (const each of [...module.imports, ...module.exports]) {
      if (!("specifier" in each) || ("typeOnly" in each && each.typeOnly)) continue;
      const target = byFile.get(program.resolve(module.file, each.specifier).file ?? "");
      if (target !== undefined) modules.add(target);
      else if (!program.settings.runtimePackages.some((name) => each.specifier === name || each.specifier.startsWith(`${name}/`)) && !/^(node:)?(worker_threads|events|path|url|fs|os|perf_hooks)$/.test(each.specifier)) complete = false;
    }
  }
  return { modules, complete };
}
