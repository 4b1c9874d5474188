/**
 * Where memory of the runtime is kept or given back, and which allocations it may come from: stores to what outlives the function, additions to containers
 * that do, releases. Asked of single functions, since few matter.
 *
 * Theory: the settled states of the frame analysis, replayed to each of these operations. A parameter is what the calls in sight pass, a field of an
 * instance what the methods of its class put there, to a depth of `MAX_DEPTH`. May.
 */
import { type Origin, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { callEffect } from "../knowledge/calls.ts";
import { ownershipEffect } from "../knowledge/ownership-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import { FrameRun, memorySite, read } from "./frame-run.ts";
import type { ProgramCalls } from "./program-calls.ts";
import { solveFunction, statesAfter } from "./solve-function.ts";
import { readName } from "./transfer.ts";

export interface MemoryMove {
  readonly what: "kept" | "freed";
  readonly at: Location;
  readonly sites: readonly Site[];
}

/** `base` is what must outlive the function; null for what does. */
interface Candidate {
  readonly what: MemoryMove["what"];
  readonly value: Temp | { readonly variable: number };
  readonly base: Temp | null;
}

const MAX_DEPTH = 3;

export class MovedMemory {
  readonly #program: Program;
  readonly #frames: FrameAnalysis;
  readonly #calls: ProgramCalls;

  constructor(program: Program, frames: FrameAnalysis, calls: ProgramCalls) {
    this.#program = program;
    this.#frames = frames;
    this.#calls = calls;
  }

  in(module: ModuleIR, fn: FunctionIR): readonly MemoryMove[] {
    const moves: MemoryMove[] = [];
    for (const block of fn.blocks) {
      block.ops.forEach((op, index) => {
        for (const { what, value, base } of this.#candidates(module, fn, op)) {
          const found = new Set<Site>();
          for (const state of this.#statesBefore(fn, block, index)) {
            const run = new FrameRun(this.#frames.analysis, fn, "solve");
            if (base !== null && ![...read(state, base)].some((origin) => outlives(origin))) continue;
            const origins = typeof value === "number" ? read(state, value) : readName(run, state, value.variable);
            for (const site of this.#sitesOf(origins, module, fn, typeof value === "number" ? value : null, 0)) found.add(site);
          }
          if (found.size > 0) moves.push({ what, at: { file: module.file, span: op.span }, sites: [...found] });
        }
      });
    }
    return moves;
  }

  /** What an operation may move, before anything is replayed. */
  #candidates(module: ModuleIR, fn: FunctionIR, op: Op): readonly Candidate[] {
    switch (op.op) {
      case "store": return module.variables[op.variable]?.owner === 0 ? [{ what: "kept", value: op.src, base: null }] : [];
      case "set": return [{ what: "kept", value: op.src, base: op.object }];
      case "dispose": return [{ what: "freed", value: { variable: op.variable }, base: null }];
      case "call": {
        const { apis } = this.#program.tracer.targets(module, fn, op.dst);
        return apis.flatMap((api): Candidate[] => {
          const effect = callEffect(api);
          if (effect?.kind === "keep" && op.receiver !== null) return op.args.slice(effect.from).map((arg) => ({ what: "kept", value: arg.temp, base: op.receiver }));
          const owned = ownershipEffect(api);
          if (owned?.kind !== "release") return [];
          const operand = owned.operand === "receiver" ? op.receiver : (op.args[owned.operand]?.temp ?? null);
          return operand === null ? [] : [{ what: "freed", value: operand, base: null }];
        });
      }
      default: return [];
    }
  }

  #statesBefore(fn: FunctionIR, block: Block, index: number): readonly State[] {
    const { analysis, solved } = this.#frames;
    return statesAfter(analysis, fn, (solved.get(fn) ?? solveFunction(analysis, fn, "summarise")).states, block, index);
  }

  #sitesOf(value: Value, module: ModuleIR, fn: FunctionIR, temp: Temp | null, depth: number): readonly Site[] {
    if (depth > MAX_DEPTH) return [];
    const direct = [...value].flatMap((origin): readonly Site[] => {
      const site = memorySite(origin);
      if (site !== null) return [site];
      return origin.kind === "param" ? this.#passed(origin.fn, origin.index, depth + 1) : [];
    });
    return direct.length > 0 || temp === null ? direct : this.#inField(module, fn, temp, depth + 1);
  }

  #passed(fn: FunctionIR, slot: number, depth: number): readonly Site[] {
    return this.#calls.of(fn).flatMap(({ module, fn: caller, op }) => {
      const arg = op.args[slot];
      if (arg === undefined || op.args.slice(0, slot + 1).some((each) => each.spread)) return [];
      return this.#valueAt(module, caller, op, arg.temp, depth);
    });
  }

  /** What the methods of an instance's class put into the field that is read. */
  #inField(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): readonly Site[] {
    const definition = functionIndex(fn).definition(temp);
    if (definition === undefined || !("op" in definition)) return [];
    if (definition.op === "copy" || definition.op === "cast") return this.#inField(module, fn, definition.src, depth);
    if (definition.op !== "get" || definition.key === null) return [];
    const type = this.#program.tracer.typeOf(module, fn, definition.object);
    if (type.kind !== "instance") return [];
    const { key } = definition;
    const owners = type.module.functions.filter((each) => each.class === type.class.id && !each.static);
    return owners.flatMap((owner) => {
      if (owner.kind === "field") return owner.name === key ? returnedBy(owner).flatMap(({ block, value }) => this.#valueAfter(type.module, owner, block, value, depth)) : [];
      return owner.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "set" && op.key === key ? this.#valueAt(type.module, owner, op, op.src, depth) : [])));
    });
  }

  #valueAt(module: ModuleIR, fn: FunctionIR, op: Op, temp: Temp, depth: number): readonly Site[] {
    const block = fn.blocks.find((each) => each.ops.includes(op));
    if (block === undefined) return [];
    return this.#statesBefore(fn, block, block.ops.indexOf(op)).flatMap((state) => this.#sitesOf(read(state, temp), module, fn, temp, depth));
  }

  #valueAfter(module: ModuleIR, fn: FunctionIR, block: Block, temp: Temp, depth: number): readonly Site[] {
    return this.#statesBefore(fn, block, block.ops.length).flatMap((state) => this.#sitesOf(read(state, temp), module, fn, temp, depth));
  }
}

/** Lives on when the function is left: an instance's, a module's, a class's, the caller's. */
function outlives(origin: Origin): boolean {
  const root = rootOf(origin);
  return root.kind === "this" || root.kind === "variable" || root.kind === "class" || root.kind === "param" || root.kind === "global";
}

function returnedBy(fn: FunctionIR): readonly { readonly block: Block; readonly value: Temp }[] {
  return fn.blocks.flatMap((block) => (block.terminal.kind === "return" && block.terminal.value !== null ? [{ block, value: block.terminal.value }] : []));
}
