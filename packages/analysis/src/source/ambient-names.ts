/** Names that need no import: declared for the whole program, and the classes of a package that documentation in JavaScript speaks of. */
import type { ModuleIR } from "./ir.ts";
import { isSameThing, ProgramQuestion } from "./kept-facts.ts";
import type { Entity, Linker } from "./link.ts";

export class AmbientNames {
  readonly #modules: readonly ModuleIR[];
  readonly #linker: Linker;
  #ambient: ReadonlyMap<string, readonly Entity[]> | null = null;
  readonly #byPackage = new Map<string, ReadonlyMap<string, Entity | null>>();

  constructor(modules: readonly ModuleIR[], linker: Linker) {
    this.#modules = modules;
    this.#linker = linker;
  }

  /** Declared for the whole program: in `declare global`, or in a declaration file that is a script. */
  declared(name: string): Entity | undefined {
    return declared.of(this, name);
  }

  findDeclared(name: string): Entity | undefined {
    this.#ambient ??= collectAmbient(this.#modules);
    return this.#ambient.get(name)?.[0];
  }

  /** The value of a global name that the program itself declares. */
  value(name: string): Entity | undefined {
    const entity = this.declared(name);
    return entity?.kind === "variable" ? entity : undefined;
  }

  /** The only class or type of a name in a module's package; null when there is none or more than one. */
  documented(module: ModuleIR, name: string): Entity | null {
    return documented.of(this, `${this.#linker.packageOf(module) ?? ""} ${name}`);
  }

  findDocumented(owner: string, name: string): Entity | null {
    let names = this.#byPackage.get(owner);
    if (names === undefined) {
      names = collectNames(this.#modules.filter((each) => (this.#linker.packageOf(each) ?? "") === owner));
      this.#byPackage.set(owner, names);
    }
    return names.get(name) ?? null;
  }
}

const declared = new ProgramQuestion((program) => program.tracer.parts().ambient, (ambient: AmbientNames, name: string) => ambient.findDeclared(name), isSameThing);
const documented = new ProgramQuestion((program) => program.tracer.parts().ambient, (ambient: AmbientNames, key: string) => ambient.findDocumented(...(key.split(" ") as [string, string])), isSameThing);

function collectAmbient(modules: readonly ModuleIR[]): ReadonlyMap<string, readonly Entity[]> {
  const names = new Map<string, Entity[]>();
  const add = (name: string, entity: Entity): void => {
    const known = names.get(name);
    if (known === undefined) names.set(name, [entity]);
    else known.push(entity);
  };
  for (const module of modules) {
    const script = module.language === "dts" && module.imports.length === 0 && module.exports.length === 0;
    for (const declaration of module.types) if (declaration.augments === "global" || (script && declaration.augments === null)) add(declaration.name, { kind: "type", module, declaration });
    if (!script) continue;
    for (const variable of module.variables) if (variable.owner === 0 && variable.name !== "") add(variable.name, { kind: "variable", module, variable: variable.id });
  }
  return names;
}

/** Classes and types by name; null where there are several of one name. */
function collectNames(modules: readonly ModuleIR[]): ReadonlyMap<string, Entity | null> {
  const names = new Map<string, Entity | null>();
  const add = (name: string, entity: Entity): void => {
    if (name !== "") names.set(name, names.has(name) ? null : entity);
  };
  for (const module of modules) {
    for (const class_ of module.classes) if (class_.variable !== null) add(class_.name, { kind: "variable", module, variable: class_.variable });
    for (const declaration of module.types) if (declaration.augments === null) add(declaration.name, { kind: "type", module, declaration });
  }
  return names;
}
