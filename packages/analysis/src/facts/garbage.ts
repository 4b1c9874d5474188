/**
 * The places of each function that make garbage when they run, with what it costs.
 *
 * Theory: an operation makes garbage unless `removed-allocations.ts` proves that V8 takes the allocation away; a call makes garbage when its API is in
 * `allocating-apis.ts`, or when it enters an async function or a generator. Bytes are the measured ones (`garbage-costs.ts`), at least; an instance costs its
 * fields and what its constructors and field initialisers make. Garbage of a project's callee stands in the callee, not at the call;
 * garbage of a library's callee stands at the call, since nothing is reported in a library.
 *
 * Whether a site runs every frame is not asked here: see `hot-garbage.ts`.
 * Known misses: boxed numbers (a double in a field or a module variable: 12 to 16 bytes, and gone in newer engines), strings made by methods, map
 * entries set and deleted, DOM objects, garbage of APIs in no table.
 */
import type { Confidence } from "../diagnostic.ts";
import { dominatorsOf } from "../dataflow/dominators.ts";
import { defineFact, type Fact } from "../fact.ts";
import { allocatingApi, allocatingMember, type GarbageKind, instanceBytes } from "../knowledge/allocating-apis.ts";
import { GARBAGE_BYTES as B } from "../knowledge/garbage-costs.ts";
import { RUNTIME } from "../knowledge/runtime-api.ts";
import { knowsName } from "../knowledge/shapes.ts";
import { canonicalMember } from "../knowledge/three-parts.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import type { TracedType } from "../source/traced-type.ts";
import { argumentsObject, capturesArguments } from "./arguments-objects.ts";
import { type CallEdges, callEdges, fieldsOf } from "./call-edges.ts";
import { classKeys } from "./class-keys.ts";
import { type ColdCode, coldCode } from "./cold-blocks.ts";
import { apiCost, arrayCost, awaits, bytesOf, callName, type Found, instanceName, isGlobalInstance, LENGTH_RESET, objectCost, overBuffer, shown, spreadCost } from "./found-garbage.ts";
import { type FunctionValue, memberFunctions } from "./function-values.ts";
import { instanceSize } from "./instance-size.ts";
import { lengthResets } from "./length-resets.ts";
import { RemovedAllocations } from "./removed-allocations.ts";

export interface GarbageSite {
  readonly kind: GarbageKind;
  readonly block: BlockId;
  readonly span: Span;
  /** At least so many a time that it runs. */
  readonly bytes: number;
  /** For messages: `object literal`, `` `new Vector3` ``. */
  readonly what: string;
  readonly inLoop: boolean;
  /** The value only leaves by `return`: V8 removes it when all callers take it apart at once. */
  readonly returned: boolean;
  readonly confidence: Confidence;
}

export interface Garbage {
  /** In order of the blocks; computed once a function. */
  of(module: ModuleIR, fn: FunctionIR): readonly GarbageSite[];
  readonly removed: RemovedAllocations;
}

export const garbage: Fact<Garbage> = defineFact("garbage", (program, get) => {
  const scan = new GarbageScan(program, get(callEdges), get(coldCode));
  return { of: (module, fn) => scan.of(module, fn), removed: scan.removed };
});

const CONSTRUCTION_DEPTH = 3;

class GarbageScan {
  readonly #program: Program;
  readonly #edges: CallEdges;
  readonly #cold: ColdCode;
  readonly removed: RemovedAllocations;
  readonly #known = new Map<FunctionIR, readonly GarbageSite[]>();

  constructor(program: Program, edges: CallEdges, cold: ColdCode) {
    this.#program = program;
    this.#cold = cold;
    this.#edges = edges;
    this.removed = new RemovedAllocations(program);
  }

