/**
 * Memory of one module's tag in another module that may not use it: allocated there by a call under the tag, kept there, or freed there.
 *
 * Theory: allocations by the nestings of tags in which a function may run (`tag-contexts.ts`); what is kept or freed by the allocations that it may be
 * (`moved-memory.ts`) whose tag is certain (`certain-tags.ts`). A tag that is misplaced where it is written is not followed: that is said there.
 * Known misses: what those four miss; modules for which the configuration allows every tag.
 */
import { compareText, type Related } from "../diagnostic.ts";
import { placeKey } from "../dataflow/locations.ts";
import { defineFact, type Fact } from "../fact.ts";
import { ownershipEffect } from "../knowledge/ownership-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { CertainTags } from "./certain-tags.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import { MovedMemory } from "./moved-memory.ts";
import { programCalls } from "./program-calls.ts";
import { allowedTags, covers, foreignTag } from "./tag-allowances.ts";
import { type Nesting, type TagContexts, tagContexts } from "./tag-contexts.ts";
import { type NamedTag, tagCalls } from "./tag-uses.ts";

export interface CrossModuleMemory {
  readonly what: "allocated" | "kept" | "freed";
  readonly at: Location;
  readonly module: ModuleIR;
  readonly tag: NamedTag;
  /** The API that allocates. */
  readonly name: string;
  /** The allocation, where that is not the place itself. */
  readonly made: Location | null;
  readonly chain: readonly Related[];
}

export const crossModuleMemory: Fact<readonly CrossModuleMemory[]> = defineFact("cross-module-memory", (program, get) => {
  const calls = get(tagCalls);
  if (calls.length === 0 || program.settings.tags.modules.length === 0) return [];
  const contexts = get(tagContexts);
  const found = [...allocatedElsewhere(program, contexts)];
  const certain = new CertainTags(program, contexts, get(programCalls), calls);
  // The frame analysis is by far the dearest: asked only where something may be found.
  if (program.modules.some((module) => isRestricted(program, module))) found.push(...movedElsewhere(program, certain, new MovedMemory(program, get(frameAnalysis), get(programCalls))));
  const first = new Map<string, CrossModuleMemory>();
  for (const each of found) {
    const key = `${placeKey(each.at)}\0${each.tag.text}`;
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()].sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

function isRestricted({ settings }: Program, module: ModuleIR): boolean {
  return module.role === "project" && allowedTags(settings.tags, module.file) !== null;
}

/** Whether the tag is in its place where it is written. */
function isRightfully({ settings }: Program, tag: NamedTag): boolean {
  const allowed = allowedTags(settings.tags, tag.module.file);
  return allowed === null || covers(allowed, tag.text);
}

function* allocatedElsewhere(program: Program, contexts: TagContexts): Iterable<CrossModuleMemory> {
  for (const { module, fn, tags, chain } of contexts.all) {
    if (!isRestricted(program, module)) continue;
    for (const { op, name } of allocationsIn(program, module, fn)) {
      for (const nesting of contexts.at(fn, op, tags)) {
        const tag = foreignIn(program, module, nesting);
        if (tag === null || tag.module === module || !isRightfully(program, tag)) continue;
        yield { what: "allocated", at: { file: module.file, span: op.span }, module, tag, name, made: null, chain };
      }
    }
  }
}

function foreignIn({ settings }: Program, module: ModuleIR, nesting: Nesting): NamedTag | null {
  return nesting[foreignTag(settings.tags, module.file, nesting.map(({ text }) => text))] ?? null;
}

function* allocationsIn(program: Program, module: ModuleIR, fn: FunctionIR): Iterable<{ readonly op: Op; readonly name: string }> {
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "call") continue;
      const api = program.tracer.targets(module, fn, op.dst).apis.find(makesMemory);
      if (api !== undefined) yield { op, name: memberOf(api) };
    }
  }
}

function makesMemory(api: ApiKey): boolean {
  if (runtimeEffect(api)?.kind === "alloc") return true;
  const owned = ownershipEffect(api);
  // To resolve a handle makes a view of what is there.
  return owned !== undefined && (owned.kind === "acquire" || owned.kind === "part") && /^(?:handle|group value|task value)$/.test(owned.resource);
}

function* movedElsewhere(program: Program, certain: CertainTags, moved: MovedMemory): Iterable<CrossModuleMemory> {
  for (const module of program.modules) {
    if (!isRestricted(program, module)) continue;
    for (const fn of module.functions) {
      for (const { what, at, sites } of moved.in(module, fn)) {
        // All that it may be has to be somebody else's.
        const tags = sites.map((site) => ({ site, tag: certain.ofPlace(site.at) }));
        const [first] = tags;
        if (first === undefined || first.tag === null || tags.some(({ tag }) => tag?.text !== first.tag?.text)) continue;
        // What is kept of a frame is judged by the frame.
        if (what === "kept" && first.site.kind === "frame") continue;
        if (foreignTag(program.settings.tags, module.file, [first.tag.text]) === -1 || !isRightfully(program, first.tag)) continue;
        if (first.site.at.file === module.file) continue;
        yield { what, at, module, tag: first.tag, name: memberOf(first.site.api ?? ""), made: first.site.at, chain: [] };
      }
    }
  }
}

function memberOf(api: string): string {
  return api.replace(/^.*[#.:]/, "");
}
