/**
 * Blocks that run only where a built-in is missing that every engine has: `if (Object.keys) return Object.keys(o); ...`, `window.requestAnimationFrame || function (next) {...}`.
 *
 * Theory: must. A test says that a global, or a member of one, is there (by its truth, `typeof`, `in`, or a comparison with nothing), also through constants, of other files, too; a block is such when all edges into it
 * are the ones that are not taken. Not where the program itself takes the built-in away, declares a global of the name, or puts something else in the place of its holder.
 * Known misses: a built-in redefined by `Object.defineProperty`; tests in functions (`has(Object, "keys")`), and of members of values (`list.forEach`).
 */
import { typeOfOldBuiltIn, type TypeOf } from "../knowledge/old-built-ins.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Temp, Terminal, VariableId } from "../source/ir.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";
import { Answers } from "../source/reads.ts";
import { sharedNames, WINDOW_NAMES } from "../source/program-globals.ts";
import { ModuleNames } from "./module-names.ts";

/** The reason of such code. */
export const NO_BUILT_IN = "runs only where a built-in is missing";

const NONE: ReadonlySet<BlockId> = new Set();
const MAX_DEPTH = 6;

/** A value, in its function. */
interface At {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
}

/** `path` from the global object on: `performance.now`, "" for that object itself. Read from `window` or `document` it is a page's. */
interface Path {
  readonly path: string;
  readonly onPage: boolean;
}

export class BuiltInTests {
  readonly #program: Program;
  readonly #known = new Answers<FunctionIR, ReadonlySet<BlockId>>();
  #names: ModuleNames | null = null;
  #changed: ReadonlyMap<string, "gone" | "other"> | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Computed once a function, linear in it. */
  blocksWithout(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId> {
    return this.#known.of(fn, () => this.#find({ module, fn }));
  }

  #find(at: At): ReadonlySet<BlockId> {
    let dead: Set<BlockId> | null = null;
    const isDead = (from: BlockId, to: BlockId): boolean => {
      if (dead?.has(from) === true) return true;
      const { terminal } = at.fn.blocks[from] as Block;
      return terminal.kind === "branch" && terminal.then !== terminal.else && this.#notTaken(at, terminal, dead ?? NONE) === to;
    };
    for (const { id, predecessors, role } of at.fn.blocks) {
      if (predecessors.length > 0 && role === "plain" && predecessors.every((from) => isDead(from, id))) (dead ??= new Set()).add(id);
    }
    return dead ?? NONE;
  }

