/** The frame arena of an allocator: by the constant it is in, the place that makes it, or the only store to the field that holds it. */
import type { Origin } from "../dataflow/origin.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { Written } from "./constant-sizes.ts";
import type { Analysis } from "./frame-run.ts";

export interface Arena {
  readonly bytes: number;
  /** Where the allocator is made. */
  readonly at: Location;
}

/** Null when its size is not known. */
export function arenaOf(analysis: Analysis, key: Origin): Arena | null {
  let known = arenas.get(analysis);
  if (known === undefined) arenas.set(analysis, (known = new Map()));
  let arena = known.get(key);
  if (arena === undefined) known.set(key, (arena = find(analysis, key)));
  return arena;
}

const arenas = new WeakMap<Analysis, Map<Origin, Arena | null>>();

function find(analysis: Analysis, key: Origin): Arena | null {
  const made = maker(analysis, key);
  const source = made === null ? null : analysis.sizes.source(made);
  const bytes = source === null ? null : analysis.sizes.arena(source);
  const at = source === null ? null : placeOf(source);
  return bytes === null || at === null ? null : { bytes, at };
}

function maker(analysis: Analysis, key: Origin): Written | null {
  if (key.kind === "variable") return analysis.sizes.initial(key.module, key.variable);
  if (key.kind === "site" && key.site.kind === "allocator") return at(analysis, key.site.at);
  if (key.kind === "field" && key.base.kind === "this") return ofField(analysis, key.base.fn, key.name);
  return null;
}

function at(analysis: Analysis, { file, span }: Location): Written | null {
  const module = analysis.program.modules.find((each) => each.file === file);
  for (const fn of module?.functions ?? []) {
    for (const block of fn.blocks) {
      for (const op of block.ops) if ((op.op === "new" || op.op === "call") && op.span.start === span.start && op.span.end === span.end && module !== undefined) return { module, fn, temp: op.dst };
    }
  }
  return null;
}

/** The initialiser of the class's field, or what its constructor sets, when nothing else of the module sets it. */
function ofField(analysis: Analysis, method: FunctionIR, name: string): Written | null {
  const module = analysis.moduleOf(method);
  const class_ = method.class === null ? undefined : module.classes[method.class];
  if (class_ === undefined) return null;
  const stores: Written[] = [];
  for (const fn of module.functions) {
    for (const block of fn.blocks) for (const op of block.ops) if (op.op === "set" && op.key === name) stores.push({ module, fn, temp: op.src });
  }
  const initial = initialiser(module, class_, name);
  const [only, ...others] = initial === null ? stores : [initial, ...stores];
  return only === undefined || others.length > 0 || (initial === null && only.fn.id !== class_.constructor_) ? null : only;
}

function initialiser(module: ModuleIR, class_: ClassIR, name: string): Written | null {
  const member = class_.members.find((each) => each.kind === "field" && !each.static && each.name === name);
  const fn = member === undefined || member.function === null ? undefined : module.functions[member.function];
  const value = fn === undefined ? null : returned(fn);
  return fn === undefined || value === null ? null : { module, fn, temp: value };
}

function returned(fn: FunctionIR): Temp | null {
  for (const { terminal } of fn.blocks) if (terminal.kind === "return") return terminal.value;
  return null;
}

function placeOf({ fn, temp }: Written): Location | null {
  for (const block of fn.blocks) for (const op of block.ops) if ("dst" in op && op.dst === temp) return { file: fn.file, span: op.span };
  return null;
}
