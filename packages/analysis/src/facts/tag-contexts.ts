/**
 * In the name of which tags each function runs: from every scope of a tag through the calls made in it.
 *
 * Theory: forward over the call graph, may. Element: nested tags, outermost first, each with the place where it is named; a function has one context for
 * each nesting, with the first chain of calls that leads there. Nestings deeper than `MAX_NESTING` are cut off: what is deeper is taken for the outermost ones.
 * Misses: calls that the tracer cannot name, and what runs later.
 */
import type { Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { functionLabel } from "./function-name.ts";
import { functionsOf } from "./function-values.ts";
import { openScopes } from "./tag-scopes.ts";
import { type NamedTag, type TagCall, tagCalls } from "./tag-uses.ts";

/** Tags in force, outermost first. */
export type Nesting = readonly NamedTag[];

export interface TagContext {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  /** When the function is entered. */
  readonly tags: Nesting;
  /** The calls from the scope of the innermost tag to here. */
  readonly chain: readonly Related[];
}

export interface TagContexts {
  /** Contexts with a tag in force, in a fixed order. */
  readonly all: readonly TagContext[];
  /** The nestings in which a function is entered; without any it is entered without a tag, as far as is known. */
  of(fn: FunctionIR): readonly TagContext[];
  /** What is open at an operation of a function entered in this nesting; several where a tag may be several texts. */
  at(fn: FunctionIR, op: Op, entered: Nesting): readonly Nesting[];
}

const MAX_NESTING = 4;
const MAX_CONTEXTS = 4_000;

export const tagContexts: Fact<TagContexts> = defineFact("tag-contexts", (program, get) => {
  const walk = new ContextWalk(program, get(callEdges), get(tagCalls));
  walk.run();
  return { all: walk.contexts, of: (fn) => walk.contexts.filter((context) => context.fn === fn), at: (fn, op, entered) => walk.at(fn, op, entered) };
});

class ContextWalk {
  readonly contexts: TagContext[] = [];
  readonly #program: Program;
  readonly #edges: CallEdges;
  readonly #calls = new Map<FunctionIR, TagCall[]>();
  readonly #open = new Map<FunctionIR, ReadonlyMap<Op, readonly TagCall[]>>();
  readonly #seen = new Map<FunctionIR, Set<string>>();

  constructor(program: Program, edges: CallEdges, calls: readonly TagCall[]) {
    this.#program = program;
    this.#edges = edges;
    for (const call of calls) this.#calls.set(call.fn, [...(this.#calls.get(call.fn) ?? []), call]);
  }

  run(): void {
    for (const [fn, calls] of this.#calls) {
      const [first] = calls;
      if (first !== undefined) this.#leave({ module: first.module, fn, tags: [], chain: [] });
    }
    // Grows while it is walked.
    for (const context of this.contexts) this.#leave(context);
  }

  at(fn: FunctionIR, op: Op, entered: Nesting): readonly Nesting[] {
    let open = this.#open.get(fn);
    if (open === undefined) this.#open.set(fn, (open = openScopes(fn, this.#calls.get(fn) ?? [])));
    return (open.get(op) ?? []).reduce<readonly Nesting[]>((nestings, call) => nested(nestings, call), [entered]);
  }

  /** The functions that one in this context runs. */
  #leave({ module, fn, tags, chain }: TagContext): void {
    const around = new Map<Op, TagCall>((this.#calls.get(fn) ?? []).filter(({ effect }) => effect.kind === "around").map((call) => [call.op, call]));
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const call = around.get(op);
        const arg = call?.effect.kind === "around" ? call.op.args[call.effect.callback] : undefined;
        if (call === undefined || arg === undefined) continue;
        for (const nesting of nested(this.at(fn, op, tags), call)) {
          for (const target of functionsOf(this.#program, module, fn, arg.temp)) this.#enter({ module: target.module, fn: target.function, tags: nesting, chain: [] });
        }
      }
    }
    const opsBySpan = new Map(fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "call" || op.op === "new" ? [[`${block.id}:${op.calleeSpan.start}:${op.calleeSpan.end}`, op] as const] : []))));
    for (const edge of this.#edges.of(module, fn)) {
      const op = opsBySpan.get(`${edge.block}:${edge.span.start}:${edge.span.end}`);
      if (op !== undefined && around.has(op)) continue;
      const verb = edge.how === "callback" ? "hands on" : "calls";
      const step = { at: { file: module.file, span: edge.span }, message: `${functionLabel(module, fn)} ${verb} ${functionLabel(edge.module, edge.target)}` };
      for (const nesting of op === undefined ? [tags] : this.at(fn, op, tags)) this.#enter({ module: edge.module, fn: edge.target, tags: nesting, chain: nesting.length > tags.length ? [step] : [...chain, step] });
    }
  }

  #enter(context: TagContext): void {
    if (context.tags.length === 0 || this.contexts.length >= MAX_CONTEXTS || context.module.role !== "project") return;
    const key = context.tags.map(({ text, at }) => `${text}@${at.file}:${at.span.start}`).join("\0");
    const seen = this.#seen.get(context.fn) ?? new Set();
    this.#seen.set(context.fn, seen);
    if (seen.has(key)) return;
    seen.add(key);
    this.contexts.push(context);
  }
}

function nested(nestings: readonly Nesting[], call: TagCall): readonly Nesting[] {
  if (call.tags.length === 0) return nestings;
  return nestings.flatMap((nesting) => (nesting.length >= MAX_NESTING ? [nesting] : call.tags.map((tag) => [...nesting, tag])));
}
