/**
 * Names of one thing among a module's constants: `wind.arena` is `alloc` when the module made `wind` of `alloc`. Read off the state in which the
 * module's own code leaves its variables; a variable that is written again, or a module with several outcomes, has none.
 * A name that is a constant of another module, or a field of one, goes by its name there.
 */
import { type Origin, rootOf } from "../dataflow/origin.ts";
import type { ModuleIR } from "../source/ir.ts";
import type { FrameRun } from "./frame-run.ts";
import { heldPaths, thingOf } from "./held-paths.ts";

/** The first name, in order of declaration and depth, of the thing that a constant or a field of one is. */
export function moduleAlias(run: FrameRun, origin: Origin): Origin {
  let name = origin;
  for (let step = 0; step < MAX_MODULES; step++) {
    const root = rootOf(name);
    const alias = root.kind !== "variable" || root.module.variables[root.variable]?.owner !== 0 ? undefined : aliasesOf(run, root.module).get(name);
    if (alias === undefined || alias === name) break;
    name = alias;
  }
  return name;
}

/** Modules that a name is followed through. */
const MAX_MODULES = 4;

function aliasesOf(run: FrameRun, module: ModuleIR): ReadonlyMap<Origin, Origin> {
  const { moduleAliases, generation } = run.analysis;
  const known = moduleAliases.get(module);
  if (known !== undefined && known.generation === generation.count) return known.aliases;
  const aliases = computeAliases(run, module);
  moduleAliases.set(module, { generation: generation.count, aliases });
  return aliases;
}

function computeAliases(run: FrameRun, module: ModuleIR): ReadonlyMap<Origin, Origin> {
  const aliases = new Map<Origin, Origin>();
  const [body] = module.functions;
  const [exit, ...others] = body === undefined ? [] : run.analysis.summaryOf(body).exits;
  if (exit === undefined || others.length > 0) return aliases;
  const named = new Map<Origin, Origin>();
  const roots = exit.cells
    .filter((cell) => cell.base === null && cell.module === module && module.variables[cell.variable]?.reassigned === false)
    .sort((a, b) => a.variable - b.variable);
  const paths = heldPaths(run.table, exit.cells, roots.map((cell) => ({ path: [String(cell.variable)], value: cell.value })));
  for (const { path: [variable, ...fields], value } of paths) {
    const thing = thingOf(value);
    if (thing !== null) note(named, aliases, fields.reduce<Origin>((base, name) => run.table.field(base, name), run.table.variable(module, Number(variable))), thing);
  }
  return aliases;
}

function note(named: Map<Origin, Origin>, aliases: Map<Origin, Origin>, name: Origin, thing: Origin): void {
  // Of another module's constant a field has a name of its own there.
  if (thing.kind === "variable" || (thing.kind === "field" && rootOf(thing).kind === "variable" && rootOf(thing) !== rootOf(name))) {
    aliases.set(name, thing);
    return;
  }
  const first = named.get(thing);
  if (first === undefined) named.set(thing, name);
  else aliases.set(name, first);
}
