/**
 * Allocators that a function makes when it is asked first, and keeps in a variable of its module: `shared ??= new SmartAlloc()`. All that is ever there is
 * one allocator, so whether it is there already or made now, it goes by the variable's name.
 *
 * Theory: by declaration, must. The variable is the module's, one operation of a function makes what it holds, and all other stores are of nothing.
 * Misses: allocators in instances that are made so, and those that a map keeps by name.
 */
import { placeKey } from "../dataflow/locations.ts";
import type { Origin } from "../dataflow/origin.ts";
import { makesAllocator } from "../knowledge/ownership-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { FrameRun } from "./frame-run.ts";

type Place = { readonly module: ModuleIR; readonly variable: VariableId };

/** The variable's name for the allocator that is made for it; the origin itself for any other. */
export function lazyAllocator(run: FrameRun, origin: Origin): Origin {
  if (origin.kind !== "site" || origin.site.kind !== "allocator") return origin;
  const place = placesOf(run.analysis.program).get(placeKey(origin.site.at));
  return place === undefined ? origin : run.table.variable(place.module, place.variable);
}

const known = new WeakMap<Program, ReadonlyMap<string, Place>>();

function placesOf(program: Program): ReadonlyMap<string, Place> {
  let places = known.get(program);
  if (places === undefined) known.set(program, (places = new Map(program.modules.flatMap((module) => (module.role === "project" ? placesIn(program, module) : [])))));
  return places;
}

function placesIn(program: Program, module: ModuleIR): (readonly [string, Place])[] {
  const made = new Map<VariableId, string | null>();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "store" || module.variables[op.variable]?.owner !== 0 || isNothing(fn, op.src)) continue;
        const maker = definition(fn, op.src);
        const isLazy = fn.kind !== "module" && !made.has(op.variable) && (maker?.op === "new" || maker?.op === "call") && program.tracer.targets(module, fn, maker.dst).apis.some(makesAllocator);
        made.set(op.variable, isLazy && maker !== undefined ? placeKey({ file: fn.file, span: maker.span }) : null);
      }
    }
  }
  return [...made].flatMap(([variable, place]) => (place === null ? [] : [[place, { module, variable }] as const]));
}

function isNothing(fn: FunctionIR, temp: Temp): boolean {
  const op = definition(fn, temp);
  return op?.op === "const" ? op.type === "null" || op.type === "undefined" : op?.op === "global" && op.name === "undefined";
}

function definition(fn: FunctionIR, temp: Temp): Op | undefined {
  const index = functionIndex(fn);
  const found = index.definitions(temp) === null ? index.definition(temp) : undefined;
  if (found === undefined || !("op" in found)) return undefined;
  return found.op === "cast" || found.op === "copy" ? definition(fn, found.src) : found;
}
