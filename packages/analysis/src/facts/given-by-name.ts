/** What a program gives members of any object by their name, by an assignment or as a field's first value. Misses what `given-values.ts` misses. */
import type { Program } from "../program.ts";
import { append } from "../source/append.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { isSameList, ProgramQuestion } from "../source/kept-facts.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";

/** A value, and what it is given to; `object` is null for a field of the class that its function is of. */
export interface GivenValue {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
  readonly object: Temp | null;
}

const givenIn = onceFor((module: ModuleIR): ReadonlyMap<string, readonly GivenValue[]> => {
  const given = new Map<string, GivenValue[]>();
  const { sets, fieldValues } = moduleOps(module);
  for (const { fn, op } of sets) if (op.key !== null) append(given, op.key, { module, function: fn, temp: op.src, object: op.object });
  for (const { fn, value } of fieldValues) append(given, fn.name, { module, function: fn, temp: value, object: null });
  return given;
});

const givenByName = new ProgramQuestion((program) => program, ({ modules }: Program, key: string) => modules.flatMap((module) => givenIn(module).get(key) ?? []), isSameList);

/** Anywhere in the program. Cost: one pass a module, made once. */
export function givenUnder(program: Program, key: string): readonly GivenValue[] {
  return givenByName.of(program, key);
}
