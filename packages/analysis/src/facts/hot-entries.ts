/**
 * The functions of the project that something calls every frame, and the loops that are frames: where hot paths start.
 *
 * Theory: by API, class ancestry and contract (`knowledge/hot-entries.ts`), never by a name alone, except the few names that belong to one
 * engine only, on a receiver that nobody can name. A function handed to `requestAnimationFrame` counts when it, or what it calls, asks again.
 * Known misses: functions handed over through a variable that several functions may be in.
 */
import { defineFact, type Fact } from "../fact.ts";
import { eventNamed } from "../knowledge/engine-emitters.ts";
import { callEntry, type CallEntry, CLASS_MAKER_OWNERS, distinctiveEngine, distinctiveEntry, engineOf, ENTRY_PROPERTY_NAMES, entryMethods, entryOptions, isEntryProperty, isFrameObservable, libraryLoop, madeClass, OPTION_CONSTRUCTORS, OPTION_OWNERS } from "../knowledge/hot-entries.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, ClassIR, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { asksAgain } from "./asks-again.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { calleeName, putThere } from "./entry-candidates.ts";
import { type EntrySight, entrySight, observableKey } from "./entry-sight.ts";
import { methodsOf } from "./class-methods.ts";
import { classKeys, instanceKeys, packageOf } from "./class-keys.ts";
import { constantText } from "./constant-value.ts";
import { isDoneUnlessAtRest } from "./every-way.ts";
import { frameLoops } from "./frame-loops.ts";
import { ticksLikeFrames, waitsAFrame } from "./frame-periods.ts";
import { functionName } from "./function-name.ts";
import { functionsIn, functionsOf, type FunctionValue } from "./function-values.ts";
import { blockOf, handedOn, type HandedValue, type PassedBy, passedThrough, spanOf } from "./handed-on.ts";

export interface HotEntry {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  /** Only these blocks are a frame; null for the whole function. */
  readonly blocks: ReadonlySet<BlockId> | null;
  /** Where it is said that it runs every frame: the call that hands it over, its name, the loop's call of `beginFrame`. */
  readonly at: Location;
  /** Where the function asks for its next call, when it has to; null when it is called anyway. */
  readonly asks: { readonly function: FunctionIR; readonly block: BlockId } | null;
  /** Completes "is called every frame: ...". */
  readonly why: string;
  /** The platform or an engine calls it, or somebody else does, as its author or the settings say. */
  readonly caller: "engine" | "declared";
}

/** In order of file and place; a function may have several. */
export const hotEntries: Fact<readonly HotEntry[]> = defineFact("hot-entries", (program, get) => {
  const edges = get(callEdges);
  const sight = entrySight(program);
  const entries: HotEntry[] = [];
  for (const module of program.modules) {
    if (program.settings.isColdFile(module.file)) continue;
    const scan = new EntryScan(program, edges, module, entries, sight);
    if (module.role === "project") scan.run();
    else if (!program.settings.onlyHotEntries) scan.runInLibrary();
  }
  return entries.filter((entry) => !entry.function.tags.cold && !program.settings.isColdFile(entry.module.file));
});

const DECLARED = { caller: "declared" } as const;

type CallOp = Op & { readonly op: "call" };

/** A call that hands something to a frame loop. */
interface Handover {
  readonly fn: FunctionIR;
  readonly block: BlockId;
  readonly op: CallOp;
  readonly name: string;
  readonly entry: CallEntry;
}

class EntryScan {
  readonly #program: Program;
  readonly #edges: CallEdges;
  readonly #module: ModuleIR;
  readonly #entries: HotEntry[];
  readonly #sight: EntrySight;
  /** What users of this package call every frame. */
  readonly #loop: ReadonlySet<string>;

  constructor(program: Program, edges: CallEdges, module: ModuleIR, entries: HotEntry[], sight: EntrySight) {
    this.#sight = sight;
    this.#loop = new Set(libraryLoop(packageOf(program, module) ?? ""));
    this.#program = program;
    this.#edges = edges;
    this.#module = module;
    this.#entries = entries;
  }

