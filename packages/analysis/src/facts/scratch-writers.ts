/**
 * Who overwrites which scratch objects: what a call may write, through all the functions behind it.
 *
 * Theory: may, over call edges. Of the function that is called those blocks count that the arguments of this call may lead into (`argument-truth.ts`): a function that calls itself to stop there
 * (`setHeight(at, false)`) writes nothing of what it leaves out. Of what that calls in turn all blocks count.
 */
import type { BlockId, FunctionIR, ModuleIR } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { ArgumentTruth } from "./argument-truth.ts";
import type { CallEdge, CallEdges } from "./call-edges.ts";
import { functionLabel } from "./function-name.ts";
import { staysOnThis } from "./scratch-fields.ts";
import type { ScratchObject } from "./scratch-objects.ts";

export interface OwnWrite {
  readonly object: ScratchObject;
  readonly span: Span;
  readonly block: BlockId;
}

/** Who overwrites an object, and where. */
export interface Overwriting {
  readonly name: string;
  readonly at: Location;
}

type Overwritten = ReadonlyMap<ScratchObject, Overwriting>;

const NO_WRITES: readonly OwnWrite[] = [];
const MAX_REACHED = 400;

export class ScratchWriters {
  readonly #edges: CallEdges;
  readonly #isState: (object: ScratchObject) => boolean;
  readonly #own = new Map<FunctionIR, readonly OwnWrite[]>();
  readonly #reached = new Map<FunctionIR, Overwritten>();

  constructor(edges: CallEdges, isState: (object: ScratchObject) => boolean) {
    this.#edges = edges;
    this.#isState = isState;
  }

  /** What a function writes itself, by name. Before anything is asked. */
  add(fn: FunctionIR, own: readonly OwnWrite[]): void {
    this.#own.set(fn, own);
  }

  /** What a call by `fn` may overwrite. Cost: the functions that it reaches, once for each that is called. */
  behind(module: ModuleIR, fn: FunctionIR, edge: CallEdge): Overwritten {
    const truth = new ArgumentTruth(edge.module, edge.target);
    if (!truth.isAsked) return this.#by(edge.module, edge.target);
    const anybody = new ArgumentTruth(module, fn);
    anybody.takeAny();
    truth.take(anybody, edge);
    const found = new Map<ScratchObject, Overwriting>();
    this.#addOwn(edge.module, edge.target, found, (block) => truth.allows(block), true);
    if (edge.module.role !== "project") return found;
    for (const next of this.#edges.of(edge.module, edge.target)) {
      if (!truth.allows(next.block)) continue;
      const stays = isOnThis(edge.target, next);
      for (const [object, by] of this.#by(next.module, next.target)) if (!found.has(object) && (stays || !isOfInstance(object))) found.set(object, by);
    }
    return found;
  }

  #addOwn(module: ModuleIR, fn: FunctionIR, found: Map<ScratchObject, Overwriting>, counts: (block: BlockId) => boolean, isSame: boolean): void {
    for (const { object, span, block } of this.#own.get(fn) ?? NO_WRITES) {
      if (!found.has(object) && counts(block) && !this.#isState(object) && (isSame || !isOfInstance(object))) found.set(object, { name: functionLabel(module, fn), at: { file: fn.file, span } });
    }
  }

  /** Whoever calls it, and how. */
  #by(module: ModuleIR, fn: FunctionIR): Overwritten {
    const known = this.#reached.get(fn);
    if (known !== undefined) return known;
    const found = new Map<ScratchObject, Overwriting>();
    const seen = new Map<FunctionIR, ModuleIR>([[fn, module]]);
    const same = new Set([fn]);
    for (const [at, owner] of seen) {
      this.#addOwn(owner, at, found, () => true, same.has(at));
      if (seen.size > MAX_REACHED || owner.role !== "project") continue;
      for (const edge of this.#edges.of(owner, at)) {
        if (seen.has(edge.target)) continue;
        seen.set(edge.target, edge.module);
        if (same.has(at) && isOnThis(at, edge)) same.add(edge.target);
      }
    }
    this.#reached.set(fn, found);
    return found;
  }
}

function isOnThis(fn: FunctionIR, edge: CallEdge): boolean {
  return staysOnThis(fn, fn.blocks[edge.block]?.ops.find((op) => "dst" in op && op.dst === edge.result), edge.target);
}

export function isOfInstance({ field }: ScratchObject): boolean {
  return field !== null && !field.isStatic;
}
