/**
 * Which classes and functions of a module may make an entry at all, as far as names and the packages in sight tell: of the others nobody asks the tracer.
 *
 * May, by what the module alone says, the aliases of the program (`entryAliases`) and the packages that it has to do with. Kept with these from one analysis to the next: an edit that changes neither
 * leaves the answers for all other modules as they are.
 */
import { CLASS_MAKER_OWNERS, ENTRY_CALL_NAMES, ENTRY_METHOD_NAMES, ENTRY_PROPERTY_NAMES, entryCallOwners, entryMethodOwners, isFrameObservable, OPTION_OWNERS } from "../knowledge/hot-entries.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ClassIR, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { isSame } from "../source/joined.ts";
import { onceFor } from "../source/once-for.ts";
import { methodsOf } from "./class-methods.ts";
import { calleeNames, entryAliases, type EntryAliases, type EntryCandidate } from "./entry-candidates.ts";
import { mayLoopOverFrames } from "./frame-loops.ts";
import { packagesInSight } from "./package-use.ts";

type Packages = ReadonlySet<string> | null;

/** Of one program, or of several that say the same of these things. */
export class EntrySight {
  readonly aliases: EntryAliases;
  readonly packages: Packages;
  readonly isModelled: boolean;
  /** In the order of the text. */
  readonly classesIn: (module: ModuleIR) => readonly ClassIR[];
  readonly functionsIn: (module: ModuleIR) => readonly FunctionIR[];

  constructor(aliases: EntryAliases, packages: Packages, isModelled: boolean) {
    this.aliases = aliases;
    this.packages = packages;
    this.isModelled = isModelled;
    this.classesIn = onceFor((module: ModuleIR) => module.classes.filter((class_) => methodsOf(module, class_).some(({ name }) => ENTRY_METHOD_NAMES.has(name) && this.isInSight(entryMethodOwners(name)))));
    this.functionsIn = onceFor((module: ModuleIR) => {
      const candidates = aliases.candidatesIn(module);
      return module.functions.filter((fn) => fn.tags.hot || mayLoopOverFrames(fn, isModelled) || candidates.get(fn)?.some((each) => this.#isLookedAt(module, fn, each)) === true);
    });
  }

  /** Whether the program has to do with one of the packages; null is always in sight. */
  isInSight(owners: ReadonlySet<string> | null): boolean {
    const { packages } = this;
    if (owners === null || packages === null) return true;
    for (const owner of owners) if (packages.has(owner)) return true;
    return false;
  }

  #isLookedAt(module: ModuleIR, fn: FunctionIR, { op }: EntryCandidate): boolean {
    if (op.op === "new") return this.isInSight(OPTION_OWNERS);
    if (op.op === "set") return op.key !== null && (ENTRY_PROPERTY_NAMES.has(op.key) || this.isInSight(CLASS_MAKER_OWNERS));
    return this.isCallAsked(module, fn, op) || (op.key === "add" && op.receiver !== null && mayBeObservable(observableKey(fn, op.receiver)));
  }

  /** Whether a call of this name may make an entry. */
  isCallAsked(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): boolean {
    return calleeNames(module, fn, op).some((name) => {
      if (ENTRY_CALL_NAMES.has(name) && this.isInSight(entryCallOwners(name))) return true;
      for (const meant of this.aliases.names.get(name) ?? []) if (this.isInSight(entryCallOwners(meant))) return true;
      return false;
    });
  }
}

/** `onBeforeRenderObservable` of `scene.onBeforeRenderObservable.add(f)`; null for what is no member. */
export function observableKey(fn: FunctionIR, receiver: Temp): string | null {
  const holder = functionIndex(fn).operation(receiver);
  return holder?.op === "get" ? holder.key : null;
}

function mayBeObservable(key: string | null): boolean {
  return key !== null && (isFrameObservable(key) || key === "ticker");
}

let last: EntrySight | null = null;

/** The one of before, when nothing that it rests on has changed. */
export function entrySight(program: Program): EntrySight {
  const aliases = entryAliases(program.modules);
  const packages = packagesInSight(program);
  const isModelled = program.settings.model.size > 0;
  if (last === null || last.aliases !== aliases || last.isModelled !== isModelled || !isSame(last.packages, packages)) last = new EntrySight(aliases, packages, isModelled);
  return last;
}
