/** Of one module: its calls by the name of the member that is called. For what looks for calls of a few names and is not there in most modules. */
import type { BlockId, FunctionIR, ModuleIR, Op } from "./ir.ts";
import { onceFor } from "./once-for.ts";

export interface CallPlace {
  readonly fn: FunctionIR;
  readonly block: BlockId;
  readonly op: Op & { readonly op: "call" };
}

interface Calls {
  /** In the order of the text. */
  readonly all: readonly CallPlace[];
  /** Places in `all`; by null those that call no member by name. */
  readonly byName: ReadonlyMap<string | null, readonly number[]>;
}

/** The calls whose member's name `isWanted` accepts, in the order of the text; null for a call of something else. Costs a question for each name and what is found. */
export function callsOfMembers(module: ModuleIR, isWanted: (name: string | null) => boolean): readonly CallPlace[] {
  const calls = callsIn(module);
  const wanted: number[] = [];
  for (const [name, places] of calls.byName) if (isWanted(name)) wanted.push(...places);
  const { all } = calls;
  return wanted.sort((a, b) => a - b).flatMap((place) => all[place] ?? []);
}

const callsIn = onceFor((module: ModuleIR): Calls => {
  const all: CallPlace[] = [];
  const byName = new Map<string | null, number[]>();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call") continue;
        const places = byName.get(op.key);
        if (places === undefined) byName.set(op.key, [all.length]);
        else places.push(all.length);
        all.push({ fn, block: block.id, op });
      }
    }
  }
  return { all, byName };
});
