/**
 * Objects that say themselves what follows them: a machine hands each frame on to the object in one of its fields (`this.state.update(dt)`), and a method of such
 * an object puts another in its place (`this.machine.state = new Walking()`, or a call of a method that does). The object that gave way is not asked again in the next
 * frame, so what is done beside that is done once for each state.
 *
 * Theory: may, by field name and class. A field counts when calls of a method on it lead to methods of several classes, and somebody but a constructor
 * writes it; a call or a write counts in a method of those classes, of classes above and below them alone, and a write in an object of a class whose field was asked. Who asks the field for what
 * the running method is called runs a machine of its own. Known misses: states that are functions or names; a machine whose states are of one class.
 */
import { placesOf } from "../dataflow/places.ts";
import { append } from "../source/append.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, ClassIR, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { isSameList, kept, ProgramQuestion } from "../source/kept-facts.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { Answers, unnoted } from "../source/reads.ts";
import { addTo } from "./add-to.ts";
import { calleeName } from "./entry-candidates.ts";

export interface StateMachines {
  /** The blocks of a function in which the object that runs gives way to another. */
  of(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId>;
}

const NONE: ReadonlySet<BlockId> = new Set();
const NO_CLASSES: ReadonlySet<ClassIR> = new Set();

export const stateMachines: Fact<StateMachines> = defineFact("state-machines", (program) => {
  const known = new Answers<FunctionIR, ReadonlySet<BlockId>>();
  return {
    of(module, fn) {
      const class_ = fn.class === null ? undefined : module.classes[fn.class];
      if (class_ === undefined) return NONE;
      return known.of(fn, () => machinesOf(program).blocksOf(class_, module, fn));
    },
  };
});

type CallOp = Op & { readonly op: "call" };

interface AskedField {
  readonly function: FunctionIR;
  readonly op: CallOp;
  /** Whose field it is; null where that is not known. */
  readonly holder: Temp | null;
}

interface WrittenField {
  readonly function: FunctionIR;
  readonly holder: Temp;
}

/** Of one module: calls on what a field holds, and the functions that write a field of an object, by the field's name. */
interface ModuleFields {
  readonly asked: ReadonlyMap<string, readonly AskedField[]>;
  readonly written: ReadonlyMap<string, readonly WrittenField[]>;
  /** Functions that always call another one, by its name. */
  readonly handing: ReadonlyMap<string, readonly FunctionIR[]>;
}

const fieldsIn = onceFor((module: ModuleIR): ModuleFields => {
  const asked = new Map<string, AskedField[]>();
  const written = new Map<string, WrittenField[]>();
  const handing = new Map<string, FunctionIR[]>();
  const { calls, sets } = moduleOps(module);
  for (const { fn, block, op } of calls) {
    const name = block === 0 ? (op.key ?? calleeName(module, fn, op)) : null;
    if (name !== null) append(handing, name, fn);
    const field = op.receiver === null ? undefined : /\.([\w$#]+)$/.exec(placesOf(module, fn).of(op.receiver) ?? "")?.[1];
    const read = op.receiver === null ? null : placesOf(module, fn).origin(op.receiver);
    if (field !== undefined) append(asked, field, { function: fn, op, holder: read?.op === "get" ? read.object : null });
  }
  for (const { fn, op } of sets) if (op.key !== null && fn.kind !== "constructor" && fn.kind !== "field" && !isNothing(fn, op.src)) append(written, op.key, { function: fn, holder: op.object });
  return { asked, written, handing };
});

function isNothing(fn: FunctionIR, temp: number): boolean {
  const value = functionIndex(fn).operation(temp);
  return value?.op === "const" || (value?.op === "global" && value.name === "undefined");
}

/** Names of the methods that classes of the module declare, each as often as it is. */
const methodNamesIn = onceFor((module: ModuleIR): readonly string[] => module.classes.flatMap((class_) => class_.members.flatMap(({ kind, name, static: isStatic }) => (kind === "method" && name !== null && !isStatic ? [name] : []))));

class Machines {
  readonly #program: Program;
  /** Field -> who writes it. */
  readonly #writers = new Map<string, FunctionIR[]>();
  /** Name of such a function -> the fields. */
  readonly #fieldsOf = new Map<string, Set<string>>();
  readonly #declared = new Map<string, number>();
  /** Field that somebody writes -> the calls on what it holds. */
  readonly #asked = new Map<string, { readonly module: ModuleIR; readonly calls: readonly AskedField[] }[]>();
  /** Field -> the classes of what it holds, with those above and below them. Asked of the tracer on demand. */
  readonly #held = new Map<string, ReadonlySet<ClassIR>>();
  /** Field -> the classes whose field is asked, as above; null for anything. */
  readonly #holders = new Map<string, ReadonlySet<ClassIR> | null>();

  constructor(program: Program) {
    this.#program = program;
    for (const module of program.modules) {
      for (const name of methodNamesIn(module)) this.#declared.set(name, (this.#declared.get(name) ?? 0) + 1);
      for (const [field, writes] of fieldsIn(module).written) {
        const functions = writes.map((each) => each.function);
        append(this.#writers, field, ...functions);
        for (const { name } of functions) addTo(this.#fieldsOf, name, field);
      }
    }
    // `next(state) { replace(this, state); }`
    const direct = new Map([...this.#fieldsOf].map(([name, fields]) => [name, [...fields]]));
    for (const module of program.modules) {
      const { handing, asked } = fieldsIn(module);
      for (const [name, functions] of handing) for (const field of direct.get(name) ?? []) for (const { name: by } of functions) addTo(this.#fieldsOf, by, field);
      for (const [field, calls] of asked) if (this.#writers.has(field)) append(this.#asked, field, { module, calls });
    }
  }

  blocksOf(class_: ClassIR, module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId> {
    return new Set(fn.blocks.filter(({ ops }) => ops.some((op) => this.#givesWay(class_, module, fn, op))).map(({ id }) => id));
  }

  /** Whether the operation, in a method of the class, puts another object into the field that holds the running one. */
  #givesWay(class_: ClassIR, module: ModuleIR, fn: FunctionIR, op: Op): boolean {
    if (op.op === "set") return op.key !== null && functionIndex(fn).operation(op.object)?.op !== "this" && !isNothing(fn, op.src) && isHeldIn.of(this, heldKey(op.key, fn, class_)) && this.#isOfHolder(module, fn, op.object, op.key);
    const name = op.op === "call" ? (op.key ?? calleeName(module, fn, op)) : null;
    if (op.op !== "call" || name === null) return false;
    const fields = fieldsWrittenBy.of(this, name).filter((field) => isHeldIn.of(this, heldKey(field, fn, class_)));
    return fields.length > 0 && this.#program.tracer.targets(module, fn, op.dst).functions.some((target) => target.function !== fn && (this.#writes(target.module, target.function, fields, fn.name) || this.#handsOn(target.module, target.function, fields, fn.name)));
  }

  /** Whether a function that runs in the method of this name writes one of the fields. */
  #writes(module: ModuleIR, fn: FunctionIR, fields: readonly string[], running: string): boolean {
    return fields.some((field) => {
      if (!writersOf.of(this, field).includes(fn)) return false;
      const { asked, written } = fieldsIn(module);
      if (asked.get(field)?.some((each) => each.function === fn && each.op.key === running) === true) return false;
      return written.get(field)?.some((each) => each.function === fn && this.#isOfHolder(module, fn, each.holder, field)) === true;
    });
  }

  /** Whether it always calls a function that writes one of the fields. */
  #handsOn(module: ModuleIR, fn: FunctionIR, fields: readonly string[], running: string): boolean {
    const calls = fn.blocks[0]?.ops.filter((op): op is CallOp => op.op === "call") ?? [];
    return calls.some((op) => this.#program.tracer.targets(module, fn, op.dst).functions.some((target) => this.#writes(target.module, target.function, fields, running)));
  }

  /** Whether an object that is written to may be one whose field is asked. */
  #isOfHolder(module: ModuleIR, fn: FunctionIR, object: Temp, field: string): boolean {
    const type = this.#program.tracer.typeOf(module, fn, object);
    const objects = type.kind === "interface" ? this.#program.tracer.holders(type) : [type];
    if (objects.some(({ kind }) => kind !== "instance" && kind !== "literal")) return true;
    const holders = holdersOf.of(this, field);
    return holders === null || objects.some((each) => each.kind === "instance" && holders.has(each.class));
  }

  /** The classes whose field is asked, with those above and below them; null where one of them is not known. */
  holdersOf(field: string): ReadonlySet<ClassIR> | null {
    let holders = this.#holders.get(field);
    if (holders === undefined) this.#holders.set(field, (holders = this.#findHolders(field)));
    return holders;
  }

  #findHolders(field: string): ReadonlySet<ClassIR> | null {
    const all = new Map<ClassIR, ModuleIR>();
    for (const { module, calls } of this.#asked.get(field) ?? []) {
      for (const { function: fn, op, holder } of calls) {
        if (this.#told(module, [{ function: fn, op, holder }]).length === 0) continue;
        const type = holder === null ? null : this.#program.tracer.typeOf(module, fn, holder);
        if (type?.kind !== "instance") return null;
        all.set(type.class, type.module);
      }
    }
    return family(this.#program, all);
  }

  /** By `heldKey`. */
  isHeld(key: string): boolean {
    const held = this.#heldIn(key.slice(0, key.indexOf("\0")));
    if (held.size === 0) return false;
    const [, file, id] = key.split("\0");
    const class_ = this.#program.modules.find((module) => module.file === file)?.classes[Number(id)];
    return class_ !== undefined && held.has(class_);
  }

  #heldIn(field: string): ReadonlySet<ClassIR> {
    let held = this.#held.get(field);
    if (held === undefined) this.#held.set(field, (held = this.#find(field)));
    return held;
  }

  writersOf(field: string): readonly FunctionIR[] {
    return this.#writers.get(field) ?? [];
  }

  fieldsWrittenBy(name: string): readonly string[] {
    return [...(this.#fieldsOf.get(name) ?? [])];
  }

  isDeclaredTwice(name: string): boolean {
    return (this.#declared.get(name) ?? 0) > 1;
  }

  #find(field: string): ReadonlySet<ClassIR> {
    const asked = this.#asked.get(field);
    if (asked === undefined) return NO_CLASSES;
    const all = new Map<ClassIR, ModuleIR>();
    for (const { module, calls } of asked) for (const each of kept(`held in ${field}`, module, () => this.#told(module, calls))) all.set(each.class, each.module);
    return family(this.#program, all);
  }

  /** The classes that calls tell apart. */
  #told(module: ModuleIR, asked: readonly AskedField[]): readonly ClassOf[] {
    return asked.flatMap(({ function: fn, op }) => {
      // What one class alone has does not tell one state from another.
      const classes = isDeclaredTwice.of(this, op.key ?? "") ? classesAsked(this.#program, module, fn, op) : [];
      return classes.length > 1 ? classes : [];
    });
  }
}

interface ClassOf {
  readonly module: ModuleIR;
  readonly class: ClassIR;
}

const allMachines = onceFor((program: Program) => new Machines(program));
// Fields and names are asked for one by one.
const machinesOf = (program: Program): Machines => unnoted(() => allMachines(program));
/** Whether the field holds things of the class: of a class of an edited file the other ones need not be asked again. */
const isHeldIn = new ProgramQuestion(machinesOf, (machines: Machines, key: string) => machines.isHeld(key));

function heldKey(field: string, { file }: FunctionIR, { id }: ClassIR): string {
  return `${field}\0${file}\0${id}`;
}

const writersOf = new ProgramQuestion(machinesOf, (machines: Machines, field: string) => machines.writersOf(field), isSameList);
const holdersOf = new ProgramQuestion(machinesOf, (machines: Machines, field: string) => machines.holdersOf(field), isSameSet);
const fieldsWrittenBy = new ProgramQuestion(machinesOf, (machines: Machines, name: string) => machines.fieldsWrittenBy(name), isSameList);
const isDeclaredTwice = new ProgramQuestion(machinesOf, (machines: Machines, name: string) => machines.isDeclaredTwice(name));

function isSameSet(before: ReadonlySet<ClassIR> | null, now: ReadonlySet<ClassIR> | null): boolean {
  return before === null || now === null ? before === now : before.size === now.size && [...before].every((each) => now.has(each));
}

/** The classes whose methods a call may enter. */
function classesAsked(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp): readonly ClassOf[] {
  const classes = new Map<ClassIR, ModuleIR>();
  for (const target of program.tracer.targets(module, fn, op.dst).functions) {
    const class_ = target.function.class === null ? undefined : target.module.classes[target.function.class];
    if (class_ !== undefined && !target.function.static) classes.set(class_, target.module);
  }
  return [...classes].map(([class_, owner]) => ({ module: owner, class: class_ }));
}

/** With what they extend and what extends them: helpers of a base class give way for its subclasses. */
function family(program: Program, classes: ReadonlyMap<ClassIR, ModuleIR>): ReadonlySet<ClassIR> {
  const all = new Set(classes.keys());
  for (const [class_, module] of classes) {
    for (const above of program.tracer.ancestors(module, class_)) if (above.kind === "instance") all.add(above.class);
    for (const below of program.tracer.subclasses(module, class_)) all.add(below.class);
  }
  return all;
}
