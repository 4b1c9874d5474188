/**
 * Which branches that seem to be taken now and then are taken whenever hot code runs: what they wait for (`flags` of `ColdBlocks`) hot code brings about each time.
 *
 * Theory: may, by the names of members, over the blocks that are known to be hot. Known misses: members that are filled under another name.
 */
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import { isPutIn } from "./bracketed-members.ts";
import type { ColdBlocks } from "./cold-blocks.ts";
import { ADDED, addedIn } from "./emptied-lists.ts";
import { filledIn } from "./drained-lists.ts";
import { settledFlags, settledNames, unsettled } from "./settled-places.ts";
import { standing } from "./stamps.ts";

/** A function on a hot path. */
interface HotCode {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly cold: ColdBlocks;
  readonly constructed: boolean;
  readonly isHot: (block: BlockId) => boolean;
}

/** Members that branches wait for, and that code of the hot paths puts something else than a constant into: those branches run as often. */
export function raisedByHotCode(functions: Iterable<HotCode>): ReadonlySet<string> {
  const hot = [...functions].filter((reached) => !reached.constructed);
  const flags = new Set(hot.flatMap((reached) => [...reached.cold.flags]));
  // Of lists, and of what a function holds while it runs.
  const others = [...flags].filter((flag) => /[\]=]$/.test(flag));
  const settled = settledFlags(flags);
  const raised = new Set<string>();
  const names = new Set([...flags].map((flag) => flag.replace(/(?:\[\+?\]|=|!.*)$/s, "")));
  for (const reached of flags.size === 0 ? [] : hot) {
    if (!isAmong(names, filledOrSet(reached.module, reached.function))) continue;
    for (const block of reached.function.blocks) {
      for (const { key, src } of setsIn(block)) if (flags.has(key) && reached.isHot(block.id) && isSomething(reached.function, src, key)) raised.add(key);
      if ((others.length === 0 && settled.size === 0) || !reached.isHot(block.id)) continue;
      // What the function with the branch itself writes beside it was asked there.
      if (settled.size > 0) for (const flag of unsettled(reached.module, reached.function, block, settled)) if (!reached.cold.flags.has(flag)) raised.add(flag);
      const filled = filledIn(reached.module, reached.function, block);
      const added = addedIn(reached.module, reached.function, block);
      for (const flag of others) if (flag.endsWith(ADDED) ? added.has(flag.slice(0, -ADDED.length)) : flag.endsWith("=") ? isPutIn(reached.function, block, flag.slice(0, -1)) : filled.has(flag.slice(0, -2))) raised.add(flag);
    }
  }
  for (const flag of standing(flags, () => hot.flatMap((reached) => reached.function.blocks.filter(({ id }) => reached.isHot(id)).map((block) => [reached.function, block] as const)))) raised.add(flag);
  return raised;
}

function isAmong(wanted: ReadonlySet<string>, names: ReadonlySet<string>): boolean {
  for (const name of wanted) if (names.has(name)) return true;
  return false;
}

const named = new WeakMap<FunctionIR, ReadonlySet<string>>();

/** What the function may bring about, by name, wherever it does. */
function filledOrSet(module: ModuleIR, fn: FunctionIR): ReadonlySet<string> {
  let names = named.get(fn);
  if (names === undefined) {
    const all = new Set<string>();
    for (const block of fn.blocks) {
      for (const { key } of setsIn(block)) all.add(key);
      for (const name of filledIn(module, fn, block)) all.add(name);
      for (const name of addedIn(module, fn, block)) all.add(name);
      for (const name of settledNames(module, fn, block)) all.add(name);
    }
    named.set(fn, (names = all));
  }
  return names;
}

const setsIn = onceFor(({ ops }: Block): readonly { readonly key: string; readonly src: Temp }[] => ops.flatMap((op) => (op.op === "set" && op.key !== null ? [{ key: op.key, src: op.src }] : [])));

/** A thing rather than a mark: no constant, no comparison, no flag that is passed on. */
function isSomething(fn: FunctionIR, temp: Temp, key: string): boolean {
  const value = functionIndex(fn).operation(temp);
  return value !== undefined && (value.op === "new" || value.op === "object" || value.op === "array" || value.op === "call" || (value.op === "get" && value.key !== key));
}
