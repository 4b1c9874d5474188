/**
 * Blocks in which something is started that then goes on by itself (`knowledge/one-shot-apis.ts`): a sound, a tween, a timer. By a call of such an API, or of a function of the program that always
 * makes one.
 *
 * Theory: must for the functions, over the ways to their end that are not exceptions, `MAX_DEPTH` calls deep; a call that may enter several functions counts when each of them does.
 * Known misses: receivers that nobody can name.
 */
import { regionsOf } from "../dataflow/regions.ts";
import { defineFact, type Fact } from "../fact.ts";
import { isOneShot, ONE_SHOT_NAMES } from "../knowledge/one-shot-apis.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import { calleeName } from "./entry-candidates.ts";

export interface OneShots {
  of(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId>;
}

const MAX_DEPTH = 3;
const NONE: ReadonlySet<BlockId> = new Set();

export const oneShots: Fact<OneShots> = defineFact("one-shots", (program) => {
  const finder = new Finder(program);
  return { of: (module, fn) => finder.blocksOf(module, fn) };
});

type CallOp = Op & { readonly op: "call" };

interface NamedCall {
  readonly block: BlockId;
  readonly op: CallOp;
  readonly name: string;
}

const callsIn = onceFor((module: ModuleIR): ReadonlyMap<FunctionIR, readonly NamedCall[]> => {
  const calls = new Map<FunctionIR, NamedCall[]>();
  for (const fn of module.functions) {
    const own: NamedCall[] = [];
    for (const { id, ops } of fn.blocks) {
      for (const op of ops) {
        const name = op.op === "call" ? (op.key ?? calleeName(module, fn, op)) : null;
        if (op.op === "call" && name !== null) own.push({ block: id, op, name });
      }
    }
    if (own.length > 0) calls.set(fn, own);
  }
  return calls;
});

class Finder {
  readonly #program: Program;
  /** Names under which a one-shot may be reached, those of the program's own functions included. */
  readonly #names: ReadonlySet<string>;
  readonly #always = new Map<FunctionIR, boolean>();
  readonly #blocks = new Map<FunctionIR, ReadonlySet<BlockId>>();

  constructor(program: Program) {
    this.#program = program;
    this.#names = namesThatMayLeadToOne(program);
  }

  blocksOf(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId> {
    let blocks = this.#blocks.get(fn);
    if (blocks === undefined) this.#blocks.set(fn, (blocks = this.#find(module, fn, 0)));
    return blocks;
  }

  #find(module: ModuleIR, fn: FunctionIR, depth: number): ReadonlySet<BlockId> {
    const calls = (callsIn(module).get(fn) ?? []).filter(({ name }) => this.#names.has(name));
    if (calls.length === 0) return NONE;
    return new Set(calls.filter(({ op }) => this.#starts(module, fn, op, depth)).map(({ block }) => block));
  }

  #starts(module: ModuleIR, fn: FunctionIR, op: CallOp, depth: number): boolean {
    const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
    if (functions.length === 0) return apis.some(isOneShot);
    return depth < MAX_DEPTH && functions.every((target) => this.#alwaysStarts(target.module, target.function, depth + 1));
  }

  #alwaysStarts(module: ModuleIR, fn: FunctionIR, depth: number): boolean {
    const known = this.#always.get(fn);
    if (known !== undefined) return known;
    // Of a function that calls itself this much is not known yet.
    this.#always.set(fn, false);
    const blocks = this.#find(module, fn, depth);
    const always = blocks.size > 0 && regionsOf(fn).mustPass(0, (at) => blocks.has(at), () => false);
    this.#always.set(fn, always);
    return always;
  }
}

function namesThatMayLeadToOne(program: Program): ReadonlySet<string> {
  const names = new Set(ONE_SHOT_NAMES);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const size = names.size;
    for (const module of program.modules) for (const [fn, calls] of callsIn(module)) if (fn.name !== "" && calls.some(({ name }) => names.has(name))) names.add(fn.name);
    if (names.size === size) break;
  }
  return names;
}
