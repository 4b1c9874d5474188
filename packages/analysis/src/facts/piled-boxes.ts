/**
 * Pool memory put into a container in a loop, where nothing that gets at the container ever gives pool memory back.
 *
 * Theory: by declaration, must-not. The container is a constant with a literal or a new collection in it, or a field of a class. Looked at is everything that names it:
 * its module's functions, its class's methods, and whatever these call. A container that is handed on, returned, exported or read by another
 * module is somebody else's; one of whose size the filling function asks is taken for bounded; and a release anywhere in that code is taken to be of its boxes.
 * In a file alone nothing is sure of a field that is not private, or where something unknown is called.
 * Misses: containers in containers; boxes that a callback of another function puts in; rounds that an engine makes.
 */
import { compareText } from "../diagnostic.ts";
import { loopsAround } from "../dataflow/natural-loops.ts";
import { defineFact, type Fact } from "../fact.ts";
import { callEffect } from "../knowledge/calls.ts";
import { mayRelease, onlyReads, ownershipEffect } from "../knowledge/ownership-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import { functionIndex, type Use } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { frameAnalysis, type FrameAnalysis } from "./frame-analysis.ts";
import { KnownSizes } from "./known-sizes.ts";
import { LoopRounds } from "./loop-rounds.ts";
import { Repetitions } from "./repetitions.ts";

export interface PiledBoxes {
  /** The call or assignment that puts one in. */
  readonly at: Location;
  readonly container: string;
  readonly made: Location;
  /** `poolBox` */
  readonly call: string;
  readonly loop: Location;
  /** Null when nobody knows. */
  readonly rounds: number | null;
  /** False in a file alone, where others may empty the container. */
  readonly sure: boolean;
}

