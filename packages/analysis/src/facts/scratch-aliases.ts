/**
 * Scratch objects whose value somebody else overwrites while it is still wanted, or that are handed to somebody who will see them overwritten.
 *
 * What is scratch is said by its use, not by its name: a constant of `scratch-objects.ts` that every function which touches it writes whole before it
 * reads anything of it. What one function reads without having written it is state, and nothing is said of it.
 *
 * Theory: forward over each function, may. Element for each object: where it was written here, and by which call or wait its value was put at
 * risk since; join is union. A call overwrites what any function behind it may write (call edges, transitively), unless it is handed the object itself. A
 * read of a value at risk, a return, and a store of a written object are the faults. A returned object that all callers in sight read at once is none
 * (`scratch-results.ts`). Scratch of an instance is overwritten by calls that stay on `this` alone.
 * An argument that is the object itself is at risk when the callee reads its parameter after it has written the object.
 * Known misses: see `scratch-objects.ts`; callbacks that read what was written around them make it state.
 */
import { successors } from "../cfg/order.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact, type FactReader } from "../fact.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { callEdges, type CallEdges } from "./call-edges.ts";
import { writesFirst } from "./out-parameters.ts";
import { programCalls } from "./program-calls.ts";
import { staysOnThis } from "./scratch-fields.ts";
import { isLocalHolder, isModules } from "./scratch-holders.ts";
import { type HeldObjects, joinHeld, type HeldValue, UNTOUCHED } from "./scratch-held.ts";
import { type ScratchEvent, type ScratchObject, ScratchObjects } from "./scratch-objects.ts";
import { defaultScratch, ScratchResults } from "./scratch-results.ts";
import { isOfInstance, type Overwriting, type OwnWrite, ScratchWriters } from "./scratch-writers.ts";

export interface ScratchAlias {
  readonly object: ScratchObject;
  /** `overwritten`: by a call; `waited`: held across a suspension; the others say what is done with it. */
  readonly kind: "overwritten" | "waited" | "returned" | "kept" | "argument";
  /** The call, the suspension, the return or the store. */
  readonly at: Location;
  /** Where the value was written that is lost. */
  readonly written: readonly Location[];
  /** Where it is read afterwards; null for what is returned or kept. */
  readonly read: Location | null;
  /** Who overwrites it, and where; null where no callee does. */
  readonly by: Overwriting | null;
  /** Where the object is made. */
  readonly made: Location;
}

export const scratchAliases: Fact<readonly ScratchAlias[]> = defineFact("scratch-aliases", (program, get) => {
  const objects = new ScratchObjects(program);
  return objects.all.length === 0 ? [] : new AliasScan(program, get, objects).run();
});

const NO_EVENTS: readonly ScratchEvent[] = [];
const MAX_ROUNDS = 30;
class AliasScan {
  readonly #program: Program;
  readonly #results: ScratchResults;
  readonly #edges: CallEdges;
  readonly #objects: ScratchObjects;
  /** Objects that some function reads without having written them, or that are not ours alone. */
  readonly #state = new Set<ScratchObject>();
  readonly #found: ScratchAlias[] = [];
  #isStateKnown = false;
  readonly #writers: ScratchWriters;
  readonly #events = new Map<FunctionIR, Map<Op, readonly ScratchEvent[]>>();

  constructor(program: Program, get: FactReader, objects: ScratchObjects) {
    this.#program = program;
    this.#edges = get(callEdges);
    this.#objects = objects;
    this.#writers = new ScratchWriters(this.#edges, (object) => this.#state.has(object));
    this.#results = new ScratchResults(program, () => get(programCalls));
  }

