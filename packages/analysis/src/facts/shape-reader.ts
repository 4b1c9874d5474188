/**
 * What a type handed to an allocator looks like: follows `struct({...})`, `array(...)`, scalars and classes to their definitions, across files.
 * Flow-insensitive: a type constant is defined once. What it cannot follow is `unknown`.
 */
import { OBJECT, SCALAR, type Shape, UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import { RUNTIME } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";

const SCALARS: ReadonlySet<string> = new Set(["f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"]);
const MAX_DEPTH = 8;

/** The variable behind an import, in the module that declares it. */
export type Canonical = (module: ModuleIR, variable: number) => { readonly module: ModuleIR; readonly variable: number };

export class ShapeReader {
  readonly #program: Program;
  readonly #canonical: Canonical;
  readonly #definitions = new Map<FunctionIR, Map<Temp, Op>>();
  readonly #stores = new Map<ModuleIR, Map<number, { readonly fn: FunctionIR; readonly temp: Temp }[]>>();

  constructor(program: Program, canonical: Canonical) {
    this.#program = program;
    this.#canonical = canonical;
  }

  /** Of the type that a temp holds. */
  typeArgument(module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): Shape {
    if (depth > MAX_DEPTH) return UNKNOWN_SHAPE;
    const type = this.#program.tracer.typeOf(module, fn, temp);
    if (type.kind === "class") return OBJECT;
    if (type.kind === "external" && type.side === "value") {
      if (type.package !== RUNTIME) return OBJECT;
      if (SCALARS.has(type.path)) return { kind: "box", value: SCALAR };
    }
    const op = this.#definition(fn, temp);
    if (op === undefined) return UNKNOWN_SHAPE;
    if (op.op === "copy" || op.op === "cast") return this.typeArgument(module, fn, op.src, depth + 1);
    if (op.op === "load") return this.#variable(module, op.variable, depth);
    if (op.op === "call") return this.#constructed(module, fn, op, depth);
    return UNKNOWN_SHAPE;
  }

  /** `struct({...})`, `array(type, n)`, `soa(type, n)`. */
  #constructed(module: ModuleIR, fn: FunctionIR, op: Op & { op: "call" }, depth: number): Shape {
    const [api] = this.#program.tracer.targets(module, fn, op.dst).apis;
    const first = op.args[0];
    if (first === undefined) return UNKNOWN_SHAPE;
    if (api === `${RUNTIME}:array`) return { kind: "array", element: elementShape(this.typeArgument(module, fn, first.temp, depth + 1)) };
    if (api !== `${RUNTIME}:struct`) return UNKNOWN_SHAPE;
    const literal = this.#definition(fn, first.temp);
    if (literal?.op !== "object") return UNKNOWN_SHAPE;
    const fields = new Map<string, Shape>();
    for (const part of literal.parts) {
      if (part.kind === "value" && part.key !== null) fields.set(part.key, elementShape(this.typeArgument(module, fn, part.value, depth + 1)));
    }
    return { kind: "struct", fields };
  }

  #variable(module: ModuleIR, variable: number, depth: number): Shape {
    const target = this.#canonical(module, variable);
    const stores = this.#storesOf(target.module).get(target.variable);
    const [only] = stores ?? [];
    return stores?.length === 1 && only !== undefined ? this.typeArgument(target.module, only.fn, only.temp, depth + 1) : UNKNOWN_SHAPE;
  }

  #definition(fn: FunctionIR, temp: Temp): Op | undefined {
    let known = this.#definitions.get(fn);
    if (known === undefined) {
      known = new Map();
      for (const block of fn.blocks) for (const op of block.ops) if ("dst" in op) known.set(op.dst, op);
      this.#definitions.set(fn, known);
    }
    return known.get(temp);
  }

  #storesOf(module: ModuleIR): Map<number, { readonly fn: FunctionIR; readonly temp: Temp }[]> {
    let known = this.#stores.get(module);
    if (known !== undefined) return known;
    known = new Map();
    for (const fn of module.functions) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op !== "store") continue;
          const list = known.get(op.variable) ?? [];
          list.push({ fn, temp: op.src });
          known.set(op.variable, list);
        }
      }
    }
    this.#stores.set(module, known);
    return known;
  }
}

/** In an array or struct a scalar is the number itself, not a Ref. */
export function elementShape(shape: Shape): Shape {
  return shape.kind === "box" && shape.value.kind === "scalar" ? SCALAR : shape;
}
