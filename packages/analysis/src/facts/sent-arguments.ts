/**
 * Which arguments of a call reach another agent, and what a sent value holds, by declaration: for values that the frame analysis has no reason to follow.
 *
 * Theory: may, flow-insensitive; through object and array literals, constants, fields set on them, casts, conditionals, and functions that send
 * their parameters. Misses: containers filled by methods, messages kept in fields.
 */
import { callEffect, type CallEffect, effectOfMade } from "../knowledge/calls.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { makerOfTemp } from "./value-makers.ts";

type CallOp = Op & { readonly op: "call" | "new" };

/** A value in a message, and the function that it is a temp of. */
export interface HeldValue {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
}

interface Callee {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
}

const MAX_DEPTH = 8;

export class SentArguments {
  readonly #program: Program;
  readonly #params = new Map<FunctionIR, Set<number>>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** Positions of the arguments that go to another agent: now, or by what the callee does with them. */
  of(module: ModuleIR, fn: FunctionIR, op: CallOp): ReadonlySet<number> {
    const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
    const effects: (CallEffect | undefined)[] = apis.map(callEffect);
    if (op.op === "call" && op.receiver !== null && op.key !== null && apis.length === 0 && functions.length === 0) {
      const maker = makerOfTemp(this.#program, module, fn, op.receiver);
      const makers = maker === null ? [] : this.#program.tracer.targets(maker.module, maker.function, maker.op.dst).apis;
      effects.push(effectOfMade(makers, op.key, op.args.length));
    }
    const positions = new Set(effects.flatMap((effect) => (effect?.kind === "send" ? effect.arguments : [])));
    for (const target of functions) for (const position of this.#sentParams(target.module, target.function)) positions.add(position);
    return positions;
  }

  /** The value itself and all that it holds. */
  held(module: ModuleIR, fn: FunctionIR, temp: Temp): readonly HeldValue[] {
    const found: HeldValue[] = [];
    this.#collect(module, fn, temp, 0, found);
    return found;
  }

  /** Parameters that a function sends; a recursive call adds nothing to what it sends otherwise. */
  #sentParams(module: ModuleIR, fn: FunctionIR): ReadonlySet<number> {
    if (!this.#params.has(fn)) for (const callee of this.#calleesFirst({ module, function: fn })) this.#noteSent(callee);
    return this.#params.get(fn) ?? new Set();
  }

  /** What a function calls, itself last; those that nothing is known of yet. With a stack of its own: calls may go down thousands of functions. */
  #calleesFirst(root: Callee): readonly Callee[] {
    const order: Callee[] = [];
    const open: { readonly of: Callee; readonly callees: readonly Callee[]; next: number }[] = [];
    const enter = (of: Callee): void => {
      if (this.#params.has(of.function)) return;
      this.#params.set(of.function, new Set());
      open.push({ of, callees: this.#calleesOf(of), next: 0 });
    };
    enter(root);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const callee = top.callees[top.next++];
      if (callee !== undefined) enter(callee);
      else order.push((open.pop() ?? top).of);
    }
    return order;
  }

  #calleesOf({ module, function: fn }: Callee): readonly Callee[] {
    return fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "call" || op.op === "new" ? this.#program.tracer.targets(module, fn, op.dst).functions : [])));
  }

  #noteSent({ module, function: fn }: Callee): void {
    const sent = this.#params.get(fn) ?? new Set();
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call" && op.op !== "new") continue;
        for (const position of this.of(module, fn, op)) {
          const arg = op.args[position];
          if (arg === undefined) continue;
          for (const held of this.held(module, fn, arg.temp)) this.#noteParam(fn, held, sent);
        }
      }
    }
  }

  #noteParam(fn: FunctionIR, { function: holder, temp }: HeldValue, sent: Set<number>): void {
    const op = functionIndex(holder).definition(temp);
    if (holder !== fn || op === undefined || !("op" in op) || op.op !== "load") return;
    const position = fn.params.findIndex((param) => param.variable === op.variable);
    if (position >= 0) sent.add(position);
  }

  #collect(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number, found: HeldValue[]): void {
    if (depth > MAX_DEPTH || found.some((held) => held.function === fn && held.temp === temp)) return;
    found.push({ module, function: fn, temp });
    const index = functionIndex(fn);
    const inner = (at: Temp): void => this.#collect(module, fn, at, depth + 1, found);
    for (const op of index.definitions(temp) ?? [index.definition(temp)]) {
      if (op === undefined || !("op" in op)) continue;
      if (op.op === "copy" || op.op === "cast") inner(op.src);
      else if (op.op === "object") for (const part of op.parts) inner(part.value);
      else if (op.op === "array") for (const element of op.elements) if (element !== null) inner(element.temp);
      if (op.op === "load") this.#collectVariable(module, op.variable, depth, found);
    }
  }

  /** What a variable is ever given, and what is set on it by name. */
  #collectVariable(module: ModuleIR, variable: number, depth: number, found: HeldValue[]): void {
    for (const fn of module.functions) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op === "store" && op.variable === variable) this.#collect(module, fn, op.src, depth + 1, found);
          if (op.op !== "set") continue;
          const object = functionIndex(fn).definition(op.object);
          if (object !== undefined && "op" in object && object.op === "load" && object.variable === variable) this.#collect(module, fn, op.src, depth + 1, found);
        }
      }
    }
  }
}
