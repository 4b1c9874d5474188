/**
 * Global names that the program itself gives values: top-level names of files that are scripts (no import, no export), which all of a page's scripts
 * share, names that are assigned without a declaration, and properties of `window`. A member that scripts add to such a name (`Game.Player = ...`) is
 * found under the path `Game.Player`.
 *
 * Theory: the join of all that any file gives the name; which scripts a page loads together nobody says. What the platform itself
 * names stays the platform's: scripts only fill it in where it is missing.
 */
import { append } from "./append.ts";
import { knowsName } from "../knowledge/shapes.ts";
import type { FunctionIR, ModuleIR, Temp, VariableId, VariableKind } from "./ir.ts";
import { moduleOps } from "./module-ops.ts";
import { functionIndex } from "./function-index.ts";
import { isSameList, ProgramQuestion } from "./kept-facts.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import { onceFor } from "./once-for.ts";
import type { TracedType } from "./traced-type.ts";
import type { TypeTable } from "./type-table.ts";

/** Names under which scripts reach the object that holds the globals. */
export const WINDOW_NAMES: ReadonlySet<string> = new Set(["window", "globalThis", "self", "global", "top", "parent"]);

/** What gives a global its value: a variable of a script, or what is assigned somewhere. */
type Definition = { readonly module: ModuleIR; readonly variable: VariableId } | { readonly module: ModuleIR; readonly function: FunctionIR; readonly temp: Temp };

export interface ProgramGlobalNeeds {
  readonly modules: readonly ModuleIR[];
  readonly table: TypeTable;
  readonly cells: MemoCells;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType;
  typeOfVariable(module: ModuleIR, variable: VariableId): TracedType;
}

export class ProgramGlobals {
  readonly #needs: ProgramGlobalNeeds;
  #definitions: ReadonlyMap<string, readonly Definition[]> | null = null;
  readonly #values = new Map<string, Cell>();

  constructor(needs: ProgramGlobalNeeds) {
    this.#needs = needs;
  }

  /** Of a name, or of a path `Name.member`; null when no file gives it a value. */
  value(path: string): TracedType | null {
    const definitions = definitionsOf.of(this, path);
    if (definitions === undefined) return null;
    let cell = this.#values.get(path);
    if (cell === undefined) this.#values.set(path, (cell = createCell()));
    const { table, cells } = this.#needs;
    return cells.evaluate(cell, () => table.join(definitions.map((each) => this.#typeOf(each))));
  }

  definitions(path: string): readonly Definition[] | undefined {
    return (this.#definitions ??= collect(this.#needs.modules)).get(path);
  }

  #typeOf(definition: Definition): TracedType {
    if ("variable" in definition) return this.#needs.typeOfVariable(definition.module, definition.variable);
    return this.#needs.typeOfTemp(definition.module, definition.function, definition.temp);
  }
}

const definitionsOf = new ProgramQuestion((program) => program.tracer.parts().globals, (globals: ProgramGlobals, path: string) => globals.definitions(path), (before, now) => isSameList(before ?? [], now ?? []));

/** Whether the file's top-level names are global: it neither imports nor exports. */
export function isScript(module: ModuleIR): boolean {
  return module.imports.length === 0 && module.exports.length === 0;
}

function collect(modules: readonly ModuleIR[]): ReadonlyMap<string, readonly Definition[]> {
  const all = new Map<string, Definition[]>();
  for (const module of modules) {
    for (const [path, definitions] of definitionsIn(module)) for (const each of definitions) append(all, path, each);
  }
  return all;
}

const DECLARED: ReadonlySet<VariableKind> = new Set(["var", "let", "const", "function", "class", "enum"]);

/** The names that a script shares with others, by variable; none for a module. */
export const sharedNames = onceFor((module: ModuleIR): ReadonlyMap<VariableId, string> => {
  const own = module.language !== "dts" && isScript(module) ? module.variables.filter(({ owner, kind, name }) => owner === 0 && name !== "" && DECLARED.has(kind) && !WINDOW_NAMES.has(name)) : [];
  return new Map(own.map(({ id, name }) => [id, name]));
});

const definitionsIn = onceFor((module: ModuleIR): ReadonlyMap<string, readonly Definition[]> => {
  const found = new Map<string, Definition[]>();
  if (module.language === "dts") return found;
  const add = (path: string, definition: Definition): void => {
    if (!isPlatformName(path)) append(found, path, definition);
  };
  for (const [variable, name] of sharedNames(module)) add(name, { module, variable });
  for (const { fn, op } of moduleOps(module).listed) {
    if (op.op === "store-global") add(op.name, { module, function: fn, temp: op.src });
    if (op.op !== "set" || op.key === null) continue;
    const holder = globalName(module, fn, op.object);
    if (holder !== null) add(WINDOW_NAMES.has(holder) ? op.key : `${holder}.${op.key}`, { module, function: fn, temp: op.src });
  }
  return found;
});

/** The global name that a temp was read from, in a script also one of its own. */
export function globalName(module: ModuleIR, fn: FunctionIR, temp: Temp): string | null {
  const holder = functionIndex(fn).operation(temp);
  if (holder?.op === "global") return holder.name;
  return holder?.op === "load" ? (sharedNames(module).get(holder.variable) ?? null) : null;
}

/** Whether the language or a browser has a global of this name. */
export function isPlatformName(name: string): boolean {
  return WINDOW_NAMES.has(name) || name === "undefined" || name === "NaN" || name === "Infinity" || knowsName("global", name);
}
