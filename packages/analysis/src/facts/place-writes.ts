/**
 * Which places an operation writes, as texts of `places.ts`: `v3`, `this.x`; `this.list[]` for anything put into a container, `this.list[-]` for one that is emptied or made anew. A call writes what
 * its visible callees write on `this`, on their parameters and on module variables, two levels deep.
 */
import { originOf, type Places, placesOf } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { joined, union } from "../source/joined.ts";
import { kept, ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";
import { Answers } from "../source/reads.ts";
import { addTo } from "./add-to.ts";
import { bitsWritten } from "./bit-flags.ts";
import { constantKey } from "./cold-tests.ts";
import { isDoneOnEveryWay } from "./every-way.ts";
import { importedNames } from "./imported-names.ts";
import { argumentAt, inCaller, variableAtHead } from "./passed-places.ts";

export interface PlaceWrite {
  readonly place: string;
  /** The written value is undefined, null, false, 0 or "". */
  readonly empties: boolean;
  /** The written value is a constant: a mark rather than a value. */
  readonly constant: boolean;
  /** The constant that is written, as a text that is equal for equal ones (`constantKey`); null for any other value. */
  readonly text: string | null;
  /** What the place holds is changed, and not replaced: its members are written, and theirs are not. */
  readonly within?: true;
  /** Of a constant: a callee writes it on some of its ways alone, or one of several callees does. */
  readonly perhaps?: true;
  /** It is what the caller passed at this position. */
  readonly given?: number | null;
}

/** A mark that a callee sets on some of its ways: `update() { move(); if (dead) this.running = false; }`. What it computes there (a version, a capacity) it computes when it has to. */
export function isChance(write: PlaceWrite): boolean {
  return write.perhaps === true && write.constant;
}

/** Methods that change their receiver in place: containers filled, values copied over. */
const MUTATORS: ReadonlySet<string> = new Set(["set", "add", "push", "unshift", "append", "fill", "copy", "setValue", "fromArray"]);
const MAX_DEPTH = 3;

export class PlaceWrites {
  readonly #program: Program;
  /** By the calls that are still followed. */
  readonly #callees = Array.from({ length: MAX_DEPTH + 1 }, () => new Answers<FunctionIR, readonly PlaceWrite[]>());

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether any code empties a member of this place's name: a question that costs nothing, before all that a function and its callees write is gathered. */
  mayEmpty(module: ModuleIR, place: string): boolean {
    const variable = /^v(\d+)\.length$/.exec(place)?.[1];
    // A number says which variable it is in its own module alone; to others it has the names that it is exported by.
    if (variable !== undefined) return emptiedIn(module).has(place) || sharedNames(module, Number(variable)).some((name) => isEmptied.of(this.#program, `=${name}.length`));
    // Of bits nothing is gathered by name.
    const key = place.includes(".&") ? undefined : /([\w$#]+\.length)$/.exec(place)?.[1] ?? /\.([^.[\]]+)$/.exec(place)?.[1];
    return key === undefined || isEmptied.of(this.#program, key);
  }

  of(places: Places, ops: readonly Op[]): readonly PlaceWrite[] {
    const writes: PlaceWrite[] = [];
    for (const op of ops) this.#add(places, op, 0, writes);
    return writes;
  }

  #add(places: Places, op: Op, depth: number, writes: PlaceWrite[]): void {
    switch (op.op) {
      case "store":
        writes.push({ place: `v${op.variable}`, ...valueOf(places.origin(op.src)) });
        if (!op.init && isContainer(places.origin(op.src))) writes.push({ place: `v${op.variable}[-]`, ...EMPTIED });
        addBits(places, `v${op.variable}`, op.src, writes);
        break;
      case "store-global":
        writes.push({ place: `g:${op.name}`, ...valueOf(places.origin(op.src)) });
        break;
      case "set": {
        const base = places.of(op.object);
        if (base === null) break;
        if (op.key !== null) writes.push({ place: places.memberOf(base, op.key), ...valueOf(places.origin(op.src)), given: parameterAt(places, op.src) });
        if (op.key === "length" && valueOf(places.origin(op.src)).empties) writes.push({ place: `${base}[-]`, ...EMPTIED });
        if (op.key !== null && isContainer(places.origin(op.src))) writes.push({ place: `${places.memberOf(base, op.key)}[-]`, ...EMPTIED });
        if (op.key !== null) addBits(places, places.memberOf(base, op.key), op.src, writes);
        if (op.key === null || /^\d+$/.test(op.key)) writes.push({ place: `${base}[]`, ...SOMETHING }, { place: `${base}[${(op.index === null ? null : places.of(op.index)) ?? "*"}]`, ...valueOf(places.origin(op.src)) });
        break;
      }
      case "call":
        this.#addCall(places, op, depth, writes);
        break;
      default:
        break;
    }
  }

  #addCall(places: Places, op: Op & { readonly op: "call" }, depth: number, writes: PlaceWrite[]): void {
    const receiver = op.receiver === null ? null : places.of(op.receiver);
    if (receiver !== null && op.key !== null && MUTATORS.has(op.key)) {
      writes.push({ place: `${receiver}[]`, ...SOMETHING }, { place: receiver, ...SOMETHING, within: true });
      const key = op.args[0] === undefined ? null : places.of(op.args[0].temp);
      if (op.key === "set" || op.key === "add") writes.push({ place: `${receiver}.get()`, ...SOMETHING }, { place: `${receiver}.has()`, ...SOMETHING }, { place: `${receiver}[${key ?? "*"}]`, ...SOMETHING });
    }
    if (receiver !== null && op.key === "clear") writes.push({ place: `${receiver}[-]`, ...EMPTIED });
    if (op.key === "assign" && receiver === "g:Object") addAssigned(places, op, writes);
    if (depth >= MAX_DEPTH) return;
    const targets = this.#program.tracer.targets(places.module, places.fn, op.dst).functions;
    const written = targets.map((target) => this.#writtenInCaller(places, op, target, depth + 1));
    const sure = written.length < 2 ? [] : written.map(surelyWritten);
    for (const all of written) for (const each of all) writes.push(!each.constant || sure.every((marks) => marks.has(markOf(each))) ? each : { ...each, perhaps: true });
  }

  /** What one callee writes, in the places of the caller. */
  #writtenInCaller(places: Places, op: Op & { readonly op: "call" }, target: { readonly module: ModuleIR; readonly function: FunctionIR }, depth: number): readonly PlaceWrite[] {
    const found: PlaceWrite[] = [];
    for (const each of this.#writtenBy(target.module, target.function, depth)) {
      const place = inCaller(places, op, target.module, target.function, each.place);
      if (place === null) continue;
      const write = asPassed(places, op, each);
      found.push(write.place === place ? write : { ...write, place });
    }
    return found;
  }

  /** What a callee writes on its `this` and outside of itself. */
  #writtenBy(module: ModuleIR, fn: FunctionIR, depth: number): readonly PlaceWrite[] {
    return this.#callees[depth]?.get(fn)?.value ?? this.#keepWritten(module, fn, depth);
  }

  #keepWritten(module: ModuleIR, fn: FunctionIR, depth: number): readonly PlaceWrite[] {
    return this.#callees[depth]?.add(fn, () => kept(`writes ${depth}`, fn, () => this.#findWritten(module, fn, depth))) ?? [];
  }

  #findWritten(module: ModuleIR, fn: FunctionIR, depth: number): readonly PlaceWrite[] {
    const writes: PlaceWrite[] = [];
    const places = placesOf(module, fn);
    const blocks: BlockId[] = [];
    for (const block of fn.blocks) {
      for (const op of block.ops) this.#add(places, op, depth, writes);
      while (blocks.length < writes.length) blocks.push(block.id);
    }
    markUncertain(module, fn, writes, blocks);
    const outside = writes.filter(({ place }) => place.startsWith("this.") || place.startsWith("*") || (place.startsWith("v") && (!isOwn(module, fn, place) || parameterIn(fn, place) >= 0)));
    // What was looked up here may be looked up in the caller, too: `properties.get(texture).ready` there is `*.get().ready`.
    for (const write of writes) {
      const found = lookedUp(write.place);
      if (found !== null) outside.push({ ...write, place: found });
    }
    return eachOnce(outside);
  }
}

/** Many ways through callees write the same: what calls them takes it on once. */
function eachOnce(writes: readonly PlaceWrite[]): readonly PlaceWrite[] {
  if (writes.length < 2) return writes;
  const distinct = new Map<string, PlaceWrite>();
  for (const write of writes) {
    const { place, empties, constant, text, within, perhaps, given } = write;
    const key = `${place} ${empties} ${constant} ${within} ${perhaps} ${given} ${text}`;
    if (!distinct.has(key)) distinct.set(key, write);
  }
  return distinct.size === writes.length ? writes : [...distinct.values()];
}

/** Of constants, what a callee writes on every way. */
function surelyWritten(writes: readonly PlaceWrite[]): ReadonlySet<string> {
  const sure = new Set<string>();
  for (const write of writes) if (write.constant && write.perhaps !== true) sure.add(markOf(write));
  return sure;
}

function markOf(write: PlaceWrite): string {
  return `${write.place} ${write.empties}`;
}

/** Says of each constant that is written, by the block that it stands in, whether ways past it do something else. */
function markUncertain(module: ModuleIR, fn: FunctionIR, writes: PlaceWrite[], blocks: readonly BlockId[]): void {
  if (!writes.some(({ constant }) => constant)) return;
  const hits = new Map<string, Set<BlockId>>();
  for (const [index, write] of writes.entries()) if (write.constant && write.perhaps !== true) addTo(hits, markOf(write), blocks[index] ?? 0);
  const known = new Map<string, boolean>();
  for (const [index, write] of writes.entries()) {
    if (!write.constant || write.perhaps === true) continue;
    const on = hits.get(markOf(write)) ?? NO_BLOCKS;
    const key = [...on].join();
    let isCertain = on.has(0) || known.get(key);
    if (isCertain === undefined) known.set(key, (isCertain = isDoneOnEveryWay(module, fn, on)));
    if (!isCertain) writes[index] = { ...write, perhaps: true };
  }
}

const NO_BLOCKS: ReadonlySet<BlockId> = new Set();

/** What a callee writes of what it was given is what the call passes. */
function asPassed(places: Places, op: Op & { readonly op: "call" }, write: PlaceWrite): PlaceWrite {
  if (write.given === undefined || write.given === null) return write;
  const value = argumentAt(op, write.given);
  return value === undefined ? write : { ...write, ...valueOf(places.origin(value)), given: parameterAt(places, value) };
}

/** The parameter whose member a place is; -1 for any other place. */
function parameterIn(fn: FunctionIR, place: string): number {
  const variable = /^v(\d+)\.[\w$#]+$/.exec(place)?.[1];
  return variable === undefined ? -1 : fn.params.findIndex((param) => !param.rest && param.variable === Number(variable));
}

/** The position of the parameter that a value is, as it came in; null for none. */
function parameterAt(places: Places, temp: Temp): number | null {
  const op = places.origin(temp);
  const position = op?.op !== "load" || places.storesOf(op.variable).length > 0 ? -1 : places.fn.params.findIndex((param) => !param.rest && param.variable === op.variable);
  return position < 0 ? null : position;
}

/** The end of a place that begins at what a method gave: `*.get().ready`; null for any other place. */
export function lookedUp(place: string): string | null {
  // Most places hold no call: the search from every dot on is for those that do.
  const found = place.includes("().") ? /(\.[\w$]+\(\)\.[\w$#]+)$/.exec(place)?.[1] : undefined;
  return found === undefined ? null : `*${found}`;
}

/** `Object.assign(target, { width, height })` */
function addAssigned(places: Places, op: Op & { readonly op: "call" }, writes: PlaceWrite[]): void {
  const [target, ...sources] = op.args;
  const base = target === undefined ? null : places.of(target.temp);
  if (base === null) return;
  for (const { temp } of sources) {
    const source = places.origin(temp);
    if (source?.op !== "object") continue;
    for (const part of source.parts) if (part.key !== null) writes.push({ place: `${base}.${part.key}`, ...valueOf(places.origin(part.value)) });
  }
}

/** Names of members that a module sets to an empty value. */
const emptiedIn = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const keys = new Set<string>();
  const add = (index: FunctionIndex, key: string | null, temp: Temp): void => {
    if (key !== null && !keys.has(key) && valueOf(originOf(index, temp)).empties) keys.add(key);
  };
  for (const { fn, op } of moduleOps(module).listed) {
    if (op.op !== "set" && op.op !== "store" && op.op !== "object") continue;
    const index = functionIndex(fn);
    const isMade = fn.kind === "constructor" || fn.kind === "field" || fn.kind === "module";
    if (op.op === "set") add(index, op.key, op.src);
    if (op.op === "set" && (op.key === "length" || (!isMade && isEmptyArray(index, op.src)))) keys.add(`${op.key === "length" ? lastKey(index, op.object) : op.key ?? ""}.length`);
    if (op.op === "store" && !op.init && isEmptyArray(index, op.src)) keys.add(`v${op.variable}.length`);
    // As `Object.assign` takes it.
    else if (op.op === "object") for (const part of op.parts) add(index, part.key, part.value);
  }
  for (const key of [...keys]) for (const name of sharedNames(module, Number(/^v(\d+)\.length$/.exec(key)?.[1] ?? -1))) keys.add(`=${name}.length`);
  return keys;
});

/** What other modules call a variable, or the module that it is imported from. */
function sharedNames(module: ModuleIR, variable: number): readonly string[] {
  const imported = importedNames(module).get(variable);
  return [...(imported === undefined ? [] : [imported]), ...module.exports.flatMap((each) => (each.kind === "local" && each.variable === variable ? [each.name] : []))];
}

const emptiedAnywhere = joined(emptiedIn, union);
const isEmptied = new ProgramQuestion((program) => program, ({ modules }: Program, key: string) => emptiedAnywhere(modules).has(key));

function isEmptyArray(index: FunctionIndex, temp: Temp): boolean {
  const value = originOf(index, temp);
  return value?.op === "array" && value.elements.length === 0;
}

/** What a list is called that is emptied: `nodes` of `this.nodes.length = 0`, a variable as its place. */
function lastKey(index: FunctionIndex, temp: Temp): string {
  const op = originOf(index, temp);
  return op?.op === "get" ? op.key ?? "" : op?.op === "load" ? `v${op.variable}` : "";
}

function isOwn(module: ModuleIR, fn: FunctionIR, place: string): boolean {
  return module.variables[variableAtHead(place)]?.owner === fn.id;
}

function addBits(places: Places, place: string, value: Temp, writes: PlaceWrite[]): void {
  for (const bit of bitsWritten(places, place, value)) writes.push({ ...bit, constant: true, text: null });
}

const SOMETHING = { empties: false, constant: false, text: null };
const EMPTIED = { empties: true, constant: true, text: null };

function isContainer(op: Op | null): boolean {
  return op?.op === "array" || op?.op === "object" || op?.op === "new";
}

function valueOf(op: Op | null): { readonly empties: boolean; readonly constant: boolean; readonly text: string | null } {
  if (op?.op === "const") return { empties: op.value === null || op.value === false || op.value === 0 || op.value === "", constant: true, text: constantKey(op) };
  const absent = op?.op === "global" && op.name === "undefined";
  return { empties: absent, constant: absent, text: null };
}
