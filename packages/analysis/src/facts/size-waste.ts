/**
 * Sizes that fit badly: values allocated in bulk from a pool class that they fill by half at most, and single frame allocations of more than a quarter of
 * their arena.
 *
 * Theory: must; constant types and counts alone. In bulk is what a loop allocates, or an array's callback. The classes are the runtime's own, or those that the allocator's
 * configuration lists in place; a part of a program that sets them in another way, or several allocators differently, has classes that are
 * not known. What does not fit the arena at all is left to the rule about that.
 * Slots of 16 bytes, the smallest of the runtime's own, are not spoken of: what they waste is little.
 * Known misses: allocators whose arena nobody names; types from parameters; helpers that loops call.
 */
import { type Origin, type Site } from "../dataflow/origin.ts";
import { compareText, type TextEdit } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { keepsBytes, takenBy } from "../knowledge/runtime-sizes.ts";
import { CLASS_SETTINGS, DEFAULT_CLASSES, makesAllocator, SIZE_CLASSES } from "../knowledge/type-layout.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { arenaOf } from "./arena-sizes.ts";
import { callEdges } from "./call-edges.ts";
import { ConstantSizes } from "./constant-sizes.ts";
import { exhaustedArenas } from "./exhausted-arenas.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { ModuleNames } from "./module-names.ts";
import { type ProgramParts, programParts } from "./program-parts.ts";
import { bindingOf } from "./runtime-call.ts";
import { valueFates } from "./value-fates.ts";

/** Bulk that half fills its slots at most. */
export interface WastedClass {
  readonly at: Location;
  readonly callee: string;
  readonly bytes: number;
  readonly classBytes: number;
  /** Where the classes are set; null for the runtime's own. */
  readonly set: Location | null;
  /** Lists a class of this size among those that are set; null where that is not one edit. */
  readonly listed: TextEdit | null;
}

/** One frame allocation of more than a quarter of the arena. */
export interface LargeShare {
  readonly at: Location;
  readonly binding: string | null;
  readonly bytes: number;
  readonly capacity: number;
  /** Where the allocator is made. */
  readonly made: Location;
}

export interface SizeWaste {
  readonly classes: readonly WastedClass[];
  readonly shares: readonly LargeShare[];
}

export const sizeWaste: Fact<SizeWaste> = defineFact("size-waste", (program, get) => {
  const frames = get(frameAnalysis);
  // Nothing has to do with the runtime.
  if (frames.solved.size === 0) return { classes: [], shares: [] };
  const scan = new WasteScan(program, frames, get(programParts));
  const bulk = new BulkCalls(program, frames, get(callEdges));
  const byPlace = (a: { readonly at: Location }, b: { readonly at: Location }): number => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start;
  return { classes: scan.classes(bulk).sort(byPlace), shares: largeShares(get).sort(byPlace) };
});

type CallOp = Op & { readonly op: "call" | "new" };

/** A class for these bytes, in front of the first that is larger. */
function listed({ written }: Classes, bytes: number): TextEdit | null {
  const size = Math.max(SMALLEST, Math.ceil(bytes / 8) * 8);
  const next = written.find((each) => each.size > size);
  return next === undefined || written.some((each) => each.size === size) ? null : { at: { file: next.at.file, span: { start: next.at.span.start, end: next.at.span.start } }, text: `${size}, ` };
}

/** Slots of this size are small whatever they hold. */
const SMALLEST = 16;

interface Classes {
  readonly sizes: readonly number[];
  readonly set: Location | null;
  /** Each as it is written, in order of the text; empty for the runtime's own. */
  readonly written: readonly { readonly at: Location; readonly size: number }[];
}

const OWN_CLASSES: Classes = { sizes: DEFAULT_CLASSES, set: null, written: [] };

class WasteScan {
  readonly #program: Program;
  readonly #parts: ProgramParts;
  readonly #sizes: ConstantSizes;
  /** By part of the program; null where they are not known. */
  readonly #classes = new Map<ModuleIR, Classes | null>();

  constructor(program: Program, frames: FrameAnalysis, parts: ProgramParts) {
    this.#program = program;
    this.#parts = parts;
    this.#sizes = new ConstantSizes(program, new ModuleNames(program));
    for (const { module, fn, op } of callsOf(frames)) {
      if (program.tracer.targets(module, fn, op.dst).apis.some((api) => makesAllocator(api))) this.#addClasses(module, fn, op);
    }
  }

