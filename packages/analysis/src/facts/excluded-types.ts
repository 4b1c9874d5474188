/**
 * Arms for values that the declared type of a parameter does not allow: `instanceof` says no of what is declared to be of that very class, or of one below it. They stand there for callers that are
 * not checked.
 *
 * Must, by the annotation or the JSDoc: the name of one class, of a parameter that may not be left out and is never assigned. Known misses: types that are inferred, members, `typeof` and `Array.isArray`.
 */
import type { Places } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import type { TracedType } from "../source/traced-type.ts";
import type { Side } from "./ways-in.ts";

/** Whether one of the tests on a way found what cannot be. */
export function isExcludedByType(program: Program, places: Places, way: readonly Side[]): boolean {
  return way.some(({ branch, taken }) => branch.on === "truthy" && isExcluded(program, places, branch.test, taken));
}

function isExcluded(program: Program, places: Places, test: number, truthy: boolean): boolean {
  const op = places.origin(test);
  if (op?.op === "unary" && op.operator === "!") return isExcluded(program, places, op.src, !truthy);
  if (truthy || op?.op !== "binary" || op.operator !== "instanceof") return false;
  const { module, fn } = places;
  const subject = places.origin(op.left);
  const variable = subject?.op === "load" ? module.variables[subject.variable] : undefined;
  if (variable?.kind !== "parameter" || variable.reassigned || variable.type?.kind !== "name") return false;
  const parameter = fn.params.find((param) => param.variable === variable.id);
  if (parameter === undefined || parameter.optional || parameter.rest || places.storesOf(variable.id).length > 0) return false;
  return isOf(program, program.tracer.typeOfVariable(module, variable.id), program.tracer.typeOf(module, fn, op.right));
}

/** Whether what is of the type is of the class as well. */
function isOf(program: Program, type: TracedType, class_: TracedType): boolean {
  if (type.kind === "external") return class_.kind === "external" && type.side === "instance" && class_.side === "value" && type.package === class_.package && type.path === class_.path;
  if (type.kind !== "instance" || class_.kind !== "class") return false;
  return type.class === class_.class || program.tracer.ancestors(type.module, type.class).some((above) => above.kind === "instance" && above.class === class_.class);
}
