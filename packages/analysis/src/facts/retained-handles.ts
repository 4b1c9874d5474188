/**
 * What becomes of data that a program retains beyond its frame: discarded data that is kept all the same, and handles of promoted data that nobody
 * uses or gives back.
 *
 * Theory: may, over settled states. A place that outlives the frame and holds a handle on discarded data when its function is left with the frame ended
 * (or when nobody in sight calls the function) is a fault. A handle of promoted data is lost when nothing releases it, uses it once a
 * frame has ended, returns it, keeps it, captures it in something that is kept, or hands it to what is not in sight.
 * Known misses: policies that are not constant; promotions to scratch pools, which their reset gives back; handles that one path forgets;
 * parts of a program that read what `endFrameWithPromotions` promoted are taken to release it.
 */
import type { Cell } from "../dataflow/cell.ts";
import { sameLocation } from "../dataflow/locations.ts";
import { type Origin, rootOf, type Site } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { endsRetention, givesPromotions, type Retention, SUMMARY_MEMBER } from "../knowledge/retention-policies.ts";
import { valueUses, type ValueUses } from "../dataflow/value-uses.ts";
import { isExported } from "../source/exported-variables.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { nameOfCell, sinkOf } from "./escape-judgement.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { standing } from "./frame-protocol.ts";
import { FrameRun, reach } from "./frame-run.ts";
import { usedBesides, usedOnceEnded } from "./late-uses.ts";
import { callsByPlace } from "./calls-by-place.ts";
import { type ProgramParts, programParts } from "./program-parts.ts";
import { retentionOf } from "./retention-policy.ts";
import { type Step, type ValueFates, valueFates } from "./value-fates.ts";

export interface KeptDiscard {
  readonly at: Location;
  readonly site: Site;
  /** The name of the place, or `return`. */
  readonly place: string;
  /** The store in a callee that did it. */
  readonly inner: Location | null;
}

export interface RetainedHandle {
  /** The call that retains, or the helper that gives the handle. */
  readonly at: Location;
  readonly site: Site;
  readonly retention: Retention;
  /** `lost`: nobody gives it back; `unused`: given back without a use after the frame. */
  readonly fate: "lost" | "unused";
  readonly releasedAt: Location | null;
}

export interface RetainedHandles {
  readonly discards: readonly KeptDiscard[];
  readonly handles: readonly RetainedHandle[];
}

export const retainedHandles: Fact<RetainedHandles> = defineFact("retained-handles", (_program, get) => {
  const scan = new RetentionScan(get(frameAnalysis), get(valueFates), get(programParts));
  const byPlace = (a: { readonly at: Location }, b: { readonly at: Location }): number => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start || a.at.span.end - b.at.span.end;
  return { discards: [...scan.discards()].sort(byPlace), handles: [...scan.handles()].sort(byPlace) };
});

class RetentionScan {
  readonly #result: FrameAnalysis;
  readonly #fates: ValueFates;
  readonly #calls: ReturnType<typeof callsByPlace>;
  readonly #parts: ProgramParts;

  constructor(result: FrameAnalysis, fates: ValueFates, parts: ProgramParts) {
    this.#result = result;
    this.#parts = parts;
    this.#fates = fates;
    this.#calls = callsByPlace(result);
  }

