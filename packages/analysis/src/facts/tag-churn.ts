/**
 * Scopes of a tag or phase that a loop opens and closes in every round around one small allocation, where one scope around the loop would say the same.
 *
 * Theory: by declaration, must. The loop counts its rounds, and they are many or not known; tag and allocator are the same in each; the scope holds one
 * allocation that is known to be small, made there or in a function it calls, no loop, and no suspension; the round allocates nothing outside of
 * it, opens no scope of another name, and has no frame of its own. A scope in a function, or in an array's callback, that a loop calls for every
 * round is in that loop.
 * A helper whose scope runs what it is given counts with what the loop gives it.
 * Known misses: sizes that are not constant, except of single values; helpers of helpers.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { loopsAround, type NaturalLoop } from "../dataflow/natural-loops.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact, type FactReader } from "../fact.ts";
import { isFrameBoundary, isPartOfFrame } from "../knowledge/lifetime-apis.ts";
import { type Gives, runtimeEffect } from "../knowledge/runtime-api.ts";
import { mayOpenScope, type ScopeEffect, scopeEffect } from "../knowledge/scope-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import { callEdges } from "./call-edges.ts";
import { constantText } from "./constant-value.ts";
import { functionsOf } from "./function-values.ts";
import { KnownSizes } from "./known-sizes.ts";
import { LoopRounds } from "./loop-rounds.ts";
import { ModuleNames } from "./module-names.ts";
import { programCalls } from "./program-calls.ts";
import { stableIn } from "./stable-values.ts";
import { TypeSizes } from "./type-sizes.ts";

export interface TagChurn {
  /** The call that opens the scope. */
  readonly at: Location;
  readonly scope: ScopeEffect;
  /** As written; null when it is no constant. */
  readonly name: string | null;
  readonly allocation: Location;
  readonly loop: Location;
  /** The call in the loop, where the scope is in a function that it calls. */
  readonly call: Location | null;
  /** Null when it is not known. */
  readonly rounds: number | null;
}

type CallOp = Op & { readonly op: "call" };

/** Where the scope, or the call that leads to it, stands. */
interface Place {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly block: BlockId;
}

const scopeCalls = callsOfMembers((name) => name !== null && mayOpenScope(name));