  of(module: ModuleIR, fn: FunctionIR): readonly GarbageSite[] {
    const known = this.#known.get(fn);
    if (known !== undefined) return known;
    // A constructor that makes its own kind must not ask itself.
    this.#known.set(fn, []);
    const sites: GarbageSite[] = [...this.#restParameters(module, fn)];
    const resets = lengthResets(module, fn);
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const found = resets.has(op) ? LENGTH_RESET : this.#find(module, fn, op);
        if (found === null || (found.once === true && sites.some((site) => site.kind === found.kind && dominatorsOf(fn).dominates(site.block, block.id)))) continue;
        sites.push({ kind: found.kind, block: block.id, span: found.span ?? op.span, bytes: found.bytes, what: found.what, inLoop: found.once !== true && block.loopDepth > 0, returned: found.returned ?? false, confidence: found.confidence ?? "traced" });
      }
    }
    this.#known.set(fn, sites);
    return sites;
  }

  #find(module: ModuleIR, fn: FunctionIR, op: Op): Found | null {
    switch (op.op) {
      case "object": return this.#literal(module, fn, op.dst, objectCost(op));
      case "array": return this.#literal(module, fn, op.dst, arrayCost(op));
      case "rest": return { kind: "rest", bytes: op.form === "array" ? B.restArray : B.restObject, what: `rest of an ${op.form}` };
      case "function": return this.#closure(module, fn, op);
      case "class": return { kind: "class", bytes: B.classExpression, what: "class made anew" };
      case "const": return op.type === "regexp" ? { kind: "regexp", bytes: B.regexpLiteral, what: "regular expression literal" } : null;
      case "template": return op.parts.length === 0 || this.removed.isPartOfText(fn, op.dst) ? null : { kind: "template", bytes: B.template, what: "template literal" };
      case "binary": return this.#concatenation(module, fn, op);
      case "iterate": return this.#iteration(module, fn, op);
      case "new": return this.#construction(module, fn, op);
      case "call": return this.#call(module, fn, op) ?? this.#spreadArgument(module, fn, op);
      case "load": return argumentsObject(this.removed, module, fn, op);
      default: return null;
    }
  }

  /** Literals made only to be handed to a `new` belong to it; spreads are copied by a builtin that the compiler does not look into. */
  #literal(module: ModuleIR, fn: FunctionIR, temp: Temp, found: Found): Found | null {
    if (this.removed.isOptionsOfNew(fn, temp)) return null;
    return found.kind === "spread" ? found : this.#unlessRemoved(module, fn, temp, found);
  }

  #unlessRemoved(module: ModuleIR, fn: FunctionIR, temp: Temp, found: Found): Found | null {
    const verdict = this.removed.verdict(module, fn, temp);
    return verdict === "stays" ? null : { ...found, returned: verdict === "returned" };
  }

  #closure(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "function" }): Found | null {
    const body = module.functions[op.function];
    if (body === undefined || this.removed.verdict(module, fn, op.dst) === "stays") return null;
    const captures = body.captures.some((variable) => module.functions[module.variables[variable]?.owner ?? 0]?.kind !== "module");
    const what = body.name === "" ? "closure" : `closure \`${body.name}\``;
    return { kind: "closure", bytes: (captures ? B.closureCapturing : B.closure) + (capturesArguments(module, fn, body) ? B.arguments : 0), what };
  }

  #concatenation(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "binary" }): Found | null {
    if (op.operator !== "+" || this.removed.isPartOfText(fn, op.dst)) return null;
    const isText = (temp: Temp): boolean => { const type = this.#program.tracer.typeOf(module, fn, temp); return type.kind === "primitive" && type.name === "string"; };
    // Beside an empty text a text or a flag is what it was.
    if (isEmptyText(fn, op.left) || isEmptyText(fn, op.right)) { const type = this.#program.tracer.typeOf(module, fn, isEmptyText(fn, op.left) ? op.right : op.left); if (type.kind !== "primitive" || type.name !== "number") return null; }
    return isText(op.left) || isText(op.right) ? { kind: "string-concat", bytes: B.stringConcat, what: "string concatenation" } : null;
  }

  #iteration(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "iterate" }): Found | null {
    if (op.form !== "of") return null;
    const looped = fn.blocks.some((block) => block.terminal.kind === "next" && block.terminal.iterator === op.dst);
    const type = this.#program.tracer.typeOf(module, fn, op.src);
    if (memberFunctions(this.#program, type, "@@iterator").some((each) => each.function.generator && each.module.role === "project")) return { kind: "generator", bytes: B.generatorCall, what: "iteration by a generator" };
    return looped && isGlobalInstance(type, "Map", "ReadonlyMap") ? { kind: "iterator", bytes: B.mapEntries, what: "iteration over the entries of a `Map`" } : null;
  }

  #restParameters(module: ModuleIR, fn: FunctionIR): readonly GarbageSite[] {
    return fn.params.flatMap((param) => {
      if (!param.rest || fn.opaque || this.removed.restParameter(module, fn, param.variable) === "stays") return [];
      return [{ kind: "rest" as const, block: 0, span: param.span, bytes: B.restArray, what: "array of a rest parameter", inLoop: false, returned: false, confidence: "traced" as const }];
    });
  }

  #construction(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }): Found | null {
    const targets = this.#program.tracer.targets(module, fn, op.dst);
    for (const api of targets.apis) {
      const known = allocatingApi(api, true);
      if (known !== undefined) return apiCost(known, overBuffer(op) ? "view" : known.kind, `\`new ${api.replace(/^.*[:.]/, "")}\``);
      const bytes = instanceBytes(api);
      if (bytes !== undefined) return this.#unlessRemoved(module, fn, op.dst, { kind: "instance", bytes, what: `\`new ${api.replace(/^.*[:.]/, "")}\`` });
    }
    const type = this.#program.tracer.typeOf(module, fn, op.dst);
    if (type.kind !== "instance") return { kind: "instance", bytes: B.instance3, what: instanceName(type, this.#calleeName(module, fn, op)) };
    return this.#instance(module, fn, op, type);
  }

  #instance(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }, type: TracedType & { readonly kind: "instance" }): Found | null {
    const key = classKeys(this.#program, type.module, type.class)[0];
    const measured = key === undefined ? undefined : instanceBytes(key);
    const { fields, constructors, closed } = instanceSize(this.#program, type.module, type.class);
    const small = closed && constructors.every((each) => this.removed.constructorKeeps(each.module, each.function, { module, function: fn }));
    const verdict = small ? this.removed.verdict(module, fn, op.dst) : "escapes";
    if (verdict === "stays") return null;
    const bytes = measured ?? bytesOf([B.instance0, B.instance1, B.instance2, B.instance3, B.instance4], fields) + this.#madeBy(type, constructors, op.args.length);
    return { kind: "instance", bytes, what: instanceName(type, type.class.name), returned: verdict === "returned" };
  }

  /** What constructors and field initialisers make in turn. */
  #madeBy(type: TracedType, constructors: readonly FunctionValue[], argumentCount: number): number {
    let bytes = 0;
    for (const each of [...constructors, ...fieldsOf(this.#program, type)]) bytes += this.#madeIn(each, argumentCount, 0);
    return bytes;
  }

  /** What a function and the functions that it calls make, branches aside that may not be taken; the calls of a choice count once each. */
  #madeIn({ module, function: fn }: FunctionValue, argumentCount: number | null, depth: number): number {
    if (this.#constructing.has(fn) || depth > CONSTRUCTION_DEPTH) return 0;
    this.#constructing.add(fn);
    const cold = this.#cold.of(module, fn);
    const dominators = dominatorsOf(fn);
    const exit = fn.blocks.find((block) => block.terminal.kind === "exit")?.id ?? 0;
    const runs = (block: BlockId): boolean => {
      const parameter = cold.withoutArgument.get(block);
      if (parameter !== undefined) return argumentCount !== null && parameter >= argumentCount;
      return !cold.cold.has(block) && dominators.dominates(block, exit);
    };
    let bytes = 0;
    for (const site of this.of(module, fn)) if (runs(site.block)) bytes += site.bytes;
    for (const edge of this.#edges.of(module, fn)) {
      if (edge.how === "call" && runs(edge.block)) bytes += this.#madeIn({ module: edge.module, function: edge.target }, edge.argumentCount, depth + 1);
    }
    this.#constructing.delete(fn);
    return bytes;
  }

  readonly #constructing = new Set<FunctionIR>();

  #call(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): Found | null {
    const targets = this.#program.tracer.targets(module, fn, op.dst);
    for (const { function: target } of targets.functions) {
      if (target.async && !target.generator) return { kind: "promise", bytes: awaits(target) ? B.asyncCallWithAwait : B.asyncCall, what: callName(op, "call of async function", target.name) };
      if (target.generator) return { kind: "generator", bytes: B.generatorCall, what: callName(op, "call of generator", target.name) };
    }
    // What the project itself makes is reported where it makes it.
    const ownBody = targets.functions.some((target) => target.module.role === "project");
    for (const api of ownBody ? [] : targets.apis) {
      const known = allocatingApi(api, false);
      if (known === undefined || (known.unlessArgument !== undefined && op.args.length > known.unlessArgument)) continue;
      return apiCost(known, known.kind, `\`${shown(canonicalMember(api))}\``);
    }
    const library = this.#libraryCall(module, op, targets.functions);
    if (library !== null) return library;
    // A package's member that no table lists says as little as a receiver that nobody can name; the platform's and the runtime's are all known.
    const listed = targets.apis.some((api) => isOfPlatform(api) || api.startsWith(`${RUNTIME}:`));
    if (targets.functions.length > 0 || listed || op.receiver === null || op.key === null) return null;
    // A primitive has no such member, an engine's value most likely does.
    if (this.#program.tracer.typeOf(module, fn, op.receiver).kind === "primitive") return null;
    const isFunction = (argument: number): boolean => this.#program.tracer.typeOf(module, fn, op.args[argument]?.temp ?? op.dst).kind === "function";
    const assumed = allocatingMember(op.key, op.args.length, isFunction);
    return assumed === undefined ? null : { ...apiCost(assumed, assumed.kind, `\`${op.key}()\``), confidence: "assumed" };
  }

  /** `Math.max(...samples)`: a plain array is handed on as it is, anything else by a list that is made of it first. */
  #spreadArgument(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): Found | null {
    for (const { temp, spread, span } of op.args) {
      const found = spread ? spreadCost(this.#program.tracer.typeOf(module, fn, temp)) : null;
      if (found !== null) return { ...found, span };
    }
    return null;
  }

  /** A library's own class method, with its body in sight: known by the table, or by what the body makes and gives back. */
  #libraryCall(module: ModuleIR, op: Op & { readonly op: "call" }, functions: readonly { readonly module: ModuleIR; readonly function: FunctionIR }[]): Found | null {
    if (module.role === "library") return null;
    for (const target of functions) {
      const class_ = target.function.class === null ? undefined : target.module.classes[target.function.class];
      if (target.module.role !== "library" || class_ === undefined) continue;
      for (const key of classKeys(this.#program, target.module, class_)) {
        const known = allocatingApi(`${key}${target.function.static ? "." : "#"}${target.function.name}`, false);
        if (known === undefined || (known.unlessArgument !== undefined && op.args.length > known.unlessArgument)) continue;
        return apiCost(known, known.kind, `\`${class_.name}.${target.function.name}\``);
      }
    }
    return null;
  }

  #calleeName(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }): string {
    for (const block of fn.blocks) {
      for (const each of block.ops) {
        if (!("dst" in each) || each.dst !== op.callee) continue;
        if (each.op === "load") return module.variables[each.variable]?.name ?? "";
        if (each.op === "global") return each.name;
        if (each.op === "get") return each.key ?? "";
      }
    }
    return "";
  }
}

/** A global that the shapes know; of another name in a comment (`@param {detector} detector`) nobody knows what it is. */
function isOfPlatform(api: string): boolean {
  const name = /^global:([\w$]+)/.exec(api);
  return name !== null && knowsName("global", name[1] ?? "");
}

function isEmptyText(fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  return op?.op === "const" && op.value === "";
}
