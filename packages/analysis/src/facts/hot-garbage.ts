/**
 * Garbage made every frame: the sites of `garbage.ts` on the paths of `hot-paths.ts`.
 *
 * Theory: may, the product of both: a site counts when some chain of calls from an entry reaches its block. Left out are cold blocks, code reached through `new` alone (its bytes stand at the `new`), values that a function returns and all hot callers take
 * apart at once (must, through at most three returns), and libraries. In order of file and place.
 * Known misses: what `garbage.ts` and `hot-paths.ts` miss; garbage of a library that the project calls every frame.
 */
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { GARBAGE_BYTES as B } from "../knowledge/garbage-costs.ts";
import { awaits } from "./found-garbage.ts";
import { type Garbage, garbage, type GarbageSite } from "./garbage.ts";
import { type HotFunction, hotPaths } from "./hot-paths.ts";

export interface HotGarbage {
  readonly hot: HotFunction;
  readonly site: GarbageSite;
}

const RETURN_DEPTH = 3;

export const hotGarbage: Fact<readonly HotGarbage[]> = defineFact("hot-garbage", (program, get) => {
  const made = get(garbage);
  const found: HotGarbage[] = [];
  for (const hot of get(hotPaths).functions.values()) {
    if (hot.module.role !== "project" || hot.constructed || (program.only !== null && hot.module.file !== program.only)) continue;
    const least = program.settings.hotPathBytes(hot.module.file);
    const promise = promiseOfFrame(hot);
    if (promise !== null && promise.bytes >= least) found.push({ hot, site: promise });
    for (const site of made.of(hot.module, hot.function)) {
      if (site.bytes < least || !hot.isHot(site.block)) continue;
      if (site.returned && takenApart(made, hot, 0)) continue;
      found.push({ hot, site });
    }
  }
  return found.sort((a, b) => compareText(a.hot.module.file, b.hot.module.file) || a.site.span.start - b.site.span.start || a.site.span.end - b.site.span.end);
});

/** An async function that the platform or an engine calls in each frame makes a promise, which no call in sight does; null for any other function. */
function promiseOfFrame({ module, function: fn, entry, chain, isHot }: HotFunction): GarbageSite | null {
  if (!fn.async || fn.generator || chain.length > 0 || entry.caller !== "engine" || entry.blocks !== null || !isHot(0)) return null;
  const span = entry.at.file === module.file ? entry.at.span : fn.nameSpan;
  const what = fn.name === "" ? "call of an async function" : `call of async function \`${fn.name}\``;
  return { kind: "promise", block: 0, span, bytes: awaits(fn) ? B.asyncCallWithAwait : B.asyncCall, what, inLoop: false, returned: false, confidence: "traced" };
}

/** Whether every hot call of the function lets its result go at once, so that V8 inlines the call and removes the value. */
function takenApart(made: Garbage, hot: HotFunction, depth: number): boolean {
  if (depth > RETURN_DEPTH || hot.chain.length === 0 || !made.removed.isInlined(hot.function)) return false;
  return hot.callers.every(({ caller, edge }) => {
    if (edge.how !== "call" || edge.result === null) return false;
    const verdict = made.removed.verdict(caller.module, caller.function, edge.result);
    return verdict === "stays" || (verdict === "returned" && takenApart(made, caller, depth + 1));
  });
}
