/**
 * Operations that may hand something over to a frame loop, by what their module alone says: a call of a known name, a construction with options, a property or a
 * prototype that is set. Most operations are none, and of those nobody asks the tracer.
 */
import { ENTRY_CALL_NAMES, ENTRY_PROPERTY_NAMES, OPTION_CONSTRUCTORS } from "../knowledge/hot-entries.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

export interface EntryCandidate {
  readonly block: BlockId;
  readonly op: Op & { readonly op: "call" | "new" | "set" };
}

/** By function, in order of the text. `aliases`: see `entryAliases`. */
export function entryCandidates(module: ModuleIR, aliases: ReadonlySet<string>): ReadonlyMap<FunctionIR, readonly EntryCandidate[]> {
  if (aliases.size === 0) return namedCandidates(module);
  const candidates = new Map(namedCandidates(module));
  for (const [fn, calls] of namedCalls(module)) {
    const more = calls.filter(({ name }) => aliases.has(name));
    if (more.length > 0) candidates.set(fn, [...(candidates.get(fn) ?? []), ...more]);
  }
  return candidates;
}

const namedCandidates = onceFor((module: ModuleIR): ReadonlyMap<FunctionIR, readonly EntryCandidate[]> => {
  const candidates = new Map<FunctionIR, EntryCandidate[]>();
  const imported = new Set(module.imports.flatMap(({ variable }) => (variable === null ? [] : [variable])));
  for (const fn of module.functions) {
    const own: EntryCandidate[] = [];
    for (const block of fn.blocks) for (const op of block.ops) if ((op.op === "call" || op.op === "new" || op.op === "set") && isCandidate(module, imported, fn, op)) own.push({ block: block.id, op });
    if (own.length > 0) candidates.set(fn, own);
  }
  return candidates;
});

/** Calls that are given something by names that say nothing of frames: what is called, and what an import calls it. */
const namedCalls = onceFor((module: ModuleIR): ReadonlyMap<FunctionIR, readonly (EntryCandidate & { readonly name: string })[]> => {
  const calls = new Map<FunctionIR, (EntryCandidate & { readonly name: string })[]>();
  const exporters = new Map(module.imports.flatMap(({ variable, imported }) => (variable === null ? [] : [[variable, imported] as const])));
  for (const fn of module.functions) {
    const own: (EntryCandidate & { readonly name: string })[] = [];
    for (const { id, ops } of fn.blocks) {
      for (const op of ops) {
        if (op.op !== "call" || op.args.length === 0) continue;
        const callee = functionIndex(fn).operation(op.callee);
        const exported = callee?.op === "load" ? exporters.get(callee.variable) : undefined;
        const name = op.key ?? exported ?? calleeName(module, fn, op);
        if (name !== null && !ENTRY_CALL_NAMES.has(name)) own.push({ block: id, op, name });
      }
    }
    if (own.length > 0) calls.set(fn, own);
  }
  return calls;
});

/** Names of variables and members that are given a function like `requestAnimationFrame`: `const raf = window.requestAnimationFrame || later`. */
export function entryAliases(modules: readonly ModuleIR[]): ReadonlySet<string> {
  return new Set(modules.flatMap((module) => [...aliasesIn(module)]));
}

const aliasesIn = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const names = new Set<string>();
  const giving = new Set<number>();
  // A function that gives one may be written after the call of it.
  for (let size = -1; size !== giving.size; ) {
    size = giving.size;
    for (const fn of module.functions) if (noteAliases(module, fn, giving, names)) giving.add(fn.id);
  }
  return names;
});

/** Whether the function returns one. */
function noteAliases(module: ModuleIR, fn: FunctionIR, giving: ReadonlySet<number>, names: Set<string>): boolean {
  const held = new Set<Temp>();
  const isGiven = (op: Op & { readonly op: "call" }): boolean => {
    const callee = functionIndex(fn).operation(op.callee);
    return (op.key === "bind" && op.receiver !== null && held.has(op.receiver)) || (callee?.op === "function" && giving.has(callee.function));
  };
  let returns = false;
  for (const { ops, terminal } of fn.blocks) {
    for (const op of ops) {
      if ((op.op === "get" && op.key !== null && ENTRY_CALL_NAMES.has(op.key)) || (op.op === "global" && ENTRY_CALL_NAMES.has(op.name))) held.add(op.dst);
      else if ((op.op === "copy" || op.op === "cast") && held.has(op.src)) held.add(op.dst);
      else if (op.op === "call" && isGiven(op)) held.add(op.dst);
      else if (op.op === "store" && held.has(op.src)) names.add(module.variables[op.variable]?.name ?? "");
      else if (op.op === "set" && op.key !== null && held.has(op.src)) names.add(op.key);
      else if (op.op === "object") for (const { key, value } of op.parts) if (key !== null && held.has(value)) names.add(key);
    }
    returns ||= terminal.kind === "return" && terminal.value !== null && held.has(terminal.value);
  }
  return returns;
}

function isCandidate(module: ModuleIR, imported: ReadonlySet<VariableId>, fn: FunctionIR, op: EntryCandidate["op"]): boolean {
  if (op.op === "set") return op.key !== null && (ENTRY_PROPERTY_NAMES.has(op.key) || holdsFunctions(fn, op.object));
  if (op.args.length === 0) return false;
  if (op.op === "call") {
    const name = op.key ?? calleeName(module, fn, op);
    return name !== null && (ENTRY_CALL_NAMES.has(name) || importedEntry(module, fn, op) !== null);
  }
  const callee = functionIndex(fn).operation(op.callee);
  if (callee?.op === "get") return callee.key !== null && OPTION_CONSTRUCTORS.has(callee.key);
  return callee?.op === "load" && (imported.has(callee.variable) || OPTION_CONSTRUCTORS.has(module.variables[callee.variable]?.name ?? ""));
}

/** A prototype, an object that a variable names, or what a function is called on. */
function holdsFunctions(fn: FunctionIR, object: Temp): boolean {
  const holder = functionIndex(fn).operation(object);
  return holder?.op === "load" || (holder?.op === "this" && fn.class === null) || (holder?.op === "get" && holder.key === "prototype");
}

/** What a function is called by where it is no member: a global's name, or a variable's. */
export function calleeName(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): string | null {
  const callee = functionIndex(fn).operation(op.callee);
  if (callee?.op === "global") return callee.name;
  return callee?.op === "load" ? (module.variables[callee.variable]?.name ?? null) : null;
}

/** The name of an imported function that hands something to a frame loop, whatever it is called here. */
function importedEntry(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): string | null {
  const entries = importedEntries(module);
  const callee = entries.size === 0 ? undefined : functionIndex(fn).operation(op.callee);
  return callee?.op === "load" ? (entries.get(callee.variable) ?? null) : null;
}

const importedEntries = onceFor((module: ModuleIR): ReadonlyMap<VariableId, string> => new Map(module.imports.flatMap(({ variable, imported }) => (variable !== null && ENTRY_CALL_NAMES.has(imported) ? [[variable, imported]] : []))));
