/**
 * The operation that made a value, as far as declarations tell: the value's own site, the initialiser of a constant, what all stores of a module put into a
 * field of one name. Null for a parameter, where several are possible, for a name that leads back to itself, and past `MAX_NAMES` names of one thing.
 */
import { type Origin, rootOf } from "../dataflow/origin.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableIR } from "../source/ir.ts";
import { sameLocation } from "../dataflow/locations.ts";
import type { Location } from "../source/span.ts";

const MAX_NAMES = 100;

export type MakingOp = Op & { readonly op: "new" | "call" };

export interface Maker {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly op: MakingOp;
  /** The variable that is first given the value. */
  readonly name: string | null;
}

/** Through constants and fields. */
export function makerOf(program: Program, origin: Origin): Maker | null {
  if (origin.kind === "site") return makerAt(program, origin.site.at);
  if (origin.kind === "variable") return makerOfVariable(program, origin.module, origin.variable);
  const root = rootOf(origin);
  if (origin.kind !== "field" || origin.base !== root || root.kind !== "this" || root.fn.class === null) return null;
  const module = program.modules.find((each) => each.functions.includes(root.fn));
  const class_ = module?.classes[root.fn.class];
  if (module === undefined || class_ === undefined) return null;
  const initial = class_.members.find((member) => member.kind === "field" && member.name === origin.name)?.function;
  const field = initial === undefined || initial === null ? undefined : module.functions[initial];
  const made = field === undefined ? null : returnedBy(program, module, field);
  return made ?? onlyStored(program, module, (op) => op.op === "set" && op.key === origin.name);
}

/** Of what a temp holds. `seen` are the names gone through: one may be declared by itself, or by others that lead back to it. */
export function makerOfTemp(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, seen: Set<VariableIR> = new Set()): Maker | null {
  const op = functionIndex(fn).definition(temp);
  if (op === undefined || !("op" in op)) return null;
  if (op.op === "copy" || op.op === "cast" || op.op === "await") return makerOfTemp(program, module, fn, op.src, seen);
  if (op.op === "load") return makerOfVariable(program, module, op.variable, seen);
  return op.op === "new" || op.op === "call" ? makerBy(module, fn, op) : null;
}

function makerOfVariable(program: Program, module: ModuleIR, variable: number, seen: Set<VariableIR> = new Set()): Maker | null {
  const declared = module.variables[variable];
  if (declared === undefined || declared.reassigned || seen.has(declared) || seen.size >= MAX_NAMES) return null;
  seen.add(declared);
  if (declared.kind !== "import") return onlyStored(program, module, (op) => op.op === "store" && op.variable === variable, seen);
  const imported = module.imports.find((each) => each.variable === variable);
  const file = imported === undefined ? null : program.resolve(module.file, imported.specifier).file;
  const exporter = program.modules.find((each) => each.file === file);
  const exported = exporter?.exports.find((each) => each.kind === "local" && each.name === imported?.imported);
  return exporter === undefined || exported?.kind !== "local" ? null : makerOfVariable(program, exporter, exported.variable, seen);
}

function makerAt(program: Program, at: Location): Maker | null {
  const module = program.modules.find((each) => each.file === at.file);
  for (const fn of module?.functions ?? []) {
    for (const block of fn.blocks) for (const op of block.ops) if (module !== undefined && (op.op === "new" || op.op === "call") && sameLocation(at, { file: at.file, span: op.span })) return makerBy(module, fn, op);
  }
  return null;
}

/** What all such stores of a module keep, when it is one thing. */
function onlyStored(program: Program, module: ModuleIR, stores: (op: Op) => boolean, seen: Set<VariableIR> = new Set()): Maker | null {
  const found: (Maker | null)[] = [];
  for (const fn of module.functions) {
    for (const block of fn.blocks) for (const op of block.ops) if ((op.op === "store" || op.op === "set") && stores(op)) found.push(makerOfTemp(program, module, fn, op.src, seen));
  }
  return found.length === 1 ? found[0] ?? null : null;
}

function returnedBy(program: Program, module: ModuleIR, fn: FunctionIR): Maker | null {
  for (const block of fn.blocks) if (block.terminal.kind === "return" && block.terminal.value !== null) return makerOfTemp(program, module, fn, block.terminal.value);
  return null;
}

function makerBy(module: ModuleIR, fn: FunctionIR, op: MakingOp): Maker {
  const stored = functionIndex(fn).usesOf(op.dst).flatMap((use) => (use.kind === "store" ? [module.variables[use.op.variable]?.name ?? ""] : []));
  return { module, function: fn, op, name: stored[0] || (fn.kind === "field" && fn.name) || null };
}
