/**
 * Declarations that merge: interfaces of one name in one module, an interface beside a class of its name, and what `declare module "x"` and
 * `declare global` add to declarations elsewhere.
 */
import type { ClassIR, ModuleIR, TypeDeclarationIR } from "./ir.ts";
import { isSameList, ProgramQuestion } from "./kept-facts.ts";
import type { Entity, Linker } from "./link.ts";

export interface DeclaredIn {
  readonly module: ModuleIR;
  readonly declaration: TypeDeclarationIR;
}

export class MergedDeclarations {
  readonly #modules: readonly ModuleIR[];
  readonly #linker: Linker;
  #added: Map<ModuleIR, Map<string, DeclaredIn[]>> | null = null;

  constructor(modules: readonly ModuleIR[], linker: Linker) {
    this.#modules = modules;
    this.#linker = linker;
  }

  /** The declaration first, then what merges with it. */
  ofDeclaration(module: ModuleIR, declaration: TypeDeclarationIR): readonly DeclaredIn[] {
    const others = this.#named(module, declaration.name).filter((each) => each.declaration !== declaration);
    return [{ module, declaration }, ...others];
  }

  ofClass(module: ModuleIR, class_: ClassIR): readonly DeclaredIn[] {
    return class_.variable === null ? [] : this.#named(module, class_.name);
  }

  #named(module: ModuleIR, name: string): readonly DeclaredIn[] {
    const own = this.#linker.typesNamed(module, name).filter((each) => each.kind === "interface").map((declaration) => ({ module, declaration }));
    const added = addedTo.of(this, `${name} ${module.file}`);
    return added.length === 0 ? own : [...own, ...added];
  }

  added(file: string, name: string): readonly DeclaredIn[] {
    const module = this.#linker.module(file);
    return module === undefined ? [] : ((this.#added ??= this.#collect()).get(module)?.get(name) ?? []);
  }

  /** Augmentations, by the module and name that they add to. */
  #collect(): Map<ModuleIR, Map<string, DeclaredIn[]>> {
    const added = new Map<ModuleIR, Map<string, DeclaredIn[]>>();
    for (const module of this.#modules) {
      for (const declaration of module.types) {
        if (declaration.augments === null || declaration.augments === "global" || declaration.kind !== "interface") continue;
        const place = this.#augmented(module, declaration);
        if (place === null || (place.module === module && place.name === declaration.name)) continue;
        let names = added.get(place.module);
        if (names === undefined) added.set(place.module, (names = new Map()));
        const known = names.get(place.name);
        if (known === undefined) names.set(place.name, [{ module, declaration }]);
        else known.push({ module, declaration });
      }
    }
    return added;
  }

  #augmented(module: ModuleIR, declaration: TypeDeclarationIR): { readonly module: ModuleIR; readonly name: string } | null {
    const target = declaration.augments === null ? null : this.#linker.target(module, declaration.augments);
    if (target?.kind !== "module") return null;
    const entity: Entity | null = this.#linker.exported(target.module, declaration.name, "type");
    if (entity?.kind === "type") return { module: entity.module, name: entity.declaration.name };
    if (entity?.kind !== "variable") return null;
    return { module: entity.module, name: entity.module.variables[entity.variable]?.name ?? declaration.name };
  }
}

const addedTo = new ProgramQuestion((program) => program.tracer.parts().merged, (merged: MergedDeclarations, key: string) => {
  const at = key.indexOf(" ");
  return merged.added(key.slice(at + 1), key.slice(0, at));
}, isSameList);
