/** What a type checker said of temps, as types of the table of one tracer: it stands in where tracing gives nothing. */
import type { FunctionIR, Temp } from "./ir.ts";
import { ProgramQuestion } from "./kept-facts.ts";
import { Answers } from "./reads.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";

export type Supplied = ReadonlyMap<FunctionIR, ReadonlyMap<Temp, TracedType>>;

const NOTHING: ReadonlyMap<Temp, TracedType> = new Map();

export class SuppliedTypes {
  all: Supplied = new Map();
  readonly #read = new Answers<FunctionIR, ReadonlyMap<Temp, TracedType>>();

  of(fn: FunctionIR, temp: Temp): TracedType {
    return this.#read.of(fn, () => suppliedTo.of(this, fn)).get(temp) ?? UNKNOWN;
  }
}

const suppliedTo = new ProgramQuestion((program) => program.tracer.parts().values.supplied, ({ all }: SuppliedTypes, fn: FunctionIR) => all.get(fn) ?? NOTHING, isSameSupply);

/** Whether the same was said of a function's temps, in the words of two tables. */
function isSameSupply(before: ReadonlyMap<Temp, TracedType>, now: ReadonlyMap<Temp, TracedType>): boolean {
  return before.size === now.size && [...before].every(([temp, type]) => isSameType(type, now.get(temp)));
}

function isSameType(before: TracedType, now: TracedType | undefined): boolean {
  if (before === now) return true;
  if (before.kind === "external") return now?.kind === "external" && before.package === now.package && before.path === now.path && before.side === now.side;
  if (before.kind === "instance") return now?.kind === "instance" && before.class === now.class;
  return before.kind === "interface" && now?.kind === "interface" && before.declaration === now.declaration;
}
