/**
 * Links the modules of a program: what an imported or exported name stands for, through re-exports, `export *`, namespace imports,
 * `export =`, CommonJS and cycles of modules.
 *
 * A specifier of the runtime is external whatever the file system holds; so is a package whose module is not loaded. A name that a loaded
 * module does not export may come from an unloaded package that it re-exports with `export *`: with one such package it is that one's,
 * with several it is the one whose knowledge table lists the name.
 * Known misses: a name that two `export *` of loaded modules both give is the first one's, where the language makes it nobody's.
 */
import type { AnalysisSettings, Resolve } from "../program.ts";
import type { ExportIR, ImportIR, ModuleIR, Temp, TypeDeclarationIR, VariableId } from "./ir.ts";
import { onceFor } from "./once-for.ts";
import { note, type Remembered, remembered } from "./reads.ts";
import { otherThanPaths } from "./specifiers.ts";

/** What a name leads to. A name may be a type and a value at once; `Space` says which is asked for. */
export type Entity =
  | { readonly kind: "variable"; readonly module: ModuleIR; readonly variable: VariableId }
  /** A value without a name; `temp` is of the module's own function. */
  | { readonly kind: "value"; readonly module: ModuleIR; readonly temp: Temp }
  | { readonly kind: "module"; readonly module: ModuleIR }
  | { readonly kind: "type"; readonly module: ModuleIR; readonly declaration: TypeDeclarationIR }
  | { readonly kind: "external"; readonly package: string; readonly path: string }
  /** A member of what `export =` exports. */
  | { readonly kind: "member"; readonly of: Entity; readonly name: string };

export type Space = "value" | "type";

export type Target = { readonly kind: "module"; readonly module: ModuleIR; readonly package: string | null } | { readonly kind: "package"; readonly package: string };

/** The package under whose name the runtime's knowledge is kept, whatever name it is imported by. */
export const RUNTIME_PACKAGE = "@framealloc/runtime";

interface Exports {
  readonly named: ReadonlyMap<string, readonly ExportIR[]>;
  readonly all: readonly string[];
}

export class Linker {
  readonly #byFile: ReadonlyMap<string, ModuleIR>;
  readonly #resolve: Resolve;
  readonly #runtimePackages: readonly string[];
  readonly #knows: (package_: string, name: string) => boolean;
  readonly #targets = new Map<ModuleIR, Map<string, Target | null>>();
  readonly #found = new Map<ModuleIR, Map<string, Remembered<Entity | null>>>();
  /** What is being looked for, and whether one of them led back to itself. */
  readonly #searches = new Set<string>();
  #wasCut = false;
  readonly #packages = new Map<ModuleIR, string>();

  constructor(modules: readonly ModuleIR[], resolve: Resolve, settings: AnalysisSettings, knows: (package_: string, name: string) => boolean) {
    this.#byFile = new Map(modules.map((module) => [module.file, module]));
    this.#resolve = resolve;
    this.#runtimePackages = settings.runtimePackages;
    this.#knows = knows;
  }

  /** Where a specifier leads; null when to nothing known (a missing relative file). */
  target(from: ModuleIR, specifier: string): Target | null {
    const known = (this.#targets.get(from) ?? setDefault(this.#targets, from, new Map<string, Target | null>()));
    const found = known.get(specifier);
    if (found !== undefined) return found;
    const target = this.#findTarget(from, specifier);
    known.set(specifier, target);
    return target;
  }

  #findTarget(from: ModuleIR, specifier: string): Target | null {
    if (this.isRuntime(specifier)) return { kind: "package", package: RUNTIME_PACKAGE };
    const { file, package: package_ } = this.#resolve(from.file, specifier);
    if (package_ !== null && this.isRuntime(package_)) return { kind: "package", package: RUNTIME_PACKAGE };
    const module = file === null ? undefined : this.#byFile.get(file);
    if (module === undefined) return package_ === null ? null : { kind: "package", package: package_ };
    if (package_ !== null && packageOfPath(module.file) === null) this.#packages.set(module, package_);
    return { kind: "module", module, package: package_ ?? this.packageOf(module) };
  }

