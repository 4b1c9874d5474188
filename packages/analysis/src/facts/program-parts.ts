/**
 * The parts of a program that have nothing to do with each other: project modules that no import, type import included, and no start of an agent leads
 * between, in either direction. A folder of unrelated programs is analysed as one; what is not known of one says nothing about another.
 *
 * Theory: weakly connected components by union and find. Misses: what meets through a library or a global.
 */
import { defineFact, type Fact } from "../fact.ts";
import type { ModuleIR } from "../source/ir.ts";
import { specifiersOf } from "../source/specifiers.ts";
import { agentEntries } from "./agent-entries.ts";

export interface ProgramParts {
  /** The module that stands for the part that this one belongs to. */
  partOf(module: ModuleIR): ModuleIR;
}

export const programParts: Fact<ProgramParts> = defineFact("program-parts", (program, get) => {
  const above = new Map<ModuleIR, ModuleIR>();
  const rootOf = (module: ModuleIR): ModuleIR => {
    let root = module;
    for (let next = above.get(root); next !== undefined; next = above.get(root)) root = next;
    if (root !== module) above.set(module, root);
    return root;
  };
  const join = (a: ModuleIR, b: ModuleIR | null | undefined): void => {
    if (b === null || b === undefined || a.role !== "project" || b.role !== "project") return;
    const [from, to] = [rootOf(a), rootOf(b)];
    if (from !== to) above.set(from, to);
  };
  let isJoined = false;
  const joinAll = (): void => {
    isJoined = true;
    const byFile = new Map(program.modules.map((module) => [module.file, module]));
    for (const module of program.modules) for (const specifier of specifiersOf(module)) join(module, byFile.get(program.resolve(module.file, specifier).file ?? ""));
    for (const { module, entry } of get(agentEntries).starts) join(module, entry);
  };
  // Most programs never ask.
  const partOf = (module: ModuleIR): ModuleIR => {
    if (!isJoined) joinAll();
    return rootOf(module);
  };
  return { partOf };
});
