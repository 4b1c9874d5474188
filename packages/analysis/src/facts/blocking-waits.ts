/**
 * Calls that block, on the main thread of a page; which functions run there is the fact `main-thread`. Computed only where something blocks at all.
 *
 * Theory: by declaration, may: a call is one when one of the functions that the tracer names for it blocks, wherever in a block that runs on the page.
 * Known misses: what `main-thread.ts` misses; functions that block and came out of a container or a parameter.
 */
import type { Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { blocks, mayBlock } from "../knowledge/agents-api.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import { mainThread } from "./main-thread.ts";
import type { PageRoot } from "./page-evidence.ts";

export interface BlockingWait {
  readonly at: Location;
  /** `waitAll`, `Atomics.wait` */
  readonly name: string;
  readonly root: PageRoot;
  /** From the root to the function that waits. */
  readonly chain: readonly Related[];
}

export const blockingWaits: Fact<readonly BlockingWait[]> = defineFact("blocking-waits", (program, get) => {
  const waits = program.modules.flatMap((module) => (module.role === "project" ? waitsIn(program, module) : []));
  if (waits.length === 0) return [];
  const onPage = get(mainThread);
  return waits.flatMap(({ module, fn, op, block, name }) => {
    const reached = onPage.get(fn);
    if (reached?.isOnPage(block) !== true) return [];
    return [{ at: { file: module.file, span: op.span }, name, root: reached.root, chain: reached.chain }];
  });
});

interface Wait {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly op: Op & { readonly op: "call" };
  readonly block: BlockId;
  readonly name: string;
}

/** Whether a function that may block gets a name of its own here: `const { wait } = Atomics`. Without, calls of plain names need not be looked at. */
const takesMember = onceFor((module: ModuleIR) => [...moduleOps(module).readKeys].some(mayBlock));

const callsOfNames = callsOfMembers((name) => name !== null && mayBlock(name));
const callsOfAny = callsOfMembers((name) => name === null || mayBlock(name));
const callsThatMayWait = onceFor((module: ModuleIR) => (takesMember(module) ? callsOfAny : callsOfNames)(module));

function waitsIn(program: Program, module: ModuleIR): Wait[] {
  return callsThatMayWait(module).flatMap(({ fn, block, op }) => {
    const api = program.tracer.targets(module, fn, op.dst).apis.find(blocks);
    return api === undefined ? [] : [{ module, fn, op, block, name: api.replace(/^.*[:#]/, "") }];
  });
}
