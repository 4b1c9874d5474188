/**
 * Fields of one instance that hold the same thing: `this.nav.alloc` is `this.alloc` when the constructor gave its own allocator to what it
 * made. Found by constructing the class once in the abstract: paths of fields that lead to the same origin have one name, the shortest.
 *
 * Misses: fields that a method sets again (they are taken to hold what the constructor put there only when no method does).
 */
import { type Origin, rootOf, single, type Value } from "../dataflow/origin.ts";
import { ENTRY_FRAME } from "../dataflow/frame-state.ts";
import { State } from "../dataflow/state.ts";
import type { ClassIR, ModuleIR } from "../source/ir.ts";
import { FrameRun } from "./frame-run.ts";
import { heldPaths, thingOf } from "./held-paths.ts";
import { moduleAlias } from "./module-aliases.ts";
import { constructInstance } from "./transfer-call.ts";

type Names = ReadonlyMap<string, readonly string[]>;

/** The shortest name for a thing that a field of `this`, or of a module's constant, leads to. */
export function shortestName(run: FrameRun, origin: Origin): Origin {
  const root = rootOf(origin);
  if (root.kind === "variable") return moduleAlias(run, origin);
  if (origin.kind !== "field" || origin.base.kind !== "field") return origin;
  if (root.kind !== "this") return origin;
  const module = run.analysis.moduleOf(root.fn);
  const class_ = root.fn.class === null ? undefined : module.classes[root.fn.class];
  if (class_ === undefined) return origin;
  const path = pathOf(origin);
  const names = namesOf(run, module, class_);
  for (let length = path.length; length > 1; length--) {
    const shorter = names.get(path.slice(0, length).join("."));
    if (shorter !== undefined) return [...shorter, ...path.slice(length)].reduce<Origin>((base, name) => run.table.field(base, name), root);
  }
  return origin;
}

/** The one thing that the constructor puts into a field of `this`; null when it is several, unknown, or when a method sets the field too. */
export function fieldHolds(run: FrameRun, origin: Origin & { readonly kind: "field" }): Origin | null {
  const root = rootOf(origin);
  if (root.kind !== "this" || root.fn.class === null) return null;
  const module = run.analysis.moduleOf(root.fn);
  const class_ = module.classes[root.fn.class];
  const [body] = module.functions;
  if (class_ === undefined || body === undefined || underWay.has(class_) || fieldsSetLater(module, class_).has(origin.name)) return null;
  underWay.add(class_);
  try {
    const [state, ...others] = constructInstance(new FrameRun(run.analysis, body, "solve"), new State(ENTRY_FRAME), { module, class: class_ }, body.span);
    if (state === undefined || others.length > 0) return null;
    const field = fieldsOf(state, state.temps.get(INSTANCE) ?? new Set()).find(({ name }) => name === origin.name);
    return field === undefined ? null : single(field.value);
  } finally {
    underWay.delete(class_);
  }
}

function pathOf(origin: Origin): string[] {
  const path: string[] = [];
  for (let at = origin; at.kind === "field"; at = at.base) path.unshift(at.name);
  return path;
}

const underWay = new WeakSet<ClassIR>();

function namesOf(run: FrameRun, module: ModuleIR, class_: ClassIR): Names {
  const { instanceNames, generation } = run.analysis;
  const known = instanceNames.get(class_);
  if (known !== undefined && known.generation === generation.count) return known.names;
  // A class whose construction asks for its own fields' names is taken without them.
  if (underWay.has(class_)) return new Map();
  underWay.add(class_);
  try {
    const names = computeNames(run, module, class_);
    instanceNames.set(class_, { generation: generation.count, names });
    return names;
  } finally {
    underWay.delete(class_);
  }
}

function computeNames(run: FrameRun, module: ModuleIR, class_: ClassIR): Names {
  const [body] = module.functions;
  const names = new Map<string, readonly string[]>();
  if (body === undefined) return names;
  const scratch = new FrameRun(run.analysis, body, "solve");
  const [state, ...others] = constructInstance(scratch, new State(ENTRY_FRAME), { module, class: class_ }, body.span);
  if (state === undefined || others.length > 0) return names;
  const byOrigin = new Map<Origin, readonly string[]>();
  const set = fieldsSetLater(module, class_);
  const roots = [{ path: [], value: state.temps.get(INSTANCE) ?? new Set<Origin>() }];
  for (const { path, value } of heldPaths(run.table, state.cells.values(), roots, (name) => !set.has(name))) {
    const origin = path.length === 0 ? null : thingOf(value);
    if (origin === null) continue;
    const first = byOrigin.get(origin);
    if (first === undefined) byOrigin.set(origin, path);
    else names.set(path.join("."), first);
  }
  return names;
}

/** The temp in which `constructInstance` leaves the instance. */
export const INSTANCE = -2;

function fieldsOf(state: State, value: Value): { readonly name: string; readonly value: Value }[] {
  const base = single(value);
  if (base === null) return [];
  const fields = [...state.cells.values()].filter((cell) => cell.base === base).map((cell) => ({ name: cell.name, value: cell.value }));
  return fields.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Fields that a function other than the constructor writes through `this`. */
function fieldsSetLater(module: ModuleIR, class_: ClassIR): ReadonlySet<string> {
  const names = new Set<string>();
  for (const fn of module.functions) {
    if (fn.class !== class_.id || fn.kind === "constructor" || fn.kind === "field") continue;
    for (const block of fn.blocks) for (const op of block.ops) if (op.op === "set" && op.key !== null) names.add(op.key);
  }
  return names;
}
