/**
 * Functions whose own text is asked for: sent to a worker as its source, they take nothing of their module along, and what they use has to stand in them.
 *
 *     new Worker(URL.createObjectURL(new Blob([`(${sort.toString()})(self)`])))
 *
 * Theory: may. `toString` of a function, a function in a template or beside a text, `String(fn)`; also of a parameter, for the functions that calls in sight pass for it.
 * Known misses: functions in objects that a library takes apart, functions handed on twice.
 */
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { definition } from "./scratch-objects.ts";

export class QuotedFunctions {
  readonly #program: Program;
  #found: ReadonlySet<FunctionIR> | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The outermost one that a function stands in, itself among them; null for none. */
  around(module: ModuleIR, fn: FunctionIR): FunctionIR | null {
    const found = (this.#found ??= this.#search());
    let outermost: FunctionIR | null = null;
    for (let at: FunctionIR | undefined = fn; at !== undefined; at = at.parent === null ? undefined : module.functions[at.parent]) if (found.has(at)) outermost = at;
    return outermost;
  }

  #search(): ReadonlySet<FunctionIR> {
    const found = new Set<FunctionIR>();
    /** Functions that quote a parameter, and its number. */
    const quoting = new Map<FunctionIR, Set<number>>();
    for (const module of this.#program.modules) {
      for (const fn of module.functions) {
        for (const temp of fn.blocks.flatMap(({ ops }) => ops.flatMap((op) => quotedBy(fn, op)))) {
          const from = definition(fn, temp);
          const slot = from?.op === "load" ? fn.params.findIndex(({ variable }) => variable === from.variable) : -1;
          if (slot >= 0) quoting.set(fn, (quoting.get(fn) ?? new Set()).add(slot));
          else this.#add(found, module, fn, temp);
        }
      }
    }
    if (quoting.size > 0) for (const module of this.#program.modules) for (const fn of module.functions) this.#addPassed(found, quoting, module, fn);
    return found;
  }

  #add(found: Set<FunctionIR>, module: ModuleIR, fn: FunctionIR, temp: Temp): void {
    const type = this.#program.tracer.typeOf(module, fn, temp);
    if (type.kind === "function") found.add(type.function);
  }

  #addPassed(found: Set<FunctionIR>, quoting: ReadonlyMap<FunctionIR, ReadonlySet<number>>, module: ModuleIR, fn: FunctionIR): void {
    for (const op of fn.blocks.flatMap(({ ops }) => ops)) {
      if (op.op !== "call" && op.op !== "new") continue;
      const functions = op.args.flatMap(({ temp }, slot) => (mayBeFunction(module, fn, temp) ? [{ temp, slot }] : []));
      if (functions.length === 0) continue;
      const targets = this.#program.tracer.targets(module, fn, op.dst).functions;
      for (const { temp, slot } of functions) if (targets.some((target) => quoting.get(target.function)?.has(slot) === true)) this.#add(found, module, fn, temp);
    }
  }
}

/** What an operation makes a text of, and may be a function. */
function quotedBy(fn: FunctionIR, op: Op): readonly Temp[] {
  const isText = (temp: Temp): boolean => { const of = definition(fn, temp); return of?.op === "const" && of.type === "string"; };
  const isNamed = (temp: Temp): boolean => { const of = definition(fn, temp); return of?.op === "load" || of?.op === "function"; };
  switch (op.op) {
    case "call": {
      if (op.key === "toString" && op.receiver !== null) return op.args.length === 0 ? [op.receiver] : [];
      const callee = definition(fn, op.callee);
      return callee?.op === "global" && callee.name === "String" ? op.args.map(({ temp }) => temp) : [];
    }
    case "template": return op.parts.filter(isNamed);
    case "binary": return op.operator !== "+" ? [] : isText(op.left) && isNamed(op.right) ? [op.right] : isText(op.right) && isNamed(op.left) ? [op.left] : [];
    default: return [];
  }
}

function mayBeFunction(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const of = definition(fn, temp);
  if (of?.op !== "load") return of?.op === "function";
  const kind = module.variables[of.variable]?.kind;
  return kind === "function" || kind === "const" || kind === "import";
}
