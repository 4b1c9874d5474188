/** What a call that retains data says will become of it at the frame's end: by text, constant, or an object that names a scratch pool. Null when it is not said. */
import { type Retention, retentionOfConstant, retentionOfText, SCRATCH_KEYS } from "../knowledge/retention-policies.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { constantText } from "./constant-value.ts";

export function retentionOf(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): Retention | null {
  const policy = op.args[1];
  if (policy === undefined || op.args.some((arg) => arg.spread)) return null;
  const text = constantText(module, fn, policy.temp);
  if (text !== null) return retentionOfText(text);
  const index = functionIndex(fn);
  let made = index.definition(policy.temp);
  while (made !== undefined && "op" in made && (made.op === "cast" || made.op === "copy")) made = index.definition(made.src);
  if (made === undefined || !("op" in made) || index.definitions(policy.temp) !== null) return null;
  if (made.op === "object") return made.parts.some((part) => part.key !== null && SCRATCH_KEYS.has(part.key)) ? "scratch" : null;
  if (made.op !== "get" || made.key === null) return null;
  const holder = program.tracer.typeOf(module, fn, made.object);
  return holder.kind === "external" ? retentionOfConstant(`${holder.path}.${made.key}`) : null;
}
