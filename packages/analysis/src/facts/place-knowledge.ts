/**
 * Everything the analysis knows about one place of a program, for people who ask why something is reported, or why not: the values on a line with where
 * they were allocated, under which other names they go, how their frame stands and what outlives it; whether the function runs every frame, from which
 * entry and by which calls; the garbage that is made there; what each call may lead to.
 *
 * Reads the facts that rules read, and adds nothing to them. Values are those after the last operation of the line.
 */
import type { Cell } from "../dataflow/cell.ts";
import { nameOf, type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { Related } from "../diagnostic.ts";
import type { FactReader } from "../fact.ts";
import type { Program } from "../program.ts";
import { describeType } from "../source/describe-type.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, VariableId } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { coldCode } from "./cold-blocks.ts";
import { frameAnalysis, type FrameAnalysis } from "./frame-analysis.ts";
import { standing } from "./frame-protocol.ts";
import { FrameRun, memorySite, reach } from "./frame-run.ts";
import { functionLabel } from "./function-name.ts";
import { garbage } from "./garbage.ts";
import { hotPaths } from "./hot-paths.ts";
import { pointsOn } from "./inspect-frame.ts";
import { subjectOf, things } from "./owned-values.ts";
import { readName } from "./transfer.ts";

export interface ValueKnowledge {
  readonly name: string;
  readonly type: string;
  /** `frame`, `pool`, ...: each allocation that it may be, with the calls from here to there. */
  readonly allocations: readonly { readonly memory: string; readonly at: Location; readonly via: readonly Location[]; readonly frame: string | null }[];
  /** Other names that may hold the same. */
  readonly aliases: readonly string[];
  /** What outlives the frame and holds it. */
  readonly escapes: readonly { readonly name: string; readonly at: Location }[];
  /** `live`, `released`, `maybe`; null for what has no owner. */
  readonly owned: string | null;
}

export interface CallKnowledge {
  readonly at: Location;
  readonly callee: string;
  /** Functions with a body in sight. */
  readonly functions: readonly { readonly label: string; readonly at: Location }[];
  readonly apis: readonly string[];
}

export interface PlaceKnowledge {
  readonly function: string;
  readonly at: Location;
  /** Null when nothing in sight runs it every frame. */
  readonly hot: { readonly entry: Related; readonly chain: readonly Related[] } | null;
  /** Why the code on the line does not run every time; null when it does. */
  readonly cold: string | null;
  readonly values: readonly ValueKnowledge[];
  readonly garbage: readonly { readonly at: Location; readonly what: string; readonly bytes: number; readonly per: "call" | "round" }[];
  readonly calls: readonly CallKnowledge[];
}

/** One entry a function that has code on the line; `offset` narrows it to what stands there. Undefined when the file is none of the program's. */
export function placeKnowledge(program: Program, get: FactReader, file: string, line: Span, offset: number | null): readonly PlaceKnowledge[] | undefined {
  const module = program.modules.find((each) => each.file === file);
  if (module === undefined) return undefined;
  const found: PlaceKnowledge[] = [];
  for (const fn of module.functions) {
    const ops = opsOn(fn, line, offset);
    if (ops.length > 0) found.push(knowledgeOf(program, get, module, fn, ops, line));
  }
  return found;
}

interface OpAt {
  readonly op: Op;
  readonly block: BlockId;
}

/** The operations that begin on the line; with an offset those around it, innermost last. */
function opsOn(fn: FunctionIR, line: Span, offset: number | null): readonly OpAt[] {
  const ops = fn.blocks.flatMap((block) => block.ops.map((op) => ({ op, block: block.id })));
  const on = ops.filter(({ op }) => op.span.start >= line.start && op.span.start <= line.end);
  if (offset === null) return on;
  const around = on.filter(({ op }) => op.span.start <= offset && offset < Math.max(op.span.end, op.span.start + 1));
  const smallest = Math.min(...around.map(({ op }) => op.span.end - op.span.start));
  return around.length === 0 ? [] : around.filter(({ op }) => op.span.end - op.span.start === smallest);
}

function knowledgeOf(program: Program, get: FactReader, module: ModuleIR, fn: FunctionIR, ops: readonly OpAt[], line: Span): PlaceKnowledge {
  const hot = get(hotPaths).functions.get(fn);
  const { cold } = get(coldCode).of(module, fn);
  const reasons = ops.map(({ block }) => cold.get(block));
  const at = (span: Span): Location => ({ file: fn.file, span });
  const spans = new Set(ops.map(({ op }) => op.span.start));
  return {
    function: functionLabel(module, fn),
    at: at(fn.nameSpan),
    hot: hot === undefined || hot.constructed ? null : { entry: { at: hot.entry.at, message: `${functionLabel(hot.entry.module, hot.entry.function)} runs every frame: ${hot.entry.why}` }, chain: hot.chain },
    cold: reasons.every((reason) => reason !== undefined) ? reasons[0] ?? null : null,
    values: valuesOn(program, get(frameAnalysis), module, fn, ops, line),
    garbage: get(garbage).of(module, fn).filter((site) => spans.has(site.span.start)).map((site) => ({ at: at(site.span), what: site.what, bytes: site.bytes, per: site.inLoop ? "round" as const : "call" as const })),
    calls: ops.flatMap(({ op }) => (op.op === "call" || op.op === "new" ? [callOf(program, module, fn, op)] : [])),
  };
}

function callOf(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" | "new" }): CallKnowledge {
  const { apis, functions } = program.tracer.targets(module, fn, op.dst);
  return {
    at: { file: fn.file, span: op.calleeSpan },
    callee: op.op === "call" && op.key !== null ? op.key : op.op === "new" ? "new" : "call",
    functions: functions.map((target) => ({ label: functionLabel(target.module, target.function), at: { file: target.module.file, span: target.function.nameSpan } })),
    apis,
  };
}

function valuesOn(program: Program, result: FrameAnalysis, module: ModuleIR, fn: FunctionIR, ops: readonly OpAt[], line: Span): readonly ValueKnowledge[] {
  const variables = new Set<VariableId>(ops.flatMap(({ op }) => (op.op === "load" || op.op === "store" ? [op.variable] : [])));
  // What is stored is named by its variable, whatever part of the initialiser is asked for.
  const stored = new Set(ops.flatMap(({ op }) => ("dst" in op ? [op.dst] : [])));
  for (const block of fn.blocks) for (const op of block.ops) if (op.op === "store" && stored.has(op.src)) variables.add(op.variable);
  const states = [...pointsOn(result, module, line)].find((point) => point.fn === fn)?.states ?? [];
  const run = new FrameRun(result.analysis, fn, "solve");
  return [...variables].flatMap((variable) => {
    const declared = module.variables[variable];
    if (declared === undefined || declared.name === "" || declared.kind === "import") return [];
    const type = describeType(program.tracer.typeOfVariable(module, variable)).replace(/^\(literal at .*\)$/, "literal");
    return [{ name: declared.name, type, ...ofStates(result, run, states, variable) }];
  });
}

function ofStates(result: FrameAnalysis, run: FrameRun, states: readonly State[], variable: VariableId): Omit<ValueKnowledge, "name" | "type"> {
  const allocations = new Map<string, ValueKnowledge["allocations"][number]>();
  const aliases = new Set<string>();
  const escapes = new Map<string, ValueKnowledge["escapes"][number]>();
  let owned: string | null = null;
  for (const state of states) {
    const value = readName(run, state, variable);
    for (const origin of value) {
      const site = memorySite(origin);
      if (site === null) continue;
      const frame = site.allocator === null || site.kind !== "frame" ? null : standing(state.frame(site.allocator));
      const key = `${site.at.file}:${site.at.span.start}:${site.via.length}`;
      allocations.set(key, { memory: site.kind, at: site.at, via: site.via, frame: frame === "unknown" ? "as the caller left it" : frame });
      for (const event of result.events) {
        if (event.kind === "escape" && event.site.at.file === site.at.file && event.site.at.span.start === site.at.span.start) escapes.set(`${event.at.file}:${event.at.span.start}`, { name: event.name, at: event.at });
      }
    }
    for (const origin of things(value)) owned ??= state.owned.get(subjectOf(origin) ?? origin)?.now ?? null;
    for (const alias of aliasesIn(run, state, value, variable)) aliases.add(alias);
  }
  return { allocations: [...allocations.values()], aliases: [...aliases].sort(), escapes: [...escapes.values()], owned };
}

/** Variables and fields that may hold memory that the value holds. */
function aliasesIn(run: FrameRun, state: State, value: Value, variable: VariableId): readonly string[] {
  const memory = new Set([...value].filter((origin) => memorySite(origin) !== null).map(rootOf));
  if (memory.size === 0) return [];
  return [...state.cells.values()].flatMap((cell) => {
    if (cell.base === null && cell.module === run.module && cell.variable === variable) return [];
    return [...reach(run, state, cell.value)].some((origin) => memory.has(rootOf(origin))) ? nameOfCell(cell) : [];
  });
}

function nameOfCell(cell: Cell): string[] {
  if (cell.base !== null) return [`${baseName(cell.base)}.${cell.name === "*" ? "(element)" : cell.name}`];
  const name = cell.module?.variables[cell.variable]?.name ?? cell.name;
  return name === "" ? [] : [name];
}

function baseName(origin: Origin): string {
  return nameOf(origin) || "(object)";
}
