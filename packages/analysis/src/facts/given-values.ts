/**
 * What a program gives a member of some name: by an assignment, or as a field's first value.
 *
 * Theory: may, by name, over the whole program. Of a class only what may be of its own objects counts: what another class that is no kin of it gives to its `this` is none. Known misses: `Object.assign`,
 * `Object.defineProperty`, computed keys.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { thisFunction } from "../source/program-index.ts";
import { classChain } from "./call-edges.ts";
import { givenUnder, type GivenValue } from "./given-by-name.ts";

interface ClassOf {
  readonly module: ModuleIR;
  readonly class: ClassIR;
}

/** To a member of what a temp holds: to objects of its class, or that class itself, where one is known, else to anything. */
export function givenTo(program: Program, module: ModuleIR, fn: FunctionIR, object: Temp, key: string): readonly GivenValue[] {
  const type = program.tracer.typeOf(module, fn, object);
  return type.kind === "instance" || type.kind === "class" ? givenToClass(program, type, key) : givenUnder(program, key);
}

/** To objects of a class, or to the class itself. */
export function givenToClass(program: Program, of: ClassOf, key: string): readonly GivenValue[] {
  return givenUnder(program, key).filter((value) => {
    const holder = holderOf(program, value);
    return holder === null || isKin(program, of, holder);
  });
}

/** The class whose object is given the value, as far as anybody can tell. */
function holderOf(program: Program, { module, function: fn, object }: GivenValue): ClassOf | null {
  if (object === null || functionIndex(fn).operation(object)?.op === "this") {
    const id = object === null ? fn.class : thisFunction(module, fn).class;
    const class_ = id === null ? undefined : module.classes[id];
    return class_ === undefined ? null : { module, class: class_ };
  }
  const type = program.tracer.typeOf(module, fn, object);
  return type.kind === "instance" || type.kind === "class" ? { module: type.module, class: type.class } : null;
}

function isKin(program: Program, one: ClassOf, other: ClassOf): boolean {
  const isAbove = (above: ClassOf, below: ClassOf): boolean => classChain(program, below.module, below.class).some((each) => each.class === above.class);
  return isAbove(one, other) || isAbove(other, one);
}
