/**
 * Objects that say themselves what follows them: a machine hands each frame on to the object in one of its fields (`this.state.update(dt)`), and a method of such
 * an object puts another in its place (`this.machine.state = new Walking()`, or a call of a method that does). The object that gave way is not asked again in the next
 * frame, so what is done beside that is done once for each state.
 *
 * Theory: may, by field name and class. A field counts when calls of a method on it lead to methods of several classes, and somebody but a constructor
 * writes it; a call or a write counts in a method of those classes, of classes above and below them alone. Known misses: states that
 * are functions or names; a machine whose states are of one class.
 */
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, ClassIR, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

export interface StateMachines {
  /** The blocks of a function in which the object that runs gives way to another. */
  of(module: ModuleIR, fn: FunctionIR): ReadonlySet<BlockId>;
}

const NONE: ReadonlySet<BlockId> = new Set();

export const stateMachines: Fact<StateMachines> = defineFact("state-machines", (program) => {
  const machines = machinesOf(program);
  const known = new Map<FunctionIR, ReadonlySet<BlockId>>();
  return {
    of(module, fn) {
      const class_ = fn.class === null ? undefined : module.classes[fn.class];
      const fields = class_ === undefined ? undefined : machines.get(class_);
      if (fields === undefined) return NONE;
      let blocks = known.get(fn);
      if (blocks === undefined) known.set(fn, (blocks = new Set(fn.blocks.filter(({ ops }) => ops.some((op) => givesWay(program, fields, module, fn, op))).map(({ id }) => id))));
      return blocks;
    },
  };
});

type CallOp = Op & { readonly op: "call" };

/** Of one module: calls on what a field holds, and the functions that write a field of an object, by the field's name. */
interface ModuleFields {
  readonly asked: ReadonlyMap<string, readonly { readonly function: FunctionIR; readonly op: CallOp }[]>;
  readonly written: ReadonlyMap<string, readonly FunctionIR[]>;
}

const fieldsIn = onceFor((module: ModuleIR): ModuleFields => {
  const asked = new Map<string, { function: FunctionIR; op: CallOp }[]>();
  const written = new Map<string, FunctionIR[]>();
  for (const fn of module.functions) {
    for (const { ops } of fn.blocks) {
      for (const op of ops) {
        const holder = op.op === "call" && op.receiver !== null ? functionIndex(fn).operation(op.receiver) : undefined;
        if (op.op === "call" && holder?.op === "get" && holder.key !== null) append(asked, holder.key, { function: fn, op });
        else if (op.op === "set" && op.key !== null && fn.kind !== "constructor" && fn.kind !== "field" && !isNothing(fn, op.src)) append(written, op.key, fn);
      }
    }
  }
  return { asked, written };
});

function isNothing(fn: FunctionIR, temp: number): boolean {
  const value = functionIndex(fn).operation(temp);
  return value?.op === "const" || (value?.op === "global" && value.name === "undefined");
}

/** What writes a field of a machine: its name, and the functions that do. */
interface Machine {
  readonly field: string;
  readonly writers: ReadonlySet<FunctionIR>;
}

/** By class of the objects that such a field holds. */
function machinesOf(program: Program): ReadonlyMap<ClassIR, readonly Machine[]> {
  const machines = new Map<ClassIR, Machine[]>();
  const writers = new Map<string, FunctionIR[]>();
  for (const module of program.modules) for (const [field, functions] of fieldsIn(module).written) append(writers, field, ...functions);
  const held = new Map<string, Map<ClassIR, ModuleIR>>();
  for (const module of program.modules) {
    for (const [field, calls] of fieldsIn(module).asked) {
      if (!writers.has(field)) continue;
      for (const { function: fn, op } of calls) {
        const classes = classesAsked(program, module, fn, op);
        if (classes.size < 2) continue;
        const all = held.get(field) ?? new Map<ClassIR, ModuleIR>();
        held.set(field, all);
        for (const [class_, owner] of classes) all.set(class_, owner);
      }
    }
  }
  for (const [field, classes] of held) {
    const machine = { field, writers: new Set(writers.get(field)) };
    for (const class_ of family(program, classes)) append(machines, class_, machine);
  }
  return machines;
}

/** The classes whose methods a call may enter. */
function classesAsked(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp): ReadonlyMap<ClassIR, ModuleIR> {
  const classes = new Map<ClassIR, ModuleIR>();
  for (const target of program.tracer.targets(module, fn, op.dst).functions) {
    const class_ = target.function.class === null ? undefined : target.module.classes[target.function.class];
    if (class_ !== undefined && !target.function.static) classes.set(class_, target.module);
  }
  return classes;
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

/** Whether the operation puts another object into the field that holds the running one. */
function givesWay(program: Program, machines: readonly Machine[], module: ModuleIR, fn: FunctionIR, op: Op): boolean {
  if (op.op === "set") return machines.some(({ field }) => field === op.key) && functionIndex(fn).operation(op.object)?.op !== "this" && !isNothing(fn, op.src);
  if (op.op !== "call") return false;
  const candidates = machines.flatMap(({ writers }) => [...writers]).filter((writer) => op.key === null || writer.name === op.key);
  return candidates.length > 0 && program.tracer.targets(module, fn, op.dst).functions.some(({ function: target }) => target !== fn && candidates.includes(target));
}

function append<K, V>(map: Map<K, V[]>, key: K, ...values: readonly V[]): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [...values]);
  else known.push(...values);
}