  /** Whether a specifier, or a package's name, is the runtime's. */
  isRuntime(specifier: string): boolean {
    return this.#runtimePackages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  }

  module(file: string): ModuleIR | undefined {
    return this.#byFile.get(file);
  }

  /** The package a module belongs to by its path under node_modules, or by how it was imported; null for the project's own. */
  packageOf(module: ModuleIR): string | null {
    const known = this.#packages.get(module);
    if (known !== undefined) return known;
    const installed = packageOfPath(module.file);
    if (installed !== null) this.#packages.set(module, installed);
    return installed;
  }

  /** Resolves every specifier that may name a package, so that modules know theirs whatever is asked first. */
  linkPackages(): void {
    for (const module of this.#byFile.values()) for (const specifier of otherThanPaths(module)) this.target(module, specifier);
  }

  /** What an import's variable stands for. */
  imported(module: ModuleIR, variable: VariableId, space: Space): Entity | null {
    const declared = importsOf(module).get(variable);
    return declared === undefined ? null : this.named(module, declared.specifier, declared.imported, space);
  }

  /** What `imported` from `specifier` stands for: `"*"` for the namespace. */
  named(from: ModuleIR, specifier: string, imported: string, space: Space): Entity | null {
    const target = this.target(from, specifier);
    if (target === null) return null;
    if (target.kind === "package") return { kind: "external", package: target.package, path: imported === "*" ? "" : imported };
    if (imported === "*") return this.exported(target.module, "=", space) ?? { kind: "module", module: target.module };
    const found = this.exported(target.module, imported, space);
    if (found !== null || target.package === null) return found;
    return { kind: "external", package: target.package, path: imported };
  }

  /** What a module exports under a name; `"default"` falls back on `export =` and on the whole of a CommonJS module. */
  exported(module: ModuleIR, name: string, space: Space): Entity | null {
    const known = (this.#found.get(module) ?? setDefault(this.#found, module, new Map<string, Remembered<Entity | null>>()));
    const key = `${space} ${name}`;
    const found = known.get(key);
    if (found !== undefined) {
      note(found);
      return found.value;
    }
    const search = `${module.file} ${key}`;
    if (this.#searches.has(search)) {
      this.#wasCut = true;
      return null;
    }
    this.#searches.add(search);
    const entity = remembered(() => this.#find(module, name, space, new Set()));
    this.#searches.delete(search);
    // Inside a search that went round in a circle, only the outermost one has seen all of it.
    const isWhole = this.#searches.size === 0;
    if (isWhole || !this.#wasCut) known.set(key, entity);
    if (isWhole) this.#wasCut = false;
    return entity.value;
  }

  #find(module: ModuleIR, name: string, space: Space, visited: Set<ModuleIR>): Entity | null {
    if (visited.has(module)) return null;
    visited.add(module);
    const { named, all } = exportsOf(module);
    const found = (named.get(name) ?? []).map((each) => this.#ofExport(module, each, space)).filter((entity) => entity !== null);
    // A class before a type of its name: an interface that merges with it is found with its members.
    const entity = found.find((each) => each.kind === "variable" && each.module.variables[each.variable]?.kind === "class") ?? found[0];
    if (entity !== undefined) return entity;
    if (name === "=") return null;
    const whole = named.get("=")?.[0];
    if (whole !== undefined) {
      const of = this.#ofExport(module, whole, space) ?? this.#ofExport(module, whole, "value");
      if (of === null || name === "default") return of;
      return this.#ofLiteral(of, name, space) ?? { kind: "member", of, name };
    }
    if (name === "default") return module.language !== "ts" && named.size > 0 && !named.has("default") && isCommonJs(module) ? { kind: "module", module } : null;
    return this.#findInAll(module, all, name, space, visited);
  }

  /** `module.exports = { name }`: the variable that the member was made from. */
  #ofLiteral(of: Entity, name: string, space: Space): Entity | null {
    if (of.kind !== "value") return null;
    const ops = of.module.functions[0]?.blocks.flatMap((block) => block.ops) ?? [];
    const literal = ops.find((op) => op.op === "object" && op.dst === of.temp);
    const part = literal?.op === "object" ? literal.parts.find((each) => each.kind === "value" && each.key === name) : undefined;
    const load = part === undefined ? undefined : ops.find((op) => op.op === "load" && op.dst === part.value);
    return load?.op === "load" ? this.ofVariable(of.module, load.variable, space) : null;
  }

  #findInAll(module: ModuleIR, all: readonly string[], name: string, space: Space, visited: Set<ModuleIR>): Entity | null {
    const packages = new Set<string>();
    for (const specifier of all) {
      const target = this.target(module, specifier);
      if (target === null) continue;
      if (target.kind === "package") {
        packages.add(target.package);
        continue;
      }
      const found = this.#find(target.module, name, space, visited);
      if (found !== null) return found;
    }
    const [only, ...others] = packages;
    if (only === undefined) return null;
    if (others.length === 0) return { kind: "external", package: only, path: name };
    const knowing = [...packages].filter((each) => this.#knows(each, name));
    return knowing.length === 1 && knowing[0] !== undefined ? { kind: "external", package: knowing[0], path: name } : null;
  }

  #ofExport(module: ModuleIR, each: ExportIR, space: Space): Entity | null {
    switch (each.kind) {
      case "local": return this.ofVariable(module, each.variable, space);
      case "value": return space === "value" ? { kind: "value", module, temp: each.temp } : null;
      case "type": {
        const declaration = space === "type" ? this.typesNamed(module, each.type)[0] : undefined;
        return declaration === undefined ? null : { kind: "type", module, declaration };
      }
      case "from": {
        const target = this.target(module, each.specifier);
        if (target?.kind !== "module" || each.imported === "*") return this.named(module, each.specifier, each.imported, space);
        return this.exported(target.module, each.imported, space) ?? (target.package === null ? null : { kind: "external", package: target.package, path: each.imported });
      }
      case "all": return null;
    }
  }

  /** What a declared name stands for: an import is followed, in the type space a type of the same name is found. */
  ofVariable(module: ModuleIR, variable: VariableId, space: Space): Entity | null {
    const declared = module.variables[variable];
    if (declared === undefined) return null;
    if (declared.kind === "import") return this.imported(module, variable, space);
    // A constant that `require` or `await import` gave is an import by another form.
    const required = declared.reassigned ? null : this.imported(module, variable, space);
    if (required !== null) return required;
    if (space === "type" && declared.kind !== "class" && declared.kind !== "namespace") {
      const declaration = this.typesNamed(module, declared.name)[0];
      if (declaration !== undefined) return { kind: "type", module, declaration };
    }
    return { kind: "variable", module, variable };
  }

  /** Interfaces, aliases and enums of a module by name; several where declarations merge. */
  typesNamed(module: ModuleIR, name: string): readonly TypeDeclarationIR[] {
    return typesOf(module).get(name) ?? [];
  }
}

const exportsOf = onceFor(({ exports }: ModuleIR): Exports => ({
  named: groupBy(exports.filter((each) => each.kind !== "all"), (each) => each.name),
  all: exports.flatMap((each) => (each.kind === "all" ? [each.specifier] : [])),
}));

const importsOf = onceFor(({ imports }: ModuleIR): ReadonlyMap<VariableId, ImportIR> => new Map(imports.flatMap((each) => (each.variable === null ? [] : [[each.variable, each] as const]))));

const typesOf = onceFor(({ types }: ModuleIR): ReadonlyMap<string, readonly TypeDeclarationIR[]> => groupBy(types, (each) => each.name));

/** `three` for `node_modules/three/src/math/Vector3.js`, `@scope/name` likewise; null outside node_modules. */
export function packageOfPath(file: string): string | null {
  const at = file.lastIndexOf("node_modules/");
  if (at < 0) return null;
  const [first, second] = file.slice(at + "node_modules/".length).split("/");
  if (first === undefined || first === "") return null;
  return first.startsWith("@") && second !== undefined ? `${first}/${second}` : first;
}

function isCommonJs(module: ModuleIR): boolean {
  return module.exports.every((each) => each.kind === "value" || each.kind === "local") && !module.imports.some((each) => each.form === "esm");
}

function setDefault<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
