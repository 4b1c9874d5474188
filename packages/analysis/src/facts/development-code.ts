/**
 * Functions that a released program never calls, whoever would: they are made, or named, only where the program was found to run in development (`debug && addPlugin(editorUpdate)`) or without
 * a built-in that every engine has (`window.requestAnimationFrame || function (next) {...}`), and in functions of that kind.
 *
 * Theory: must, over all places of the program that name the function, through imports, functions upwards; one that is exported again, set on something or kept as a method is anybody's. What calls
 * itself adds nothing. Known misses: functions in the fields of an object, classes, and files that only a development build imports.
 */
import { append } from "../source/append.ts";
import { successors } from "../cfg/order.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, VariableId } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { Linker } from "../source/link.ts";
import { onceFor } from "../source/once-for.ts";
import { specifiersOf } from "../source/specifiers.ts";
import { sharedNames } from "../source/program-globals.ts";
import { addTo } from "./add-to.ts";
import { asksForBuiltIns, NO_BUILT_IN } from "./built-in-tests.ts";
import { type ColdCode, coldCode } from "./cold-blocks.ts";
import { DEVELOPMENT, isDevelopmentName } from "./cold-tests.ts";

export interface DevelopmentCode {
  /** Computed once a function. */
  has(module: ModuleIR, fn: FunctionIR): boolean;
}

/** Where a function is made, or its name is read. */
interface Mention {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly block: BlockId;
}

export const developmentCode: Fact<DevelopmentCode> = defineFact("development-code", (program, get) => {
  const scan = new DevelopmentScan(program, get(coldCode));
  return { has: (module, fn) => scan.has(module, fn) };
});

class DevelopmentScan {
  readonly #program: Program;
  readonly #cold: ColdCode;
  readonly #known = new Map<FunctionIR, boolean>();
  readonly #blocks = new Map<FunctionIR, ReadonlySet<BlockId>>();
  readonly #isAsked: boolean;
  #linker: Linker | null = null;
  #importers: ReadonlyMap<string, readonly ModuleIR[]> | null = null;

  constructor(program: Program, cold: ColdCode) {
    this.#program = program;
    this.#cold = cold;
    this.#isAsked = program.modules.some((module) => module.role === "project" && asks(module));
  }

  has(module: ModuleIR, fn: FunctionIR): boolean {
    if (!this.#isAsked || module.role !== "project") return false;
    const known = this.#known.get(fn);
    if (known !== undefined) return known;
    // A function that it is named in may be itself, and says nothing then.
    this.#known.set(fn, true);
    const answer = this.#isOnlyMentionedThere(module, fn);
    this.#known.set(fn, answer);
    return answer;
  }

  #isOnlyMentionedThere(module: ModuleIR, fn: FunctionIR): boolean {
    const { made, variables } = namesIn(module);
    const site = made.get(fn.id);
    if (site === undefined) return false;
    if (this.#isThere(site)) return true;
    const variable = variables.get(fn.id);
    // What a script names at its top, any other script of the page may name.
    const mentions = variable === undefined || sharedNames(module).has(variable) ? null : this.#mentionsElsewhere(module, variable);
    if (variable === undefined || mentions === null) return false;
    const all = [...(loadsIn(module).get(variable) ?? []), ...mentions].filter((mention) => mention.function !== fn);
    return all.length > 0 && all.every((mention) => this.#isThere(mention));
  }

  #isThere({ module, function: fn, block }: Mention): boolean {
    return this.#developmentBlocks(module, fn).has(block) || (fn.kind !== "module" && this.has(module, fn));
  }

  /** Blocks on no way that a released program takes. */
  #developmentBlocks(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId> {
    let blocks = this.#blocks.get(fn);
    if (blocks === undefined) this.#blocks.set(fn, (blocks = asks(module) ? behind(fn, this.#cold.of(module, fn).cold) : NO_BLOCKS));
    return blocks;
  }

  /** Modules that import from it or export it on, in their order. */
  #importersOf({ file }: ModuleIR): readonly ModuleIR[] {
    if (this.#importers === null) {
      const importers = new Map<string, Set<ModuleIR>>();
      for (const module of this.#program.modules) for (const specifier of specifiersOf(module)) addTo(importers, this.#program.resolve(module.file, specifier).file ?? "", module);
      this.#importers = new Map([...importers].map(([target, modules]) => [target, [...modules]]));
    }
    return this.#importers.get(file) ?? NO_MODULES;
  }

