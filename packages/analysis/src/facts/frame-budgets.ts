/**
 * The frame budget of an allocator, where the text gives it a constant one: by `setFrameBudget`, by a thread's budget, or by the option it is made with.
 *
 * Theory: by declaration, flow-insensitive; of several budgets the largest counts, and one that is not constant leaves nothing known. A policy that lets a
 * frame go on beyond its budget is none. Misses: budgets that another agent sets for this one, or that are set on the allocator under another name.
 */
import type { Origin } from "../dataflow/origin.ts";
import { budgetPolicyAllows, DEFAULT_FRAME_BUDGET_BYTES, FRAME_BUDGET_OPTION, frameBudgetCall, FRAME_POLICY_OPTION, THREAD_BUDGET_OPTION } from "../knowledge/agents-api.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp, VariableIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { Written } from "./constant-sizes.ts";
import type { Analysis } from "./frame-run.ts";
import { makerOf, makerOfTemp } from "./value-makers.ts";

export interface FrameBudget {
  readonly bytes: number;
  /** Where it is set. */
  readonly at: Location;
}

/** Null when there is none, or it is not known. */
export function budgetOf(analysis: Analysis, key: Origin): FrameBudget | null {
  let known = budgets.get(analysis);
  if (known === undefined) budgets.set(analysis, (known = { settings: settingsOf(analysis), byKey: new Map() }));
  let budget = known.byKey.get(key);
  if (budget === undefined) known.byKey.set(key, (budget = find(analysis, known.settings, key)));
  return budget;
}

interface Setting {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly receiver: Temp;
  /** Null when it is not constant; "none" when the policy lets the frame go on. */
  readonly bytes: number | "none" | null;
  readonly at: Location;
}

const budgets = new WeakMap<Analysis, { readonly settings: readonly Setting[]; readonly byKey: Map<Origin, FrameBudget | null> }>();

function find(analysis: Analysis, settings: readonly Setting[], key: Origin): FrameBudget | null {
  const own = settings.filter((setting) => isSame(analysis, key, setting));
  const made = ofMaker(analysis, key);
  const all = made === null ? own : [...own, made];
  let largest: FrameBudget | null = null;
  for (const { bytes, at } of all) {
    if (bytes === null || bytes === "none") return null;
    if (largest === null || bytes > largest.bytes) largest = { bytes, at };
  }
  return largest;
}

function settingsOf(analysis: Analysis): Setting[] {
  const { program } = analysis;
  return program.modules.flatMap((module) => (module.role === "project" ? module.functions : []).flatMap((fn) => fn.blocks.flatMap((block) => block.ops.flatMap((op): Setting[] => {
    if (op.op !== "call" || op.receiver === null || op.key === null || frameBudgetCall(op.key) === undefined) return [];
    const call = program.tracer.targets(module, fn, op.dst).apis.map((api) => frameBudgetCall(api)).find((each) => each !== undefined);
    const argument = call === undefined ? undefined : op.args[call.argument];
    if (call === undefined || argument === undefined) return [];
    const written = { module, fn, temp: argument.temp };
    const bytes = call.isObject ? ofOptions(analysis, written) : analysis.sizes.number(written);
    return [{ module, fn, receiver: op.receiver, bytes, at: { file: module.file, span: op.span } }];
  }))));
}

/** What is left out is at its default. */
function ofOptions(analysis: Analysis, at: Written): Setting["bytes"] {
  const source = analysis.sizes.source(at);
  const op = source === null ? undefined : functionIndex(source.fn).operation(source.temp);
  if (source === null || op?.op !== "object" || op.parts.some((part) => part.kind !== "value" || part.key === null)) return null;
  const budget = op.parts.find((part) => part.key === FRAME_BUDGET_OPTION);
  const policy = op.parts.find((part) => part.key === FRAME_POLICY_OPTION);
  const name = policy === undefined ? null : analysis.sizes.text({ ...source, temp: policy.value });
  if (policy !== undefined && (name === null || budgetPolicyAllows(name))) return "none";
  return budget === undefined ? DEFAULT_FRAME_BUDGET_BYTES : analysis.sizes.number({ ...source, temp: budget.value });
}

/** `new SmartAlloc({ threadBudget: { frameBudget } })` */
function ofMaker(analysis: Analysis, key: Origin): Pick<Setting, "bytes" | "at"> | null {
  const maker = makerOf(analysis.program, key);
  const argument = maker?.op.args[0];
  if (maker === null || argument === undefined) return null;
  const source = analysis.sizes.source({ module: maker.module, fn: maker.function, temp: argument.temp });
  const op = source === null ? undefined : functionIndex(source.fn).operation(source.temp);
  const part = op?.op === "object" ? op.parts.find((each) => each.kind === "value" && each.key === THREAD_BUDGET_OPTION) : undefined;
  return part === undefined || source === null ? null : { bytes: ofOptions(analysis, { ...source, temp: part.value }), at: { file: source.module.file, span: part.span } };
}

/** Whether the budget is set on this allocator: the same constant, parameter, field of the class, or construction; also through a local name for it. */
function isSame(analysis: Analysis, key: Origin, { module, fn, receiver }: Setting): boolean {
  const { temp, path } = pathOf(module, fn, receiver, []);
  const names: string[] = [];
  let root = key;
  for (; root.kind === "field"; root = root.base) names.unshift(root.name);
  if (names.join(".") === path.join(".")) {
    const op = functionIndex(fn).operation(temp);
    if (root.kind === "this") return op?.op === "this" && root.fn.file === fn.file && classOf(module, fn) === classOf(module, root.fn) && classOf(module, fn) !== null;
    if (op?.op === "load" && root.kind === "variable") {
      const target = analysis.names.canonical(module, op.variable);
      return target.module === root.module && target.variable === root.variable;
    }
    if (op?.op === "load" && root.kind === "param") return root.fn === fn && fn.params[root.index]?.variable === op.variable;
  }
  if (key.kind !== "site") return false;
  const maker = makerOfTemp(analysis.program, module, fn, receiver);
  return maker !== null && maker.module.file === key.site.at.file && maker.op.span.start === key.site.at.span.start && maker.op.span.end === key.site.at.span.end;
}

/** Where a chain of members starts from, and the names on the way; a local constant is what it is set to. */
function pathOf(module: ModuleIR, fn: FunctionIR, temp: Temp, path: readonly string[], seen: Set<VariableIR> = new Set()): { readonly temp: Temp; readonly path: readonly string[] } {
  const op = functionIndex(fn).operation(temp);
  if (op?.op === "copy" || op?.op === "cast") return pathOf(module, fn, op.src, path, seen);
  if (op?.op === "get" && op.key !== null) return pathOf(module, fn, op.object, [op.key, ...path], seen);
  const variable = op?.op === "load" ? module.variables[op.variable] : undefined;
  // `const a = a.b` is a program, if one that throws.
  if (op?.op !== "load" || variable?.kind !== "const" || variable.owner !== fn.id || fn.kind === "module" || seen.has(variable)) return { temp, path };
  seen.add(variable);
  const stored = functionIndex(fn).stores(op.variable)[0]?.op.src;
  const made = stored === undefined ? undefined : functionIndex(fn).operation(stored);
  return stored === undefined || made?.op === "new" || made?.op === "call" ? { temp, path } : pathOf(module, fn, stored, path, seen);
}

function classOf(module: ModuleIR, fn: FunctionIR): number | null {
  for (let at: FunctionIR | undefined = fn; at !== undefined; at = at.parent === null ? undefined : module.functions[at.parent]) if (at.class !== null) return at.class;
  return null;
}
