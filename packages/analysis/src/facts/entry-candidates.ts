/**
 * Operations that may hand something over to a frame loop, by what their module alone says: a call of a known name, a construction with options, a property or a
 * prototype that is set. Most operations are none, and of those nobody asks the tracer.
 */
import { ENTRY_CALL_NAMES, ENTRY_PROPERTY_NAMES, OPTION_CONSTRUCTORS } from "../knowledge/hot-entries.ts";
import { append } from "../source/append.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { addTo } from "./add-to.ts";
import { importedNames } from "./imported-names.ts";
import { joined } from "../source/joined.ts";
import { onceFor } from "../source/once-for.ts";

export interface EntryCandidate {
  readonly block: BlockId;
  readonly op: Op & { readonly op: "call" | "new" | "set" };
}

type CallOp = Op & { readonly op: "call" };

type Candidates = ReadonlyMap<FunctionIR, readonly EntryCandidate[]>;

function aliasedCandidates(module: ModuleIR, aliases: ReadonlyMap<string, unknown>): Candidates {
  const candidates = new Map(namedCandidates(module));
  for (const [fn, calls] of namedCalls(module)) {
    const more = calls.filter(({ names }) => names.some((name) => aliases.has(name)));
    if (more.length > 0) candidates.set(fn, [...(candidates.get(fn) ?? []), ...more]);
  }
  return candidates;
}

const namedCandidates = onceFor((module: ModuleIR): Candidates => {
  const candidates = new Map<FunctionIR, EntryCandidate[]>();
  const imported = new Set(module.imports.flatMap(({ variable }) => (variable === null ? [] : [variable])));
  for (const { fn, block, op } of moduleOps(module).listed) {
    if (op.op !== "call" && op.op !== "new" && op.op !== "set") continue;
    const meant = op.op === "call" ? directly(fn, op) : op;
    if (isCandidate(module, imported, fn, meant)) append(candidates, fn, { block, op: meant });
  }
  return candidates;
});

/** What a call by `call` calls: `raf.call(window, step)` is `raf(step)`. */
function directly(fn: FunctionIR, op: CallOp): CallOp {
  if (op.key !== "call" || op.receiver === null) return op;
  const callee = functionIndex(fn).operation(op.receiver);
  const member = callee?.op === "get" ? callee : null;
  return { ...op, callee: op.receiver, key: member?.key ?? null, receiver: member?.object ?? null, args: op.args.slice(1) };
}

/** Calls that are given something by names that say nothing of frames: what is called, and what an import calls it. */
const namedCalls = onceFor((module: ModuleIR): ReadonlyMap<FunctionIR, readonly (EntryCandidate & { readonly names: readonly string[] })[]> => {
  const calls = new Map<FunctionIR, (EntryCandidate & { readonly names: readonly string[] })[]>();
  for (const { fn, block, op: written } of moduleOps(module).calls) {
    const op = directly(fn, written);
    const names = op.args.length === 0 ? [] : calleeNames(module, fn, op);
    if (names.length > 0 && !names.some((name) => ENTRY_CALL_NAMES.has(name))) append(calls, fn, { block, op, names });
  }
  return calls;
});

/** Names of variables and members that are given a function like `requestAnimationFrame`, and by what names that goes: `const raf = window.requestAnimationFrame || later`. */
export interface EntryAliases {
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** By function, in order of the text; what is called by an alias stands behind the others. */
  readonly candidatesIn: (module: ModuleIR) => Candidates;
}

type Names = Map<string, Set<string>>;

interface Aliases {
  readonly names: Names;
  readonly variables: Map<VariableId, Set<string>>;
}

const aliasesIn = onceFor((module: ModuleIR): Aliases => {
  const aliases: Aliases = { names: new Map(), variables: new Map() };
  const { globals, readKeys } = moduleOps(module);
  if (![...ENTRY_CALL_NAMES].some((name) => globals.has(name) || readKeys.has(name))) return aliases;
  const giving: Giving = { byFunction: new Map(), byName: new Map() };
  // A function that gives one may be written after the call of it, a variable that holds one filled after it is read.
  for (let size = -1; size !== sizeOf(giving.byFunction) + sizeOf(aliases.variables); ) {
    size = sizeOf(giving.byFunction) + sizeOf(aliases.variables);
    for (const fn of module.functions) {
      const given = noteAliases(module, fn, giving, aliases);
      if (given.size > 0) giving.byFunction.set(fn.id, given);
      for (const each of given) addTo(fn.kind === "field" ? aliases.names : giving.byName, fn.name, each);
    }
  }
  return aliases;
});

const namesIn = onceFor((module: ModuleIR): ReadonlyMap<string, ReadonlySet<string>> => aliasesIn(module).names);

