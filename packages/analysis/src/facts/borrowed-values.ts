/**
 * Whether a value that a function makes is gone when the function returns: nobody else has it then, so that one object could serve all calls.
 *
 * Theory: must, flow-insensitive, by the uses of the value, its aliases and the views that are read out of it; through functions with a body in sight,
 * up to DEPTH_LIMIT calls. Anything not listed lets it go. `isWritten` says that something may write into it, `isCalled` is asked of functions: they may be
 * called, at once or in a later turn, and nothing else may know them.
 * A value of a loop counts as gone at the end of its round only when it is held in constants of that round.
 * Known misses (all of them let it go): values in other literals, iteration by `for-of`, recursion.
 */
import { argumentFate, callsOnly, isVisitor, readsByName, receiverFate } from "../knowledge/borrowing-apis.ts";
import { type ValueUse, valueUses } from "../dataflow/value-uses.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { ApiKey } from "../source/traced-type.ts";

export interface Borrowed {
  readonly isWritten: boolean;
  /** The members that functions in sight write; null among them for one that is computed. What APIs write is not in it. */
  readonly written: ReadonlySet<string | null>;
}

const DEPTH_LIMIT = 4;

export class BorrowedValues {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /**
   * Null when it may outlive the call, or the round of a loop that it is made in. Of a `holder`, what is read out of it is not its own: numbers, and what
   * others put there. `class_` is what it is known to be an instance of where its aliases cannot be named: `three:Vector3`.
   */
  of(module: ModuleIR, fn: FunctionIR, temp: Temp, kind: "value" | "holder" | "function", class_: ApiKey | null = null): Borrowed | null {
    const walk = new Walk(this.#program, kind, class_);
    return walk.isGone(module, fn, temp, 0) ? { isWritten: walk.isWritten, written: walk.written } : null;
  }
}

class Walk {
  isWritten = false;
  readonly written = new Set<string | null>();
  readonly #program: Program;
  readonly #kind: "value" | "holder" | "function";
  readonly #class: ApiKey | null;
  readonly #seen = new Set<string>();
  /** Functions that give back what they were handed. */
  readonly #givers = new Set<FunctionIR>();

  constructor(program: Program, kind: "value" | "holder" | "function", class_: ApiKey | null) {
    this.#class = class_;
    this.#program = program;
    this.#kind = kind;
  }

  isGone(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): boolean {
    const key = `${module.file}#${fn.id}:${temp}`;
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    return valueUses(fn).of(temp).every((use) => this.#use(module, fn, use, depth));
  }

  #use(module: ModuleIR, fn: FunctionIR, use: ValueUse, depth: number): boolean {
    switch (use.role) {
      case "compared": return this.#kind !== "function";
      case "taken-apart": return true;
      case "alias": return this.isGone(module, fn, use.to, depth);
      case "stored": return this.#variable(module, fn, use.variable, depth, true);
      case "read-from": return this.#isReadByNobody(module, fn, use.op, depth) && (this.#kind === "holder" || (this.#kind === "value" && this.#part(module, fn, use.op.dst, depth)));
      case "written-to":
        this.isWritten = true;
        this.written.add(use.op.key);
        return this.#kind !== "function";
      case "callee": return use.op.receiver !== null || this.#kind === "function";
      case "receiver": return this.#kind !== "function" && this.#receiver(module, fn, use, depth);
      case "argument": return !use.spread && (this.#kind !== "function" ? this.#argument(module, fn, use, depth) : this.#handler(module, fn, use, depth));
      case "returned":
        this.#givers.add(fn);
        return depth > 0;
      case "placed": case "text": case "iterated": case "other": return false;
    }
  }

  /** What is read out of it: a number is a copy, a method is called on it, anything else is a part of it. */
  #part(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): boolean {
    const uses = valueUses(fn).of(temp);
    if (uses.every((use) => use.role === "callee" && use.op.receiver !== null)) return true;
    return this.#isScalar(module, fn, temp) || this.isGone(module, fn, temp, depth);
  }

  /** A getter is a method that is called with it. */
  #isReadByNobody(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "get" }, depth: number): boolean {
    const getters = this.#program.tracer.targets(module, fn, op.dst).functions;
    return getters.every((target) => this.#this(target.module, target.function, depth + 1)) && this.#isResultGone(module, fn, op.dst, getters, depth);
  }

  #isScalar(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
    return this.#program.tracer.typeOf(module, fn, temp).kind === "primitive";
  }

