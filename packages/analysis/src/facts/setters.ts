/**
 * The setter that writing a property runs, by the type of what is written to: of the class or the nearest one above it, of an object literal, of what has an interface's type. May; misses
 * setters that subclasses put in its place.
 */
import type { Program } from "../program.ts";
import { accessorOf } from "../source/call-targets.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { joined, union } from "../source/joined.ts";
import { onceFor } from "../source/once-for.ts";
import type { TracedType } from "../source/traced-type.ts";

type Setter = { readonly module: ModuleIR; readonly function: FunctionIR };

const settersIn = onceFor(({ functions }: ModuleIR): ReadonlySet<string> => new Set(functions.filter((fn) => fn.kind === "setter").map(({ name }) => name)));
const setterNames = joined(settersIn, (parts): ReadonlySet<string> => union(parts));

/** The setters with a body that an assignment to a member may run; none where no setter of that name is anywhere. */
export function settersAt(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "set" }): readonly Setter[] {
  if (op.key === null || !setterNames(program.modules).has(op.key)) return [];
  return settersOf(program, program.tracer.typeOf(module, fn, op.object), op.key);
}

export function settersOf(program: Program, type: TracedType, key: string): readonly Setter[] {
  if (type.kind === "union") return type.members.flatMap((member) => settersOf(program, member, key));
  if (type.kind === "literal") {
    const setter = accessorOf(type, key, "setter");
    return setter === null ? [] : [{ module: type.module, function: setter }];
  }
  if (type.kind === "interface") return program.tracer.holders(type).flatMap((each) => settersOf(program, each, key));
  if (type.kind !== "instance") return [];
  for (const above of [type, ...program.tracer.ancestors(type.module, type.class)]) {
    if (above.kind !== "instance" && above.kind !== "class") continue;
    const { module, class: class_ } = above;
    const member = class_.members.find((each) => each.kind === "setter" && each.name === key && !each.static);
    const setter = member?.function == null ? undefined : module.functions[member.function];
    if (setter !== undefined) return [{ module, function: setter }];
  }
  return [];
}
