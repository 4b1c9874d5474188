/**
 * Frames that are opened and closed around a per-frame callback by somebody that no call leads from: our runtime's own loop, an engine's adapter, or
 * a begin and an end in two hooks.
 *
 * Theory: may. A function that leaves a frame open when it returns is the first half of such a pair, for every allocator that may be the same, among
 * the modules that imports connect with the callback's.
 */
import { type Origin, rootOf } from "../dataflow/origin.ts";
import { isAdapterImport, isRuntimeApi } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { ModuleIR } from "../source/ir.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import type { HotEntry } from "./hot-entries.ts";

export class SplitBoundaries {
  readonly #program: Program;
  readonly #groups: ReadonlyMap<ModuleIR, number>;
  readonly #left: readonly { readonly group: number | undefined; readonly key: Origin }[];
  readonly #adapted: ReadonlySet<number | undefined>;

  constructor(program: Program, frames: Pick<FrameAnalysis, "solved" | "analysis">) {
    this.#program = program;
    this.#groups = connected(program);
    // What a function leaves open in its caller is the caller's to close or to leave.
    this.#left = [...frames.solved].flatMap(([fn, { run, summary }]) =>
      frames.analysis.called.has(fn) ? [] : summary.exits.flatMap((exit) => [...exit.frames].flatMap(([key, frame]) => (frame.now === "open" ? [{ group: this.#groups.get(run.module), key }] : []))),
    );
    this.#adapted = new Set(
      program.modules.flatMap((module) => (importsAdapter(program, module) ? [this.#groups.get(module)] : [])),
    );
  }

  /** Whether what hands the callback over is the runtime's own: it opens a frame for it. */
  runsInFrame({ at }: HotEntry): boolean {
    const module = this.#program.modules.find(({ file }) => file === at.file);
    return module?.functions.some((fn) =>
      fn.blocks.some((block) => block.ops.some((op) => op.op === "call" && op.calleeSpan.start === at.span.start && this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => isRuntimeApi(api)))),
    ) ?? false;
  }

  /** Whether an adapter is imported that would open a frame around the functions of the module. */
  isAdapted(module: ModuleIR): boolean {
    return this.#adapted.has(this.#groups.get(module));
  }

  /** Whether some function leaves this allocator's frame open for those of the module. */
  isLeftOpen(module: ModuleIR, key: Origin): boolean {
    const group = this.#groups.get(module);
    return this.#left.some((left) => left.group === group && maySame(left.key, key));
  }
}

function importsAdapter(program: Program, module: ModuleIR): boolean {
  return [...module.imports, ...module.exports].some((each) => "specifier" in each && isAdapterImport(each.specifier, program.settings.runtimePackages));
}

/** Two module constants, or two allocators made in different places, are two; of anything else nobody knows. */
function maySame(a: Origin, b: Origin): boolean {
  if (a === b) return true;
  const [first, second] = [rootOf(a), rootOf(b)];
  if (isModuleVariable(first) && isModuleVariable(second)) return first === second && a.kind === "field" && b.kind === "field";
  return !(first.kind === "site" && second.kind === "site");
}

function isModuleVariable(origin: Origin): boolean {
  return origin.kind === "variable" && origin.module.variables[origin.variable]?.owner === 0;
}

/** Modules by number: the same for those that imports connect, in either direction. */
function connected(program: Program): ReadonlyMap<ModuleIR, number> {
  const byFile = new Map(program.modules.map((module) => [module.file, module]));
  const neighbours = new Map<ModuleIR, ModuleIR[]>();
  for (const module of program.modules) {
    for (const each of [...module.imports, ...module.exports]) {
      const target = "specifier" in each ? byFile.get(program.resolve(module.file, each.specifier).file ?? "") : undefined;
      if (target === undefined || target.role !== "project") continue;
      neighbours.set(module, [...(neighbours.get(module) ?? []), target]);
      neighbours.set(target, [...(neighbours.get(target) ?? []), module]);
    }
  }
  const groups = new Map<ModuleIR, number>();
  for (const [index, module] of program.modules.entries()) {
    const work = groups.has(module) ? [] : [module];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (groups.has(at)) continue;
      groups.set(at, index);
      work.push(...(neighbours.get(at) ?? []));
    }
  }
  return groups;
}
