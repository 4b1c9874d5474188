/**
 * Marks that say of which frame they are: `this.waiting = this.frameId` now and then, `this.frameId++` in each frame, and `if (this.waiting === this.frameId) ...`. The mark is this frame's only where it was set in
 * this frame, so the branch is as rare as the code that sets it.
 *
 * Must, by name, over the whole program: all that is ever put into the one member is the other one, or a constant, and the other one is only counted up, or made a constant. Whether hot code sets the mark, and
 * counts, is asked by those who know what is hot (`hot-paths.ts`). Known misses: marks that are passed on in a variable.
 */
import { originOf, type Place } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { isSame } from "../source/joined.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { addTo } from "./add-to.ts";

const COUNTED = "++";
const CONSTANT = "constant";

export interface Stamp {
  readonly mark: string;
  /** A flag of `ColdBlocks`: raised where no hot code counts. */
  readonly counter: string;
}

export class Stamps {
  readonly #program: Program;
  readonly #written = new Map<string, ReadonlySet<string>>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** Which of two places that are found to be equal is such a mark of the other; null for none. */
  among([one, other]: readonly Place[]): Stamp | null {
    const [first, second] = [nameOf(one), nameOf(other)];
    if (first === null || second === null || first === second) return null;
    for (const [mark, counter] of [[first, second], [second, first]] as const) {
      if (this.#isOnly(counter, COUNTED) && this.#isOnly(mark, `.${counter}`)) return { mark, counter: `${counter}${COUNTED}` };
    }
    return null;
  }

  writtenTo(key: string): ReadonlySet<string> {
    let written = this.#written.get(key);
    if (written === undefined) this.#written.set(key, (written = new Set(this.#program.modules.flatMap((module) => [...(writtenIn(module).get(key) ?? [])]))));
    return written;
  }

  /** Whether the member is given that, and else constants at most. */
  #isOnly(key: string, what: string): boolean {
    const written = writtenTo.of(this, key);
    return written.has(what) && [...written].every((each) => each === what || each === CONSTANT);
  }
}

const writtenTo = new ProgramQuestion(onceFor((program: Program) => new Stamps(program)), (stamps: Stamps, key: string) => stamps.writtenTo(key), isSame);

/** Flags of counters that none of the hot blocks counts up. */
export function standing(flags: ReadonlySet<string>, hotBlocks: () => Iterable<readonly [FunctionIR, Block]>): readonly string[] {
  const counters = [...flags].filter((flag) => flag.endsWith(COUNTED));
  if (counters.length === 0) return counters;
  const counted = new Set<string>();
  for (const [fn, { ops }] of hotBlocks()) for (const op of ops) if (op.op === "set" && op.key !== null && counters.includes(`${op.key}${COUNTED}`) && given(fn, op.key, op.src) === COUNTED) counted.add(`${op.key}${COUNTED}`);
  return counters.filter((each) => !counted.has(each));
}

const writtenIn = onceFor((module: ModuleIR): ReadonlyMap<string, ReadonlySet<string>> => {
  const written = new Map<string, Set<string>>();
  const { listed, fieldValues } = moduleOps(module);
  for (const { fn, op } of listed) {
    if (op.op === "set" && op.key !== null) addTo(written, op.key, given(fn, op.key, op.src));
    else if (op.op === "object") for (const part of op.parts) if (part.key !== null) addTo(written, part.key, given(fn, part.key, part.value));
  }
  for (const { fn, value } of fieldValues) addTo(written, fn.name, given(fn, fn.name, value));
  return written;
});

/** What a member of that name is given: a constant, itself counted up, another member by its name, or anything else. */
function given(fn: FunctionIR, key: string, temp: Temp): string {
  const index = functionIndex(fn);
  const value: Op | null = originOf(index, temp);
  if (value?.op === "get" && value.key !== null) return `.${value.key}`;
  if (value?.op === "unary" && value.operator === "-") return given(fn, key, value.src);
  if (value?.op === "const" || (value?.op === "global" && value.name === "undefined")) return CONSTANT;
  const before = value?.op === "binary" && value.operator === "+" ? originOf(index, value.left) : null;
  const by = value?.op === "binary" && before?.op === "get" && before.key === key ? originOf(index, value.right) : null;
  return by?.op === "const" && typeof by.value === "number" && by.value > 0 ? COUNTED : "";
}

function nameOf(place: Place | undefined): string | null {
  return /\.([\w$#]+)$/.exec(place ?? "")?.[1] ?? null;
}
