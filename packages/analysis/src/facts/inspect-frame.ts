/**
 * What the frame analysis knows of a name on a line, in words: for fixtures (`// fact alloc(path) = frame`) and for questions about a place.
 *
 * `alloc(x)`: the kinds of memory that the variable may hold once the line has run. `frame(x)`: how the frame of that allocator stands then.
 * `escapes(x)`: the places that outlive the frame and that what it holds reaches, anywhere in the program. `owned(x)`: how it stands then: `live` (still owed by the function), `released`, `maybe`; `given` when it is in other hands or was the caller's.
 * Several are joined by `+`.
 */
import { type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { FactReader } from "../fact.ts";
import type { Program } from "../program.ts";
import type { Block, FunctionIR, ModuleIR, VariableId } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { frameAnalysis, type FrameAnalysis } from "./frame-analysis.ts";
import { allocatorKey, standing } from "./frame-protocol.ts";
import { FrameRun, memorySite, reach } from "./frame-run.ts";
import { subjectOf, things } from "./owned-values.ts";
import { solveFunction, statesAfter } from "./solve-function.ts";
import { readName } from "./transfer.ts";

export type FrameQuestion = "alloc" | "frame" | "escapes" | "owned";

/** The answer; undefined when no variable of that name is in scope in a function that has operations on the line. */
export function inspectFrame(program: Program, get: FactReader, file: string, line: Span, question: FrameQuestion, name: string): string | undefined {
  const result = get(frameAnalysis);
  const module = program.modules.find((each) => each.file === file);
  if (module === undefined) return undefined;
  const answers = new Set<string>();
  let seen = false;
  for (const { fn, states } of pointsOn(result, module, line)) {
    const variable = variableInScope(module, fn, name, line);
    if (variable === null) continue;
    const run = new FrameRun(result.analysis, fn, "solve");
    for (const state of states) {
      seen = true;
      for (const answer of answersTo(result, run, state, variable, question)) answers.add(answer);
    }
  }
  if (!seen) return undefined;
  if (answers.size > 1) answers.delete("none");
  return answers.size === 0 ? "none" : [...answers].sort().join("+");
}

function answersTo(result: FrameAnalysis, run: FrameRun, state: State, variable: VariableId, question: FrameQuestion): string[] {
  const value = readName(run, state, variable);
  if (question === "alloc") return kindsOf(value);
  if (question === "owned") return things(value).map((origin) => state.owned.get(subjectOf(origin) ?? origin)?.now ?? "given");
  if (question === "frame") {
    const key = allocatorKey(run, value);
    return key === null ? [] : [frameWord(state, key)];
  }
  return sinksOf(result, run, state, value);
}

function kindsOf(value: Value): string[] {
  const kinds = [...value].flatMap((origin) => memorySite(origin)?.kind ?? []);
  return kinds.length === 0 ? ["none"] : kinds;
}

function frameWord(state: State, origin: Origin): string {
  const now = standing(state.frame(origin));
  return now === "unknown" ? "entry" : now;
}

function sinksOf(result: FrameAnalysis, run: FrameRun, state: State, value: Value): string[] {
  const places = new Set([...reach(run, state, value)].flatMap((origin) => {
    const root = rootOf(origin);
    return root.kind === "site" ? [`${root.site.at.file}:${root.site.at.span.start}`] : [];
  }));
  return result.events.flatMap((event) => (event.kind === "escape" && places.has(`${event.site.at.file}:${event.site.at.span.start}`) ? [event.sink] : []));
}

/** Where control stands once the line has run: after its last operation in each block that has some. */
export function* pointsOn(result: FrameAnalysis, module: ModuleIR, line: Span): Generator<{ readonly fn: FunctionIR; readonly states: readonly State[] }> {
  for (const fn of module.functions) {
    const solved = result.solved.get(fn) ?? solveFunction(result.analysis, fn, "summarise");
    let last: { block: Block; count: number } | null = null;
    for (const block of fn.blocks) {
      // What runs on the way out by an exception is no answer.
      if (block.role === "finally" && last !== null) continue;
      const count = block.ops.findLastIndex((op) => op.op !== "dispose" && op.span.start >= line.start && op.span.start < line.end) + 1;
      if (count > 0) last = { block, count };
    }
    if (last !== null) yield { fn, states: statesAfter(result.analysis, fn, solved.states, last.block, last.count) };
  }
}

/** The variable that a name means on a line: the one that is read or written there, else the function's own, an outer function's, or the module's. */
function variableInScope(module: ModuleIR, fn: FunctionIR, name: string, line: Span): VariableId | null {
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if ((op.op === "load" || op.op === "store") && op.span.start >= line.start && op.span.start < line.end && module.variables[op.variable]?.name === name) return op.variable;
    }
  }
  for (let scope: FunctionIR | undefined = fn; scope !== undefined; scope = scope.parent === null ? undefined : module.functions[scope.parent]) {
    const { id } = scope;
    const found = module.variables.findLast((variable) => variable.owner === id && variable.name === name);
    if (found !== undefined) return found.id;
  }
  return null;
}
