/**
 * Sizes that the text tells: of memory types, of counts, of arenas. Follows constants, units (`megabytes(4)`) and type definitions across files.
 *
 * Theory: flow-insensitive; a constant is defined once. Null is "not known", and what holds for every value of the program is only what is known.
 */
import { arenaBytes, ARENA_OPTION, scalarBytes, setsArena, unitBytes } from "../knowledge/runtime-sizes.ts";
import { RUNTIME } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import { arithmetic, constantMember, constantText } from "./constant-value.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { ModuleNames } from "./module-names.ts";

interface Layout {
  readonly size: number;
  readonly align: number;
}

/** A value of the program: the temp of a function. */
export interface Written {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly temp: Temp;
}

const MAX_DEPTH = 10;

export class ConstantSizes {
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #initial = new Map<ModuleIR, Map<number, Written | null>>();

  constructor(program: Program, names: ModuleNames) {
    this.#program = program;
    this.#names = names;
  }

  /** A number known from the text; null when it is not. */
  number(at: Written, depth = 0): number | null {
    const source = this.source(at, depth);
    const op = source === null ? undefined : this.#definition(source);
    if (source === null || op === undefined || depth > MAX_DEPTH) return null;
    const value = (temp: Temp): number | null => this.number({ ...source, temp }, depth + 1);
    if (op.op === "const") return typeof op.value === "number" ? op.value : null;
    if (op.op === "binary") return sizeArithmetic(op.operator, value(op.left), value(op.right));
    if (op.op !== "call") return null;
    const [argument] = op.args;
    const unit = this.#apis(source).map(unitBytes).find((bytes) => bytes !== undefined);
    const count = argument === undefined || unit === undefined ? null : value(argument.temp);
    return unit === undefined || count === null ? null : unit * count;
  }

  /** Bytes of a memory type; null for classes and what is not known. */
  typeSize(at: Written): number | null {
    return this.#layout(at, 0)?.size ?? null;
  }

  /** Bytes of the frame arena of the allocator, or by the configuration, that is made here. */
  arena(at: Written, depth = 0): number | null {
    const source = this.source(at, depth);
    const op = source === null ? undefined : this.#definition(source);
    if (source === null || op === undefined || depth > MAX_DEPTH) return null;
    if (op.op === "object") return this.#arenaOption(source, op, depth);
    if (op.op !== "new" && op.op !== "call") return null;
    const apis = this.#apis(source);
    const [argument] = op.args;
    if (apis.some((api) => setsArena(api))) return argument === undefined ? null : this.number({ ...source, temp: argument.temp }, depth + 1);
    const preset = apis.map(arenaBytes).find((bytes) => bytes !== undefined);
    if (preset === undefined || argument === undefined) return preset ?? null;
    return this.arena({ ...source, temp: argument.temp }, depth + 1);
  }

