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
import { append } from "../source/append.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import { isPlatformName } from "../source/program-globals.ts";
import type { CallTargets } from "../source/traced-type.ts";
import { calleeName } from "./entry-candidates.ts";
import { mentionsPackage } from "./package-use.ts";

export interface OneShots {
  of(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId>;
}

const MAX_DEPTH = 3;
const NONE: ReadonlySet<BlockId> = new Set();

export const oneShots: Fact<OneShots> = defineFact("one-shots", (program) => {
  let blocks: ReadonlyMap<FunctionIR, ReadonlySet<BlockId>> | null = null;
  // A program without hot paths asks for none.
  return { of: (_module, fn) => (blocks ??= new Finder(program).run()).get(fn) ?? NONE };
});

type CallOp = Op & { readonly op: "call" };

interface NamedCall {
  readonly function: FunctionIR;
  readonly block: BlockId;
  readonly op: CallOp;
}

/** By the name that is called. */
const callsIn = onceFor((module: ModuleIR): ReadonlyMap<string, readonly NamedCall[]> => {
  const calls = new Map<string, NamedCall[]>();
  for (const fn of module.functions) {
    for (const { id, ops } of fn.blocks) {
      for (const op of ops) {
        const name = op.op === "call" ? (op.key ?? calleeName(module, fn, op)) : null;
        if (op.op !== "call" || name === null || isOfPlatformClass(fn, op)) continue;
        append(calls, name, { function: fn, block: id, op });
      }
    }
  }
  return calls;
});

/** `Array.from(...)`, `Object.is(...)`: half of these names are borne by functions of the platform's classes, too. */
function isOfPlatformClass(fn: FunctionIR, op: CallOp): boolean {
  const holder = op.receiver === null ? undefined : functionIndex(fn).operation(op.receiver);
  return holder?.op === "global" && /^[A-Z]/.test(holder.name) && isPlatformName(holder.name);
}

/** From the calls of the APIs to their callers: of the others nobody asks the tracer. */
class Finder {
  readonly #program: Program;
  readonly #blocks = new Map<FunctionIR, Set<BlockId>>();
  /** Functions that always start something. */
  readonly #starting = new Set<FunctionIR>();

  constructor(program: Program) {
    this.#program = program;
  }

  run(): ReadonlyMap<FunctionIR, ReadonlySet<BlockId>> {
    const names = new Set([...ONE_SHOT_NAMES].flatMap(([owner, own]) => (owner === "global" || mentionsPackage(this.#program, owner) ? [...own] : [])));
    let found = this.#note(names, (targets) => targets.functions.length === 0 && targets.apis.some(isOneShot));
    for (let depth = 0; depth < MAX_DEPTH && found.length > 0; depth++) {
      const callers = new Set<string>();
      for (const fn of found) {
        const blocks = this.#blocks.get(fn) ?? NONE;
        if (this.#starting.has(fn) || !regionsOf(fn).mustPass(0, (at) => blocks.has(at), () => false)) continue;
        this.#starting.add(fn);
        if (fn.name !== "") callers.add(fn.name);
      }
      found = this.#note(callers, ({ functions }) => functions.length > 0 && functions.every(({ function: target }) => this.#starting.has(target)));
    }
    return this.#blocks;
  }

  /** The functions with calls of these names whose targets are as wanted. */
  #note(names: ReadonlySet<string>, isWanted: (targets: CallTargets) => boolean): readonly FunctionIR[] {
    const found = new Set<FunctionIR>();
    for (const module of this.#program.modules) {
      const calls = callsIn(module);
      for (const name of names) {
        for (const { function: fn, block, op } of calls.get(name) ?? []) {
          if (!isWanted(this.#program.tracer.targets(module, fn, op.dst))) continue;
          const blocks = this.#blocks.get(fn);
          if (blocks === undefined) this.#blocks.set(fn, new Set([block]));
          else blocks.add(block);
          found.add(fn);
        }
      }
    }
    return [...found];
  }
}