  run(): readonly ScratchAlias[] {
    const functions: { readonly module: ModuleIR; readonly fn: FunctionIR }[] = [];
    for (const module of this.#program.modules) if (module.role === "project") for (const fn of this.#objects.namingIn(module)) functions.push({ module, fn });
    // A lone file does not see who else uses what it exports.
    for (const object of this.#objects.all) if (object.exported && !this.#program.settings.wholeProgram) this.#state.add(object);
    for (const { module, fn } of functions) this.#noteWrites(module, fn);
    // Calls put values at risk and make no state: what they overwrite is asked for the few objects that are none.
    for (const { module, fn } of functions) this.#flow(module, fn);
    this.#isStateKnown = true;
    const { only } = this.#program;
    for (const { module, fn } of functions) if (only === null || module.file === only) this.#flow(module, fn);
    const unique = new Map(this.#found.map((each) => [`${each.kind}:${each.at.file}:${each.at.span.start}:${each.object.name}`, each]));
    return [...unique.values()].sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start || compareText(a.kind, b.kind));
  }

  /** Of a function that names scratch objects; found once. */
  #eventsOf(module: ModuleIR, fn: FunctionIR): ReadonlyMap<Op, readonly ScratchEvent[]> {
    let events = this.#events.get(fn);
    if (events !== undefined) return events;
    this.#events.set(fn, (events = new Map()));
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const found = this.#objects.events(module, fn, op, writesFirst);
        if (found.length > 0) events.set(op, found);
      }
    }
    return events;
  }

  /** Those of objects that are no state. */
  #scratchEventsOf(module: ModuleIR, fn: FunctionIR): ReadonlyMap<Op, readonly ScratchEvent[]> {
    const scratch = new Map<Op, readonly ScratchEvent[]>();
    for (const [op, events] of this.#eventsOf(module, fn)) {
      const left = events.filter(({ object }) => !this.#state.has(object));
      if (left.length > 0) scratch.set(op, left);
    }
    return scratch;
  }

  #noteWrites(module: ModuleIR, fn: FunctionIR): void {
    const own: OwnWrite[] = [];
    const all = this.#eventsOf(module, fn);
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const events = all.get(op) ?? NO_EVENTS;
        for (const { object, does, span } of events) if (does === "write") own.push({ object, span, block: block.id });
        // What the module itself does with it once, it may hand to anybody.
        if (fn.kind === "module") for (const { object } of events) this.#state.add(object);
        if (op.op === "object" || op.op === "array" || op.op === "jsx") this.#noteHolders(module, fn, op);
      }
    }
    if (own.length > 0 && fn.kind !== "module") this.#writers.add(fn, own);
  }

  /** HeldValue by a literal: who holds that reads it at any time. */
  #noteHolders(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "object" | "array" | "jsx" }): void {
    const held = op.op === "array" ? op.elements.flatMap((element) => (element === null ? [] : [element.temp])) : op.parts.map((part) => part.value);
    for (const temp of held) {
      const object = this.#objects.of(module, fn, temp);
      if (object !== null) this.#state.add(object);
    }
  }

  #flow(module: ModuleIR, fn: FunctionIR): void {
    if (fn.kind === "module") return;
    const before: (HeldObjects | undefined)[] = fn.blocks.map(() => undefined);
    before[0] = new Map();
    const events = this.#isStateKnown ? this.#scratchEventsOf(module, fn) : this.#eventsOf(module, fn);
    const open = new Set<BlockId>([0]);
    // In reverse postorder a round sees all that comes before a block; only a loop asks for another round.
    for (let round = 0; open.size > 0 && round < MAX_ROUNDS; round++) {
      for (const block of fn.blocks) {
        if (!open.delete(block.id)) continue;
        let element = before[block.id] ?? new Map<ScratchObject, HeldValue>();
        for (const op of block.ops) element = this.#step(module, fn, op, element, events.get(op) ?? NO_EVENTS);
        if (block.terminal.kind === "return" && block.terminal.value !== null) this.#returned(module, fn, block.terminal.value, block.terminal.span, element);
        for (const to of [...successors(block.terminal), ...(block.handler === null ? [] : [block.handler])]) {
          const joined = joinHeld(before[to], element);
          if (joined !== before[to]) {
            before[to] = joined;
            open.add(to);
          }
        }
      }
    }
  }

  #step(module: ModuleIR, fn: FunctionIR, op: Op, element: HeldObjects, events: readonly ScratchEvent[]): HeldObjects {
    if (events.length === 0 && (element.size === 0 || !mayOverwrite(op))) return element;
    const after = new Map(element);
    for (const { object, does, span } of events) {
      const held = after.get(object) ?? UNTOUCHED;
      if (does === "read") this.#readAt(fn, object, held, span);
      else if (does === "keep") this.#keptAt(module, fn, object, held, span, op);
    }
    if (op.op === "await" || op.op === "yield") {
      for (const [object, held] of after) if (held.written.size > 0) after.set(object, { ...held, risks: new Map([...held.risks, [`wait:${op.span.start}`, { kind: "waited", span: op.span, by: null }]]) });
    }
    if (this.#isStateKnown && mayCall(op)) this.#called(module, fn, op, after);
    for (const { object, does, span } of events) if (does === "write") after.set(object, { untouched: false, written: new Set([span]), risks: new Map() });
    return after;
  }

  #readAt(fn: FunctionIR, object: ScratchObject, held: HeldValue, span: Span): void {
    if (held.untouched) this.#state.add(object);
    for (const risk of held.risks.values()) this.#tell(fn, object, held, risk.kind, risk.span, span, risk.by);
  }

  #keptAt(module: ModuleIR, fn: FunctionIR, object: ScratchObject, held: HeldValue, span: Span, op: Op): void {
    if (held.untouched) return void this.#state.add(object);
    if (op.op === "set" && isLocalHolder(module, fn, op.object)) return void this.#state.add(object);
    // A list of the module's own collects what is put into it.
    if (op.op === "call" && op.receiver !== null && !isModules(module, fn, op.receiver) && isLocalHolder(module, fn, op.receiver)) return void this.#state.add(object);
    this.#tell(fn, object, held, "kept", span, null, null);
  }

  #returned(module: ModuleIR, fn: FunctionIR, value: Temp, span: Span, element: HeldObjects): void {
    const object = this.#objects.of(module, fn, value);
    if (object === null) {
      const given = this.#isStateKnown ? defaultScratch(this.#objects, module, fn, value) : null;
      if (given !== null && !this.#results.isReadAtOnce(fn, given.slot)) this.#tell(fn, given.object, UNTOUCHED, "returned", span, null, null);
      return;
    }
    const held = element.get(object) ?? UNTOUCHED;
    if (held.untouched) return void this.#state.add(object);
    if (!this.#isStateKnown || this.#state.has(object)) return;
    for (const risk of held.risks.values()) this.#tell(fn, object, held, risk.kind, risk.span, span, risk.by);
    if (!this.#results.isReadAtOnce(fn, null)) this.#tell(fn, object, held, "returned", span, null, null);
  }

  /** What the functions behind an operation overwrite. */
  #called(module: ModuleIR, fn: FunctionIR, op: CallingOp, after: Map<ScratchObject, HeldValue>): void {
    if (![...after.values()].some((held) => held.written.size > 0)) return;
    const span = op.op === "call" || op.op === "new" ? op.calleeSpan : op.keySpan;
    const targets = this.#edges.at(module, fn, span);
    if (targets.length === 0) return;
    const handed = op.op === "call" || op.op === "new" ? op.args.map((arg) => this.#objects.of(module, fn, arg.temp)) : [];
    const receiver = op.op === "call" && op.receiver !== null ? this.#objects.of(module, fn, op.receiver) : null;
    for (const edge of targets) {
      const { module: owner, target } = edge;
      for (const [object, by] of this.#writers.behind(module, fn, edge)) {
        const held = after.get(object);
        if (held === undefined || held.written.size === 0 || (isOfInstance(object) && !staysOnThis(fn, op, target))) continue;
        const slot = handed.indexOf(object);
        if (slot >= 0 && this.#readsAfterWriting(owner, target, slot, object)) this.#tell(fn, object, held, "argument", span, null, by);
        // Who is handed the object, or gives it back, is meant to fill it.
        if (slot >= 0 || receiver === object || this.#givesBack(owner, target, object)) continue;
        after.set(object, { ...held, risks: new Map([...held.risks, [`call:${span.start}`, { kind: "overwritten", span, by }]]) });
      }
    }
  }

  #givesBack(module: ModuleIR, fn: FunctionIR, object: ScratchObject): boolean {
    return fn.blocks.some(({ terminal }) => terminal.kind === "return" && terminal.value !== null && this.#objects.of(module, fn, terminal.value) === object);
  }

  /** The parameter is read where the object, which it is, may have been overwritten before. */
  #readsAfterWriting(module: ModuleIR, fn: FunctionIR, slot: number, object: ScratchObject): boolean {
    const variable = fn.params[slot]?.variable;
    if (variable === undefined || fn.params[slot]?.rest === true) return false;
    const written = new Set<BlockId>();
    const uses = valueUses(fn);
    const events = this.#eventsOf(module, fn);
    for (const block of fn.blocks) {
      let isWritten = block.predecessors.some((from) => written.has(from));
      for (const op of block.ops) {
        if (isWritten && op.op === "load" && op.variable === variable && uses.of(op.dst).length > 0) return true;
        if (events.get(op)?.some((event) => event.object === object && event.does === "write") === true) isWritten = true;
      }
      if (isWritten) written.add(block.id);
    }
    return false;
  }

  /** Of an object that is scratch for sure. */
  #tell(fn: FunctionIR, object: ScratchObject, held: HeldValue, kind: ScratchAlias["kind"], span: Span, read: Span | null, by: ScratchAlias["by"]): void {
    if (!this.#isStateKnown || this.#state.has(object)) return;
    const at = (each: Span): Location => ({ file: fn.file, span: each });
    this.#found.push({ object, kind, at: at(span), written: [...held.written].map(at), read: read === null ? null : at(read), by, made: { file: object.module.file, span: object.span } });
  }
}

type CallingOp = Op & { readonly op: "call" | "new" | "get" | "set" };

function mayCall(op: Op): op is CallingOp {
  return op.op === "call" || op.op === "new" || op.op === "get" || op.op === "set";
}

/** While others run, somebody may write what this function has written. */
function mayOverwrite(op: Op): boolean {
  return mayCall(op) || op.op === "await" || op.op === "yield";
}
