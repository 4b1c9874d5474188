/**
 * What classes extend and implement by name, as nearly all do: found by links alone, without a question to anybody who traces. For all tracers of one linked program.
 */
import { functionIndex } from "./function-index.ts";
import type { ClassIR, ModuleIR, VariableId } from "./ir.ts";
import type { Linker } from "./link.ts";
import { onceFor } from "./once-for.ts";
import { classOfVariable, isOp } from "./program-index.ts";
import { Answers } from "./reads.ts";
import type { TracedType } from "./traced-type.ts";
import type { TypeTerm } from "./type-term.ts";

export interface ClassOf {
  readonly module: ModuleIR;
  readonly class: ClassIR;
}

/** An interface, whatever its type arguments. */
export type InterfaceOf = Pick<TracedType & { readonly kind: "interface" }, "kind" | "module" | "declaration">;

/** A class that extends or implements something. */
export interface Heir {
  readonly self: ClassOf;
  /** What it extends; null where that has to be traced. */
  readonly parents: readonly ClassIR[] | null;
  /** What it implements, in its order; null for a term that has to be evaluated. */
  readonly interfaces: readonly (InterfaceOf | null)[];
}

export class Heritage {
  readonly #modules: readonly ModuleIR[];
  readonly #linker: Linker;
  #heirs: readonly Heir[] | null = null;
  readonly #named = new Answers<TypeTerm, InterfaceOf | null>();

  constructor(modules: readonly ModuleIR[], linker: Linker) {
    this.#modules = modules;
    this.#linker = linker;
  }

  /** In the order of modules. Cost: linear in them, once. */
  get heirs(): readonly Heir[] {
    return (this.#heirs ??= this.#modules.flatMap((module) => classesBelow(module).map((class_) => this.#heir(module, class_))));
  }

  #heir(module: ModuleIR, class_: ClassIR): Heir {
    const named = superVariables(module).get(class_);
    const parents = class_.superTemp === null ? NO_PARENTS : named === undefined ? null : this.#classNamed(module, named);
    const interfaces = class_.implements.map((term) => (class_.within === 0 ? this.interfaceNamed(module, class_.typeParameters, term) : null));
    return { self: { module, class: class_ }, parents, interfaces };
  }

  /** The class that a name stands for, none where it stands for one of a package; null where it has to be traced. */
  #classNamed(module: ModuleIR, variable: VariableId): readonly ClassIR[] | null {
    const entity = module.variables[variable]?.kind === "import" ? this.#linker.imported(module, variable, "value") : ({ kind: "variable", module, variable } as const);
    if (entity?.kind === "external" && entity.path !== "") return NO_PARENTS;
    if (entity?.kind !== "variable" || entity.module.variables[entity.variable]?.kind !== "class") return null;
    const class_ = classOfVariable(entity.module, entity.variable);
    return class_ === undefined ? null : [class_];
  }

  /** What a name says on the top level of a module, where that is an interface; null where the name has to be looked into. `parameters`: the type parameters in force. */
  interfaceNamed(module: ModuleIR, parameters: readonly string[], term: TypeTerm): InterfaceOf | null {
    return this.#named.of(term, () => this.#findInterface(module, parameters, term));
  }

  #findInterface(module: ModuleIR, parameters: readonly string[], term: TypeTerm): InterfaceOf | null {
    if (term.kind !== "name" || term.parts.length > 1 || parameters.includes(term.parts[0] ?? "")) return null;
    const own = this.#linker.typesNamed(module, term.parts[0] ?? "")[0];
    const variable = term.variable === null ? undefined : module.variables[term.variable];
    if (own !== undefined) return own.kind === "interface" && variable?.kind !== "class" ? { kind: "interface", module, declaration: own } : null;
    const entity = variable === undefined ? null : this.#linker.ofVariable(module, variable.id, "type");
    return entity?.kind === "type" && entity.declaration.kind === "interface" ? { kind: "interface", module: entity.module, declaration: entity.declaration } : null;
  }
}

const NO_PARENTS: readonly ClassIR[] = [];

/** The classes that extend or implement something. */
const classesBelow = onceFor(({ classes }: ModuleIR): readonly ClassIR[] => classes.filter((class_) => class_.superTemp !== null || class_.implements.length > 0));

/** Of classes that extend what a variable names, that variable. Not where a test may say more of it than the variable does. */
const superVariables = onceFor((module: ModuleIR): ReadonlyMap<ClassIR, VariableId> => {
  const named = new Map<ClassIR, VariableId>();
  for (const class_ of module.classes) {
    const within = module.functions[class_.within];
    if (class_.superTemp === null || within === undefined || within.blocks.some(({ ops }) => ops.some((op) => op.op === "binary" && op.operator === "instanceof"))) continue;
    const index = functionIndex(within);
    const value = index.definition(class_.superTemp);
    if (isOp(value, "load") && index.definitions(class_.superTemp) === null) named.set(class_, value.variable);
  }
  return named;
});