  run(): void {
    if (this.#program.settings.onlyHotEntries) {
      for (const fn of this.#module.functions) this.#addNamedInSettings(fn);
      return;
    }
    // The chain of a class is looked at when one of its methods may be called by somebody in sight.
    for (const class_ of this.#loop.size > 0 ? this.#module.classes : this.#sight.classesIn(this.#module)) this.#addMethods(class_);
    const isNamed = this.#loop.size > 0 || this.#program.settings.hotEntries.length > 0;
    for (const fn of isNamed ? this.#module.functions : this.#sight.functionsIn(this.#module)) {
      if (fn.tags.hot) this.#add({ module: this.#module, function: fn }, fn.nameSpan, "it is marked `@hot`", DECLARED);
      this.#addNamedInSettings(fn);
      if (fn.class === null && fn.name !== "" && this.#loop.has(fn.name)) this.#add({ module: this.#module, function: fn }, fn.nameSpan, "users of the package call it every frame", DECLARED);
      this.#addFromOps(fn);
      for (const { blocks, span, why } of frameLoops(this.#program, this.#module, fn)) this.#add({ module: this.#module, function: fn }, span, why, { blocks });
    }
  }

  /** What a library hands over itself: its own loop, that calls back into the project, and what the project gives it. */
  runInLibrary(): void {
    for (const fn of this.#sight.functionsIn(this.#module)) this.#addFromOps(fn);
  }

  #add(value: FunctionValue, span: Span, why: string, more: Partial<Pick<HotEntry, "blocks" | "asks" | "caller">> & { readonly in?: ModuleIR } = {}): void {
    this.#entries.push({ module: value.module, function: value.function, blocks: more.blocks ?? null, asks: more.asks ?? null, caller: more.caller ?? "engine", at: { file: (more.in ?? this.#module).file, span }, why });
  }

  #addNamedInSettings(fn: FunctionIR): void {
    if (this.#program.settings.hotEntries.length === 0) return;
    const name = functionName(this.#module, fn);
    if (name !== "" && this.#program.settings.hotEntries.includes(`${this.#module.file}#${name}`)) this.#add({ module: this.#module, function: fn }, fn.nameSpan, "the settings name it as an entry", DECLARED);
  }

  /** Methods of engine classes, and those a library's users call. */
  #addMethods(class_: ClassIR): void {
    const names = new Map<string, { readonly why: string; readonly caller: HotEntry["caller"] }>();
    for (const key of classKeys(this.#program, this.#module, class_)) {
      if (!this.#isHeard(engineOf(key))) continue;
      for (const name of entryMethods(key, class_.name)) if (!names.has(name)) names.set(name, { why: `\`${name}\` of a \`${key.slice(key.indexOf(":") + 1)}\` runs every frame`, caller: "engine" });
    }
    for (const path of this.#loop) {
      const [owner, name] = path.split("#");
      if (name !== undefined && owner === class_.name) names.set(name, { why: "users of the package call it every frame", caller: "declared" });
    }
    if (names.size === 0) return;
    for (const method of methodsOf(this.#module, class_)) {
      const named = names.get(method.name);
      if (named !== undefined && !method.function.tags.cold) this.#add({ module: this.#module, function: method.function }, method.function.nameSpan, named.why, { caller: named.caller });
    }
  }

  #addFromOps(fn: FunctionIR): void {
    for (const { block, op } of this.#sight.aliases.candidatesIn(this.#module).get(fn) ?? []) {
      if (op.op === "call") this.#addFromCall(fn, block, op);
      else if (op.op === "new") {
        if (this.#sight.isInSight(OPTION_OWNERS)) this.#addFromOptions(fn, op);
      }
      else if (op.key !== null && ENTRY_PROPERTY_NAMES.has(op.key)) this.#addFromProperty(fn, op.object, op.key, op.src, op.keySpan);
      else if (op.key !== null) {
        if (this.#sight.isInSight(CLASS_MAKER_OWNERS)) this.#addFromPrototype(fn, op.object, op.key, op.src, op.keySpan);
        this.#addFromNamespace(fn, op.object, op.key, op.src, op.keySpan);
      }
    }
  }

  #addFromProperty(fn: FunctionIR, object: Temp, key: string, src: Temp, span: Span): void {
    const keys = instanceKeys(this.#program, this.#program.tracer.typeOf(this.#module, fn, object));
    // Nobody can name the receiver: these names are three.js's alone, `process` and the like are not.
    const known = keys.length === 0 ? key.startsWith("on") && key !== "onRender" && this.#isHeard(distinctiveEngine(key)) : keys.some((each) => isEntryProperty(each, key) && this.#isHeard(engineOf(each)));
    if (!known) return;
    for (const value of handedOn(this.#program, this.#module, fn, src)) this.#add(value, span, `the engine calls \`${key}\` every frame`);
  }

  /** `new Phaser.Game({ scene: { update() { ... } } })` */
  #addFromOptions(fn: FunctionIR, op: Op & { readonly op: "new" }): void {
    const callee = functionIndex(fn).operation(op.callee);
    const name = callee?.op === "get" ? callee.key : callee?.op === "load" ? this.#module.variables[callee.variable]?.name : undefined;
    const options = op.args[0];
    if (options === undefined || name === null || name === undefined || !(OPTION_CONSTRUCTORS.has(name) || this.#module.imports.some(({ variable }) => callee?.op === "load" && variable === callee.variable))) return;
    const path = this.#program.tracer.targets(this.#module, fn, op.dst).apis.filter((api) => this.#isHeard(engineOf(api))).map(entryOptions).find((each) => each !== undefined);
    if (path === undefined) return;
    const held = path.reduce((type, key) => this.#program.tracer.member(type, key), this.#program.tracer.typeOf(this.#module, fn, options.temp));
    for (const value of functionsIn(held)) this.#add(value, op.calleeSpan, `the engine calls \`${path.join(".")}\` every frame`);
  }

  /** `const Rotate = pc.createScript("rotate"); Rotate.prototype.update = function () { ... }` */
  #addFromPrototype(fn: FunctionIR, object: Temp, key: string, src: Temp, span: Span): void {
    const prototype = functionIndex(fn).operation(object);
    const class_ = prototype?.op === "get" && prototype.key === "prototype" ? functionIndex(fn).operation(prototype.object) : undefined;
    const variable = class_?.op === "load" ? this.#module.variables[class_.variable] : undefined;
    const owner = variable === undefined ? undefined : this.#module.functions[variable.owner];
    if (variable === undefined || owner === undefined) return;
    for (const { op } of functionIndex(owner).stores(variable.id)) {
      const base = this.#program.tracer.targets(this.#module, owner, op.src).apis.map(madeClass).find((each) => each !== undefined);
      if (base === undefined || !this.#isHeard(engineOf(base)) || !entryMethods(base, variable.name).includes(key)) continue;
      for (const value of functionsOf(this.#program, this.#module, fn, src)) this.#add(value, span, `\`${key}\` of a \`${base.slice(base.indexOf(":") + 1)}\` runs every frame`);
    }
  }

  /** `Engine.update = function () { ... }` of a library that keeps its functions in an object, `this.update = ...` in a function that is constructed. */
  #addFromNamespace(fn: FunctionIR, object: Temp, key: string, src: Temp, span: Span): void {
    if (this.#loop.size === 0) return;
    const holder = functionIndex(fn).operation(object);
    const path = holder?.op === "load" ? `${this.#module.variables[holder.variable]?.name ?? ""}.${key}` : holder?.op === "this" && fn.class === null ? `${fn.name}#${key}` : "";
    if (!this.#loop.has(path)) return;
    for (const value of functionsOf(this.#program, this.#module, fn, src)) this.#add(value, span, "users of the package call it every frame", DECLARED);
  }

  #addFromCall(fn: FunctionIR, block: BlockId, op: CallOp): void {
    const name = op.key ?? calleeName(this.#module, fn, op);
    if (name === null) return;
    if (!this.#isAsked(fn, op)) return;
    const entry = this.#entryOf(fn, op, name);
    if (entry === null) return;
    const positions = entry.argument === "all" ? op.args.map((_, index) => index) : [entry.argument];
    for (const position of positions) {
      const arg = op.args[position];
      if (arg === undefined) continue;
      for (const value of handedOn(this.#program, this.#module, fn, arg.temp)) if (this.#applies(fn, op, entry, value.through)) this.#addHanded(value, { fn, block, op, name, entry });
    }
  }

  /** Of what went through a wrapper, the call of the wrapper asks. */
  #addHanded(value: HandedValue, { fn, block, op, name, entry }: Handover): void {
    const outermost = value.through.at(-1)?.site;
    const asks = outermost === undefined ? { function: fn, block } : { function: outermost.function, block: blockOf(outermost.function, outermost.op) };
    const isChain = entry.when === "chain" || entry.when === "timeout";
    if (isChain && !asksAgain(this.#program, this.#edges, value, asks.function)) return;
    // What waits for something, or shows something for a while, stops asking.
    if (entry.when === "timeout" && !isDoneUnlessAtRest(outermost?.module ?? this.#module, asks.function, new Set([asks.block]))) return;
    if (entry.when === "scope") this.#addLoops(value, op, name);
    else this.#add(value, outermost === undefined ? op.calleeSpan : spanOf(outermost), whyOf(entry, name), { ...(isChain ? { asks } : {}), ...(outermost === undefined ? {} : { in: outermost.module }) });
  }

  /** Whether a call of this name may make an entry at all, as far as the packages say that the program has to do with: the tracer is asked about few. */
  #isAsked(fn: FunctionIR, op: CallOp): boolean {
    return this.#sight.isCallAsked(this.#module, fn, op) || (op.key === "add" && op.receiver !== null && this.#isObservable(fn, op.receiver));
  }

  /** One frame runs a callback once: how often there is a frame, its caller says. What its loops do, the frame does many times. */
  #addLoops(value: FunctionValue, op: CallOp, name: string): void {
    const blocks = new Set(value.function.blocks.filter((block) => block.loop !== null || block.role === "loop-head").map((block) => block.id));
    if (blocks.size > 0) this.#add(value, op.calleeSpan, `\`${name}\` runs the loop in a frame`, { blocks });
  }

  #entryOf(fn: FunctionIR, op: CallOp, name: string): CallEntry | null {
    const targets = this.#program.tracer.targets(this.#module, fn, op.dst);
    for (const api of targets.apis) {
      const entry = callEntry(api);
      if (entry !== undefined) return this.#isHeard(engineOf(api)) ? entry : null;
    }
    if (targets.functions.length > 0) return null;
    for (const meant of putThere(this.#module, fn, op, this.#sight.aliases)) {
      const entry = callEntry(`global:${meant}`);
      if (entry?.when === "chain") return entry;
    }
    if (op.receiver === null) return null;
    if (name === "add" && this.#isObservable(fn, op.receiver)) return { argument: 0, when: "always" };
    return this.#isHeard(distinctiveEngine(name)) ? distinctiveEntry(name) ?? null : null;
  }

  /** Whether the settings leave the engine in; what belongs to none always counts. */
  #isHeard(engine: string | null): boolean {
    const engines = engine === null ? null : this.#program.settings.hotEngines(this.#module.file);
    return engine === null || engines === null || engines.includes(engine);
  }

  /** `scene.onBeforeRenderObservable.add(f)`, `app.ticker.add(f)` in a file that uses PixiJS or GSAP. */
  #isObservable(fn: FunctionIR, receiver: Temp): boolean {
    const key = observableKey(fn, receiver);
    if (key === null) return false;
    if (isFrameObservable(key)) return this.#isHeard(distinctiveEngine(key));
    return key === "ticker" && (this.#isHeard("pixi.js") || this.#isHeard("gsap")) && this.#module.imports.some((each) => /^(@pixi\/|pixi\.js|gsap)/.test(each.specifier));
  }

  #applies(fn: FunctionIR, op: CallOp, entry: CallEntry, through: readonly PassedBy[]): boolean {
    if (entry.when === "interval") return ticksLikeFrames(this.#program, this.#module, fn, op, through);
    if (entry.when === "timeout") return waitsAFrame(this.#program, this.#module, fn, op, through);
    if (entry.when !== "event") return true;
    const event = typeof entry.argument === "number" ? op.args[entry.argument - 1] : undefined;
    const passed = event === undefined ? null : passedThrough({ module: this.#module, function: fn, temp: event.temp }, through);
    const text = passed === null ? null : constantText(passed.module, passed.function, passed.temp) ?? eventNamed(this.#program.tracer.typeOf(passed.module, passed.function, passed.temp));
    return text !== null && entry.events?.includes(text) === true;
  }
}

function whyOf(entry: CallEntry, name: string): string {
  if (entry.when === "chain" || entry.when === "timeout") return `it asks \`${name}\` for itself again`;
  if (entry.when === "interval") return "`setInterval` calls it at the rate of frames";
  return `\`${name}\` hands it to the frame loop`;
}
