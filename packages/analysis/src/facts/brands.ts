/**
 * Classes told apart by a mark: `constructor() { this.isLOD = true; }`, and `if (object.isLOD) object.update(camera)`, which calls the `update` of that class alone.
 *
 * Theory: from the block of a call upwards while a block has one predecessor; the first test of an `is...` member of the receiver's variable that the way taken
 * found true counts. Must: a join of paths ends it, and so does an assignment of the variable. Marks that no class of the program sets tell nothing.
 * Known misses: marks on prototypes, tests through a variable, receivers that are no variable.
 */
import type { Program } from "../program.ts";
import { isSameList, ProgramQuestion } from "../source/kept-facts.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, ClassIR, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";

const MARK = /^is[A-Z]/;
const MAX_BLOCKS = 12;

interface Marked {
  readonly module: ModuleIR;
  readonly class: ClassIR;
}

export class Brands {
  readonly #program: Program;
  #marked: ReadonlyMap<string, readonly Marked[]> | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether a call of a method of this class can be one of the call in the block, by the marks that were tested on the way. */
  allows(fn: FunctionIR, block: BlockId, receiver: Temp | null, target: { readonly module: ModuleIR; readonly function: FunctionIR }): boolean {
    if (receiver === null || target.function.class === null) return true;
    const class_ = target.module.classes[target.function.class];
    const mark = class_ === undefined ? null : markTested(fn, block, receiver);
    if (class_ === undefined || mark === null) return true;
    const marked = markedAs.of(this, mark);
    return marked.length === 0 || marked.some((each) => this.#isBelow(each, { module: target.module, class: class_ }) || this.#isBelow({ module: target.module, class: class_ }, each));
  }

  markedAs(mark: string): readonly Marked[] {
    return (this.#marked ??= marksOf(this.#program)).get(mark) ?? [];
  }

  #isBelow(low: Marked, high: Marked): boolean {
    return low.class === high.class || this.#program.tracer.ancestors(low.module, low.class).some((type) => (type.kind === "instance" || type.kind === "class") && type.class === high.class);
  }
}

const markedAs = new ProgramQuestion((program) => new Brands(program), (brands: Brands, mark: string) => brands.markedAs(mark), isSameList);

function marksOf(program: Program): ReadonlyMap<string, readonly Marked[]> {
  const marked = new Map<string, Marked[]>();
  for (const module of program.modules) {
    for (const class_ of module.classes) {
      for (const name of marksSetBy(module, class_)) {
        const known = marked.get(name);
        if (known === undefined) marked.set(name, [{ module, class: class_ }]);
        else known.push({ module, class: class_ });
      }
    }
  }
  return marked;
}

function marksSetBy(module: ModuleIR, class_: ClassIR): readonly string[] {
  const constructor_ = class_.constructor_ === null ? undefined : module.functions[class_.constructor_];
  if (constructor_ === undefined) return [];
  const index = functionIndex(constructor_);
  return constructor_.blocks.flatMap((block) =>
    block.ops.flatMap((op) => {
      if (op.op !== "set" || op.key === null || !MARK.test(op.key) || index.operation(op.object)?.op !== "this") return [];
      let value = index.operation(op.src);
      while (value?.op === "cast") value = index.operation(value.src);
      return value?.op === "const" && value.value === true ? [op.key] : [];
    }),
  );
}

/** The mark of the receiver that held on the way to the block; null for none. */
function markTested(fn: FunctionIR, start: BlockId, receiver: Temp): string | null {
  const index = functionIndex(fn);
  const load = index.operation(receiver);
  if (load?.op !== "load") return null;
  let block = fn.blocks[start];
  for (let steps = 0; block !== undefined && steps < MAX_BLOCKS; steps++) {
    const [only, ...others] = block.predecessors;
    const before: Block | undefined = only === undefined || others.length > 0 ? undefined : fn.blocks[only];
    if (before === undefined || stores(block, load.variable)) return null;
    const { terminal } = before;
    if (terminal.kind === "branch" && terminal.on === "truthy" && terminal.then !== terminal.else) {
      const mark = markIn(fn, index.operation(terminal.test), load.variable, terminal.then === block.id);
      if (mark !== null) return mark;
    }
    block = before;
  }
  return null;
}

function markIn(fn: FunctionIR, test: Op | undefined, variable: VariableId, taken: boolean): string | null {
  const index = functionIndex(fn);
  if (test?.op === "unary" && test.operator === "!") return markIn(fn, index.operation(test.src), variable, !taken);
  if (test?.op === "binary" && (test.operator === "===" || test.operator === "!==")) {
    const constant = index.operation(test.right);
    if (constant?.op !== "const" || constant.value !== true) return null;
    return markIn(fn, index.operation(test.left), variable, (test.operator === "===") === taken);
  }
  if (!taken || test?.op !== "get" || test.key === null || !MARK.test(test.key)) return null;
  const object = index.operation(test.object);
  return object?.op === "load" && object.variable === variable ? test.key : null;
}

function stores(block: Block, variable: VariableId): boolean {
  return block.ops.some((op) => op.op === "store" && op.variable === variable);
}
