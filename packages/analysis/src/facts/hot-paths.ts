/**
 * Which functions run every frame, each with the shortest chain of calls from an entry.
 *
 * Theory: reachability over call edges (may) from the entries, breadth first, entries in order of file and place, edges in order of text; so the
 * chain is a shortest one and always the same. An edge that leaves from a cold block is not followed, nor one into `@cold`, a cold file, what its name says
 * is for debugging, or what only development code hands over (`development-code.ts`).
 * Functions of libraries are walked through, so that a callback that comes back into the project is found.
 * A call of what was looked up by a key leads to what was handed over under a key that hot calls pass (`heard-events.ts`).
 *
 * Constructors and field initialisers are walked last: a function that is reached only through `new` is `constructed`, and its garbage
 * belongs to the `new` that is reported. A branch that supplies a missing parameter is hot as soon as one hot call leaves it out.
 * A branch that waits for a member to be filled is hot when code on a hot path fills it; that is asked after each of at most four walks.
 * Known misses: calls that the tracer cannot resolve.
 */
import { type Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR } from "../source/ir.ts";
import { addTo } from "./add-to.ts";
import { ArgumentTruth } from "./argument-truth.ts";
import { type CallEdge, type CallEdges, callEdges } from "./call-edges.ts";
import { type ColdBlocks, type ColdCode, coldCode } from "./cold-blocks.ts";
import { isDevelopmentFunction } from "./cold-tests.ts";
import { isComplaint } from "./complaints.ts";
import { developmentCode } from "./development-code.ts";
import { ENDS_A_LIFE } from "./endings.ts";
import { functionLabel } from "./function-name.ts";
import { HeardEvents } from "./heard-events.ts";
import { type HotEntry, hotEntries } from "./hot-entries.ts";
import { isConditional, isOccasional } from "./occasional-calls.ts";
import { blocksOfLastRound } from "./last-rounds.ts";
import { type ListenerKeys, listenerKeys } from "./listener-keys.ts";
import { PassedKinds } from "./passed-kinds.ts";
import { raisedByHotCode } from "./raised-flags.ts";

export interface HotFunction {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly entry: HotEntry;
  /** From the entry to this function, one step a call; empty for the entry itself. */
  readonly chain: readonly Related[];
  /** Reached through `new` alone. */
  readonly constructed: boolean;
  /** Whether a block of it runs every frame. */
  readonly isHot: (block: BlockId) => boolean;
  /** The hot calls that lead here. */
  readonly callers: readonly HotCall[];
}

export interface HotCall {
  readonly caller: HotFunction;
  readonly edge: CallEdge;
}

export interface HotPaths {
  readonly entries: readonly HotEntry[];
  /** In order of discovery. */
  readonly functions: ReadonlyMap<FunctionIR, HotFunction>;
}

export const hotPaths: Fact<HotPaths> = defineFact("hot-paths", (program, get) => {
  const entries = get(hotEntries);
  const development = get(developmentCode);
  const coldFiles = new Map<ModuleIR, boolean>();
  const isOfColdFile = (module: ModuleIR): boolean => {
    let isCold = coldFiles.get(module);
    if (isCold === undefined) coldFiles.set(module, (isCold = program.settings.isColdFile(module.file)));
    return isCold;
  };
  const leftOut = new Map<FunctionIR, boolean>();
  const isLeftOut = (module: ModuleIR, fn: FunctionIR): boolean => {
    let isOut = leftOut.get(fn);
    if (isOut === undefined) leftOut.set(fn, (isOut = isNeverHot(fn) || isOfColdFile(module) || development.has(module, fn)));
    return isOut;
  };
  const walked = (raised: ReadonlySet<string>): Walk => {
    const walk = new Walk(program, get(callEdges), get(coldCode), isLeftOut, get(listenerKeys), entries, raised);
    for (const entry of entries) if (entry.caller === "declared" || !development.has(entry.module, entry.function)) walk.enter(entry);
    walk.run(false);
    walk.run(true);
    return walk;
  };
  let raised: ReadonlySet<string> = new Set();
  let walk = walked(raised);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const more = raisedByHotCode(walk.functions.values());
    if ([...more].every((key) => raised.has(key))) break;
    walk = walked((raised = new Set([...raised, ...more])));
  }
  return { entries, functions: walk.functions };
});

/** A branch may wait for two members at once, and what it then does may fill a third. */
const MAX_ROUNDS = 3;

