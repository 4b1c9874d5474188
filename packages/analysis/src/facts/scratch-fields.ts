/**
 * Fields of classes that may serve as scratch: declared with an object that is made once, never set again, and reached in ways that tell whose it is.
 *
 * Theory: by declaration. A static field is one object, named through its class. A field of the instances is one object for each: only functions that name
 * it through `this` count, and a field whose name is read off anything else, or set anywhere, is none.
 * Known misses: fields that a constructor sets; fields of a base class that a subclass names.
 */
import type { Program } from "../program.ts";
import type { ClassIR, FunctionIR, MemberIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { joined, union } from "../source/joined.ts";
import { onceFor } from "../source/once-for.ts";
import { thisFunction } from "../source/program-index.ts";
import { definition } from "./scratch-objects.ts";

export interface FieldPlace {
  readonly module: ModuleIR;
  readonly class: ClassIR;
  readonly member: MemberIR;
  readonly name: string;
  /** Of the class itself, not of each instance. */
  readonly isStatic: boolean;
}

/** The fields that are declared with a value, which `initial` is asked about: the function that gives it, and where. `keys`: under these names alone. */
export function scratchFields<T extends { readonly field: FieldPlace | null }>(program: Program, keys: ReadonlySet<string> | null, initial: (place: FieldPlace, fn: FunctionIR, value: Temp) => T | null): Map<string, readonly T[]> {
  const byName = new Map<string, T[]>();
  const wanted = [...unspoiledNames(program.modules)].filter((label) => keys?.has(nameIn(label)) !== false);
  if (wanted.length === 0) return byName;
  for (const module of program.modules) {
    const { labels } = fieldsIn(module);
    if (!wanted.some((label) => labels.has(label))) continue;
    for (const { place, fn, value } of fieldsWithValues(module)) {
      const { name } = place;
      if (!wanted.includes(labelOf(place))) continue;
      const made = initial(place, fn, value);
      if (made !== null) byName.set(name, [...(byName.get(name) ?? []), made]);
    }
  }
  return byName;
}

/** The fields of a module of the project that are declared with a value. */
const fieldsWithValues = onceFor((module: ModuleIR): readonly { readonly place: FieldPlace; readonly fn: FunctionIR; readonly value: Temp }[] =>
  module.classes.flatMap((class_) => (module.role === "project" ? class_.members : []).flatMap((member) => {
    const { name } = member;
    const fn = member.kind === "field" && member.function !== null ? module.functions[member.function] : undefined;
    const value = fn?.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []))[0];
    return fn === undefined || value === undefined || name === null ? [] : [{ place: { module, class: class_, member, name, isStatic: member.static }, fn, value }];
  })));

function labelOf({ name, isStatic }: FieldPlace): string {
  return `${isStatic ? "static" : "own"} ${name}`;
}

function nameIn(label: string): string {
  return label.slice(label.indexOf(" ") + 1);
}

/** The labels of these fields, and the names that spoil fields of any module. */
const fieldsIn = onceFor((module: ModuleIR): { readonly labels: ReadonlySet<string>; readonly spoiled: ReadonlySet<string> } =>
  ({ labels: new Set(fieldsWithValues(module).map(({ place }) => labelOf(place))), spoiled: spoiledIn(module) }));

/** Names of fields that are set, or read off something that is not `this`. */
const spoiledIn = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const spoiled = new Set<string>();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if ((op.op !== "get" && op.op !== "set") || op.key === null) continue;
        if (op.op === "set" && fn.kind !== "field") spoiled.add(`set ${op.key}`);
        else if (definition(fn, op.object)?.op !== "this") spoiled.add(`read ${op.key}`);
      }
    }
  }
  return spoiled;
});

/** The labels of fields that nothing spoils. */
const unspoiledNames = joined(fieldsIn, (parts): readonly string[] => {
  const spoiled = union(parts.map((part) => part.spoiled));
  return [...union(parts.map(({ labels }) => labels))].filter((label) => {
    const name = nameIn(label);
    return !spoiled.has(`set ${name}`) && (label.startsWith("static ") || !spoiled.has(`read ${name}`));
  });
});

/** Which of the fields of this name an operation reads; null for none of them. */
export function fieldRead<T extends { readonly field: FieldPlace | null }>(program: Program, candidates: readonly T[], module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "get" }): T | null {
  const isThis = definition(fn, op.object)?.op === "this";
  const owner = isThis ? thisFunction(module, fn) : null;
  for (const each of candidates) {
    const { field } = each;
    if (field === null) continue;
    if (owner !== null) {
      if (field.module === module && owner.class === field.class.id && owner.static === field.isStatic) return each;
    } else if (field.isStatic) {
      const type = program.tracer.typeOf(module, fn, op.object);
      if (type.kind === "class" && type.class === field.class) return each;
    }
  }
  return null;
}

/** Whether a call stays on the same instance: a method of `this`, or a callback that has its `this`. */
export function staysOnThis(fn: FunctionIR, op: Op | undefined, target: FunctionIR): boolean {
  if (target.kind === "arrow" && target.parent === fn.id && target.file === fn.file) return true;
  if (op?.op === "call") return op.receiver !== null && definition(fn, op.receiver)?.op === "this";
  return (op?.op === "get" || op?.op === "set") && definition(fn, op.object)?.op === "this";
}
