/**
 * Functions that break what their author wrote above them: `@noalloc` (no garbage at all) and `@allocBudget N` (at most N bytes a call), themselves or in
 * what they call.
 *
 * Theory: the garbage of `garbage.ts` over the call edges (may), bottom-up, a recursive call adding nothing. A call costs its dearest path: the
 * longest way through the graph of blocks, each loop once or as often as it is known to run. Cold blocks, `@cold` functions and callees with a
 * `@noalloc` of their own (they are judged themselves) cost nothing; neither does a returned value that the caller takes apart at once.
 * A parameter that the contract's own function may be called without is taken to be passed.
 * Known misses: what `garbage.ts` misses; calls that nobody can name; loops whose rounds are not known count once.
 */
import { compareText, type Related } from "../diagnostic.ts";
import { successors } from "../cfg/order.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import type { Location } from "../source/span.ts";
import { type CallEdge, type CallEdges, callEdges } from "./call-edges.ts";
import { type ColdCode, coldCode } from "./cold-blocks.ts";
import { ConstantSizes } from "./constant-sizes.ts";
import { CountedRounds } from "./counted-rounds.ts";
import { functionLabel } from "./function-name.ts";
import { type Garbage, garbage, type GarbageSite } from "./garbage.ts";
import { ModuleNames } from "./module-names.ts";

/** One piece of garbage that a contract forbids. */
export interface ContractSite {
  readonly at: Location;
  readonly site: GarbageSite;
  /** Where it stands. */
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  /** The calls from the function of the contract to the one that makes it; empty when it makes it itself. */
  readonly chain: readonly Related[];
}

export interface BrokenContract {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  /** Bytes a call that are allowed; 0 for `@noalloc`. */
  readonly budget: number;
  /** Of the dearest path. */
  readonly bytes: number;
  /** All that a call may make, in the order of the text, those of one call together. */
  readonly sites: readonly ContractSite[];
}

/** The functions that say what they may allocate. */
const boundIn = onceFor(({ role, functions }: ModuleIR) => (role === "project" ? functions.filter(({ tags }) => tags.noalloc || tags.allocBudget !== null) : []));

export const brokenContracts: Fact<readonly BrokenContract[]> = defineFact("broken-contracts", (program, get) => {
  const bound = program.modules.flatMap((module) => boundIn(module).map((fn) => ({ module, fn })));
  if (bound.length === 0) return [];
  const costs = new CallCosts(program, get(callEdges), get(coldCode), get(garbage));
  const broken = bound.flatMap(({ module, fn }): BrokenContract[] => {
    const budget = fn.tags.noalloc ? 0 : fn.tags.allocBudget ?? 0;
    const { bytes, sites } = costs.of({ module, fn, passed: null, takenApart: false });
    return bytes > budget ? [{ module, function: fn, budget, bytes, sites }] : [];
  });
  return broken.sort((a, b) => compareText(a.module.file, b.module.file) || a.function.span.start - b.function.span.start);
});

/** A function as one kind of call enters it. */
interface Entered {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  /** Arguments that are passed; null for all. */
  readonly passed: number | null;
  /** What it returns is let go at once. */
  readonly takenApart: boolean;
}

interface CallCost {
  readonly bytes: number;
  readonly sites: readonly ContractSite[];
}

const NOTHING: CallCost = { bytes: 0, sites: [] };
/** Sites that are kept for a call: enough to show where the bytes come from. */
const MAX_SITES = 40;

class CallCosts {
  readonly #edges: CallEdges;
  readonly #cold: ColdCode;
  readonly #garbage: Garbage;
  readonly #rounds: CountedRounds;
  readonly #known = new Map<FunctionIR, Map<string, CallCost>>();

  constructor(program: Program, edges: CallEdges, cold: ColdCode, made: Garbage) {
    this.#edges = edges;
    this.#cold = cold;
    this.#garbage = made;
    this.#rounds = new CountedRounds(program, new ConstantSizes(program, new ModuleNames(program)));
  }

  of(entered: Entered): CallCost {
    const { fn, passed, takenApart } = entered;
    const key = `${passed ?? "all"}:${takenApart}`;
    let known = this.#known.get(fn);
    if (known === undefined) this.#known.set(fn, (known = new Map()));
    const cost = known.get(key);
    if (cost !== undefined) return cost;
    known.set(key, NOTHING);
    const found = this.#compute(entered);
    known.set(key, found);
    return found;
  }

  #compute(entered: Entered): CallCost {
    const { module, fn, passed, takenApart } = entered;
    const { cold, withoutArgument } = this.#cold.of(module, fn);
    const runs = (block: BlockId): boolean => {
      const parameter = withoutArgument.get(block);
      return !cold.has(block) && (parameter === undefined || (passed !== null && parameter >= passed));
    };
    const bytes = new Map<BlockId, number>();
    const sites: ContractSite[] = [];
    const add = (block: BlockId, each: number): void => { bytes.set(block, (bytes.get(block) ?? 0) + each * this.#rounds.ofBlock(module, fn, block)); };
    for (const site of module.role === "project" ? this.#garbage.of(module, fn) : []) {
      if (!runs(site.block) || site.confidence === "assumed" || (site.returned && takenApart)) continue;
      add(site.block, site.bytes);
      sites.push({ at: { file: module.file, span: site.span }, site, module, function: fn, chain: [] });
    }
    for (const edge of this.#edges.of(module, fn)) {
      if (!runs(edge.block) || !isCounted(edge)) continue;
      const callee = this.of(this.#enteredBy(entered, edge));
      if (callee.bytes === 0) continue;
      add(edge.block, callee.bytes);
      const step = { at: { file: module.file, span: edge.span }, message: `${functionLabel(module, fn)} ${edge.how === "accessor" ? "reads" : "calls"} ${functionLabel(edge.module, edge.target)}` };
      for (const each of callee.sites) sites.push({ ...each, chain: [step, ...each.chain] });
    }
    return { bytes: dearestPath(fn, bytes, (block) => cold.has(block)), sites: sites.slice(0, MAX_SITES) };
  }

  #enteredBy({ module, fn, takenApart }: Entered, { module: target, target: callee, how, result, argumentCount }: CallEdge): Entered {
    const verdict = how === "call" && result !== null && this.#garbage.removed.isInlined(callee) ? this.#garbage.removed.verdict(module, fn, result) : "escapes";
    return { module: target, fn: callee, passed: argumentCount, takenApart: verdict === "stays" || (verdict === "returned" && takenApart) };
  }
}

/** What `new` makes stands at the `new`. */
function isCounted({ how, target }: CallEdge): boolean {
  return how !== "construct" && !target.tags.cold && !target.tags.noalloc && !target.opaque;
}

/** Blocks are in reverse postorder, so a block's way is known before those it leads to; ways back to a loop's head are not gone again. */
function dearestPath(fn: FunctionIR, bytes: ReadonlyMap<BlockId, number>, isCold: (block: BlockId) => boolean): number {
  if (bytes.size === 0) return 0;
  const best = new Array<number>(fn.blocks.length).fill(0);
  let dearest = 0;
  for (const block of fn.blocks) {
    const here = (best[block.id] ?? 0) + (bytes.get(block.id) ?? 0);
    dearest = Math.max(dearest, here);
    const next = isCold(block.id) ? [] : successors(block.terminal);
    for (const to of next) if (to > block.id) best[to] = Math.max(best[to] ?? 0, here);
  }
  return dearest;
}
