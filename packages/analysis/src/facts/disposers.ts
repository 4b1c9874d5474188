/**
 * The functions that the end of a `using` variable runs, by the variable's type: `[Symbol.dispose]` of its class and of those that extend it, or of what
 * implements its interface. May; misses values of no declared or traced type.
 */
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { TracedType } from "../source/traced-type.ts";

export type Dispose = Op & { readonly op: "dispose" };

interface Disposer {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
}

const NOW = "@@dispose";

/** The functions with a body that a type's instances are disposed of by, overriders included. `await using` looks for the asynchronous one first. */
export function disposersOf(program: Program, module: ModuleIR, op: Dispose): readonly Disposer[] {
  const type = program.tracer.typeOfVariable(module, op.variable);
  for (const name of disposersNamed(op)) {
    const found = membersOf(program, type, name);
    if (found.length > 0) return found;
  }
  return [];
}

/** The members that dispose, the one that is asked for first in front. */
export function disposersNamed(op: Dispose): readonly string[] {
  return op.async ? ["@@asyncDispose", NOW] : [NOW];
}

function membersOf(program: Program, type: TracedType, name: string): readonly Disposer[] {
  const { tracer } = program;
  if (type.kind === "union") return type.members.flatMap((member) => membersOf(program, member, name));
  const types: readonly TracedType[] =
    type.kind === "interface" ? tracer.implementers(type, name) : type.kind === "instance" ? tracer.subclasses(type.module, type.class).map(({ module, class: class_ }): TracedType => ({ kind: "instance", module, class: class_, args: [] })) : [type];
  return types.flatMap((each) => {
    const member = each.kind === "unknown" ? each : tracer.member(each, name);
    return member.kind === "function" ? [{ module: member.module, function: member.function }] : [];
  });
}