export const piledBoxes: Fact<readonly PiledBoxes[]> = defineFact("piled-boxes", (program, get) => {
  const frames = get(frameAnalysis);
  const search = new PileSearch(program, frames, get(callEdges));
  const found: PiledBoxes[] = [];
  for (const fn of frames.solved.keys()) {
    const module = frames.analysis.moduleOf(fn);
    if (module.role === "project") found.push(...search.in(module, fn));
  }
  return found.sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

/** What holds the boxes, by the functions that can name it. */
interface Container {
  readonly name: string;
  readonly users: readonly FunctionIR[];
  /** Whether no other file can name it. */
  readonly isClosed: boolean;
  /** Whether an operation reads it. */
  readonly is: (fn: FunctionIR, op: Op) => boolean;
}

class PileSearch {
  readonly #program: Program;
  readonly #edges: CallEdges;
  readonly #rounds: LoopRounds;
  readonly #repetitions: Repetitions;
  readonly #releasing = new Map<FunctionIR, boolean>();

  constructor(program: Program, frames: FrameAnalysis, edges: CallEdges) {
    this.#program = program;
    this.#edges = edges;
    this.#rounds = new LoopRounds(new KnownSizes(program, frames.analysis.names, () => []));
    this.#repetitions = new Repetitions(frames);
  }

  *in(module: ModuleIR, fn: FunctionIR): Generator<PiledBoxes> {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const put = this.#puts(module, fn, op);
        const around = put === null ? null : this.#loopAround(module, fn, block.id, put.maker);
        if (put === null || around === null) continue;
        const container = this.#containerOf(module, fn, put.into);
        if (container === null || this.#isBounded(fn, container) || !this.#isForgotten(module, container)) continue;
        yield { at: { file: module.file, span: op.span }, container: container.name, made: { file: module.file, span: put.maker.span }, call: put.maker.key ?? "", ...around, sure: this.#program.settings.wholeProgram || (container.isClosed && !this.#callsElsewhere(module, container)) };
      }
    }
  }

  /** Pool memory made in this function and put into something: `list.push(box)`, `map.set(key, box)`, `list[i] = box`. */
  #puts(module: ModuleIR, fn: FunctionIR, op: Op): { readonly into: Temp; readonly maker: Op & { readonly op: "call" } } | null {
    const isIndexed = op.op === "set" && op.key === null;
    const keeps = op.op === "call" && op.receiver !== null && this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => callEffect(api)?.kind === "keep");
    if (!isIndexed && !keeps) return null;
    const into = op.op === "set" ? op.object : op.op === "call" ? op.receiver : null;
    const values = op.op === "set" ? [op.src] : op.op === "call" ? op.args.map((arg) => arg.temp) : [];
    for (const value of values) {
      const maker = this.#poolCall(module, fn, value, 0);
      if (maker !== null && into !== null) return { into, maker };
    }
    return null;
  }

  #poolCall(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): (Op & { readonly op: "call" }) | null {
    const op = functionIndex(fn).operation(temp);
    if (op === undefined || depth > MAX_STEPS) return null;
    if (op.op === "copy" || op.op === "cast") return this.#poolCall(module, fn, op.src, depth + 1);
    if (op.op === "load") {
      const stores = fn.blocks.flatMap((block) => block.ops.flatMap((each) => (each.op === "store" && each.variable === op.variable ? [each.src] : [])));
      const [only, ...others] = stores;
      return only === undefined || others.length > 0 ? null : this.#poolCall(module, fn, only, depth + 1);
    }
    if (op.op !== "call") return null;
    return this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => isPool(api)) ? op : null;
  }

  /** The loops around the put, as long as the memory is made in them too. */
  #loopAround(module: ModuleIR, fn: FunctionIR, block: BlockId, maker: Op): { readonly loop: Location; readonly rounds: number | null } | null {
    const made = fn.blocks.find(({ ops }) => ops.includes(maker))?.id ?? block;
    const loops = loopsAround(fn, block).filter((loop) => loop.blocks.has(made));
    const outermost = loops.at(-1);
    const limit = this.#program.settings.loopAllocationLimit(fn.file);
    if (outermost !== undefined) {
      const most = loops.map((loop) => this.#rounds.of(module, fn, loop)?.most ?? null);
      const rounds = most.includes(null) ? null : most.reduce<number>((product, each) => product * (each ?? 1), 1);
      if (rounds !== null && rounds <= limit) return null;
      return { loop: { file: fn.file, span: fn.blocks[outermost.head]?.loopSpan ?? fn.nameSpan }, rounds };
    }
    const repeat = this.#repetitions.of(fn).find((each) => each.each !== null);
    if (repeat?.each == null) return null;
    const rounds = this.#rounds.elements({ module: repeat.module, fn: repeat.fn, temp: repeat.each });
    return rounds !== null && rounds <= limit ? null : { loop: repeat.at, rounds };
  }

  #containerOf(module: ModuleIR, fn: FunctionIR, temp: Temp): Container | null {
    const op = functionIndex(fn).operation(temp);
    if (op?.op === "copy" || op?.op === "cast") return this.#containerOf(module, fn, op.src);
    if (op?.op === "load") return this.#variable(module, op.variable);
    const holder = op?.op === "get" && op.key !== null ? functionIndex(fn).operation(op.object) : undefined;
    return op?.op === "get" && op.key !== null && holder?.op === "this" ? this.#field(module, fn, op.key) : null;
  }

  #variable(module: ModuleIR, id: number): Container | null {
    const variable = module.variables[id];
    if (variable === undefined || variable.reassigned || variable.kind === "import" || variable.kind === "parameter") return null;
    if (module.exports.some((each) => each.kind === "local" && each.variable === id)) return null;
    const stores = module.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "store" && op.variable === id ? [{ fn, src: op.src }] : []))));
    const [first] = stores;
    if (stores.length !== 1 || first === undefined || !this.#isCollection(module, first.fn, first.src)) return null;
    const is = (_fn: FunctionIR, op: Op): boolean => op.op === "load" && op.variable === id;
    return { name: variable.name, users: usersOf(module.functions, is), isClosed: true, is };
  }

  /** Of a class, when no other code reads a field of that name. */
  #field(module: ModuleIR, fn: FunctionIR, key: string): Container | null {
    let owner: FunctionIR | undefined = fn;
    while (owner !== undefined && owner.class === null) owner = owner.parent === null ? undefined : module.functions[owner.parent];
    const class_ = owner?.class == null ? undefined : module.classes[owner.class];
    const member = class_?.members.find((each) => each.kind === "field" && !each.static && each.name === key);
    const initial = member?.function == null ? undefined : module.functions[member.function];
    const value = initial?.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []))[0];
    if (class_ === undefined || initial === undefined || value === undefined || !this.#isCollection(module, initial, value)) return null;
    const within = new Set(module.functions.filter((each) => isWithin(module, each, class_.id)));
    const is = (user: FunctionIR, op: Op): boolean => op.op === "get" && op.key === key && functionIndex(user).operation(op.object)?.op === "this";
    // A private name is another one in another class; of any other the holder's class is not asked for.
    const isPrivate = key.startsWith("#");
    const isElse = (user: FunctionIR, op: Op): boolean => (op.op === "set" && op.key === key) || (op.op === "get" && op.key === key && !(within.has(user) && is(user, op)));
    const users = isPrivate ? [...within] : this.#program.modules.flatMap((each) => each.functions);
    if (users.some((user) => user.blocks.some((block) => block.ops.some((op) => isElse(user, op))))) return null;
    return { name: `this.${key}`, users: usersOf([...within], is), isClosed: isPrivate, is };
  }

  #isCollection(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
    const op = functionIndex(fn).operation(temp);
    if (op?.op === "copy" || op?.op === "cast") return this.#isCollection(module, fn, op.src);
    if (op?.op === "array") return true;
    return op?.op === "new" && this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => /^global:(?:Array|Map|Set)$/.test(api));
  }

  /** Whether the function that fills it looks at how much is in it. */
  #isBounded(fn: FunctionIR, container: Container): boolean {
    const sizes = new Set<Temp>();
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const holder = op.op === "get" && (op.key === "length" || op.key === "size") ? functionIndex(fn).operation(op.object) : undefined;
        if (op.op === "get" && holder !== undefined && container.is(fn, holder)) sizes.add(op.dst);
        if (op.op === "binary" && (sizes.has(op.left) || sizes.has(op.right))) return true;
      }
    }
    return false;
  }

  /** Nobody else has it, and nobody who has it gives anything back. */
  #isForgotten(module: ModuleIR, { users, is }: Container): boolean {
    for (const fn of users) {
      for (const block of fn.blocks) {
        for (const op of block.ops) if ("dst" in op && is(fn, op) && functionIndex(fn).usesOf(op.dst).some((use) => this.#handsOn(module, fn, use))) return false;
      }
    }
    return !users.some((fn) => this.#reachesRelease(module, fn));
  }

  #handsOn(module: ModuleIR, fn: FunctionIR, use: Use): boolean {
    if (use.kind === "callee") return false;
    if (use.kind !== "argument") return true;
    const { apis, functions } = this.#program.tracer.targets(module, fn, use.op.dst);
    return functions.length > 0 || apis.length === 0 || !apis.every(onlyReads);
  }

  #reachesRelease(module: ModuleIR, fn: FunctionIR): boolean {
    const seen = new Set<FunctionIR>([fn]);
    const work = [{ module, fn }];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (this.#releases(at.module, at.fn)) return true;
      const inner = at.module.functions.filter((each) => each.parent === at?.fn.id);
      const next = [...this.#edges.of(at.module, at.fn).map((edge) => ({ module: edge.module, fn: edge.target })), ...inner.map((each) => ({ module: at?.module ?? module, fn: each }))];
      for (const each of next) if (!seen.has(each.fn)) work.push(each);
      for (const each of next) seen.add(each.fn);
    }
    return false;
  }

  #releases(module: ModuleIR, fn: FunctionIR): boolean {
    let known = this.#releasing.get(fn);
    if (known === undefined) {
      known = fn.blocks.some((block) => block.ops.some((op) => op.op === "dispose" || (op.op === "call" && (mayRelease(op.key ?? "") || this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => /^(?:release|dispose-all)$/.test(ownershipEffect(api)?.kind ?? ""))))));
      this.#releasing.set(fn, known);
    }
    return known;
  }

  /** Whether code that has the container calls something that nobody here can look at. */
  #callsElsewhere(module: ModuleIR, { users }: Container): boolean {
    return users.some((fn) => fn.blocks.some((block) => block.ops.some((op) => {
      if (op.op !== "call") return false;
      const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
      return apis.length + functions.length === 0;
    })));
  }
}

const MAX_STEPS = 6;

function isPool(api: string): boolean {
  const effect = runtimeEffect(api);
  return effect?.kind === "alloc" && effect.memory === "pool" && ownershipEffect(api)?.kind === "acquire";
}

function usersOf(functions: readonly FunctionIR[], is: Container["is"]): FunctionIR[] {
  return functions.filter((fn) => fn.blocks.some((block) => block.ops.some((op) => is(fn, op))));
}

function isWithin(module: ModuleIR, fn: FunctionIR, class_: number): boolean {
  for (let at: FunctionIR | undefined = fn; at !== undefined; at = at.parent === null ? undefined : module.functions[at.parent]) if (at.class === class_) return true;
  return false;
}
