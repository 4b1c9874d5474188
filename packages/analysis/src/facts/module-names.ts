/**
 * What names of one module stand for in another: the exporter's variable behind an import, members of a namespace import, and what a
 * module-level constant was made by. Answers by declaration; a name it cannot follow stands for itself.
 */
import { type Origin, type OriginTable } from "../dataflow/origin.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { type Entity, Linker } from "../source/link.ts";
import type { ApiKey } from "../source/traced-type.ts";

export class ModuleNames {
  readonly #linker: Linker;
  readonly #program: Program;
  readonly #madeBy = new Map<ModuleIR, Map<number, readonly ApiKey[]>>();

  constructor(program: Program) {
    this.#program = program;
    this.#linker = new Linker(program.modules, program.resolve, program.settings, () => false);
  }

  /** The variable behind an import, in the module that declares it. */
  canonical(module: ModuleIR, variable: number): { readonly module: ModuleIR; readonly variable: number } {
    const entity = this.#imported(module, variable);
    return entity?.kind === "variable" ? { module: entity.module, variable: entity.variable } : { module, variable };
  }

  /** What an imported variable is when it is no variable of the exporter: a default export without a name. */
  value(table: OriginTable, module: ModuleIR, variable: number): Origin | null {
    const entity = this.#imported(module, variable);
    return entity?.kind === "value" ? exportedValue(table, entity) : null;
  }

  /** A member of a namespace import; null when the variable is none, or has no such member. */
  member(table: OriginTable, module: ModuleIR, variable: number, name: string): Origin | null {
    const namespace = this.#imported(module, variable);
    if (namespace?.kind !== "module") return null;
    const entity = this.#linker.exported(namespace.module, name, "value");
    if (entity?.kind === "variable") return table.variable(entity.module, entity.variable);
    return entity?.kind === "value" ? exportedValue(table, entity) : null;
  }

  /** The API whose call a module-level constant was initialised with. */
  madeBy(module: ModuleIR, variable: number): readonly ApiKey[] {
    let known = this.#madeBy.get(module);
    if (known === undefined) this.#madeBy.set(module, (known = this.#initialisers(module)));
    return known.get(variable) ?? [];
  }

  #imported(module: ModuleIR, variable: number): Entity | null {
    const declared = module.variables[variable];
    return declared === undefined || declared.reassigned ? null : this.#linker.imported(module, variable, "value");
  }

  #initialisers(module: ModuleIR): Map<number, readonly ApiKey[]> {
    const found = new Map<number, readonly ApiKey[]>();
    const [body] = module.functions;
    if (body === undefined) return found;
    const definitions = new Map<number, Op>();
    for (const block of body.blocks) for (const op of block.ops) if ("dst" in op) definitions.set(op.dst, op);
    for (const block of body.blocks) {
      for (const op of block.ops) if (op.op === "store" && op.init) found.set(op.variable, this.#apisOf(module, body, definitions, op.src));
    }
    return found;
  }

  #apisOf(module: ModuleIR, body: FunctionIR, definitions: ReadonlyMap<number, Op>, temp: number): readonly ApiKey[] {
    const made = definitions.get(temp);
    if (made?.op === "cast" || made?.op === "copy" || made?.op === "await") return this.#apisOf(module, body, definitions, made.src);
    return made?.op === "call" || made?.op === "new" ? this.#program.tracer.targets(module, body, temp).apis : [];
  }
}

function exportedValue(table: OriginTable, entity: Entity & { readonly kind: "value" }): Origin {
  return table.global(`default export of ${entity.module.file}#${entity.temp}`);
}
