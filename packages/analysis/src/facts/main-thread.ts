/**
 * Which functions run on the main thread of a page, each with a chain from what shows it.
 *
 * Theory: reachability (may), breadth first, from what is known to run there: functions that touch the page's globals, the methods of a class that
 * does, functions handed to a drawing loop, and the bodies of such modules and of what they import. Followed: calls, callbacks, and functions that
 * a reached function makes or names, since what it hands on runs on its own agent; not what it sends to another agent, nor what a test of the
 * environment keeps off a page. A module that is the entry of a worker, behaves as one, or imports modules of Node is nobody's page.
 * Misses: functions handed over by names that the tracer cannot follow.
 */
import type { Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { callEffect, type CallEffect, effectOfMade } from "../knowledge/calls.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { agentEntries } from "./agent-entries.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { environmentGuards } from "./environment-tests.ts";
import { functionLabel } from "./function-name.ts";
import { functionsOf, type FunctionValue } from "./function-values.ts";
import { type PageRoot, pageEvidence } from "./page-evidence.ts";
import { makerOfTemp } from "./value-makers.ts";

export interface OnMainThread extends FunctionValue {
  readonly root: PageRoot;
  /** From the root to the function. */
  readonly chain: readonly Related[];
  /** Whether no test of the environment keeps a block of it off a page. */
  readonly isOnPage: (block: BlockId) => boolean;
}

export const mainThread: Fact<ReadonlyMap<FunctionIR, OnMainThread>> = defineFact("main-thread", (program, get) => {
  const entries = get(agentEntries);
  const workers = new Set(entries.starts.flatMap(({ entry }) => (entry === null ? [] : [...entries.closure(entry).modules])));
  const ownEntries = new Set(entries.starts.map(({ entry }) => entry));
  const walk = new Walk(program, get(callEdges));
  const { whole, guarded } = pageRoots(program, workers, ownEntries, (module) => entries.closure(module).modules);
  for (const root of whole) walk.enter(root, false);
  walk.run();
  // What runs there as a whole is known by now; of these only what the test lets through.
  for (const root of guarded) walk.enter(root, true);
  walk.run();
  return walk.reached;
});

function pageRoots(program: Program, workers: ReadonlySet<ModuleIR>, ownEntries: ReadonlySet<ModuleIR | null>, closure: (module: ModuleIR) => ReadonlySet<ModuleIR>): { whole: PageRoot[]; guarded: PageRoot[] } {
  const roots: PageRoot[] = [];
  const guarded: PageRoot[] = [];
  for (const module of program.modules) {
    if (module.role !== "project" || ownEntries.has(module)) continue;
    const evidence = pageEvidence(program, module);
    if (evidence.isElsewhere) continue;
    guarded.push(...evidence.guarded);
    // A loop may draw in a worker too: only a module that no worker brings along shows a page by it.
    const found = workers.has(module) ? evidence.touches : [...evidence.touches, ...evidence.loops];
    roots.push(...found, ...classMates(module, evidence.touches));
    const [first] = found;
    if (first === undefined || workers.has(module)) continue;
    for (const each of closure(module)) {
      const [body] = each.functions;
      if (body !== undefined && !workers.has(each)) roots.push({ module: each, function: body, at: first.at, why: each === module ? first.why : `\`${module.file}\` imports it, where ${first.why.replace(/^it /, "code ")}` });
    }
  }
  return { whole: roots, guarded };
}

/** The other methods of a class of which one touches the page: an object lives on one agent. */
function classMates(module: ModuleIR, touches: readonly PageRoot[]): PageRoot[] {
  const byClass = new Map<number, PageRoot>();
  for (const root of touches) if (root.function.class !== null && !byClass.has(root.function.class)) byClass.set(root.function.class, root);
  return module.functions.flatMap((fn) => {
    const mate = fn.class === null || fn.static ? undefined : byClass.get(fn.class);
    return mate === undefined || mate.function.static ? [] : [{ module, function: fn, at: mate.at, why: `its class ${mate.why.replace(/^it /, "")}` }];
  });
}

interface Reached extends OnMainThread {
  readonly from: { readonly caller: Reached; readonly at: Location; readonly verb: string } | null;
}

class Walk {
  readonly #program: Program;
  readonly #edges: CallEdges;
  readonly reached = new Map<FunctionIR, Reached>();
  readonly #walked = new Set<Reached>();

  constructor(program: Program, edges: CallEdges) {
    this.#program = program;
    this.#edges = edges;
  }

  enter(root: PageRoot, guardedOnly: boolean): void {
    if (!this.reached.has(root.function)) this.reached.set(root.function, reachedBy(this.#program, { module: root.module, function: root.function }, root, null, guardedOnly));
  }

  run(): void {
    // A map goes on to what is added to it on the way.
    for (const reached of this.reached.values()) {
      if (this.#walked.has(reached)) continue;
      this.#walked.add(reached);
      const { module, function: fn } = reached;
      for (const edge of this.#edges.of(module, fn)) if (reached.isOnPage(edge.block)) this.#follow(reached, { module: edge.module, function: edge.target }, { file: module.file, span: edge.span }, "calls");
      for (const block of fn.blocks) if (reached.isOnPage(block.id)) for (const op of block.ops) this.#followValues(reached, op);
    }
  }

  /** Functions that are handed on or kept: whoever calls them does so on this agent. */
  #followValues(reached: Reached, op: Op): void {
    const { module, function: fn } = reached;
    const at = { file: module.file, span: op.span };
    const hand = (temp: number): void => {
      for (const value of functionsOf(this.#program, module, fn, temp)) this.#follow(reached, value, at, "hands on");
    };
    if (op.op === "call" || op.op === "new") {
      const sent = new Set(sentArguments(this.#program, module, fn, op));
      op.args.forEach((arg, index) => {
        if (!sent.has(index)) hand(arg.temp);
      });
    } else if (op.op === "set") hand(op.src);
    else if (op.op === "object" || op.op === "jsx") for (const part of op.parts) hand(part.value);
    else if (op.op === "array") for (const element of op.elements) if (element !== null) hand(element.temp);
  }

  #follow(caller: Reached, target: FunctionValue, at: Location, verb: string): void {
    if (this.reached.has(target.function) || target.function.opaque) return;
    this.reached.set(target.function, reachedBy(this.#program, target, caller.root, { caller, at, verb }, false));
  }
}

function reachedBy(program: Program, value: FunctionValue, root: PageRoot, from: Reached["from"], guardedOnly: boolean): Reached {
  const guard = environmentGuards(program, value.module, value.function);
  return {
    module: value.module,
    function: value.function,
    root,
    from,
    isOnPage: (block) => guard(block) === "page" || (!guardedOnly && guard(block) === null),
    get chain() {
      return chainOf(this);
    },
  };
}

/** The arguments that go to another agent: by the API, or by what made the receiver (a pool's `exec`). */
function sentArguments(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" | "new" }): readonly number[] {
  const effects: (CallEffect | undefined)[] = program.tracer.targets(module, fn, op.dst).apis.map(callEffect);
  if (op.op === "call" && op.receiver !== null && op.key !== null) effects.push(effectOfMade(makersOf(program, module, fn, op.receiver), op.key, op.args.length));
  return effects.flatMap((effect) => (effect?.kind === "send" ? effect.arguments : []));
}

/** The APIs whose call made a value, here or where its constant is initialised. */
function makersOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp): readonly ApiKey[] {
  const maker = makerOfTemp(program, module, fn, temp);
  return maker === null ? [] : program.tracer.targets(maker.module, maker.function, maker.op.dst).apis;
}

function chainOf(reached: Reached): Related[] {
  const steps: Related[] = [];
  for (let at = reached; at.from !== null; at = at.from.caller) {
    steps.unshift({ at: at.from.at, message: `${functionLabel(at.from.caller.module, at.from.caller.function)} ${at.from.verb} ${functionLabel(at.module, at.function)}` });
  }
  return steps;
}
