/**
 * A program without faults, with what operators ask of it: its trees, its calls of the runtime by what the engine knows of them, and which functions
 * give frame memory.
 */
import type * as ES from "@oxc-project/types";
import { type AnalysisInput, linkProgram, type ModuleIR, type Program } from "@framealloc/analysis";
import { runtimeEffect, type RuntimeEffect } from "../../packages/analysis/src/knowledge/runtime-api.ts";
import type { FunctionIR, Op, Temp } from "../../packages/analysis/src/source/ir.ts";
import { openTexts } from "../../packages/fa-cli/src/open-texts.ts";
import { SyntaxTree } from "./syntax-tree.ts";

export type CallOp = Extract<Op, { op: "call" }>;

/** A call of the runtime. */
export interface RuntimeCall {
  readonly tree: SyntaxTree;
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly op: CallOp;
  readonly node: ES.CallExpression;
  readonly effect: RuntimeEffect;
  /** What the method is called on, as written: the allocator of an allocation. */
  readonly receiver: string;
}

export class CleanProgram {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly input: AnalysisInput;
  readonly linked: Program;
  /** In the order of files and texts. */
  readonly calls: readonly RuntimeCall[];
  readonly #trees = new Map<string, SyntaxTree>();
  readonly #definitions = new Map<FunctionIR, ReadonlyMap<Temp, Op>>();
  readonly #callSites = new Map<FunctionIR, number>();
  readonly #givesFrame = new Map<FunctionIR, boolean>();

  constructor(name: string, files: ReadonlyMap<string, string>) {
    this.name = name;
    this.files = files;
    this.input = openTexts(files).input;
    this.linked = linkProgram(this.input);
    for (const { file } of this.linked.modules) this.#trees.set(file, new SyntaxTree(file, files.get(file) ?? ""));
    this.calls = this.linked.modules.flatMap((module) => module.functions.flatMap((fn) => this.#callsOf(module, fn))).sort((a, b) => (a.tree.file < b.tree.file ? -1 : a.tree.file > b.tree.file ? 1 : a.node.start - b.node.start));
  }

  treeOf(file: string): SyntaxTree {
    const tree = this.#trees.get(file);
    if (tree === undefined) throw new Error(`${this.name} has no ${file}`);
    return tree;
  }

  /** How many calls of the program reach the function. */
  callSitesOf(fn: FunctionIR): number {
    return this.#callSites.get(fn) ?? 0;
  }

  /** What wrote a temp; undefined where several operations did. */
  definition(fn: FunctionIR, temp: Temp): Op | undefined {
    let known = this.#definitions.get(fn);
    if (known === undefined) {
      const found = new Map<Temp, Op>();
      const twice = new Set<Temp>();
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (!("dst" in op)) continue;
          if (found.has(op.dst)) twice.add(op.dst);
          found.set(op.dst, op);
        }
      }
      for (const temp of twice) found.delete(temp);
      this.#definitions.set(fn, (known = found));
    }
    return known.get(temp);
  }

  /** Whether a temp holds frame memory as it was given out: by an allocation, or by a function that gives one back. Offsets are numbers and do not count. */
  holdsFrameValue(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
    const op = this.definition(fn, temp);
    if (op?.op === "cast" || op?.op === "copy") return this.holdsFrameValue(module, fn, op.src);
    if (op?.op === "load") return this.#initialValues(fn, op.variable).some((src) => this.holdsFrameValue(module, fn, src));
    if (op?.op !== "call") return false;
    const { apis, functions } = this.linked.tracer.targets(module, fn, op.dst);
    const effects = apis.map(runtimeEffect);
    if (effects.some((effect) => effect?.kind === "alloc" && effect.memory === "frame" && effect.gives !== "bytes")) return true;
    const run = effects.flatMap((effect) => (effect?.kind === "call-now" ? this.#functionGiven(module, fn, op.args[effect.callback]?.temp) : []));
    return [...functions, ...run.map((called) => ({ module, function: called }))].some((target) => this.#gives(target.module, target.function));
  }

  #callsOf(module: ModuleIR, fn: FunctionIR): RuntimeCall[] {
    const tree = this.treeOf(module.file);
    const calls = new Map<number, RuntimeCall>();
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call" && op.op !== "new") continue;
        const { apis, functions } = this.linked.tracer.targets(module, fn, op.dst);
        for (const target of functions) this.#callSites.set(target.function, this.callSitesOf(target.function) + 1);
        const effect = apis.map(runtimeEffect).find((each) => each !== undefined);
        const node = tree.nodeAt(op.span, "CallExpression");
        if (effect === undefined || node === null || op.op === "new") continue;
        const receiver = node.callee.type === "MemberExpression" ? tree.textOf(node.callee.object) : "";
        // A `finally` is lowered once for each way into it.
        calls.set(op.span.start, { tree, module, fn, op, node, effect, receiver });
      }
    }
    return [...calls.values()];
  }

  #gives(module: ModuleIR, fn: FunctionIR): boolean {
    const known = this.#givesFrame.get(fn);
    if (known !== undefined) return known;
    this.#givesFrame.set(fn, false);
    const gives = fn.blocks.some(({ terminal }) => terminal.kind === "return" && terminal.value !== null && this.holdsFrameValue(module, fn, terminal.value));
    this.#givesFrame.set(fn, gives);
    return gives;
  }

  #functionGiven(module: ModuleIR, fn: FunctionIR, temp: Temp | undefined): FunctionIR[] {
    const op = temp === undefined ? undefined : this.definition(fn, temp);
    const given = op?.op === "function" ? module.functions[op.function] : undefined;
    return given === undefined ? [] : [given];
  }

  #initialValues(fn: FunctionIR, variable: number): Temp[] {
    return fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "store" && op.variable === variable && op.init ? [op.src] : [])));
  }
}