  #addClasses(module: ModuleIR, fn: FunctionIR, op: CallOp): void {
    const part = this.#parts.partOf(module);
    const own = this.#classesGiven(module, fn, op);
    const known = this.#classes.get(part);
    const agrees = known === undefined || (known !== null && own !== null && known.sizes.join() === own.sizes.join());
    this.#classes.set(part, agrees ? own : null);
  }

  #classesGiven(module: ModuleIR, fn: FunctionIR, op: CallOp): Classes | null {
    const [config] = op.args;
    if (config === undefined) return OWN_CLASSES;
    const written = this.#sizes.source({ module, fn, temp: config.temp });
    const options = written === null ? undefined : definition(written.fn, written.temp);
    if (written === null || options?.op !== "object" || options.parts.some((part) => part.key === null || part.kind !== "value")) return null;
    const settings = options.parts.filter((part) => CLASS_SETTINGS.has(part.key ?? ""));
    const [only, ...others] = settings;
    if (only === undefined) return OWN_CLASSES;
    const list = only.key === SIZE_CLASSES && others.length === 0 ? this.#sizes.source({ ...written, temp: only.value }) : null;
    const array = list === null ? undefined : definition(list.fn, list.temp);
    if (list === null || array?.op !== "array") return null;
    const sizes = array.elements.map((element) => (element === null || element.spread ? null : this.#sizes.number({ ...list, temp: element.temp })));
    if (sizes.includes(null) || sizes.length === 0) return null;
    const places = array.elements.flatMap((element, index) => (element === null ? [] : [{ at: { file: list.fn.file, span: element.span }, size: sizes[index] ?? 0 }]));
    return { sizes: sizes.map((size) => size ?? 0).sort((a, b) => a - b), set: { file: written.fn.file, span: only.span }, written: places };
  }

  /** Of the allocator that is called, where the text tells which that is; else those that all of the part have. */
  #classesOf(module: ModuleIR, fn: FunctionIR, op: CallOp): Classes | null {
    const receiver = op.op === "call" && op.receiver !== null ? this.#sizes.source({ module, fn, temp: op.receiver }) : null;
    const made = receiver === null ? undefined : definition(receiver.fn, receiver.temp);
    if (receiver !== null && made?.op === "new" && this.#program.tracer.targets(receiver.module, receiver.fn, made.dst).apis.some((api) => makesAllocator(api))) return this.#classesGiven(receiver.module, receiver.fn, made);
    const part = this.#parts.partOf(module);
    return this.#classes.has(part) ? this.#classes.get(part) ?? null : OWN_CLASSES;
  }

  classes(bulk: BulkCalls): WastedClass[] {
    const found: WastedClass[] = [];
    for (const { module, fn, op, api, type } of bulk.pools()) {
      const classes = this.#classesOf(module, fn, op);
      if (classes === null) continue;
      const sizes = this.#typeSizes({ module, fn, temp: type });
      const bytes = sizes === null ? 0 : Math.max(...sizes);
      const classBytes = classes.sizes.find((size) => size >= bytes);
      // Every size of several must waste as much.
      if (sizes === null || classBytes === undefined || classBytes <= SMALLEST || bytes * 2 > classBytes || sizes.some((size) => classes.sizes.find((each) => each >= size) !== classBytes)) continue;
      found.push({ at: { file: fn.file, span: op.span }, callee: api.replace(/^.*#/, ""), bytes, classBytes, set: classes.set, listed: listed(classes, bytes) });
    }
    return found;
  }

  /** Of the type, or of all the types that a walk over a list of lengths or types makes; null when one is not known. */
  #typeSizes(at: { readonly module: ModuleIR; readonly fn: FunctionIR; readonly temp: Temp }): readonly number[] | null {
    const known = this.#sizes.typeSize(at);
    if (known !== null) return known > 0 ? [known] : null;
    const source = this.#sizes.source(at);
    const op = source === null ? undefined : definition(source.fn, source.temp);
    if (source !== null && op?.op === "call") {
      const [element, count] = op.args;
      const lengths = count === undefined || !this.#program.tracer.targets(source.module, source.fn, source.temp).apis.some((api) => api.endsWith(":array")) ? null : this.#walked({ ...source, temp: count.temp })?.map((each) => this.#sizes.number(each)) ?? null;
      const size = element === undefined ? null : this.#sizes.typeSize({ ...source, temp: element.temp });
      return lengths === null || size === null || lengths.includes(null) ? null : lengths.map((length) => (length ?? 0) * size);
    }
    const types = this.#walked(at)?.map((each) => this.#sizes.typeSize(each)) ?? null;
    return types === null || types.includes(null) ? null : types.map((size) => size ?? 0);
  }

  /** The elements of the literal list whose elements a `for-of` gives one after another to this value. */
  #walked(at: { readonly module: ModuleIR; readonly fn: FunctionIR; readonly temp: Temp }): readonly { readonly module: ModuleIR; readonly fn: FunctionIR; readonly temp: Temp }[] | null {
    const loaded = definition(at.fn, at.temp);
    const source = loaded?.op === "load" ? this.#sizes.initial(at.module, loaded.variable) : null;
    if (source === null) return null;
    const next = source.fn.blocks.find(({ terminal }) => terminal.kind === "next" && terminal.value === source.temp)?.terminal;
    const iterated = next?.kind === "next" ? definition(source.fn, next.iterator) : undefined;
    const list = iterated?.op === "iterate" ? this.#sizes.source({ ...source, temp: iterated.src }) : null;
    const array = list === null ? undefined : definition(list.fn, list.temp);
    if (list === null || array?.op !== "array" || array.elements.length === 0 || array.elements.some((element) => element === null || element.spread)) return null;
    return array.elements.flatMap((element) => (element === null ? [] : [{ ...list, temp: element.temp }]));
  }
}

/** Allocations of the pool in loops and in callbacks of arrays. */
class BulkCalls {
  readonly #program: Program;
  readonly #frames: FrameAnalysis;
  readonly #callbacks: ReadonlySet<FunctionIR>;

  constructor(program: Program, frames: FrameAnalysis, edges: { of(module: ModuleIR, fn: FunctionIR): readonly { readonly how: string; readonly target: FunctionIR }[] }) {
    this.#program = program;
    this.#frames = frames;
    const callbacks = new Set<FunctionIR>();
    for (const module of program.modules) {
      if (module.role !== "project") continue;
      for (const fn of module.functions) {
        // Only who makes a function can hand it to an array's method in place.
        if (!fn.blocks.some((block) => block.ops.some((op) => op.op === "function"))) continue;
        for (const edge of edges.of(module, fn)) if (edge.how === "callback") callbacks.add(edge.target);
      }
    }
    this.#callbacks = callbacks;
  }

  *pools(): Generator<{ readonly module: ModuleIR; readonly fn: FunctionIR; readonly op: CallOp; readonly api: string; readonly type: Temp }> {
    for (const { module, fn, op, inLoop } of callsOf(this.#frames)) {
      const [type] = op.args;
      if (op.op !== "call" || type === undefined || type.spread || !(inLoop || (this.#callbacks.has(fn) && fn.name === ""))) continue;
      const api = this.#program.tracer.targets(module, fn, op.dst).apis.find((each) => keepsBytes(each) !== undefined && each.endsWith("#poolAlloc"));
      if (api !== undefined) yield { module, fn, op, api, type: type.temp };
    }
  }
}

function largeShares(get: Parameters<typeof sizeWaste.compute>[1]): LargeShare[] {
  const result = get(frameAnalysis);
  const fates = get(valueFates);
  const { analysis } = result;
  const exhausted = new Set(get(exhaustedArenas).flatMap((event) => [event.made, ...event.parts.map(({ at }) => at)]).map(placeOf));
  const found: LargeShare[] = [];
  for (const fn of result.solved.keys()) {
    const module = analysis.moduleOf(fn);
    if (module.role !== "project") continue;
    for (const { op, result: value, apis } of fates.steps(fn)) {
      const taken = apis.map(takenBy).find((each) => each !== undefined);
      if (op.op !== "call" || taken === undefined) continue;
      const argument = (slot: number): Temp | null => op.args[slot]?.temp ?? null;
      const type = taken.type === null ? null : argument(taken.type);
      const counted = typeof taken.count === "number" ? null : argument(taken.count.argument);
      const size = taken.type === null ? 1 : type === null ? null : analysis.sizes.typeSize({ module, fn, temp: type });
      const count = typeof taken.count === "number" ? taken.count : counted === null ? null : analysis.sizes.number({ module, fn, temp: counted });
      const site = siteOf(value);
      const arena = site?.allocator === null || site === null ? null : arenaOf(analysis, site.allocator);
      if (size === null || count === null || arena === null) continue;
      const bytes = size * count;
      const at = { file: fn.file, span: op.span };
      if (bytes * 4 > arena.bytes && bytes <= arena.bytes && !exhausted.has(placeOf(at)) && !exhausted.has(placeOf(arena.at))) found.push({ at, binding: bindingOf({ module, fn }, op.dst), bytes, capacity: arena.bytes, made: arena.at });
    }
  }
  return found;
}

function siteOf(value: ReadonlySet<Origin>): Site | null {
  for (const origin of value) if (origin.kind === "site" && origin.site.kind === "frame") return origin.site;
  return null;
}

function definition(fn: FunctionIR, temp: Temp): Op | undefined {
  const index = functionIndex(fn);
  const found = index.definitions(temp) === null ? index.definition(temp) : undefined;
  return found !== undefined && "op" in found ? found : undefined;
}

function placeOf({ file, span }: Location): string {
  return `${file}:${span.start}`;
}

/** In the functions that have to do with the runtime. */
function* callsOf({ solved, analysis }: FrameAnalysis): Generator<{ readonly module: ModuleIR; readonly fn: FunctionIR; readonly op: CallOp; readonly inLoop: boolean }> {
  for (const fn of solved.keys()) {
    const module = analysis.moduleOf(fn);
    if (module.role !== "project") continue;
    for (const block of fn.blocks) for (const op of block.ops) if (op.op === "call" || op.op === "new") yield { module, fn, op, inLoop: block.loopDepth > 0 };
  }
}
