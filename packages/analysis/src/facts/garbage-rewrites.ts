/**
 * How a place that makes garbage could be written without: the one rewrite that is known for it, for rules to offer.
 *
 * Theory: must; what a rewrite relies on stands in its own file. Silence where any of it is not certain. Asked for in order of the text, since names are given
 * out as they are asked for.
 * Known misses: those of each rewrite; texts, copies that are handed on.
 */
import { defineFact, type Fact } from "../fact.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import { countRewrite } from "./count-rewrite.ts";
import { entriesRewrite } from "./entries-rewrite.ts";
import type { GarbageSite } from "./garbage.ts";
import { hoistRewrite } from "./hoist-rewrite.ts";
import { keptListRewrite } from "./kept-list-rewrite.ts";
import { keptValueRewrite } from "./kept-value-rewrite.ts";
import { literalRewrite } from "./literal-rewrite.ts";
import { loopRewrite } from "./loop-rewrite.ts";
import { ownScratchRewrite } from "./own-scratch-rewrite.ts";
import { type Rewrite, type RewriteContext, rewriteContext, type RewriteSite } from "./rewrite-site.ts";
import { scratchRewrite } from "./scratch-rewrite.ts";

export interface GarbageRewrites {
  /** At most one; computed once a place. */
  of(module: ModuleIR, fn: FunctionIR, site: GarbageSite): readonly Rewrite[];
}

const NONE: readonly Rewrite[] = [];

type Maker = (context: RewriteContext, site: RewriteSite) => Rewrite | null;

const MAKERS: Partial<Readonly<Record<GarbageSite["kind"], readonly Maker[]>>> = {
  regexp: [hoistRewrite],
  closure: [hoistRewrite, loopRewrite],
  object: [hoistRewrite, literalRewrite, keptValueRewrite],
  array: [hoistRewrite, literalRewrite],
  instance: [scratchRewrite, ownScratchRewrite, keptValueRewrite],
  clone: [scratchRewrite, keptValueRewrite],
  "typed-array": [scratchRewrite],
  iterator: [entriesRewrite],
  "array-method": [keptListRewrite],
  spread: [keptListRewrite],
  "length-reset": [countRewrite],
};

export const garbageRewrites: Fact<GarbageRewrites> = defineFact("garbage-rewrites", (_program, get) => {
  const context = get(rewriteContext);
  const known = new WeakMap<GarbageSite, readonly Rewrite[]>();
  return {
    of(module, fn, site) {
      let rewrites = known.get(site);
      if (rewrites === undefined) known.set(site, (rewrites = rewritesOf(context, module, fn, site)));
      return rewrites;
    },
  };
});

function rewritesOf(context: RewriteContext, module: ModuleIR, fn: FunctionIR, { kind, block, span }: GarbageSite): readonly Rewrite[] {
  const makers = MAKERS[kind];
  if (makers === undefined || moduleText(module) === null) return NONE;
  const ops = fn.blocks[block]?.ops.filter((op) => op.span.start === span.start && op.span.end === span.end) ?? [];
  for (const op of ops) {
    for (const make of makers) {
      const rewrite = make(context, { module, fn, op });
      if (rewrite !== null) return staysIn(context.quoted.around(module, fn), rewrite) ? [rewrite] : NONE;
    }
  }
  return NONE;
}

/** A function that is sent away as a text takes along what stands in it. */
function staysIn(quoted: FunctionIR | null, { edits }: Rewrite): boolean {
  return quoted === null || edits.every(({ at: { file, span } }) => file === quoted.file && quoted.span.start <= span.start && span.end <= quoted.span.end);
}