  /** In modules that import the variable; null when others than these may. */
  #mentionsElsewhere(module: ModuleIR, variable: VariableId): readonly Mention[] | null {
    const names = module.exports.flatMap((each) => (each.kind === "local" && each.variable === variable ? [each.name] : []));
    if (names.length === 0) return [];
    const linker = (this.#linker ??= new Linker(this.#program.modules, this.#program.resolve, this.#program.settings, () => false));
    const mentions: Mention[] = [];
    for (const other of this.#importersOf(module)) {
      const leadsHere = (specifier: string): boolean => this.#program.resolve(other.file, specifier).file === module.file;
      if (other.exports.some((each) => (each.kind === "from" ? names.includes(each.imported) || each.imported === "*" : each.kind === "all") && "specifier" in each && leadsHere(each.specifier))) return null;
      for (const each of other.imports) {
        if (each.variable === null || !(each.imported === "*" || names.includes(each.imported)) || !leadsHere(each.specifier)) continue;
        const entity = linker.imported(other, each.variable, "value");
        if (each.imported === "*" || other.exports.some((one) => one.kind === "local" && one.variable === each.variable)) return null;
        if (entity?.kind === "variable" && entity.module === module && entity.variable === variable) mentions.push(...(loadsIn(other).get(each.variable) ?? []));
      }
    }
    return mentions;
  }
}

const NO_MODULES: readonly ModuleIR[] = [];
const NO_BLOCKS: ReadonlySet<BlockId> = new Set();
const NEVER_RUNS: ReadonlySet<string> = new Set([DEVELOPMENT, NO_BUILT_IN]);

function behind(fn: FunctionIR, cold: ReadonlyMap<BlockId, string>): ReadonlySet<BlockId> {
  if (![...cold.values()].some((why) => NEVER_RUNS.has(why))) return NO_BLOCKS;
  const seen = new Set<BlockId>([0]);
  for (const at of seen) {
    const block = fn.blocks[at];
    for (const next of block === undefined ? [] : successors(block.terminal)) if (!NEVER_RUNS.has(cold.get(next) ?? "")) seen.add(next);
  }
  return new Set(fn.blocks.map(({ id }) => id).filter((id) => !seen.has(id)));
}

const ENVIRONMENT: ReadonlySet<string> = new Set(["NODE_ENV", "MODE"]);

/** Cheaply: whether a module may ask at all. */
const asks = onceFor((module: ModuleIR): boolean =>
  asksForBuiltIns(module) ||
  module.variables.some(({ name }) => isDevelopmentName(name)) ||
  [...moduleOps(module).readKeys].some((key) => ENVIRONMENT.has(key) || isDevelopmentName(key)) ||
  [...moduleOps(module).globals].some(isDevelopmentName));

interface Names {
  /** Function -> where it is made. */
  readonly made: ReadonlyMap<number, Mention>;
  /** Function -> the variable that holds it and nothing else. */
  readonly variables: ReadonlyMap<number, VariableId>;
}

const namesIn = onceFor((module: ModuleIR): Names => {
  const made = new Map<number, Mention>();
  const variables = new Map<number, VariableId>();
  let functions = new Map<number, number>();
  let at: FunctionIR | null = null;
  for (const { fn, block, op } of moduleOps(module).listed) {
    if (fn !== at) functions = new Map();
    at = fn;
    if (op.op === "function") {
      functions.set(op.dst, op.function);
      made.set(op.function, { module, function: fn, block });
    } else if (op.op === "store" && functions.has(op.src) && module.variables[op.variable]?.reassigned === false) variables.set(functions.get(op.src) ?? -1, op.variable);
  }
  return { made, variables };
});

/** Where variables are read that hold functions or what is imported. */
const loadsIn = onceFor((module: ModuleIR): ReadonlyMap<VariableId, readonly Mention[]> => {
  const asked = new Set<VariableId | null>([...namesIn(module).variables.values(), ...module.imports.map(({ variable }) => variable)]);
  const loads = new Map<VariableId, Mention[]>();
  for (const fn of module.functions) {
    for (const { id, ops } of fn.blocks) for (const op of ops) if (op.op === "load" && asked.has(op.variable)) append(loads, op.variable, { module, function: fn, block: id });
  }
  return loads;
});
