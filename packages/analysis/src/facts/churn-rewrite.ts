/**
 * Data that every frame retains and promotes, taken from the pool or the heap at once: nothing is copied out of the arena when the frame ends.
 *
 *     const next = alloc.frameRetained(score, "promoteToPool");      const next = alloc.poolBox(score);
 *
 * Theory: must. A box has of a handle `value` and `release`, and that is all that the variables and fields which come to hold it are asked for, all of it in this module. The value is a number, a text or a flag. Where the
 * module names the handle's type, that is the box's then: only where nothing else in the module is retained.
 * Known misses: memory of a type, handles in lists, handles that are handed on, returned or exported; scratch pools.
 */
import { valueUses } from "../dataflow/value-uses.ts";
import type { TextEdit } from "../diagnostic.ts";
import type { Retention } from "../knowledge/retention-policies.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { moduleText } from "../source/module-text.ts";
import type { Rewrite } from "./rewrite-site.ts";
import { definition } from "./scratch-objects.ts";

const BOXES: Readonly<Partial<Record<Retention, string>>> = { pool: "poolBox", heap: "heapBox" };
const RETAINS: ReadonlySet<string> = new Set(["frameRetained", "frameWithImportance"]);
const MEMBERS: ReadonlySet<string> = new Set(["value", "release"]);
const HANDLE = /(?<![\w$])FrameRetained(?![\w$])/g;

export function churnRewrite(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, retention: Retention): Rewrite | null {
  const [value, policy, ...others] = op.args;
  const callee = functionIndex(fn).operation(op.callee);
  const box = BOXES[retention];
  const source = moduleText(module);
  if (box === undefined || op.key !== "frameRetained" || callee?.op !== "get" || value === undefined || policy === undefined || others.length > 0 || source === null) return null;
  if (program.tracer.typeOf(module, fn, value.temp).kind !== "primitive" || !new Holders(program, module).areAskedLittle(fn, op.dst)) return null;
  const { file } = module;
  const edits: TextEdit[] = [
    { at: { file, span: callee.keySpan }, text: box },
    { at: { file, span: { start: value.span.end, end: policy.span.end } }, text: "" },
  ];
  const named = [...source.text.matchAll(HANDLE)].filter(({ index }) => !source.comments.some(({ start, end }) => start <= index && index < end));
  if (named.length > 0 && (isOneOfSeveral(module) || /(?<![\w$])OwnedBox(?![\w$])/.test(source.text))) return null;
  for (const { index } of named) edits.push({ at: { file, span: { start: index, end: index + "FrameRetained".length } }, text: "OwnedBox" });
  return { title: `take it from the ${retention} at once, with \`${box}\``, safe: false, edits };
}

function isOneOfSeveral(module: ModuleIR): boolean {
  return module.functions.flatMap(({ blocks }) => blocks.flatMap(({ ops }) => ops.filter((op) => op.op === "call" && op.key !== null && RETAINS.has(op.key)))).length > 1;
}

/** The variables and fields of a module that come to hold a handle. */
class Holders {
  readonly #program: Program;
  readonly #module: ModuleIR;
  readonly #seen = new Set<string>();

  constructor(program: Program, module: ModuleIR) {
    this.#program = program;
    this.#module = module;
  }

  areAskedLittle(fn: FunctionIR, temp: Temp): boolean {
    return valueUses(fn).of(temp).every((use) => {
      switch (use.role) {
        case "compared": case "callee": return true;
        case "receiver": return use.op.key === "release";
        case "read-from": return use.op.key !== null && MEMBERS.has(use.op.key);
        case "written-to": return use.op.key === "value";
        case "alias": return this.#isNew(`${fn.id}:${use.to}`) ? this.areAskedLittle(fn, use.to) : true;
        case "stored": return this.#variable(use.variable);
        case "placed": return use.key !== null && definition(fn, use.into)?.op === "this" && this.#field(use.key);
        default: return false;
      }
    });
  }

  #isNew(key: string): boolean {
    const isNew = !this.#seen.has(key);
    this.#seen.add(key);
    return isNew;
  }

  #variable(variable: number): boolean {
    if (!this.#isNew(`v${variable}`)) return true;
    const { functions, exports } = this.#module;
    if (exports.some((each) => each.kind === "local" && each.variable === variable)) return false;
    return functions.every((fn) => valueUses(fn).loadsOf(variable).every((load) => this.areAskedLittle(fn, load)));
  }

  #field(key: string): boolean {
    if (!this.#isNew(key)) return true;
    // Read in another module, it would be followed there.
    return this.#program.modules.every((module) => module.role !== "project" || module.functions.every((fn) => fn.blocks.every(({ ops }) => ops.every((op) => op.op !== "get" || op.key !== key || (module === this.#module && this.areAskedLittle(fn, op.dst))))));
  }
}
