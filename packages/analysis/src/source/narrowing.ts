/**
 * What `x instanceof C` says of `x` in the branch that it guards. The one thing of the tracer that looks at control flow.
 *
 * Theory: from the block of a load upwards while a block has one predecessor and the variable is not stored between; the first `instanceof` branch
 * on the way counts. Must-analysis: a join of paths ends it. Known misses: `typeof`, `in`, discriminants, tests of members, negated tests followed by
 * `return` through a join.
 */
import type { Definition, FunctionIndex } from "./function-index.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { Block, FunctionIR, ModuleIR, Op, VariableId } from "./ir.ts";
import { isOp, type ProgramIndex } from "./program-index.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type TypeTable } from "./type-table.ts";

export interface NarrowingNeeds {
  readonly table: TypeTable;
  readonly index: ProgramIndex;
  readonly hierarchy: Hierarchy;
  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: number): TracedType;
  instanceOf(type: TracedType, args: readonly TracedType[]): TracedType;
}

type Load = Op & { readonly op: "load" };

const MAX_BLOCKS = 12;

export class Narrowing {
  readonly #needs: NarrowingNeeds;
  readonly #blocks = new Map<FunctionIR, ReadonlyMap<Op, Block> | null>();

  constructor(needs: NarrowingNeeds) {
    this.#needs = needs;
  }

  /** The type of the variable that a load reads, given its type everywhere. */
  narrow(module: ModuleIR, fn: FunctionIR, op: Load, type: TracedType): TracedType {
    const block = this.#blocksOf(fn)?.get(op);
    const variable = module.variables[op.variable];
    if (type === NEVER || block === undefined || variable === undefined || (variable.captured && variable.reassigned)) return type;
    const class_ = this.#guard(fn, block, op);
    return class_ === null ? type : this.#meet(type, this.#needs.typeOfTemp(module, fn, class_));
  }

  /** Null for a function without `instanceof`, as nearly all are. */
  #blocksOf(fn: FunctionIR): ReadonlyMap<Op, Block> | null {
    const known = this.#blocks.get(fn);
    if (known !== undefined) return known;
    let blocks: Map<Op, Block> | null = null;
    if (fn.blocks.some((block) => block.ops.some((op) => op.op === "binary" && op.operator === "instanceof"))) {
      blocks = new Map();
      for (const block of fn.blocks) for (const op of block.ops) if (op.op === "load") blocks.set(op, block);
    }
    this.#blocks.set(fn, blocks);
    return blocks;
  }

  /** The temp of the class that the variable was found to be an instance of where the load stands. */
  #guard(fn: FunctionIR, start: Block, load: Load): number | null {
    const index = this.#needs.index.ofFunction(fn);
    let block = start;
    if (storesBefore(block, load.variable, load)) return null;
    for (let steps = 0; steps < MAX_BLOCKS; steps++) {
      const [only, ...others] = block.predecessors;
      const before = only === undefined || others.length > 0 ? undefined : fn.blocks[only];
      if (before === undefined) return null;
      if (before.terminal.kind === "branch" && before.terminal.on === "truthy" && before.terminal.then !== before.terminal.else) {
        const found = tested(index, before.terminal.test, load.variable, before.terminal.then === block.id);
        if (found !== null) return found;
      }
      if (storesBefore(before, load.variable, null)) return null;
      block = before;
    }
    return null;
  }

  /** What is left of a type when it is known to be an instance of a class. */
  #meet(type: TracedType, classValue: TracedType): TracedType {
    const tested = this.#needs.instanceOf(classValue, []);
    if (tested === UNKNOWN || tested.kind === "union") return type;
    const left = (type.kind === "union" ? type.members : [type]).filter((member) => this.#isBelow(member, tested));
    return left.length === 0 ? tested : this.#needs.table.join(left);
  }

  #isBelow(type: TracedType, above: TracedType): boolean {
    if (type.kind === "instance" && above.kind === "instance") return this.#needs.hierarchy.subclasses(above.module, above.class).some((each) => each.class === type.class);
    return type.kind === "external" && above.kind === "external" && type.side === "instance" && type.package === above.package && type.path === above.path;
  }
}

/** The class temp of `variable instanceof C`, when the branch taken says that it is one. */
function tested(index: FunctionIndex, test: number, variable: VariableId, taken: boolean): number | null {
  if (index.definitions(test) !== null) return null;
  const definition: Definition | undefined = index.definition(test);
  if (isOp(definition, "unary") && definition.operator === "!") return tested(index, definition.src, variable, !taken);
  if (!taken || !isOp(definition, "binary") || definition.operator !== "instanceof") return null;
  const left = index.definition(definition.left);
  return isOp(left, "load") && left.variable === variable ? definition.right : null;
}

function storesBefore(block: Block, variable: VariableId, end: Op | null): boolean {
  for (const op of block.ops) {
    if (op === end) return false;
    if (op.op === "store" && op.variable === variable) return true;
  }
  return false;
}