  /** The block that a branch never goes to; null when it may go to either. */
  #notTaken(at: At, branch: Terminal & { readonly kind: "branch" }, dead: ReadonlySet<BlockId>): BlockId | null {
    const truth = this.#truth(at, branch.test, dead, 0);
    if (truth === null) return null;
    if (branch.on === "truthy") return truth ? branch.else : branch.then;
    return truth ? branch.then : null;
  }

  /** What a test must find; null when it may find either. */
  #truth(at: At, temp: Temp, dead: ReadonlySet<BlockId>, depth: number): boolean | null {
    if (depth > MAX_DEPTH) return null;
    const index = functionIndex(at.fn);
    const all = index.definitions(temp);
    if (all !== null) return this.#truthOfChoice(at, all.map((each) => ("op" in each && each.op === "copy" ? each : null)), dead, depth);
    const op = index.operation(temp);
    switch (op?.op) {
      case "copy": case "cast": return this.#truth(at, op.src, dead, depth + 1);
      case "unary": {
        const inner = op.operator === "!" ? this.#truth(at, op.src, dead, depth + 1) : null;
        return inner === null ? null : !inner;
      }
      case "binary": return this.#comparison(at, op);
      case "get": case "global": return this.#typeOf(at, temp) === undefined ? null : true;
      case "load": return this.#throughVariable(at, op.variable, (there, value) => this.#truth(there, value, NONE, depth + 1));
      default: return null;
    }
  }

  /** `a || b`, `a && b` as values: what is left of it where dead code gives nothing. */
  #truthOfChoice(at: At, copies: readonly ((Op & { readonly op: "copy" }) | null)[], dead: ReadonlySet<BlockId>, depth: number): boolean | null {
    let truth: boolean | null = null;
    for (const copy of copies) {
      if (copy === null) return null;
      if (dead.size > 0 && at.fn.blocks.some(({ id, ops }) => dead.has(id) && ops.includes(copy))) continue;
      const each = this.#truth(at, copy.src, dead, depth + 1);
      if (each === null || (truth !== null && truth !== each)) return null;
      truth = each;
    }
    return truth;
  }

  /** `typeof p === "function"`, `p !== undefined`, `"keys" in Object`. */
  #comparison(at: At, op: Op & { readonly op: "binary" }): boolean | null {
    if (op.operator === "in") {
      const key = constantOf(at.fn, op.left);
      const holder = typeof key === "string" ? this.#path(at, op.right, 0) : null;
      return holder !== null && this.#typeOfPath(member(holder, String(key))) !== undefined ? true : null;
    }
    const equal = /^===?$/.test(op.operator);
    if (!equal && !/^!==?$/.test(op.operator)) return null;
    const constants = [constantOf(at.fn, op.left), constantOf(at.fn, op.right)];
    const [subject, constant] = constants[0] === NOT_CONSTANT ? [op.left, constants[1]] : [op.right, constants[0]];
    const asked = functionIndex(at.fn).operation(subject);
    if (asked?.op === "unary" && asked.operator === "typeof") {
      const type = this.#typeOf(at, asked.src);
      return type === undefined || typeof constant !== "string" ? null : (type === constant) === equal;
    }
    return (constant === undefined || constant === null) && this.#typeOf(at, subject) !== undefined ? !equal : null;
  }

  #typeOf(at: At, temp: Temp): TypeOf | undefined {
    const path = this.#path(at, temp, 0);
    return path === null ? undefined : this.#typeOfPath(path);
  }

  #typeOfPath({ path, onPage }: Path): TypeOf | undefined {
    const type = typeOfOldBuiltIn(path, onPage);
    if (type === undefined) return undefined;
    const [holder = ""] = path.split(".");
    return changeOf.of(this, path) === "gone" || (path !== holder && changeOf.of(this, holder) !== undefined) ? undefined : type;
  }

  changeOf(path: string): "gone" | "other" | undefined {
    return (this.#changed ??= this.#findChanged()).get(path);
  }

  /** Where a value was read from, when that is the global object, a name of it, or a member of such. */
  #path(at: At, temp: Temp, depth: number): Path | null {
    const op = depth > MAX_DEPTH || functionIndex(at.fn).definitions(temp) !== null ? undefined : functionIndex(at.fn).operation(temp);
    switch (op?.op) {
      case "copy": case "cast": return this.#path(at, op.src, depth + 1);
      case "global": return WINDOW_NAMES.has(op.name) ? { path: "", onPage: op.name === "window" } : { path: op.name, onPage: false };
      case "get": {
        const holder = op.key === null ? null : this.#path(at, op.object, depth + 1);
        return holder === null || op.key === null ? null : member(holder, op.key);
      }
      case "load": return this.#throughVariable(at, op.variable, (there, value) => this.#path(there, value, depth + 1));
      default: return null;
    }
  }

  /** Built-ins that the program takes away, and holders of some that it replaces by something of its own. */
  #findChanged(): ReadonlyMap<string, "gone" | "other"> {
    const changed = new Map<string, "gone" | "other">();
    for (const module of this.#program.modules) {
      for (const name of sharedNames(module).values()) changed.set(name, "gone");
      for (const fn of module.functions) {
        for (const { ops } of fn.blocks) {
          for (const op of ops) {
            const path = this.#written({ module, fn }, op);
            const change = path === null ? null : op.op === "set" || op.op === "store-global" ? this.#change({ module, fn }, path, op.src) : "gone";
            if (path !== null && change !== null && changed.get(path) !== "gone") changed.set(path, change);
          }
        }
      }
    }
    return changed;
  }

  /** The global, or the member of one, that an operation sets or deletes. */
  #written(at: At, op: Op): string | null {
    if (op.op === "store-global") return op.name;
    if ((op.op !== "set" && op.op !== "delete") || op.key === null) return null;
    const holder = this.#path(at, op.object, 0);
    return holder === null ? null : member(holder, op.key).path;
  }

  /** What giving it a value does to a built-in; null for `window.performance = window.performance || {}`, which leaves it as it is. */
  #change(at: At, path: string, temp: Temp): "gone" | "other" | null {
    const values = functionIndex(at.fn).definitions(temp)?.flatMap((each) => ("op" in each && each.op === "copy" ? [each.src] : [])) ?? [temp];
    if (values.some((value) => this.#isNothing(at, value, 0))) return "gone";
    return values.some((value) => this.#path(at, value, 0)?.path === path) ? null : "other";
  }

  #isNothing(at: At, temp: Temp, depth: number): boolean {
    const constant = constantOf(at.fn, temp);
    if (constant !== NOT_CONSTANT) return !constant;
    const op = functionIndex(at.fn).operation(temp);
    return op?.op === "load" && depth < MAX_DEPTH && this.#throughVariable(at, op.variable, (there, value) => this.#isNothing(there, value, depth + 1)) === true;
  }

  /** Asks of the only value of a constant, imported or not. */
  #throughVariable<T>({ module, fn }: At, variable: VariableId, ask: (at: At, temp: Temp) => T | null): T | null {
    const named = module.variables[variable]?.kind === "import" ? (this.#names ??= new ModuleNames(this.#program)).canonical(module, variable) : { module, variable };
    const declared = named.module.variables[named.variable];
    if (declared === undefined || declared.reassigned || declared.kind === "parameter" || declared.kind === "import") return null;
    const owner = declared.owner === fn.id && named.module === module ? fn : named.module.functions[declared.owner];
    const value = owner === undefined ? undefined : functionIndex(owner).initialValue(named.variable);
    return owner === undefined || value === undefined ? null : ask({ module: named.module, fn: owner }, value);
  }
}

