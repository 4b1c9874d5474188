/**
 * Names that hold frame memory: constants that an allocation, or a function that gives one, is stored in, and parameters that such a constant is
 * passed to. Each with the list of statements in which it can be used.
 */
import type * as ES from "@oxc-project/types";
import type { ModuleIR } from "@framealloc/analysis";
import type { FunctionIR, VariableId, VariableIR } from "../../packages/analysis/src/source/ir.ts";
import type { CleanProgram } from "./clean-program.ts";
import { contains, type FunctionNode, isFunction, nodesIn, type SyntaxTree } from "./syntax-tree.ts";

export interface FrameValue {
  readonly name: string;
  readonly tree: SyntaxTree;
  /** The function that holds it; null at the top of a file. */
  readonly fn: FunctionNode | null;
  readonly list: readonly ES.Statement[];
  /** Index of its declaration in the list; -1 for a parameter. */
  readonly index: number;
  /** Indices of the later statements of the list that read it, in order; also where a function inside does. */
  readonly uses: readonly number[];
}

/** In the order of the program's files and texts. */
export function frameValues(program: CleanProgram): FrameValue[] {
  const declared = program.linked.modules.flatMap((module) => [...declaredIn(program, module)]);
  const lent = declared.flatMap(({ module, variable }) => parametersGiven(program, module, variable));
  return [...new Map([...declared, ...lent].map(({ module, variable, value }) => [`${module.file}:${variable.id}`, value])).values()].sort(byPlace);
}

/** The text that comes right after the value has come to be. */
export function startOfLife({ list, index, fn }: FrameValue): number {
  const declaration = list[index];
  if (declaration !== undefined) return declaration.end;
  return fn?.body === null || fn === null ? 0 : fn.body.start + 1;
}

interface Holder {
  readonly module: ModuleIR;
  readonly variable: VariableIR;
  readonly value: FrameValue;
}

function* declaredIn(program: CleanProgram, module: ModuleIR): Generator<Holder> {
  const tree = program.treeOf(module.file);
  for (const node of nodesIn(tree.program)) {
    if (node.type !== "VariableDeclaration" || node.declarations.length !== 1 || node.kind === "using") continue;
    const [declaration] = node.declarations;
    const place = tree.placeOf(node);
    const variable = module.variables.find((each) => each.span.start === declaration?.id.start && declaration.id.type === "Identifier");
    const holder = variable === undefined ? undefined : module.functions[variable.owner];
    if (place === null || variable === undefined || holder === undefined || variable.reassigned) continue;
    const stored = holder.blocks.flatMap((block) => block.ops).find((op) => op.op === "store" && op.variable === variable.id && op.init);
    if (stored?.op !== "store" || !program.holdsFrameValue(module, holder, stored.src)) continue;
    const { list, index } = place;
    yield { module, variable, value: { name: variable.name, tree, fn: tree.functionAround(node), list, index, uses: usesIn(module, variable, list, index) } };
  }
}

/** Parameters of functions of the program that the variable is handed to as it is. */
function parametersGiven(program: CleanProgram, module: ModuleIR, variable: VariableIR): Holder[] {
  return module.functions.flatMap((fn) =>
    fn.blocks.flatMap((block) =>
      block.ops.flatMap((op): Holder[] => {
        if (op.op !== "call" || op.args.some((arg) => arg.spread)) return [];
        const given = op.args.flatMap(({ temp }, index) => (loads(program, fn, temp, variable.id) ? [index] : []));
        if (given.length === 0) return [];
        return program.linked.tracer.targets(module, fn, op.dst).functions.flatMap((target) => given.flatMap((index) => parameter(program, target.module, target.function, index)));
      }),
    ),
  );
}

function loads(program: CleanProgram, fn: FunctionIR, temp: number, variable: VariableId): boolean {
  const op = program.definition(fn, temp);
  return op?.op === "load" && op.variable === variable;
}

function parameter(program: CleanProgram, module: ModuleIR, fn: FunctionIR, index: number): Holder[] {
  const param = fn.params[index];
  const variable = param === undefined ? undefined : module.variables[param.variable];
  const tree = program.treeOf(module.file);
  const node = [...nodesIn(tree.program)].find((each): each is FunctionNode => isFunction(each) && each.start === fn.span.start && each.end === fn.span.end);
  if (variable === undefined || variable.name === "" || variable.reassigned || node?.body?.type !== "BlockStatement") return [];
  const list = node.body.body;
  return [{ module, variable, value: { name: variable.name, tree, fn: node, list, index: -1, uses: usesIn(module, variable, list, -1) } }];
}

function usesIn(module: ModuleIR, variable: VariableIR, list: readonly ES.Statement[], index: number): number[] {
  const reads = module.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.filter((op) => op.op === "load" && op.variable === variable.id)));
  return list.flatMap((each, at) => (at > index && reads.some((read) => contains(each, read.span)) ? [at] : []));
}

function byPlace(a: FrameValue, b: FrameValue): number {
  if (a.tree.file !== b.tree.file) return a.tree.file < b.tree.file ? -1 : 1;
  return startOfLife(a) - startOfLife(b) || (a.name < b.name ? -1 : 1);
}
