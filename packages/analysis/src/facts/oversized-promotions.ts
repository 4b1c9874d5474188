/**
 * Data that is to be promoted to the pool and is larger than the largest class of a pool: the heap takes it instead, or nothing does.
 *
 * Theory: must; constant types alone. An allocator whose construction is in sight has the classes that it was made with. Of others nothing is said in a part of
 * a program that configures the classes of some allocator, or hands one a configuration that cannot be read.
 * Known misses: policies and sizes that are not constant; data that fits a class which the configuration makes smaller.
 */
import { defineFact, type Fact } from "../fact.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import { CLASS_SETTINGS, LARGEST_CLASS, makesAllocator } from "../knowledge/type-layout.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { KnownSizes } from "./known-sizes.ts";
import { ModuleNames } from "./module-names.ts";
import { programParts } from "./program-parts.ts";
import { retentionOf } from "./retention-policy.ts";
import { bindingOf } from "./runtime-call.ts";
import { TypeSizes } from "./type-sizes.ts";
import type { CallLike } from "./value-fates.ts";
import { makerOfTemp } from "./value-makers.ts";

export interface OversizedPromotion {
  readonly at: Location;
  readonly binding: string | null;
  readonly bytes: number;
  readonly largest: number;
}

export const oversizedPromotions: Fact<readonly OversizedPromotion[]> = defineFact("oversized-promotions", (program, get) => {
  const names = new ModuleNames(program);
  const sizes = new TypeSizes(program, names, new KnownSizes(program, names, () => []));
  const { partOf } = get(programParts);
  const configured = new Set<ModuleIR>();
  const found: (OversizedPromotion & { readonly module: ModuleIR; readonly isMadeInSight: boolean })[] = [];
  for (const { module, fn, op } of callsIn(get(frameAnalysis))) {
    const { apis } = program.tracer.targets(module, fn, op.dst);
    if (apis.some(makesAllocator) && !hasDefaultClasses(fn, op)) configured.add(partOf(module));
    const [type] = op.args;
    if (op.op !== "call" || type === undefined || !apis.some(retains) || retentionOf(program, module, fn, op) !== "pool") continue;
    const bytes = sizes.bytesOf(module, fn, type.temp);
    if (bytes === null || bytes <= LARGEST_CLASS) continue;
    const maker = op.receiver === null ? null : makerOfTemp(program, module, fn, op.receiver);
    const isMadeInSight = maker !== null && program.tracer.targets(maker.module, maker.function, maker.op.dst).apis.some(makesAllocator) && hasDefaultClasses(maker.function, maker.op);
    found.push({ module, isMadeInSight, at: { file: fn.file, span: op.span }, binding: bindingOf({ module, fn }, op.dst), bytes, largest: LARGEST_CLASS });
  }
  return found.filter(({ module, isMadeInSight }) => isMadeInSight || !configured.has(partOf(module)));
});

/** In the functions that have to do with the runtime: to trace every call of a large program for this would cost more than all else. */
function* callsIn({ solved, analysis }: FrameAnalysis): Generator<{ readonly module: ModuleIR; readonly fn: FunctionIR; readonly op: CallLike }> {
  for (const fn of solved.keys()) {
    const module = analysis.moduleOf(fn);
    if (module.role !== "project") continue;
    for (const block of fn.blocks) for (const op of block.ops) if (op.op === "call" || op.op === "new" || op.op === "super-call") yield { module, fn, op };
  }
}

function retains(api: string): boolean {
  const effect = runtimeEffect(api);
  return effect?.kind === "alloc" && effect.memory === "retained";
}

function hasDefaultClasses(fn: FunctionIR, op: CallLike): boolean {
  const [config] = op.args;
  if (config === undefined) return true;
  const made = functionIndex(fn).definition(config.temp);
  return made !== undefined && "op" in made && made.op === "object" && made.parts.every((part) => part.key !== null && !CLASS_SETTINGS.has(part.key));
}