  #variable(module: ModuleIR, fn: FunctionIR, variable: VariableId, depth: number, isMadeHere: boolean): boolean {
    const declared = module.variables[variable];
    if (declared === undefined || declared.owner !== fn.id || declared.captured || fn.kind === "module") return false;
    // A `var`, or a variable that is stored again, may hold the value of the round before.
    if (isMadeHere && (declared.reassigned || (declared.kind !== "const" && declared.kind !== "let"))) return false;
    return valueUses(fn).loadsOf(variable).every((load) => this.isGone(module, fn, load, depth));
  }

  #receiver(module: ModuleIR, fn: FunctionIR, { op }: ValueUse & { readonly role: "receiver" }, depth: number): boolean {
    const { apis: named, functions, complete } = this.#program.tracer.targets(module, fn, op.dst);
    const isNamed = named.length > 0 || functions.length > 0 || this.#class === null || this.#kind !== "holder" || op.key === null;
    const apis = isNamed ? named : [`${this.#class}#${op.key}`];
    if (functions.length === 0 && apis.length > 0) {
      return apis.every((api) => {
        const fate = receiverFate(api);
        this.isWritten ||= fate === "given";
        return fate === "read" || (fate === "given" && this.#part(module, fn, op.dst, depth));
      });
    }
    if (!complete || apis.length > 0 || functions.length === 0) return false;
    return functions.every((target) => this.#this(target.module, target.function, depth + 1)) && this.#isResultGone(module, fn, op.dst, functions, depth);
  }

  #argument(module: ModuleIR, fn: FunctionIR, { op, slot }: ValueUse & { readonly role: "argument" }, depth: number): boolean {
    if (op.op !== "call") return false;
    const { apis, functions, complete } = this.#program.tracer.targets(module, fn, op.dst);
    if (functions.length === 0 && apis.length > 0) {
      return apis.every((api) => {
        const fate = argumentFate(api);
        // `copy`, `fill` and their like: whether an API writes into what it is given is not asked; it may.
        this.isWritten ||= fate === "given";
        return fate === "read" || (fate === "given" && this.#part(module, fn, op.dst, depth));
      });
    }
    // A value of an engine, or a list of numbers: what has such a member takes nothing else.
    if (functions.length === 0 && op.receiver !== null && op.key !== null) return readsByName(op.key) && this.#program.tracer.typeOf(module, fn, op.receiver).kind === "unknown";
    if (!complete || apis.length > 0 || functions.length === 0) return false;
    return functions.every((target) => this.#parameter(target.module, target.function, slot, depth + 1)) && this.#isResultGone(module, fn, op.dst, functions, depth);
  }

  #isResultGone(module: ModuleIR, fn: FunctionIR, result: Temp, functions: readonly { readonly function: FunctionIR }[], depth: number): boolean {
    return !functions.some((target) => this.#givers.has(target.function)) || this.isGone(module, fn, result, depth);
  }

  /** A function that is handed on: called now, or once later. */
  #handler(module: ModuleIR, fn: FunctionIR, { op, slot }: ValueUse & { readonly role: "argument" }, depth: number): boolean {
    if (op.op !== "call") return false;
    const { apis, functions, complete } = this.#program.tracer.targets(module, fn, op.dst);
    if (functions.length > 0) return complete && apis.length === 0 && functions.every((target) => this.#parameter(target.module, target.function, slot, depth + 1));
    if (apis.some((api) => callsOnly(api, slot))) return apis.every((api) => callsOnly(api, slot));
    return slot === 0 && op.receiver !== null && op.key !== null && isVisitor(op.key) && apis.every((api) => api.startsWith("three:"));
  }

  #parameter(module: ModuleIR, fn: FunctionIR, slot: number, depth: number): boolean {
    const param = fn.params[slot];
    if (depth > DEPTH_LIMIT || fn.opaque || fn.async || fn.generator || usesArguments(module, fn)) return false;
    if (param === undefined) return true;
    const declared = module.variables[param.variable];
    if (param.rest || declared === undefined || declared.captured || declared.reassigned) return false;
    return this.#variable(module, fn, param.variable, depth, false);
  }

  #this(module: ModuleIR, fn: FunctionIR, depth: number): boolean {
    if (depth > DEPTH_LIMIT || fn.opaque || fn.async || fn.generator || module.functions.some((inner) => inner.parent === fn.id && inner.kind === "arrow" && inner.usesThis)) return false;
    return valueUses(fn).thisTemps.every((temp) => this.isGone(module, fn, temp, depth));
  }
}

function usesArguments(module: ModuleIR, fn: FunctionIR): boolean {
  return module.variables.some(({ kind, owner }) => kind === "arguments" && owner === fn.id);
}