export const tagChurn: Fact<readonly TagChurn[]> = defineFact("tag-churn", (program, get) => {
  const opened: { readonly at: Place; readonly op: CallOp; readonly scope: ScopeEffect }[] = [];
  for (const module of program.modules) {
    if (module.role !== "project") continue;
    for (const { fn, block, op } of scopeCalls(module)) {
      const scope = program.tracer.targets(module, fn, op.dst).apis.map(scopeEffect).find((each) => each !== undefined);
      if (scope !== undefined) opened.push({ at: { module, fn, block }, op, scope });
    }
  }
  if (opened.length === 0) return [];
  const scan = new ChurnScan(program, get);
  const found = opened.flatMap(({ at, op, scope }) => scan.judge(at, op, scope) ?? []);
  return found.sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

/** Larger than this is not small. */
const SMALL_BYTES = 256;
/** A scope of more operations does more than allocate. */
const MOST_OPS = 80;

class ChurnScan {
  readonly #program: Program;
  readonly #get: FactReader;
  readonly #rounds: LoopRounds;
  readonly #sizes: TypeSizes;

  constructor(program: Program, get: FactReader) {
    this.#program = program;
    this.#get = get;
    const names = new ModuleNames(program);
    const calls = get(programCalls);
    const sizes = new KnownSizes(program, names, (fn) => (program.settings.wholeProgram ? calls.of(fn).flatMap(({ module, fn: caller, op }) => (op.op === "super-call" ? [] : [{ module, fn: caller, op }])) : []));
    this.#rounds = new LoopRounds(sizes);
    this.#sizes = new TypeSizes(program, names, sizes);
  }

  judge(at: Place, op: CallOp, scope: ScopeEffect): TagChurn | null {
    const body = this.#bodyOf(at, op, scope);
    if (body === null) return this.#aroundGiven(at, op, scope);
    if ( body.length > MOST_OPS || body.some((each) => each.op === "await" || each.op === "yield" || each.op === "iterate")) return null;
    const allocation = this.#onlyAllocation(at, body);
    if (allocation === null) return null;
    const found = { at: { file: at.fn.file, span: op.calleeSpan }, scope, name: nameOf(at, op), allocation };
    const own = this.#loopOf(at);
    if (own !== null) return this.#isAlone(at, own, op, body) && this.#isSame(at, op, own.blocks) !== null ? this.#churn(found, at, own, null) : null;
    return this.#inCallers(at, op, found);
  }

  /** The scope of a helper runs what the helper is given: a loop gives it a function that makes one small allocation. */
  #aroundGiven(at: Place, op: CallOp, scope: ScopeEffect): TagChurn | null {
    const slot = scope.callback === null ? -1 : parameterIn(at.fn, op.args[scope.callback]?.temp);
    const parameters = slot === -1 ? null : this.#isSame(at, op, null);
    if (parameters === null || this.#allocationsIn(at.module, at.fn).length > 0 || at.fn.blocks.some((block) => block.loopDepth > 0)) return null;
    for (const { module, fn, op: call } of this.#get(programCalls).of(at.fn)) {
      const block = fn.blocks.find((each) => each.ops.includes(call));
      const given = call.args[slot];
      const [body, ...others] = given === undefined ? [] : functionsOf(this.#program, module, fn, given.temp);
      if (block === undefined || body === undefined || others.length > 0 || call.op !== "call" || body.function.blocks.some((each) => each.loopDepth > 0)) continue;
      const caller = { module, fn, block: block.id };
      const ops = body.function.blocks.flatMap((each) => each.ops);
      const allocation = isSmallBody(ops) ? this.#onlyAllocation({ module: body.module, fn: body.function, block: 0 }, ops) : null;
      const loop = allocation === null ? null : this.#loopOf(caller);
      if (allocation === null || loop === null || !this.#isAlone(caller, loop, call, ops)) continue;
      const found = { at: { file: at.fn.file, span: op.calleeSpan }, scope, name: nameOf(at, op), allocation };
      if (this.#staysIn(caller, loop, call, parameters)) return this.#churn(found, caller, loop, { file: fn.file, span: call.calleeSpan });
    }
    return null;
  }

  /** What the scope depends on is the same in each round. */
  #staysIn({ module, fn }: Place, loop: NaturalLoop, call: CallOp, parameters: ReadonlySet<number>): boolean {
    const stays = (temp: Temp): boolean => stableIn(this.#program, module, fn, temp, loop.blocks) !== null;
    return [...parameters].every((slot) => { const arg = call.args[slot]; return arg !== undefined && stays(arg.temp); }) && (call.receiver === null || stays(call.receiver));
  }

  /** The scope is the whole of a function, and a loop calls that. */
  #inCallers(at: Place, op: CallOp, found: Omit<TagChurn, "loop" | "rounds" | "call">): TagChurn | null {
    const parameters = this.#isSame(at, op, null);
    const exit = at.fn.blocks.find(({ terminal }) => terminal.kind === "exit");
    if (parameters === null || exit === undefined || !dominatorsOf(at.fn).dominates(at.block, exit.id) || this.#allocationsIn(at.module, at.fn).length > (op.args.length > 1 ? 0 : 1)) return null;
    for (const { module, fn, op: call } of this.#get(programCalls).of(at.fn)) {
      const block = fn.blocks.find((each) => each.ops.includes(call));
      const caller = block === undefined ? null : { module, fn, block: block.id };
      const loop = caller === null ? null : this.#loopOf(caller);
      if (caller === null || loop === null || call.op !== "call" || !this.#isAlone(caller, loop, call, [])) continue;
      if (this.#staysIn(caller, loop, call, parameters)) return this.#churn(found, caller, loop, { file: fn.file, span: call.calleeSpan });
    }
    return this.#inCallback(at, found, parameters.size > 0);
  }

  /** An array's method calls the function for every element. */
  #inCallback(at: Place, found: Omit<TagChurn, "loop" | "rounds" | "call">, usesParameters: boolean): TagChurn | null {
    if (usesParameters || at.fn.parent === null) return null;
    const outer = at.module.functions[at.fn.parent];
    const edge = outer === undefined ? undefined : this.#get(callEdges).of(at.module, outer).find((each) => each.how === "callback" && each.target === at.fn);
    const call = outer?.blocks.flatMap((block) => block.ops).find((each) => each.op === "call" && each.calleeSpan === edge?.span);
    if (outer === undefined || call?.op !== "call" || call.receiver === null || !this.#program.tracer.targets(at.module, outer, call.dst).apis.every((api) => /^global:(?:Readonly)?(?:Array|Map|Set)#/.test(api))) return null;
    const rounds = this.#rounds.elements({ module: at.module, fn: outer, temp: call.receiver });
    return this.#isMany(found, rounds) ? { ...found, loop: { file: outer.file, span: call.calleeSpan }, call: null, rounds } : null;
  }

  #churn(found: Omit<TagChurn, "loop" | "rounds" | "call">, { module, fn }: Place, loop: NaturalLoop, call: Location | null): TagChurn | null {
    const rounds = this.#rounds.of(module, fn, loop);
    return rounds === null || !this.#isMany(found, rounds.most) ? null : { ...found, loop: loopAt(fn, loop), call, rounds: rounds.most };
  }

  #isMany({ at }: Pick<TagChurn, "at">, rounds: number | null): boolean {
    return rounds === null ? this.#program.settings.wholeProgram : rounds > this.#program.settings.loopAllocationLimit(at.file);
  }

  #loopOf({ fn, block }: Place): NaturalLoop | null {
    return loopsAround(fn, block)[0] ?? null;
  }

  /** What runs inside the scope; null when that is not known. */
  #bodyOf({ module, fn, block }: Place, op: CallOp, scope: ScopeEffect): readonly Op[] | null {
    if (scope.callback !== null) {
      const arg = op.args[scope.callback];
      const [body, ...others] = arg === undefined ? [] : functionsOf(this.#program, module, fn, arg.temp);
      if (body === undefined || others.length > 0 || body.module !== module || body.function.blocks.some((each) => each.loopDepth > 0)) return null;
      return body.function.blocks.flatMap((each) => each.ops);
    }
    return restOfScope(fn, block, op, scope);
  }

  #onlyAllocation({ module, fn }: Place, body: readonly Op[]): Location | null {
    let only: Location | null = null;
    for (const op of body) {
      if (op.op !== "call") continue;
      for (const made of this.#allocationsOf(module, ownerOf(module, op) ?? fn, op)) {
        if (only !== null || !made.small) return null;
        only = made.at;
      }
    }
    return only;
  }

  /** What a call allocates itself, or the functions that it calls directly. */
  #allocationsOf(module: ModuleIR, fn: FunctionIR, op: CallOp): readonly { readonly at: Location; readonly small: boolean }[] {
    const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
    const gives = givenBy(apis);
    if (gives !== null) return [{ at: { file: fn.file, span: op.calleeSpan }, small: this.#isSmall(module, fn, op, gives) }];
    return functions.flatMap((target) => this.#allocationsIn(target.module, target.function));
  }

  #allocationsIn(module: ModuleIR, fn: FunctionIR): readonly { readonly at: Location; readonly small: boolean }[] {
    const found: { at: Location; small: boolean }[] = [];
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const gives = op.op === "call" ? givenBy(this.#program.tracer.targets(module, fn, op.dst).apis) : null;
        if (op.op === "call" && gives !== null) found.push({ at: { file: fn.file, span: op.calleeSpan }, small: block.loopDepth === 0 && this.#isSmall(module, fn, op, gives) });
      }
    }
    return found;
  }

  #isSmall(module: ModuleIR, fn: FunctionIR, op: CallOp, gives: Gives): boolean {
    const [type] = op.args;
    const bytes = type === undefined ? null : this.#sizes.bytesOf(module, fn, type.temp);
    return gives === "type" || gives === "box" ? bytes === null || bytes <= SMALL_BYTES : false;
  }

  /** The parameters on which tag and allocator depend; null when these may change from round to round. */
  #isSame({ module, fn }: Place, op: CallOp, round: ReadonlySet<BlockId> | null): ReadonlySet<number> | null {
    const [tag] = op.args;
    if (tag === undefined || op.receiver === null) return null;
    const parameters = [tag.temp, op.receiver].map((temp) => stableIn(this.#program, module, fn, temp, round));
    return parameters.includes(null) ? null : new Set(parameters.flatMap((each) => [...(each ?? [])]));
  }

  /** The round has no frame of its own, waits for nothing, and neither allocates nor opens anything outside of the scope. */
  #isAlone({ module, fn }: Place, loop: NaturalLoop, own: CallOp, body: readonly Op[]): boolean {
    const inside = new Set(body);
    for (const id of loop.blocks) {
      for (const op of fn.blocks[id]?.ops ?? []) {
        if (op.op === "await" || op.op === "yield") return false;
        if (op.op !== "call" || op === own || inside.has(op)) continue;
        const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
        if (apis.some((api) => isFrameBoundary(api) || isPartOfFrame(api) || runtimeEffect(api)?.kind === "alloc")) return false;
        if (apis.some((api) => scopeEffect(api) !== undefined) && nameOf({ fn, module }, op) !== nameOf({ fn, module }, own)) return false;
        if (functions.some((target) => this.#allocationsIn(target.module, target.function).length > 0)) return false;
      }
    }
    return true;
  }
}

function isSmallBody(body: readonly Op[]): boolean {
  return body.length <= MOST_OPS && !body.some((each) => each.op === "await" || each.op === "yield" || each.op === "iterate");
}

/** The number of the parameter that a value is, if the function never sets it; -1 for none. */
function parameterIn(fn: FunctionIR, temp: Temp | undefined): number {
  const found = temp === undefined ? undefined : functionIndex(fn).definition(temp);
  if (found === undefined || !("op" in found) || found.op !== "load") return -1;
  return fn.params.findIndex((param) => !param.rest && param.variable === found.variable);
}

/** From the opening call to where the scope is disposed or closed, without going round a loop; null when a loop stands in between. */
function restOfScope(fn: FunctionIR, from: BlockId, opening: CallOp, { closedBy }: ScopeEffect): readonly Op[] | null {
  const depth = fn.blocks[from]?.loopDepth ?? 0;
  const body: Op[] = [];
  const seen = new Set<BlockId>([from]);
  for (const id of seen) {
    const block = fn.blocks[id];
    if (block === undefined) continue;
    if (block.loopDepth > depth) return null;
    let closed = false;
    for (const op of id === from ? block.ops.slice(block.ops.indexOf(opening) + 1) : block.ops) {
      closed ||= op.op === "dispose" || (closedBy !== null && op.op === "call" && op.key === closedBy);
      if (!closed) body.push(op);
    }
    if (closed) continue;
    const { terminal } = block;
    const next = terminal.kind === "branch" ? [terminal.then, terminal.else] : terminal.kind === "goto" && !terminal.back ? [terminal.to] : terminal.kind === "next" ? [terminal.body, terminal.done] : [];
    for (const to of next) seen.add(to);
  }
  return body;
}

function givenBy(apis: readonly string[]): Gives | null {
  for (const api of apis) {
    const effect = runtimeEffect(api);
    if (effect?.kind === "alloc") return effect.gives;
  }
  return null;
}

function ownerOf(module: ModuleIR, op: Op): FunctionIR | undefined {
  return module.functions.find((fn) => fn.blocks.some((block) => block.ops.includes(op)));
}

function nameOf({ module, fn }: Pick<Place, "module" | "fn">, op: CallOp): string | null {
  const [tag] = op.args;
  return tag === undefined ? null : constantText(module, fn, tag.temp);
}

function loopAt(fn: FunctionIR, loop: NaturalLoop): Location {
  const head = fn.blocks[loop.head];
  return { file: fn.file, span: head?.loopSpan ?? fn.nameSpan };
}
