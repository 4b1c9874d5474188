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
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { joined } from "../source/joined.ts";
import { onceFor } from "../source/once-for.ts";
import { isPlatformName } from "../source/program-globals.ts";
import { kept, ProgramQuestion } from "../source/kept-facts.ts";
import { Answers, unnoted } from "../source/reads.ts";
import { addTo } from "./add-to.ts";
import { calleeName } from "./entry-candidates.ts";
import { waitsAFrame } from "./frame-periods.ts";
import { mentionsPackage } from "./package-use.ts";

export interface OneShots {
  of(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId>;
}

const MAX_DEPTH = 3;
const NONE: ReadonlySet<BlockId> = new Set();

export const oneShots: Fact<OneShots> = defineFact("one-shots", (program) => {
  // A program without hot paths asks for none.
  return { of: (module, fn) => finderOf(program).blocksOf(module, fn, MAX_DEPTH) };
});

type CallOp = Op & { readonly op: "call" };

/** By the name that is called, the names of the functions that call it. */
const callersIn = onceFor((module: ModuleIR): ReadonlyMap<string, ReadonlySet<string>> => {
  const callers = new Map<string, Set<string>>();
  for (const { fn, op } of moduleOps(module).calls) {
    const name = fn.name === "" ? null : (op.key ?? calleeName(module, fn, op));
    if (name !== null) addTo(callers, name, fn.name);
  }
  return callers;
});

/** By the calls that may lie between: names of what may call a one-shot API of some packages. */
const callersOf = joined(callersIn, (parts) => {
  const known = new Map<string, readonly ReadonlySet<string>[]>();
  return (owners: readonly string[]): readonly ReadonlySet<string>[] => {
    let names = known.get(owners.join());
    if (names === undefined) known.set(owners.join(), (names = namesOutwards(parts, new Set(owners.flatMap((owner) => [...(ONE_SHOT_NAMES.get(owner) ?? [])])))));
    return names;
  };
});

function namesOutwards(parts: readonly ReadonlyMap<string, ReadonlySet<string>>[], started: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  const names = [started];
  let fresh = started;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const all = new Set(names[depth]);
    const more = new Set<string>();
    for (const callers of parts) for (const name of fresh) for (const caller of callers.get(name) ?? []) if (!all.has(caller)) more.add(caller);
    for (const name of more) all.add(name);
    names.push(all);
    fresh = more;
  }
  return names;
}

/** `Array.from(...)`, `Object.is(...)`: half of these names are borne by functions of the platform's classes, too. */
function isOfPlatformClass(fn: FunctionIR, op: CallOp): boolean {
  const holder = op.receiver === null ? undefined : functionIndex(fn).operation(op.receiver);
  return holder?.op === "global" && /^[A-Z]/.test(holder.name) && isPlatformName(holder.name);
}

/** On demand, function by function: of calls by other names nobody asks the tracer. */
class Finder {
  readonly #program: Program;
  /** By the calls that may lie between: names of what may start something. */
  readonly #names: readonly ReadonlySet<string>[];
  readonly #known = Array.from({ length: MAX_DEPTH + 1 }, () => new Answers<FunctionIR, ReadonlySet<BlockId>>());

  constructor(program: Program) {
    this.#program = program;
    this.#names = callersOf(program.modules)([...ONE_SHOT_NAMES.keys()].filter((owner) => owner === "global" || mentionsPackage(program, owner)));
  }

  /** Blocks that call one of the APIs, or what always does, so many calls deep. */
  blocksOf(module: ModuleIR, fn: FunctionIR, depth: number): ReadonlySet<BlockId> {
    return this.#known[depth]?.of(fn, () => kept(`one-shots ${depth}`, fn, () => this.#find(module, fn, depth))) ?? NONE;
  }

  isStarting(depth: number, name: string): boolean {
    return this.#names[depth]?.has(name) === true;
  }

  #find(module: ModuleIR, fn: FunctionIR, depth: number): ReadonlySet<BlockId> {
    const blocks = fn.blocks.filter(({ ops }) => ops.some((op) => {
      const name = op.op === "call" ? (op.key ?? calleeName(module, fn, op)) : null;
      return op.op === "call" && name !== null && isStarting.of(this, `${depth} ${name}`) && !isOfPlatformClass(fn, op) && this.#isStart(module, fn, op, depth);
    }));
    return blocks.length === 0 ? NONE : new Set(blocks.map(({ id }) => id));
  }

  #isStart(module: ModuleIR, fn: FunctionIR, op: CallOp, depth: number): boolean {
    const { functions, apis } = this.#program.tracer.targets(module, fn, op.dst);
    // A timer that waits for a frame ticks.
    if (functions.length === 0) return apis.some((api) => isOneShot(api) && !(api.endsWith("setTimeout") && waitsAFrame(this.#program, module, fn, op)));
    return depth > 0 && functions.every((target) => this.#starts(target.module, target.function, depth - 1));
  }

  /** On every way to its end. */
  #starts(module: ModuleIR, fn: FunctionIR, depth: number): boolean {
    const blocks = this.blocksOf(module, fn, depth);
    return blocks.size > 0 && regionsOf(fn).mustPass(0, (at) => blocks.has(at), () => false);
  }
}

const findersOf = onceFor((program: Program) => new Finder(program));
// Names are asked for one by one.
const finderOf = (program: Program): Finder => unnoted(() => findersOf(program));
const isStarting = new ProgramQuestion(finderOf, (finder: Finder, key: string) => finder.isStarting(Number(key[0]), key.slice(2)));
