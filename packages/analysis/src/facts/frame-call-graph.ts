/**
 * Who calls whom, as far as declarations tell, among the modules that frames can reach: which functions the frame analysis runs, in which order.
 *
 * A function calls the functions that it makes: a closure's effects are known before its maker's.
 */
import { concernsModel } from "../knowledge/model-api.ts";
import { movesMemory } from "../knowledge/moving-memory.ts";
import { ownershipEffect } from "../knowledge/ownership-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { RUNTIME_PACKAGE } from "../source/link.ts";
import { leadsTo, packagesWritten, specifiersOf } from "../source/specifiers.ts";
import { disposersOf } from "./disposers.ts";
import { settersAt } from "./setters.ts";

export interface CallGraph {
  readonly modules: ReadonlyMap<FunctionIR, ModuleIR>;
  readonly callees: ReadonlyMap<FunctionIR, ReadonlySet<FunctionIR>>;
  readonly direct: ReadonlySet<FunctionIR>;
}

/** Who calls whom, as far as declarations tell; a function calls the functions that it makes. */
export function callGraph(program: Program): CallGraph {
  const modules = new Map<FunctionIR, ModuleIR>();
  const callees = new Map<FunctionIR, Set<FunctionIR>>();
  const direct = new Set<FunctionIR>();
  for (const module of modulesThatMatter(program)) for (const fn of module.functions) modules.set(fn, module);
  for (const [fn, module] of modules) {
    const targets = new Set<FunctionIR>();
    callees.set(fn, targets);
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op === "function") addFunction(module, op.function, targets);
        if (op.op === "class") for (const member of module.classes[op.class]?.members ?? []) if (member.function !== null) addFunction(module, member.function, targets);
        if (op.op === "set") for (const target of settersAt(program, module, fn, op)) targets.add(target.function);
        if (op.op === "dispose") for (const target of disposersOf(program, module, op)) targets.add(target.function);
        if (op.op !== "call" && op.op !== "new" && op.op !== "super-call" && op.op !== "get") continue;
        const called = program.tracer.targets(module, fn, op.dst);
        for (const target of called.functions) targets.add(target.function);
        if (op.op === "new") addInitialisers(program, module, fn, op.callee, targets);
        if (called.apis.some((api) => runtimeEffect(api) !== undefined || ownershipEffect(api) !== undefined || movesMemory(api) !== undefined)) direct.add(fn);
      }
    }
  }
  return { modules, callees, direct };
}

/** What a construction runs besides the constructor: field initialisers, the parent's too. */
function addInitialisers(program: Program, module: ModuleIR, fn: FunctionIR, callee: number, into: Set<FunctionIR>): void {
  const type = program.tracer.typeOf(module, fn, callee);
  if (type.kind !== "class") return;
  for (const ancestor of [type, ...program.tracer.ancestors(type.module, type.class)]) {
    if (ancestor.kind !== "class" && ancestor.kind !== "instance") continue;
    for (const member of ancestor.class.members) if (member.kind === "field" && member.function !== null) addFunction(ancestor.module, member.function, into);
    if (ancestor.class.constructor_ !== null) addFunction(ancestor.module, ancestor.class.constructor_, into);
  }
}

/** Whether any module names the runtime, or the settings may make something else of a function. */
export function mayReachRuntime({ modules, settings: { runtimePackages, model }, tracer }: Program): boolean {
  return model.size > 0 || leadsTo(runtimePackages, packagesWritten(modules)) || tracer.answeredPackages().has(RUNTIME_PACKAGE);
}

/** Modules that lead by imports to the runtime or to what the settings model, and all that these import: no other can touch a frame. */
function modulesThatMatter(program: Program): readonly ModuleIR[] {
  const { runtimePackages, model } = program.settings;
  if (model.size === 0 && !leadsTo(runtimePackages, packagesWritten(program.modules))) return [];
  const seeds = program.modules.filter((module) => leadsTo(runtimePackages, specifiersOf(module)) || isModelled(program, module, specifiersOf(module)));
  if (seeds.length === 0) return [];
  const byFile = new Map(program.modules.map((module) => [module.file, module]));
  const imports = new Map<ModuleIR, ModuleIR[]>();
  const importers = new Map<ModuleIR, ModuleIR[]>();
  for (const module of program.modules) {
    for (const specifier of specifiersOf(module)) {
      const target = byFile.get(program.resolve(module.file, specifier).file ?? "");
      if (target === undefined) continue;
      imports.set(module, [...(imports.get(module) ?? []), target]);
      importers.set(target, [...(importers.get(target) ?? []), module]);
    }
  }
  const found = closure(closure(seeds, importers), imports);
  return program.modules.filter((module) => found.has(module));
}

/** Whether the settings' model speaks of the module, of a package that it imports, or of a file that is no module of the program. */
function isModelled({ settings, resolve }: Program, { file }: ModuleIR, specifiers: readonly string[]): boolean {
  if (settings.model.size === 0) return false;
  const targets = specifiers.map((specifier) => resolve(file, specifier));
  // A file that is no source (`native.wasm`) leads nowhere: its importer is looked at.
  return concernsModel(settings.model, file, targets.map((target) => target.package ?? "")) || targets.some((target) => target.file === null && target.package === null);
}

function closure(seeds: Iterable<ModuleIR>, edges: ReadonlyMap<ModuleIR, readonly ModuleIR[]>): Set<ModuleIR> {
  const found = new Set(seeds);
  const queue = [...found];
  for (let module = queue.pop(); module !== undefined; module = queue.pop()) {
    for (const next of edges.get(module) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return found;
}

function addFunction(module: ModuleIR, id: number, into: Set<FunctionIR>): void {
  const fn = module.functions[id];
  if (fn !== undefined) into.add(fn);
}

/** Functions that call the runtime, and all that call them. */
export function relevant(graph: CallGraph): FunctionIR[] {
  const callers = new Map<FunctionIR, Set<FunctionIR>>();
  for (const [fn, targets] of graph.callees) for (const target of targets) (callers.get(target) ?? setDefault(callers, target)).add(fn);
  const found = new Set(graph.direct);
  const queue = [...graph.direct];
  for (let fn = queue.pop(); fn !== undefined; fn = queue.pop()) {
    for (const caller of callers.get(fn) ?? []) {
      if (found.has(caller)) continue;
      found.add(caller);
      queue.push(caller);
    }
  }
  return [...graph.modules.keys()].filter((fn) => found.has(fn));
}

/** Callees before callers, from the given functions; cycles are cut where they are entered. Iterative: call chains may be long. */
export function postorder(graph: CallGraph, roots: readonly FunctionIR[]): FunctionIR[] {
  const order: FunctionIR[] = [];
  const seen = new Set<FunctionIR>();
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const stack = [{ fn: root, left: [...(graph.callees.get(root) ?? [])] }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.left.shift();
      if (next === undefined) {
        order.push(top.fn);
        stack.pop();
      } else if (!seen.has(next)) {
        seen.add(next);
        stack.push({ fn: next, left: [...(graph.callees.get(next) ?? [])] });
      }
    }
  }
  return order;
}

function setDefault<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  const made = new Set<V>();
  map.set(key, made);
  return made;
}
