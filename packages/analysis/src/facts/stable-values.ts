/**
 * Whether a value is the same in every round of a loop, or in every call of a function: what one allocation for all rounds needs of its type
 * and size.
 *
 * Theory: must, syntactic: constants, `this`, globals, variables that the round does not store or stores the same in, members of such,
 * arithmetic, types made of such. A parameter is as stable as what the calls pass: its position is handed back.
 */
import { RUNTIME } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import { type FunctionIndex, functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";

const MAX_DEPTH = 10;
const TYPE_MAKERS: ReadonlySet<string> = new Set([`${RUNTIME}:array`, `${RUNTIME}:struct`, `${RUNTIME}:kilobytes`, `${RUNTIME}:megabytes`, `${RUNTIME}:sizeOf`]);

/** The positions of the parameters that it depends on; null when it may change. `round` is the loop's blocks, or null for the whole function. */
export function stableIn(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, round: ReadonlySet<BlockId> | null): ReadonlySet<number> | null {
  const parameters = new Set<number>();
  return new StableValue(program, module, fn, round, parameters).is(temp, 0) ? parameters : null;
}

class StableValue {
  readonly #program: Program;
  readonly #module: ModuleIR;
  readonly #fn: FunctionIR;
  readonly #round: ReadonlySet<BlockId> | null;
  readonly #parameters: Set<number>;
  readonly #index: FunctionIndex;

  constructor(program: Program, module: ModuleIR, fn: FunctionIR, round: ReadonlySet<BlockId> | null, parameters: Set<number>) {
    this.#program = program;
    this.#module = module;
    this.#fn = fn;
    this.#round = round;
    this.#parameters = parameters;
    this.#index = functionIndex(fn);
  }

  is(temp: Temp, depth: number): boolean {
    if (depth > MAX_DEPTH || this.#index.definitions(temp) !== null) return false;
    const op = this.#index.definition(temp);
    return op !== undefined && "op" in op && this.#isStable(op, depth + 1);
  }

  #isStable(op: Op, depth: number): boolean {
    switch (op.op) {
      case "const": case "this": case "global": case "meta": return true;
      case "copy": case "cast": case "unary": return this.is(op.src, depth);
      case "get": return op.index === null && this.is(op.object, depth);
      case "binary": return this.is(op.left, depth) && this.is(op.right, depth);
      case "load": return this.#isVariable(op.variable, depth);
      case "object": return op.parts.every((part) => part.kind === "value" && this.is(part.value, depth));
      case "call": {
        const { apis } = this.#program.tracer.targets(this.#module, this.#fn, op.dst);
        return apis.some((api) => TYPE_MAKERS.has(api)) && op.args.every((arg) => !arg.spread && this.is(arg.temp, depth));
      }
      default: return false;
    }
  }

  #isVariable(variable: VariableId, depth: number): boolean {
    const slot = this.#fn.params.findIndex((param) => param.variable === variable);
    const [only, ...others] = this.#index.stores(variable).filter(({ block }) => this.#round === null || this.#round.has(block));
    if (others.length > 0) return false;
    if (only !== undefined) return slot < 0 && this.is(only.op.src, depth);
    if (this.#round === null && slot >= 0) this.#parameters.add(slot);
    return true;
  }
}