/** Cheaply: whether some branch of a module may ask that a global, or a member of one, is there. */
export function asksForBuiltIns(module: ModuleIR): boolean {
  return module.functions.some((fn) => fn.blocks.some(({ ops, terminal }) => {
    if (terminal.kind !== "branch" || !ops.some((op) => op.op === "global" && (WINDOW_NAMES.has(op.name) || typeOfOldBuiltIn(op.name, true) !== undefined))) return false;
    const test = ops.findLast((op) => "dst" in op && op.dst === terminal.test);
    return test?.op === "get" || test?.op === "global" || (test?.op === "binary" && (test.operator === "in" || /^[!=]==?$/.test(test.operator)));
  }));
}

function member({ path, onPage }: Path, key: string): Path {
  // `self.window.document`
  if (path === "" && WINDOW_NAMES.has(key)) return { path, onPage: onPage || key === "window" };
  // Who reads a member of `document` without a question is on a page.
  return { path: path === "" ? key : `${path}.${key}`, onPage: onPage || path === "document" };
}

const NOT_CONSTANT = Symbol("not constant");

function constantOf(fn: FunctionIR, temp: Temp): string | number | boolean | null | undefined | typeof NOT_CONSTANT {
  const op = functionIndex(fn).definitions(temp) === null ? functionIndex(fn).operation(temp) : undefined;
  if ((op?.op === "global" && op.name === "undefined") || (op?.op === "unary" && op.operator === "void")) return undefined;
  if (op?.op !== "const" || op.type === "regexp" || op.type === "bigint") return NOT_CONSTANT;
  return op.type === "undefined" ? undefined : op.value;
}

const changeOf = new ProgramQuestion(onceFor((program: Program) => new BuiltInTests(program)), (tests: BuiltInTests, path: string) => tests.changeOf(path));