/** By what names goes what a call of no known target calls: what was put into its variable, or into members of that name. A declared type says what may be there, and not what is. */
export function putThere(module: ModuleIR, fn: FunctionIR, op: CallOp, { names }: EntryAliases): Iterable<string> {
  if (op.key !== null) return names.get(op.key) ?? [];
  const callee = functionIndex(fn).operation(op.callee);
  return (callee?.op === "load" ? aliasesIn(module).variables.get(callee.variable) : undefined) ?? [];
}

/** What functions return, by themselves and by what they are called. */
interface Giving {
  readonly byFunction: Map<number, ReadonlySet<string>>;
  readonly byName: Names;
}

/** Of the modules of a program: the same object as long as none of them says anything else. */
export const entryAliases = joined(namesIn, (parts): EntryAliases => {
  const names = new Map<string, Set<string>>();
  for (const part of parts) for (const [name, meant] of part) for (const each of meant) addTo(names, name, each);
  return { names, candidatesIn: names.size === 0 ? namedCandidates : onceFor((module) => aliasedCandidates(module, names)) };
});

function sizeOf(sets: ReadonlyMap<number, ReadonlySet<string>>): number {
  return [...sets.values()].reduce((sum, { size }) => sum + size, 0);
}

/** The names of what the function returns. */
function noteAliases(module: ModuleIR, fn: FunctionIR, giving: Giving, { names, variables }: Aliases): ReadonlySet<string> {
  const held = new Map<Temp, Set<string>>();
  const hold = (dst: Temp, meant: Iterable<string> | undefined): void => {
    for (const each of meant ?? []) addTo(held, dst, each);
  };
  const note = (name: string, src: Temp): void => {
    for (const each of held.get(src) ?? []) addTo(names, name, each);
  };
  const returned = new Set<string>();
  for (const { ops, terminal } of fn.blocks) {
    for (const op of ops) {
      if (op.op === "get" && op.key !== null && ENTRY_CALL_NAMES.has(op.key)) hold(op.dst, [op.key]);
      else if (op.op === "global" && ENTRY_CALL_NAMES.has(op.name)) hold(op.dst, [op.name]);
      else if (op.op === "load") hold(op.dst, variables.get(op.variable));
      else if (op.op === "copy" || op.op === "cast") hold(op.dst, held.get(op.src));
      else if (op.op === "call") {
        const callee = functionIndex(fn).operation(op.callee);
        if (op.key === "bind" && op.receiver !== null) hold(op.dst, held.get(op.receiver));
        hold(op.dst, callee?.op === "function" ? giving.byFunction.get(callee.function) : giving.byName.get(op.key ?? calleeName(module, fn, op) ?? ""));
      } else if (op.op === "store") {
        note(module.variables[op.variable]?.name ?? "", op.src);
        for (const each of held.get(op.src) ?? []) addTo(variables, op.variable, each);
      } else if (op.op === "set" && op.key !== null) note(op.key, op.src);
      else if (op.op === "object") for (const { key, value } of op.parts) if (key !== null) note(key, value);
    }
    if (terminal.kind === "return" && terminal.value !== null) for (const each of held.get(terminal.value) ?? []) returned.add(each);
  }
  return returned;
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
export function calleeName(module: ModuleIR, fn: FunctionIR, op: CallOp): string | null {
  const callee = functionIndex(fn).operation(op.callee);
  if (callee?.op === "global") return callee.name;
  return callee?.op === "load" ? (module.variables[callee.variable]?.name ?? null) : null;
}

/** The same, and what it is called where it is imported from. */
export function calleeNames(module: ModuleIR, fn: FunctionIR, op: CallOp): readonly string[] {
  const name = op.key ?? calleeName(module, fn, op);
  const callee = op.key === null ? functionIndex(fn).operation(op.callee) : undefined;
  const imported = callee?.op === "load" ? importedNames(module).get(callee.variable) : undefined;
  return [...(name === null ? [] : [name]), ...(imported === undefined || imported === name ? [] : [imported])];
}

/** The name of an imported function that hands something to a frame loop, whatever it is called here. */
function importedEntry(module: ModuleIR, fn: FunctionIR, op: CallOp): string | null {
  const entries = importedEntries(module);
  const callee = entries.size === 0 ? undefined : functionIndex(fn).operation(op.callee);
  return callee?.op === "load" ? (entries.get(callee.variable) ?? null) : null;
}

const importedEntries = onceFor((module: ModuleIR): ReadonlyMap<VariableId, string> => new Map(module.imports.flatMap(({ variable, imported }) => (variable !== null && ENTRY_CALL_NAMES.has(imported) ? [[variable, imported]] : []))));
