/**
 * Which functions the settings' model names, whatever they are reached by: a declared function or method, a member of a declared interface or
 * object type, a variable, a member of a variable, an export of a package or of a file that is no source (`native.wasm`).
 *
 * Theory: by declaration, as the tracer answers. Known misses: a member of a value that no variable of a module's own holds and no type names; an
 * override, which is a function of its own and is modelled by its own name.
 */
import { type Model, type ModelEffect, modelKey } from "../knowledge/model-api.ts";
import { functionName } from "./function-name.ts";
import type { FunctionIR, ImportIR, ModuleIR, Op, Temp, VariableId } from "./ir.ts";
import type { Linker } from "./link.ts";
import type { ProgramIndex } from "./program-index.ts";
import type { ApiKey, TracedType } from "./traced-type.ts";
import type { TypeTerm } from "./type-term.ts";

export class ModelledFunctions {
  readonly #model: Model;
  readonly #linker: Linker;
  readonly #index: ProgramIndex;
  readonly #modules: readonly ModuleIR[];
  #terms: ReadonlyMap<TypeTerm, ApiKey> | null = null;

  constructor(model: Model, { linker, index, modules }: { readonly linker: Linker; readonly index: ProgramIndex; readonly modules: readonly ModuleIR[] }) {
    this.#model = model;
    this.#linker = linker;
    this.#index = index;
    this.#modules = modules;
  }

  get isEmpty(): boolean {
    return this.#model.size === 0;
  }

  /** The model's key of a function of a loaded module; null when it has none. */
  ofFunction(module: ModuleIR, fn: FunctionIR): ApiKey | null {
    return this.isEmpty ? null : this.#keyOf(`${module.file}#${functionName(module, fn)}`);
  }

  /** Of what the tables would know by this key: `physics:World#step` is `physics#World.step`. */
  ofApi(api: ApiKey): ApiKey | null {
    if (this.isEmpty) return null;
    const split = api.lastIndexOf(":");
    return this.#keyOf(`${api.slice(0, split)}#${api.slice(split + 1).replaceAll("#", ".")}`);
  }

  /** Of a call, by where its callee comes from and what type it has. */
  ofCallee(module: ModuleIR, fn: FunctionIR, callee: Temp, type: TracedType): ApiKey | null {
    if (this.isEmpty) return null;
    return this.#ofType(type) ?? this.#ofDefinition(module, fn, callee, 0);
  }

  #keyOf(name: string): ApiKey | null {
    const effect = this.#model.get(name);
    return effect === undefined ? null : modelKey(name, effect);
  }

  #ofType(type: TracedType): ApiKey | null {
    if (type.kind === "function") return this.ofFunction(type.module, type.function);
    if (type.kind === "union") return type.members.map((member) => this.#ofType(member)).find((key) => key !== null) ?? null;
    if (type.kind !== "callable") return null;
    this.#terms ??= declaredTerms(this.#modules, this.#model);
    return this.#terms.get(type.term) ?? null;
  }

  #ofDefinition(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): ApiKey | null {
    const op = this.#definition(fn, temp);
    if (op === null || depth > MAX_ALIASES) return null;
    if (op.op === "load") return this.#ofVariable(module, op.variable, depth);
    if (op.op === "cast" || op.op === "copy") return this.#ofDefinition(module, fn, op.src, depth + 1);
    if (op.op === "global") return this.#keyOf(`global#${op.name}`);
    if (op.op !== "get" || op.key === null) return null;
    const object = this.#definition(fn, op.object);
    if (object?.op === "global") return this.#keyOf(`global#${object.name}.${op.key}`);
    return object?.op === "load" ? this.#ofMember(module, object.variable, op.key) : null;
  }

  #definition(fn: FunctionIR, temp: Temp): Op | null {
    const found = this.#index.ofFunction(fn).definition(temp);
    return found !== undefined && "op" in found ? found : null;
  }

  #ofVariable(module: ModuleIR, variable: VariableId, depth: number): ApiKey | null {
    const entity = this.#linker.imported(module, variable, "value");
    if (entity?.kind === "variable") return this.#ofVariable(entity.module, entity.variable, depth);
    const unresolved = entity === null ? importOf(module, variable) : undefined;
    if (unresolved !== undefined) return this.#keyOf(`${pathOf(module, unresolved)}#${unresolved.imported}`);
    const declared = module.variables[variable];
    if (declared === undefined) return null;
    const own = declared.owner === 0 ? this.#keyOf(`${module.file}#${declared.name}`) : null;
    if (own !== null || declared.reassigned) return own;
    // `const begin = native.begin` by another name.
    const [only, ...others] = this.#index.of(module).stores.get(variable) ?? [];
    return only === undefined || others.length > 0 ? null : this.#ofDefinition(module, only.function, only.temp, depth + 1);
  }

  /** `native.begin`, where `native` is a namespace or a variable of a module's own. */
  #ofMember(module: ModuleIR, variable: VariableId, key: string): ApiKey | null {
    const entity = this.#linker.imported(module, variable, "value");
    if (entity?.kind === "variable") return this.#ofMember(entity.module, entity.variable, key);
    if (entity?.kind === "module") return this.#keyOf(`${entity.module.file}#${key}`);
    const unresolved = entity === null ? importOf(module, variable) : undefined;
    if (unresolved !== undefined) return this.#keyOf(`${pathOf(module, unresolved)}#${unresolved.imported === "*" ? "" : `${unresolved.imported}.`}${key}`);
    const declared = module.variables[variable];
    return declared?.owner === 0 ? this.#keyOf(`${module.file}#${declared.name}.${key}`) : null;
  }
}

const MAX_ALIASES = 6;

/** An import that leads to no loaded module and no package. */
function importOf(module: ModuleIR, variable: VariableId): ImportIR | undefined {
  return module.imports.find((each) => each.variable === variable && /^\.{1,2}\//.test(each.specifier));
}

function pathOf(module: ModuleIR, { specifier }: ImportIR): string {
  const parts = module.file.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Members of declared object types and annotated variables that the model names, by the term of their function type. */
function declaredTerms(modules: readonly ModuleIR[], model: Model): ReadonlyMap<TypeTerm, ApiKey> {
  const terms = new Map<TypeTerm, ApiKey>();
  const add = (name: string, term: TypeTerm | null): void => {
    const effect: ModelEffect | undefined = model.get(name);
    if (effect !== undefined && term !== null) terms.set(term, modelKey(name, effect));
  };
  for (const { file, types, variables } of modules) {
    for (const { name, term } of types) if (term.kind === "object") for (const member of term.members) add(`${file}#${name}.${member.name}`, member.type);
    for (const { name, owner, type } of variables) if (owner === 0 && type?.kind === "function") add(`${file}#${name}`, type);
  }
  return terms;
}
