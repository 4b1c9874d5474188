/**
 * Where tags are named: the calls of the runtime that take one, with every text that it may be. Computed only where the
 * project says something of its tags.
 *
 * Theory: by declaration, may. Known misses: which texts are found, and whose they are, is in `written-texts.ts`; calls of what the tracer cannot name; tags
 * handed on by spreading.
 */
import type { Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { mayTakeTag, type TagEffect, tagEffect } from "../knowledge/tag-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import { ModuleNames } from "./module-names.ts";
import { programCalls } from "./program-calls.ts";
import { WrittenTexts } from "./written-texts.ts";

/** A call that takes a tag. */
export interface TagCall {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly op: Op & { readonly op: "call" };
  readonly effect: TagEffect;
  readonly tags: readonly NamedTag[];
}

export interface NamedTag {
  readonly text: string;
  /** Where it is written, or handed on by who wrote it. */
  readonly at: Location;
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly isLiteral: boolean;
  /** The calls from there down to the one that takes it. */
  readonly chain: readonly Related[];
}

/** In order of file and place. */
export const tagCalls: Fact<readonly TagCall[]> = defineFact("tag-calls", (program, get) => {
  const { known, modules } = program.settings.tags;
  if (modules.length === 0 && !program.modules.some(({ role, file }) => role === "project" && known(file) !== null)) return [];
  const calls = callsWithTag(program);
  if (calls.length === 0) return [];
  const texts = new WrittenTexts(program, new ModuleNames(program), get(programCalls));
  return calls.map((call) => {
    const arg = call.op.args[call.effect.tag];
    return { ...call, tags: arg === undefined || arg.spread ? [] : texts.of(call.module, call.fn, arg.temp) };
  });
});

const callsThatMayTakeTags = callsOfMembers((name) => name === null || mayTakeTag(name));

function callsWithTag(program: Program): readonly Omit<TagCall, "tags">[] {
  const found: Omit<TagCall, "tags">[] = [];
  for (const module of program.modules) {
    if (module.role !== "project") continue;
    for (const { fn, op } of callsThatMayTakeTags(module)) {
      const effect = program.tracer.targets(module, fn, op.dst).apis.map(tagEffect).find((each) => each !== undefined);
      if (effect !== undefined) found.push({ module, fn, op, effect });
    }
  }
  return found;
}
