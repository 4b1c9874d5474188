/**
 * Adapters of engines that a part of the program imports and never registers, while an engine calls functions there that count on the frame which the
 * adapter would open.
 *
 * Theory: by declaration, must-not. Any use of something that the adapter's module gives (a call, a component, a plugin in options, a value handed on)
 * may register it, whatever name a module of the project hands it on under, unless it stands in a function that nobody names or exports. The
 * callbacks are those of `missing-boundaries.ts`: no frame begins in them, what they call or their callers.
 * Misses: an adapter registered for another engine object or allocator than the one that runs the callback; what a package registers.
 */
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { isAdapterImport } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ImportIR, ModuleIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { type MissingBoundary, missingBoundaries } from "./missing-boundaries.ts";
import { programParts } from "./program-parts.ts";

export interface UnregisteredAdapter {
  /** The import. */
  readonly at: Location;
  readonly specifier: string;
  /** A use in a function that nobody calls; null when there is none. */
  readonly unreached: { readonly at: Location; readonly name: string } | null;
  readonly callbacks: readonly MissingBoundary[];
}

export const unregisteredAdapters: Fact<readonly UnregisteredAdapter[]> = defineFact("unregistered-adapters", (program, get) => {
  const { adapted } = get(missingBoundaries);
  if (adapted.length === 0) return [];
  const { partOf } = get(programParts);
  const parts = new Map<ModuleIR, MissingBoundary[]>();
  for (const callback of adapted) parts.set(partOf(callback.module), [...(parts.get(partOf(callback.module)) ?? []), callback]);
  return [...parts].flatMap(([part, callbacks]) => {
    const use = new AdapterUse(program, program.modules.filter((module) => module.role === "project" && partOf(module) === part));
    return use.imported === null || use.isRegistered ? [] : [{ ...use.imported, unreached: use.unreached, callbacks }];
  });
});

/** What one part of the program does with the adapters that it imports. */
class AdapterUse {
  readonly #program: Program;
  /** What each module gives of an adapter, by name; `*` for all names. */
  readonly #given = new Map<string, Set<string>>();
  imported: { readonly at: Location; readonly specifier: string } | null = null;
  unreached: UnregisteredAdapter["unreached"] = null;
  isRegistered = false;

  constructor(program: Program, modules: readonly ModuleIR[]) {
    this.#program = program;
    const ordered = [...modules].sort((a, b) => compareText(a.file, b.file));
    let isGrowing = true;
    while (isGrowing) isGrowing = ordered.map((module) => this.#passOn(module)).includes(true);
    for (const module of ordered) this.#look(module);
  }

  /** Whether a specifier with a name gives something of an adapter. */
  #isAdapter(module: ModuleIR, specifier: string, name: string): boolean {
    if (isAdapterImport(specifier, this.#program.settings.runtimePackages)) return true;
    const given = this.#given.get(this.#program.resolve(module.file, specifier).file ?? "");
    return given !== undefined && (name === "*" || given.has("*") || given.has(name));
  }

  #adapterImports(module: ModuleIR): readonly ImportIR[] {
    return module.imports.filter((each) => !each.typeOnly && this.#isAdapter(module, each.specifier, each.imported));
  }

  /** Names under which the module hands an adapter on; true when there is a new one. */
  #passOn(module: ModuleIR): boolean {
    const given = this.#given.get(module.file) ?? new Set<string>();
    const before = given.size;
    const own = new Set(this.#adapterImports(module).map((each) => each.variable));
    for (const each of module.exports) {
      if (each.kind === "from" && this.#isAdapter(module, each.specifier, each.imported)) given.add(each.name);
      if (each.kind === "all" && this.#isAdapter(module, each.specifier, "*")) given.add("*");
      if (each.kind === "local" && own.has(each.variable)) given.add(each.name);
    }
    if (given.size > 0) this.#given.set(module.file, given);
    return given.size > before;
  }

  #look(module: ModuleIR): void {
    const imports = this.#adapterImports(module);
    const exported = module.exports.flatMap((each) => ("specifier" in each && isAdapterImport(each.specifier, this.#program.settings.runtimePackages) ? [each] : []));
    for (const each of [...imports, ...exported]) {
      if (!isAdapterImport(each.specifier, this.#program.settings.runtimePackages)) continue;
      this.imported ??= { at: { file: module.file, span: each.span }, specifier: each.specifier };
      // What becomes of a module that is imported by a call, nobody says.
      if ("form" in each && each.form !== "esm" && each.variable === null) this.isRegistered = true;
    }
    const variables = new Set(imports.flatMap((each) => each.variable ?? []));
    if (variables.size === 0) return;
    for (const fn of module.functions) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op !== "load" || !variables.has(op.variable)) continue;
          if (isReached(module, fn)) this.isRegistered = true;
          else this.unreached ??= { at: { file: module.file, span: op.span }, name: fn.name };
        }
      }
    }
  }
}

/** Not a function that its module neither exports nor names again. */
function isReached(module: ModuleIR, fn: FunctionIR): boolean {
  const named = module.variables.find((variable) => variable.kind === "function" && variable.name === fn.name && variable.owner === fn.parent);
  if (fn.kind !== "function" || named === undefined) return true;
  if (module.exports.some((each) => each.kind === "local" && each.variable === named.id)) return true;
  return module.functions.some((other) => other !== fn && other.blocks.some((block) => block.ops.some((op) => op.op === "load" && op.variable === named.id)));
}
