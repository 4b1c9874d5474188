/**
 * How many bytes a type of the runtime takes: scalars, `array(type, n)` with a constant length, `struct({...})` laid out as in C, each member at its
 * natural alignment. Exact, or null for what is not constant: classes, types from parameters, computed lengths.
 */
import { RUNTIME } from "../knowledge/runtime-api.ts";
import { scalarBytes } from "../knowledge/runtime-sizes.ts";
import { ARRAY_TYPE, STRUCT_TYPE } from "../knowledge/type-layout.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { KnownSizes } from "./known-sizes.ts";
import type { ModuleNames } from "./module-names.ts";

interface Layout {
  readonly bytes: number;
  readonly align: number;
}

const MAX_DEPTH = 10;

export class TypeSizes {
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #sizes: KnownSizes;

  constructor(program: Program, names: ModuleNames, sizes: KnownSizes) {
    this.#program = program;
    this.#names = names;
    this.#sizes = sizes;
  }

  /** Of the type that a temp holds. */
  bytesOf(module: ModuleIR, fn: FunctionIR, temp: Temp): number | null {
    return this.#layout(module, fn, temp, 0)?.bytes ?? null;
  }

  #layout(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): Layout | null {
    if (depth > MAX_DEPTH) return null;
    const type = this.#program.tracer.typeOf(module, fn, temp);
    const scalar = type.kind === "external" && type.side === "value" && type.package === RUNTIME ? scalarBytes(type.path) : undefined;
    if (scalar !== undefined) return { bytes: scalar, align: scalar };
    const index = functionIndex(fn);
    const op = index.definitions(temp) === null ? index.definition(temp) : undefined;
    if (op === undefined || !("op" in op)) return null;
    if (op.op === "copy" || op.op === "cast") return this.#layout(module, fn, op.src, depth + 1);
    if (op.op === "load") return this.#ofVariable(module, op.variable, depth);
    return op.op === "call" ? this.#constructed(module, fn, op, depth) : null;
  }

  #constructed(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, depth: number): Layout | null {
    const { apis } = this.#program.tracer.targets(module, fn, op.dst);
    const [first, second] = op.args;
    if (first === undefined || op.args.some((arg) => arg.spread)) return null;
    if (apis.includes(ARRAY_TYPE)) {
      const element = this.#layout(module, fn, first.temp, depth + 1);
      const length = second !== undefined && this.#sizes.isConstant({ module, fn, temp: second.temp }) ? this.#sizes.number({ module, fn, temp: second.temp }) : null;
      return element === null || length === null ? null : { bytes: element.bytes * length, align: element.align };
    }
    const fields = functionIndex(fn).definition(first.temp);
    return apis.includes(STRUCT_TYPE) && fields !== undefined && "op" in fields && fields.op === "object" ? this.#struct(module, fn, fields, depth) : null;
  }

  #struct(module: ModuleIR, fn: FunctionIR, fields: Op & { readonly op: "object" }, depth: number): Layout | null {
    let end = 0;
    let widest = 1;
    for (const part of fields.parts) {
      const layout = part.kind === "value" ? this.#layout(module, fn, part.value, depth + 1) : null;
      if (layout === null) return null;
      end = aligned(end, layout.align) + layout.bytes;
      widest = Math.max(widest, layout.align);
    }
    return { bytes: aligned(end, widest), align: widest };
  }

  #ofVariable(module: ModuleIR, variable: number, depth: number): Layout | null {
    const target = this.#names.canonical(module, variable);
    const declared = target.module.variables[target.variable];
    const owner = declared === undefined || declared.reassigned ? undefined : target.module.functions[declared.owner];
    for (const block of owner?.blocks ?? []) {
      for (const op of block.ops) {
        if (owner !== undefined && op.op === "store" && op.init && op.variable === target.variable) return this.#layout(target.module, owner, op.src, depth + 1);
      }
    }
    return null;
  }
}

function aligned(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