  #retention(site: Site): Retention | null {
    const call = this.#calls(site.at);
    if (site.kind !== "retained" || call?.op.op !== "call") return null;
    const { analysis } = this.#result;
    return retentionOf(analysis.program, analysis.moduleOf(call.fn), call.fn, call.op);
  }

  /** Handles on discarded data in places that outlive the frame. */
  discards(): Iterable<KeptDiscard> {
    const found = new Map<string, KeptDiscard>();
    const add = (kept: KeptDiscard): void => { found.set(`${kept.at.file}:${kept.at.span.start}:${kept.site.at.span.start}`, kept); };
    for (const [fn, { exits }] of this.#result.solved) {
      if (this.#result.analysis.moduleOf(fn).role !== "project") continue;
      const run = new FrameRun(this.#result.analysis, fn, "solve");
      for (const { state, value, at, thrown } of exits) {
        if (thrown) continue;
        for (const site of this.#discarded(run, state, value)) if (hasEnded(state, site)) add({ at: run.at(at), site, place: "return", inner: null });
        for (const cell of state.cells.values()) this.#keptIn(run, state, cell, add);
      }
    }
    return found.values();
  }

  #keptIn(run: FrameRun, state: State, cell: Cell, add: (kept: KeptDiscard) => void): void {
    const sink = sinkOf(run, cell);
    if (sink === null) return;
    const root = !this.#result.analysis.called.has(run.fn) && sink !== "parameter" && sink !== "closure" && sink !== "container";
    for (const store of cell.stores) {
      for (const site of this.#discarded(run, state, store.value)) {
        if (root || hasEnded(state, site)) add({ at: store.at, site, place: nameOfCell(cell), inner: store.inner });
      }
    }
  }

  #discarded(run: FrameRun, state: State, value: ReadonlySet<Origin>): Site[] {
    return [...reach(run, state, value)].flatMap((origin) => (origin.kind === "site" && this.#retention(origin.site) === "discard" ? [origin.site] : []));
  }

  *handles(): Iterable<RetainedHandle> {
    const reading = this.#readPromotions();
    for (const fn of this.#result.solved.keys()) {
      const module = this.#result.analysis.moduleOf(fn);
      if (module.role !== "project") continue;
      const owned = reading.has(this.#parts.partOf(module));
      for (const step of this.#fates.steps(fn)) {
        if (step.op.op !== "call") continue;
        const at = { file: fn.file, span: step.op.span };
        const site = handleMadeBy(step, at);
        const retention = site === null ? null : this.#retention(site);
        if (site === null || (retention !== "pool" && retention !== "heap")) continue;
        const fate = this.#fateOf(fn, site);
        if (fate === null || (fate.kind === "lost" && owned)) continue;
        yield { at, site, retention, fate: fate.kind, releasedAt: fate.at };
      }
    }
  }

  #fateOf(fn: FunctionIR, site: Site): { readonly kind: "lost" | "unused"; readonly at: Location | null } | null {
    const is = (origin: Origin): boolean => isOf(origin, site);
    const steps = this.#fates.steps(fn);
    const released = steps.filter((step) => this.#fates.releases(step, is));
    if (steps.some((step) => step.apis.some(endsRetention) || (!released.includes(step) && this.#fates.handsOver(step, is)) || disposesAllocator(step, site))) return null;
    if (this.#isKept(fn, is) || usedOnceEnded(this.#result, fn, site, is, new Set(released.map((step) => step.op)))) return null;
    if (released.some((step) => this.#usesBeforeRelease(step, is))) return null;
    const [first] = released;
    return first === undefined ? { kind: "lost", at: null } : { kind: "unused", at: { file: fn.file, span: first.op.span } };
  }

  /** Whether a project function that releases it does something else with it as well. */
  #usesBeforeRelease(step: Step, is: (origin: Origin) => boolean): boolean {
    for (const callee of step.functions) {
      const slot = step.args.findIndex((arg) => [...arg].some(is));
      const own = (origin: Origin): boolean => { const root = rootOf(origin); return slot < 0 ? root.kind === "this" && root.fn === callee : root.kind === "param" && root.fn === callee && root.index === slot; };
      const releasing = this.#fates.steps(callee).filter((each) => this.#fates.releases(each, own));
      if (releasing.some((each) => each.functions.size > 0) || usedBesides(this.#result, callee, own, new Set(releasing.map((each) => each.op)))) return true;
    }
    return false;
  }

  /** Returned, or held by a place that is seen after the function is left. */
  #isKept(fn: FunctionIR, is: (origin: Origin) => boolean): boolean {
    const { analysis, solved } = this.#result;
    const run = new FrameRun(analysis, fn, "solve");
    for (const { state, value } of solved.get(fn)?.exits ?? []) {
      if ([...reach(run, state, value)].some(is)) return true;
      for (const cell of state.cells.values()) if (this.#outlives(run, cell) && [...reach(run, state, cell.value)].some(is)) return true;
    }
    return false;
  }

  #outlives(run: FrameRun, cell: Cell): boolean {
    if (cell.base !== null) return rootOf(cell.base).kind !== "site";
    const declared = cell.module?.variables[cell.variable];
    if (declared === undefined || cell.module !== run.module) return true;
    const exported = isExported(run.module, cell.variable);
    return declared.owner !== run.fn.id || declared.captured || exported;
  }

  /** The parts of the program in which some call reads the handles that `endFrameWithPromotions` gives. */
  #readPromotions(): ReadonlySet<ModuleIR> {
    const reading = new Set<ModuleIR>();
    for (const fn of this.#result.solved.keys()) {
      const promoting = this.#fates.steps(fn).flatMap((step) => (step.op.op === "call" && step.apis.some(givesPromotions) ? [step.op] : []));
      if (promoting.length === 0) continue;
      const uses = valueUses(fn);
      if (promoting.some((op) => readsHandles(uses, op))) reading.add(this.#parts.partOf(this.#result.analysis.moduleOf(fn)));
    }
    return reading;
  }
}

function readsHandles(uses: ValueUses, op: Op & { readonly op: "call" }): boolean {
  const seen = new Set<number>();
  const reads = (temp: number): boolean => {
    // `promotions = promotions` comes round again.
    if (seen.has(temp)) return false;
    seen.add(temp);
    return uses.of(temp).some((use) => (use.role === "stored" ? uses.loadsOf(use.variable).some(reads) : use.role !== "read-from" || use.op.key !== SUMMARY_MEMBER));
  };
  return reads(op.dst);
}

/** The handle that the call makes, itself or in a helper that gives it back. */
function handleMadeBy(step: Step, at: Location): Site | null {
  for (const origin of step.result) {
    if (origin.kind === "site" && !origin.old && origin.site.kind === "retained" && sameLocation(origin.site.via[0] ?? origin.site.at, at)) return origin.site;
  }
  return null;
}

function isOf(origin: Origin, site: Site): boolean {
  const root = rootOf(origin);
  return root.kind === "site" && root.site.kind === "retained" && sameLocation(root.site.at, site.at) && root.site.via.length === site.via.length && root.site.via.every((call, index) => sameLocation(call, site.via[index] ?? call));
}

/** The frame that it was retained in is over. */
function hasEnded(state: State, site: Site): boolean {
  return site.allocator !== null && standing(state.frame(site.allocator)) === "closed";
}

/** The allocator that holds it ends with a `using` scope of the function. */
function disposesAllocator(step: Step, site: Site): boolean {
  return step.op.op === "dispose" && site.allocator !== null && step.receiver.has(site.allocator);
}
