/**
 * What names of one module stand for in another: the exporter's variable behind an import, members of a namespace import, and what a
 * module-level constant was made by. Answers by declaration; a name it cannot follow stands for itself.
 */
import { type Origin, type OriginTable } from "../dataflow/origin.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { type Entity, Linker } from "../source/link.ts";
import { Answers } from "../source/reads.ts";
import type { ApiKey } from "../source/traced-type.ts";

/** Object literals that are spread into each other. */
const MAX_SPREADS = 4;

/** Functions that make something by a call of another one. */
const MAX_FACTORIES = 3;

/** A variable, in the module that declares it. */
interface Named {
  readonly module: ModuleIR;
  readonly variable: number;
}

export class ModuleNames {
  readonly #linker: Linker;
  readonly #program: Program;
  readonly #values = new Map<Origin, Entity & { readonly kind: "value" }>();
  readonly #madeBy = new Answers<ModuleIR, Map<number, readonly ApiKey[]>>();

  constructor(program: Program) {
    this.#program = program;
    this.#linker = new Linker(program.modules, program.resolve, program.settings, () => false);
  }

  /** The variable behind an import, in the module that declares it. */
  canonical(module: ModuleIR, variable: number): Named {
    const entity = this.#imported(module, variable);
    return entity?.kind === "variable" ? { module: entity.module, variable: entity.variable } : { module, variable };
  }

  /** What an imported variable is when it is no variable of the exporter: a default export without a name. */
  value(table: OriginTable, module: ModuleIR, variable: number): Origin | null {
    const entity = this.#imported(module, variable);
    return entity?.kind === "value" ? this.#exportedValue(table, entity) : null;
  }

  /** A member of what `module.exports` or a default export is as an object literal, also of what is spread into that; null for anything else. */
  memberOfValue(table: OriginTable, value: Origin, name: string): Origin | null {
    const entity = this.#values.get(value);
    const member = entity === undefined ? null : this.#memberOf(entity, name, 0);
    return member === null ? null : table.variable(member.module, member.variable);
  }

  #memberOf(entity: Entity | null, name: string, depth: number): Named | null {
    if (entity === null || depth > MAX_SPREADS) return null;
    if (entity.kind === "module") {
      const exported = this.#linker.exported(entity.module, name, "value");
      return exported?.kind === "variable" ? exported : null;
    }
    if (entity.kind !== "value") return null;
    const literal = definitionIn(entity.module, entity.temp);
    if (literal?.op !== "object") return null;
    // Later parts win.
    for (const part of [...literal.parts].reverse()) {
      if (part.kind !== "spread" && part.key === null) return null;
      if (part.kind !== "spread" && part.key !== name) continue;
      const source = definitionIn(entity.module, part.value);
      if (part.kind === "value") return source?.op === "load" ? this.canonical(entity.module, source.variable) : null;
      const found = part.kind === "spread" ? this.#memberOf(this.#spread(entity.module, source), name, depth + 1) : null;
      if (found !== null || part.kind !== "spread") return found;
    }
    return null;
  }

  /** What `...x` or `...require("./x")` spreads. */
  #spread(module: ModuleIR, source: Op | undefined): Entity | null {
    if (source?.op === "load") return this.#imported(module, source.variable);
    const [argument] = source?.op === "call" ? source.args : [];
    const callee = source?.op === "call" ? definitionIn(module, source.callee) : undefined;
    const specifier = argument === undefined ? undefined : definitionIn(module, argument.temp);
    if (callee?.op !== "global" || callee.name !== "require" || specifier?.op !== "const" || typeof specifier.value !== "string") return null;
    return this.#linker.named(module, specifier.value, "*", "value");
  }

  /** A member of a namespace import; null when the variable is none, or has no such member. */
  member(table: OriginTable, module: ModuleIR, variable: number, name: string): Origin | null {
    const namespace = this.#imported(module, variable);
    if (namespace?.kind !== "module") return null;
    const entity = this.#linker.exported(namespace.module, name, "value");
    if (entity?.kind === "variable") return table.variable(entity.module, entity.variable);
    return entity?.kind === "value" ? this.#exportedValue(table, entity) : null;
  }

  #exportedValue(table: OriginTable, entity: Entity & { readonly kind: "value" }): Origin {
    const value = table.global(`default export of ${entity.module.file}#${entity.temp}`);
    this.#values.set(value, entity);
    return value;
  }

  /** The API whose call a module-level constant was initialised with, also where a function of the project makes one at each call. */
  madeBy(module: ModuleIR, variable: number): readonly ApiKey[] {
    return this.#madeBy.of(module, () => this.#initialisers(module)).get(variable) ?? [];
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
    return made?.op === "call" || made?.op === "new" ? this.#apisOfCall(module, body, temp, 0) : [];
  }

  #apisOfCall(module: ModuleIR, fn: FunctionIR, temp: number, depth: number): readonly ApiKey[] {
    const { apis, functions } = this.#program.tracer.targets(module, fn, temp);
    const [factory, ...others] = functions;
    if (factory === undefined || others.length + apis.length > 0 || depth > MAX_FACTORIES) return apis;
    return this.#madeAnew(factory.module, factory.function, depth + 1);
  }

  /** What every call of a function makes; none when it may give back something older. */
  #madeAnew(module: ModuleIR, fn: FunctionIR, depth: number): readonly ApiKey[] {
    const index = functionIndex(fn);
    const source = (temp: number, seen: Set<number>): Op | undefined => {
      const op = index.definitions(temp) === null ? index.definition(temp) : undefined;
      if (op === undefined || !("op" in op)) return undefined;
      if (op.op === "cast" || op.op === "copy") return source(op.src, seen);
      if (op.op !== "load" || module.variables[op.variable]?.owner !== fn.id || module.variables[op.variable]?.reassigned !== false) return op;
      if (seen.has(op.variable)) return undefined;
      seen.add(op.variable);
      const [only, ...others] = index.stores(op.variable);
      return only === undefined || others.length > 0 ? undefined : source(only.op.src, seen);
    };
    const returned = fn.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [source(terminal.value, new Set())] : []));
    const made = returned.map((op) => (op?.op === "new" || op?.op === "call" ? this.#apisOfCall(module, fn, op.dst, depth) : []));
    return made.some((apis) => apis.length === 0) ? [] : made.flat();
  }
}

/** What makes a temp of the module's own code. */
function definitionIn(module: ModuleIR, temp: number): Op | undefined {
  const [body] = module.functions;
  return body === undefined ? undefined : functionIndex(body).operation(temp);
}
