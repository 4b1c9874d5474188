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

/** By function, in order of the text. */
export const entryCandidates = onceFor((module: ModuleIR): ReadonlyMap<FunctionIR, readonly EntryCandidate[]> => {
  const candidates = new Map<FunctionIR, EntryCandidate[]>();
  const imported = new Set(module.imports.flatMap(({ variable }) => (variable === null ? [] : [variable])));
  for (const fn of module.functions) {
    const own: EntryCandidate[] = [];
    for (const block of fn.blocks) for (const op of block.ops) if ((op.op === "call" || op.op === "new" || op.op === "set") && isCandidate(module, imported, fn, op)) own.push({ block: block.id, op });
    if (own.length > 0) candidates.set(fn, own);
  }
  return candidates;
});

function isCandidate(module: ModuleIR, imported: ReadonlySet<VariableId>, fn: FunctionIR, op: EntryCandidate["op"]): boolean {
  if (op.op === "set") return op.key !== null && (ENTRY_PROPERTY_NAMES.has(op.key) || holdsFunctions(fn, op.object));
  if (op.args.length === 0) return false;
  if (op.op === "call") {
    const name = op.key ?? calleeName(module, fn, op);
    return name !== null && (ENTRY_CALL_NAMES.has(name) || importedEntry(module, fn, op) !== null);
  }
  const callee = operation(fn, op.callee);
  if (callee?.op === "get") return callee.key !== null && OPTION_CONSTRUCTORS.has(callee.key);
  return callee?.op === "load" && (imported.has(callee.variable) || OPTION_CONSTRUCTORS.has(module.variables[callee.variable]?.name ?? ""));
}

/** A prototype, an object that a variable names, or what a function is called on. */
function holdsFunctions(fn: FunctionIR, object: Temp): boolean {
  const holder = operation(fn, object);
  return holder?.op === "load" || (holder?.op === "this" && fn.class === null) || (holder?.op === "get" && holder.key === "prototype");
}

/** What a function is called by where it is no member: a global's name, or a variable's. */
export function calleeName(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): string | null {
  const callee = operation(fn, op.callee);
  if (callee?.op === "global") return callee.name;
  return callee?.op === "load" ? (module.variables[callee.variable]?.name ?? null) : null;
}

/** The name of an imported function that hands something to a frame loop, whatever it is called here. */
function importedEntry(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): string | null {
  const entries = importedEntries(module);
  const callee = entries.size === 0 ? undefined : operation(fn, op.callee);
  return callee?.op === "load" ? (entries.get(callee.variable) ?? null) : null;
}

const importedEntries = onceFor((module: ModuleIR): ReadonlyMap<VariableId, string> => new Map(module.imports.flatMap(({ variable, imported }) => (variable !== null && ENTRY_CALL_NAMES.has(imported) ? [[variable, imported]] : []))));

function operation(fn: FunctionIR, temp: Temp): Op | undefined {
  const found = functionIndex(fn).definition(temp);
  return found !== undefined && "op" in found ? found : undefined;
}
