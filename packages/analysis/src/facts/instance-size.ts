/** How many fields instances of a class have, and which constructors make them: what `new` costs. */
import type { Program } from "../program.ts";
import type { ClassIR, FunctionIR, ModuleIR } from "../source/ir.ts";
import { classChain } from "./call-edges.ts";

export interface InstanceSize {
  /** Declared fields and the properties that constructors set on `this`, inherited ones included. */
  readonly fields: number;
  readonly constructors: readonly { readonly module: ModuleIR; readonly function: FunctionIR }[];
  /** Every class of the chain is loaded. */
  readonly closed: boolean;
}

export function instanceSize(program: Program, module: ModuleIR, class_: ClassIR): InstanceSize {
  const names = new Set<string>();
  const constructors: { module: ModuleIR; function: FunctionIR }[] = [];
  const chain = classChain(program, module, class_);
  for (const link of chain) {
    for (const member of link.class.members) if (member.kind === "field" && !member.static && member.name !== null) names.add(member.name);
    const constructor_ = link.class.constructor_ === null ? undefined : link.module.functions[link.class.constructor_];
    if (constructor_ === undefined) continue;
    constructors.push({ module: link.module, function: constructor_ });
    for (const name of namesSetOnThis(constructor_)) names.add(name);
  }
  const last = chain[chain.length - 1];
  return { fields: names.size, constructors, closed: last?.class.superTemp === null };
}

function namesSetOnThis(fn: FunctionIR): ReadonlySet<string> {
  const names = new Set<string>();
  const these = new Set<number>();
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "this") these.add(op.dst);
      else if (op.op === "set" && op.key !== null && these.has(op.object)) names.add(op.key);
    }
  }
  return names;
}
