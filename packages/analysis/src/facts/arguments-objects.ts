/**
 * What an `arguments` object costs: V8 makes it once a call, and only where it has to.
 *
 * Theory: must, by the uses of each load, as `removed-allocations.ts` follows them. In strict code, and where no parameter is shared with it, reading costs nothing (but the list of the values, where the compiler takes the
 * function in and an index looks them up), nor does handing it on by a spread or by `apply`; what is kept, returned, written to or walked is made. A function of sloppy code whose
 * parameters it shares makes it as soon as it reads more of it than its length. All of that is measured (`arguments...` in `garbage-costs.ts`).
 * Known misses: an index that is no number.
 */
import { valueUses } from "../dataflow/value-uses.ts";
import { GARBAGE_BYTES as B } from "../knowledge/garbage-costs.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Found } from "./found-garbage.ts";
import type { RemovedAllocations } from "./removed-allocations.ts";

/** Of this load of `arguments`; null where no object is made for it, and where it is the load of another function's. */
export function argumentsObject(removed: RemovedAllocations, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "load" }): Found | null {
  const declared = module.variables[op.variable];
  if (declared?.kind !== "arguments" || declared.owner !== fn.id) return null;
  const found = { kind: "arguments" as const, what: "`arguments` object", once: true };
  const isTakenIn = removed.isInlined(fn);
  if (sharesParameters(module, fn)) return isLength(fn, op.dst) || (isTakenIn && isHandedOn(fn, op.dst)) ? null : { ...found, bytes: B.argumentsShared };
  if (isHandedOn(fn, op.dst)) return null;
  const verdict = removed.verdict(module, fn, op.dst);
  if (verdict !== "stays") return { ...found, bytes: B.arguments, returned: verdict === "returned" };
  return isTakenIn && isLookedUp(fn, op.dst) ? { ...found, bytes: B.argumentsLookedUp } : null;
}

/** Whether a function made in another one reads the `arguments` of that one, which are made with it, then. */
export function capturesArguments(module: ModuleIR, fn: FunctionIR, body: FunctionIR): boolean {
  return body.captures.some((variable) => module.variables[variable]?.kind === "arguments" && module.variables[variable]?.owner === fn.id);
}

/** Only handed on, by a spread or by `apply`. */
function isHandedOn(fn: FunctionIR, temp: Temp): boolean {
  const uses = valueUses(fn).of(temp);
  return uses.length > 0 && uses.every((use) => use.role === "argument" && use.op.op === "call" && (use.spread || (use.op.key === "apply" && use.slot === 1)));
}

function isLength(fn: FunctionIR, temp: Temp): boolean {
  return valueUses(fn).of(temp).every((use) => use.role === "read-from" && use.op.key === "length");
}

function isLookedUp(fn: FunctionIR, temp: Temp): boolean {
  return valueUses(fn).of(temp).some((use) => (use.role === "read-from" && use.op.key === null) || (use.role === "stored" && valueUses(fn).loadsOf(use.variable).some((load) => isLookedUp(fn, load))));
}

/** In sloppy code, where a parameter and an element of `arguments` are one, unless the parameters are more than names. */
function sharesParameters(module: ModuleIR, fn: FunctionIR): boolean {
  return fn.params.length > 0 && fn.params.every(({ name, rest, optional }) => name !== "" && !rest && !optional) && isSloppy(module, fn);
}

function isSloppy(module: ModuleIR, fn: FunctionIR): boolean {
  // What compiles TypeScript makes it strict.
  if (module.strict || (module.language !== "js" && module.language !== "jsx")) return false;
  for (let at: FunctionIR | undefined = fn; at !== undefined; at = at.parent === null ? undefined : module.functions[at.parent]) {
    const [first] = at.blocks[0]?.ops ?? [];
    if (at.class !== null || (at.kind !== "module" && first?.op === "const" && first.value === "use strict")) return false;
  }
  return true;
}