  #arenaOption(source: Written, op: Op & { readonly op: "object" }, depth: number): number | null {
    const named = op.parts.filter((part) => part.kind !== "value" || part.key === ARENA_OPTION || part.key === null);
    const [only, ...others] = named;
    if (only === undefined) return arenaBytes(`${RUNTIME}:AllocConfig`) ?? null;
    return others.length > 0 || only.kind !== "value" || only.key === null ? null : this.number({ ...source, temp: only.value }, depth + 1);
  }

  #layout(at: Written, depth: number): Layout | null {
    const type = this.#program.tracer.typeOf(at.module, at.fn, at.temp);
    const scalar = type.kind === "external" && type.side === "value" && type.package === RUNTIME ? scalarBytes(type.path) : undefined;
    if (scalar !== undefined) return { size: scalar, align: scalar };
    const source = this.source(at, depth);
    const op = source === null ? undefined : this.#definition(source);
    if (source === null || op?.op !== "call" || depth > MAX_DEPTH) return null;
    const apis = this.#apis(source);
    const [first, second] = op.args;
    if (first === undefined) return null;
    if (apis.includes(`${RUNTIME}:struct`)) return this.#struct({ ...source, temp: first.temp }, depth + 1);
    const count = apis.includes(`${RUNTIME}:array`) && second !== undefined ? this.number({ ...source, temp: second.temp }, depth + 1) : null;
    const element = count === null ? null : this.#layout({ ...source, temp: first.temp }, depth + 1);
    return count === null || element === null ? null : { size: element.size * count, align: element.align };
  }

  /** Fields in order, each at its natural alignment. */
  #struct(fields: Written, depth: number): Layout | null {
    const source = this.source(fields, depth);
    const op = source === null ? undefined : this.#definition(source);
    if (source === null || op?.op !== "object") return null;
    let size = 0;
    let align = 1;
    for (const part of op.parts) {
      const field = part.kind === "value" && part.key !== null ? this.#layout({ ...source, temp: part.value }, depth + 1) : null;
      if (field === null) return null;
      size = Math.ceil(size / field.align) * field.align + field.size;
      align = Math.max(align, field.align);
    }
    return { size: Math.ceil(size / align) * align, align };
  }

  /** Where a value was made: through names, casts, constants that are set once, and members of constant objects. */
  source(at: Written, depth = 0): Written | null {
    const op = this.#definition(at);
    if (op === undefined || depth > MAX_DEPTH) return null;
    if (op.op === "copy" || op.op === "cast") return this.source({ ...at, temp: op.src }, depth + 1);
    if (op.op === "get" && op.key !== null) {
      const member = constantMember(this.#program, at.module, at.fn, op.object, op.key);
      return member === null ? at : this.source({ module: member.module, fn: member.function, temp: member.temp }, depth + 1);
    }
    if (op.op !== "load") return at;
    const initial = this.initial(at.module, op.variable);
    return initial === null ? null : this.source(initial, depth + 1);
  }

  /** A text known from the text of the program; null when it is not. */
  text(at: Written): string | null {
    const source = this.source(at);
    return source === null ? null : constantText(source.module, source.fn, source.temp);
  }

  /** Which parameter of its function a value is, when that is never written; null for what is none. */
  parameter(at: Written, depth = 0): number | null {
    const op = this.#definition(at);
    if (op === undefined || depth > MAX_DEPTH) return null;
    if (op.op === "copy" || op.op === "cast") return this.parameter({ ...at, temp: op.src }, depth + 1);
    if (op.op !== "load" || at.module.variables[op.variable]?.reassigned !== false) return null;
    const index = at.fn.params.findIndex((param) => param.variable === op.variable && !param.rest && !param.optional);
    return index === -1 ? null : index;
  }

  /** What a variable is initialised with, when it is never written again. */
  initial(module: ModuleIR, variable: number): Written | null {
    const target = this.#names.canonical(module, variable);
    if (target.module.variables[target.variable]?.reassigned !== false) return null;
    let known = this.#initial.get(target.module);
    if (known === undefined) this.#initial.set(target.module, (known = initialisers(target.module)));
    return known.get(target.variable) ?? null;
  }

  #apis({ module, fn, temp }: Written): readonly string[] {
    return this.#program.tracer.targets(module, fn, temp).apis;
  }

  #definition({ fn, temp }: Written): Op | undefined {
    const index = functionIndex(fn);
    const found = index.definitions(temp) === null ? index.definition(temp) : undefined;
    return found !== undefined && "op" in found ? found : undefined;
  }
}

function initialisers(module: ModuleIR): Map<number, Written | null> {
  const found = new Map<number, Written | null>();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) if (op.op === "store") found.set(op.variable, found.has(op.variable) ? null : { module, fn, temp: op.src });
    }
  }
  return found;
}

/** Sizes are written as powers and shifts too. */
function sizeArithmetic(operator: string, left: number | null, right: number | null): number | null {
  if (left !== null && right !== null && operator === "**") return left ** right;
  if (left !== null && right !== null && operator === "<<") return left << right;
  return arithmetic(operator, left, right);
}