/** By what the function itself says. */
function isNeverHot(fn: FunctionIR): boolean {
  return fn.tags.cold || fn.opaque || ENDS_A_LIFE.has(fn.name) || isDevelopmentFunction(fn.name) || isComplaint(fn);
}

interface Call extends HotCall {
  readonly caller: Reached;
}

/** A function under way; read-only to everyone else. */
class Reached implements HotFunction {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  entry: HotEntry;
  from: Call | null;
  readonly constructed: boolean;
  readonly callers: Call[] = [];
  /** By edge, the last caller: an edge has one but for what is told to listeners. */
  readonly #callerBy = new Map<CallEdge, Reached>();
  readonly cold: ColdBlocks;
  /** Only these blocks, for a loop that is a frame; null for all. */
  blocks: Set<BlockId> | null;
  /** Blocks that run when a chain of frames ends. */
  readonly lastRound: ReadonlySet<BlockId>;
  /** Parameters that some hot call leaves out. */
  readonly leftOut = new Set<number>();
  readonly truth: ArgumentTruth;
  readonly kinds: PassedKinds;
  queued = true;

  constructor(cold: ColdBlocks, module: ModuleIR, fn: FunctionIR, entry: HotEntry, from: Call | null, constructed: boolean, asking: ReadonlySet<BlockId> | undefined) {
    this.module = module;
    this.function = fn;
    this.entry = entry;
    this.from = from;
    this.constructed = constructed;
    this.cold = cold;
    this.truth = new ArgumentTruth(module, fn);
    this.kinds = new PassedKinds(module, fn);
    this.lastRound = asking === undefined ? NO_BLOCKS : blocksOfLastRound(fn, asking);
    this.blocks = from === null && entry.blocks !== null ? new Set(entry.blocks) : null;
  }

  readonly isHot = (block: BlockId): boolean => {
    if (this.cold.cold.has(block) || this.lastRound.has(block) || (this.blocks !== null && !this.blocks.has(block)) || !this.truth.allows(block) || !this.kinds.allows(block)) return false;
    const parameter = this.cold.withoutArgument.get(block);
    return parameter === undefined || this.leftOut.has(parameter);
  };

  readonly isCold = (block: BlockId): boolean => !this.isHot(block);

  /** Adds a hot call that leads here; null for one that was added. */
  take(caller: Reached, edge: CallEdge): Call | null {
    const known = this.#callerBy.get(edge);
    if (known === caller || (known !== undefined && this.callers.some((each) => each.caller === caller && each.edge === edge))) return null;
    this.#callerBy.set(edge, caller);
    const call = { caller, edge };
    this.callers.push(call);
    return call;
  }

  get isEntry(): boolean {
    return this.from === null;
  }

  get chain(): readonly Related[] {
    if (this.from === null) return [];
    const { caller, edge } = this.from;
    const at = { file: caller.module.file, span: edge.span };
    const verb = edge.how === "construct" ? "makes" : edge.how === "accessor" ? "reads" : "calls";
    return [...caller.chain, { at, message: `${functionLabel(caller.module, caller.function)} ${verb} ${functionLabel(this.module, this.function)}` }];
  }
}

class Walk {
  readonly functions = new Map<FunctionIR, Reached>();
  readonly #program: Program;
  readonly #edges: CallEdges;
  readonly #cold: ColdCode;
  /** However it is called. */
  readonly #isLeftOut: (module: ModuleIR, fn: FunctionIR) => boolean;
  readonly #asking = new Map<FunctionIR, Set<BlockId>>();
  readonly #events: HeardEvents;
  /** Edges to listeners of events that no hot call was seen to name. */
  #unheard: { readonly caller: Reached; readonly edge: CallEdge; readonly constructed: boolean }[] = [];
  #queue: Reached[] = [];

  readonly #raised: ReadonlySet<string>;

