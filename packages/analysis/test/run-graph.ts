/**
 * Runs a lowered function: the meaning of the IR in a hundred lines, to be compared with what the JavaScript engine makes of the same text. Knows what the
 * generated programs of `lower-execution.test.ts` use. An exception is one thing, whatever was thrown: the IR does not say which
 * variable receives it.
 */
import type { FunctionIR, ModuleIR, Op, Temp } from "../src/source/ir.ts";

export interface World {
  readonly globals: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  /** What the end of a `using` variable's scope does. */
  readonly dispose: (value: unknown) => void;
}

export type Outcome = { readonly kind: "return"; readonly value: unknown } | { readonly kind: "throw" };

const STEP_LIMIT = 20_000;
const THROWN = "an exception";

/** Runs to the end; throws when the graph does not make sense. */
export function runGraph(module: ModuleIR, fn: FunctionIR, world: World): Outcome {
  const temps = new Map<Temp, unknown>();
  const variables = new Map<number, unknown>();
  const iterators = new Map<unknown, Iterator<unknown>>();
  const read = (temp: Temp): unknown => {
    if (!temps.has(temp)) throw new Error(`temp ${temp} was not written`);
    return temps.get(temp);
  };
  let at = 0;
  for (let step = 0; step < STEP_LIMIT; step++) {
    const block = fn.blocks[at];
    if (block === undefined) throw new Error(`no block ${at}`);
    let raised = false;
    for (const op of block.ops) {
      try {
        execute(module, op, { temps, variables, iterators, read, world });
      } catch (error) {
        if (!(error instanceof Raised)) throw error;
        raised = true;
        break;
      }
    }
    if (raised) {
      if (block.handler === null) return { kind: "throw" };
      at = block.handler;
      continue;
    }
    const { terminal } = block;
    switch (terminal.kind) {
      case "goto":
        at = terminal.to;
        break;
      case "branch": {
        const value = read(terminal.test);
        const holds = terminal.on === "truthy" ? Boolean(value) : terminal.on === "nullish" ? value === null || value === undefined : value === undefined;
        at = holds ? terminal.then : terminal.else;
        break;
      }
      case "next": {
        const round = (read(terminal.iterator) as Iterator<unknown>).next();
        if (round.done !== true) temps.set(terminal.value, round.value);
        at = round.done === true ? terminal.done : terminal.body;
        break;
      }
      case "return":
        return { kind: "return", value: terminal.value === null ? undefined : read(terminal.value) };
      case "throw":
        return { kind: "throw" };
      case "exit":
        throw new Error("ran into the exit");
    }
  }
  throw new Error("does not end");
}

/** An exception of the program, as against one of this interpreter. */
export class Raised extends Error {}

interface State {
  readonly temps: Map<Temp, unknown>;
  readonly variables: Map<number, unknown>;
  readonly iterators: Map<unknown, Iterator<unknown>>;
  readonly read: (temp: Temp) => unknown;
  readonly world: World;
}

function execute(module: ModuleIR, op: Op, { temps, variables, read, world }: State): void {
  const set = (value: unknown): void => {
    if ("dst" in op) temps.set(op.dst, value);
  };
  switch (op.op) {
    case "const":
      set(op.type === "undefined" ? undefined : op.value);
      break;
    case "copy":
      set(read(op.src));
      break;
    case "load":
      set(module.variables[op.variable]?.kind === "catch" ? THROWN : variables.get(op.variable));
      break;
    case "store":
      variables.set(op.variable, read(op.src));
      break;
    case "global":
      set(world.globals[op.name]);
      break;
    case "get":
      set((read(op.object) as Record<string, unknown>)[op.key ?? String(read(op.index ?? 0))]);
      break;
    case "array":
      set(op.elements.map((element) => (element === null ? undefined : read(element.temp))));
      break;
    case "iterate":
      set((read(op.src) as Iterable<unknown>)[Symbol.iterator]());
      break;
    case "binary":
      set(binary(op.operator, read(op.left), read(op.right)));
      break;
    case "unary":
      set(!read(op.src));
      break;
    case "call":
      set((read(op.callee) as (...args: unknown[]) => unknown)(...op.args.map((arg) => read(arg.temp))));
      break;
    case "dispose":
      world.dispose(variables.get(op.variable));
      break;
    case "leave":
      break;
    default:
      throw new Error(`\`${op.op}\` is not run`);
  }
}

function binary(operator: string, left: unknown, right: unknown): unknown {
  if (operator === "===") return left === right;
  if (operator === "+") return Number(left) + Number(right);
  throw new Error(`\`${operator}\` is not run`);
}
