/**
 * Names of one thing among a module's constants: `wind.arena` is `alloc` when the module made `wind` of `alloc`. Read off the state in which the
 * module's own code leaves its variables; a variable that is written again, or a module with several outcomes, has none.
 */
import { type Origin, rootOf, single } from "../dataflow/origin.ts";
import type { Cell } from "../dataflow/cell.ts";
import type { ModuleIR } from "../source/ir.ts";
import type { FrameRun } from "./frame-run.ts";

const MAX_STEPS = 3;

/** The first name, in order of declaration and depth, of the thing that a constant or a field of one is. */
export function moduleAlias(run: FrameRun, origin: Origin): Origin {
  const root = rootOf(origin);
  if (root.kind !== "variable" || root.module.variables[root.variable]?.owner !== 0) return origin;
  return aliasesOf(run, root.module).get(origin) ?? origin;
}

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
  const fields = fieldsByBase(exit.cells);
  let level = exit.cells
    .filter((cell) => cell.base === null && cell.module === module && module.variables[cell.variable]?.reassigned === false)
    .sort((a, b) => a.variable - b.variable)
    .map((cell) => ({ name: run.table.variable(module, cell.variable), thing: single(cell.value) }));
  for (let step = 0; step < MAX_STEPS && level.length > 0; step++) {
    for (const { name, thing } of level) if (thing !== null) note(named, aliases, name, thing);
    level = level.flatMap(({ name, thing }) => (thing === null ? [] : (fields.get(thing) ?? []).map((cell) => ({ name: run.table.field(name, cell.name), thing: single(cell.value) }))));
  }
  return aliases;
}

function note(named: Map<Origin, Origin>, aliases: Map<Origin, Origin>, name: Origin, thing: Origin): void {
  if (thing.kind === "const" || thing.kind === "scalar" || thing.kind === "unknown" || thing.kind === "expr") return;
  if (thing.kind === "variable") {
    aliases.set(name, thing);
    return;
  }
  const first = named.get(thing);
  if (first === undefined) named.set(thing, name);
  else aliases.set(name, first);
}

function fieldsByBase(cells: readonly Cell[]): ReadonlyMap<Origin, readonly Cell[]> {
  const fields = new Map<Origin, Cell[]>();
  for (const cell of cells) {
    if (cell.base === null) continue;
    const list = fields.get(cell.base) ?? [];
    list.push(cell);
    fields.set(cell.base, list);
  }
  for (const list of fields.values()) list.sort((a, b) => (a.name < b.name ? -1 : 1));
  return fields;
}