  constructor(program: Program, edges: CallEdges, cold: ColdCode, isLeftOut: (module: ModuleIR, fn: FunctionIR) => boolean, keys: ListenerKeys, entries: readonly HotEntry[], raised: ReadonlySet<string>) {
    this.#raised = raised;
    this.#events = new HeardEvents(program, keys, (fn) => this.functions.get(fn));
    this.#program = program;
    this.#cold = cold;
    this.#isLeftOut = isLeftOut;
    this.#edges = edges;
    for (const { asks } of entries) if (asks !== null) addTo(this.#asking, asks.function, asks.block);
  }

  enter(entry: HotEntry): void {
    const known = this.functions.get(entry.function);
    if (known === undefined) {
      const reached = new Reached(this.#cold.of(entry.module, entry.function, this.#raised), entry.module, entry.function, entry, null, false, this.#asking.get(entry.function));
      reached.truth.takeAny();
      reached.kinds.isAny = true;
      this.functions.set(entry.function, reached);
      this.#queue.push(reached);
      return;
    }
    // A second frame loop in one function adds its blocks; an entry of the whole function takes everything in.
    if (entry.blocks === null) known.blocks = null;
    else if (known.blocks !== null) for (const block of entry.blocks) known.blocks.add(block);
  }

  /** First everything but `new`, then what only `new` reaches. */
  run(throughNew: boolean): void {
    this.#unheard = [];
    if (throughNew) this.#queue = [...this.functions.values()];
    let done = 0;
    for (let isMore = true; isMore; isMore = this.#followHeard() || this.#settleKinds()) done = this.#runFrom(done, throughNew);
  }

  /** Gives how much of the queue is done. */
  #runFrom(from: number, throughNew: boolean): number {
    let at = from;
    for (; at < this.#queue.length; at++) {
      const reached = this.#queue[at] as Reached;
      reached.queued = false;
      const edges = this.#edges.of(reached.module, reached.function);
      this.#walk(reached, edges, throughNew);
      this.#walk(reached, this.#events.besides(reached, edges), throughNew);
    }
    return at;
  }

  #walk(reached: Reached, edges: readonly CallEdge[], throughNew: boolean): void {
    for (const edge of edges) {
      if (!reached.isHot(edge.block) || (!throughNew && edge.how === "construct")) continue;
      const constructed = throughNew && (edge.how === "construct" || reached.constructed);
      if (this.#events.leadsTo(reached, edge)) this.#follow(reached, edge, constructed);
      else this.#unheard.push({ caller: reached, edge, constructed });
    }
  }

  /** Since then more callers were found, which may name more events. */
  #followHeard(): boolean {
    const asked = this.#unheard;
    this.#unheard = [];
    for (const each of asked) {
      if (this.#events.leadsTo(each.caller, each.edge)) this.#follow(each.caller, each.edge, each.constructed);
      else this.#unheard.push(each);
    }
    return this.#unheard.length < asked.length;
  }

  /** Since then more callers were found of those that pass a parameter on. Where that tells nothing new what is in doubt is opened. */
  #settleKinds(): boolean {
    const asked = [...this.functions.values()].filter(({ kinds }) => kinds.isAsked);
    const news = asked.filter((reached) => reached.callers.filter((call) => reached.kinds.take(this.#program, call)).length > 0);
    const opened = news.length > 0 ? news : asked.filter(({ kinds }) => kinds.settle());
    for (const reached of opened) this.#again(reached);
    return opened.length > 0;
  }

  #follow(caller: Reached, edge: CallEdge, constructed: boolean): void {
    if (this.#isLeftOut(edge.module, edge.target)) return;
    if (isOccasional(edge.target.name) && isConditional(caller.function, edge.block, edge.span, caller.isCold)) return;
    let reached = this.functions.get(edge.target);
    if (reached === undefined) {
      reached = new Reached(this.#cold.of(edge.module, edge.target, this.#raised), edge.module, edge.target, caller.entry, { caller, edge }, constructed, this.#asking.get(edge.target));
      this.functions.set(edge.target, reached);
      this.#queue.push(reached);
    } else if (reached.blocks !== null && reached !== caller) {
      // Called as a whole by something hot: no longer the loop alone.
      reached.blocks = null;
      this.#again(reached);
    }
    const call = reached.take(caller, edge);
    if (call !== null) this.#events.forget();
    this.#leaveOut(reached, edge);
    const isTrue = reached.truth.take(caller.truth, edge);
    if ((reached.kinds.isAsked && reached.kinds.take(this.#program, call ?? { caller, edge })) || isTrue) this.#again(reached);
  }

  /** Whether no call of the function counts. */
  #leaveOut(reached: Reached, edge: CallEdge): void {
    if (edge.argumentCount === null || reached.cold.withoutArgument.size === 0) return;
    for (const parameter of reached.cold.withoutArgument.values()) {
      if (parameter < edge.argumentCount || reached.leftOut.has(parameter)) continue;
      reached.leftOut.add(parameter);
      this.#again(reached);
    }
  }

  #again(reached: Reached): void {
    if (reached.queued) return;
    reached.queued = true;
    this.#queue.push(reached);
  }
}

const NO_BLOCKS: ReadonlySet<BlockId> = new Set();
