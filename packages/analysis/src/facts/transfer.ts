/** The effect of each operation of the intermediate representation on a state; calls are in `transfer-call.ts`. */
import { loopBlocks } from "../dataflow/loops.ts";
import { ELEMENT, EMPTY, type Origin, rootOf, union, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { mayRelease } from "../knowledge/ownership-api.ts";
import { LIVENESS_MEMBERS } from "../knowledge/runtime-api.ts";
import { isView, memberShape, UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { Op, VariableId } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { applySummary } from "./apply-summary.ts";
import { evaluateClass } from "./class-evaluation.ts";
import { expression, negation } from "./conditions.ts";
import { dispose } from "./disposals.ts";
import { frameAliveness } from "./frame-aliveness.ts";
import { flatMap, type FrameRun, frameSite, memorySite, reach, read, shapeOf } from "./frame-run.ts";
import { suspend, use } from "./frame-protocol.ts";
import { iterated } from "./iterated-pairs.ts";
import { aliveness, giveAway, readAnew, resourceOf } from "./owned-values.ts";
import { settersAt } from "./setters.ts";
import { copyRest } from "./spread-rest.ts";
import { callOperation } from "./transfer-call.ts";

/** One operation on one state; a call may split it. The state given is used up. */
export function transfer(run: FrameRun, state: State, op: Op): State[] {
  run.analysis.protocol?.before(run, state, op);
  switch (op.op) {
    case "call": case "new": case "super-call":
      return callOperation(run, state, op);
    case "get":
      return readMember(run, state, op);
    case "set":
      return writeMember(run, state, op);
    case "class":
      return evaluateClass(run, state, op);
    case "dispose":
      return dispose(run, state, op);
    default:
      simple(run, state, op);
      return [state];
  }
}

type SimpleOp = Exclude<Op, { op: "call" | "new" | "super-call" | "get" | "set" | "class" | "dispose" }>;

function simple(run: FrameRun, state: State, op: SimpleOp): void {
  const { table } = run;
  switch (op.op) {
    case "const": set(state, op.dst, new Set([table.constant(op.type === "undefined" ? undefined : op.type === "regexp" ? "//" : op.value)])); return;
    case "copy": case "cast": set(state, op.dst, read(state, op.src)); return;
    case "load": set(state, op.dst, readName(run, state, op.variable)); return;
    case "store": storeVariable(run, state, op); return;
    case "global": set(state, op.dst, new Set([op.name === "undefined" ? table.constant(undefined) : table.global(op.name)])); return;
    case "store-global": state.writeField(table, new Set([table.global("globalThis")]), op.name, read(state, op.src), run.store(op.span)); return;
    case "this": set(state, op.dst, new Set([thisOf(run)])); return;
    case "super": set(state, op.dst, new Set([thisOf(run)])); return;
    case "meta": set(state, op.dst, table.scalarValue); return;
    case "delete":
      state.writeField(table, read(state, op.object), op.key ?? ELEMENT, EMPTY, run.store(op.span));
      set(state, op.dst, table.scalarValue);
      return;
    case "rest": set(state, op.dst, container(run, state, op, read(state, op.src), "rest")); return;
    case "object": set(state, op.dst, objectLiteral(run, state, op)); return;
    case "jsx": set(state, op.dst, objectLiteral(run, state, op)); return;
    case "array": set(state, op.dst, arrayLiteral(run, state, op)); return;
    case "template":
      for (const part of op.parts) use(run, state, read(state, part), op.span);
      set(state, op.dst, table.scalarValue);
      return;
    case "function": makeClosure(run, state, op); return;
    case "unary": set(state, op.dst, op.operator === "!" ? negation(run, read(state, op.src)) : table.scalarValue); return;
    case "binary": binary(run, state, op); return;
    case "iterate": use(run, state, read(state, op.src), op.span); set(state, op.dst, iterated(run, state, op, read(state, op.src), op.src)); return;
    case "await": suspend(run, state, op.span, "await", read(state, op.src)); awaitValue(run, state, op); return;
    case "yield": yieldValue(run, state, op); return;
    case "import": set(state, op.dst, run.result(state, op.span)); return;
    case "leave": leave(run, state, op); return;
    case "opaque": set(state, op.dst, table.unknownValue); return;
  }
}

/** The value of a variable of the module; an import is the exporter's. */
export function readName(run: FrameRun, state: State, variable: VariableId): Value {
  const value = run.analysis.names.value(run.table, run.module, variable);
  if (value !== null) return new Set([value]);
  const target = run.analysis.names.canonical(run.module, variable);
  return state.readVariable(run.table, target.module, target.variable);
}

function set(state: State, temp: number, value: Value): void {
  state.temps.set(temp, value);
}

/** `this` of the function; an arrow has its parent's. */
export function thisOf(run: FrameRun): Origin {
  let { fn } = run;
  while (fn.kind === "arrow" && fn.parent !== null) {
    const parent = run.module.functions[fn.parent];
    if (parent === undefined) break;
    fn = parent;
  }
  const class_ = fn.class === null ? undefined : run.module.classes[fn.class];
  return fn.static && class_ !== undefined ? run.table.class_(run.module, class_) : run.table.this_(fn);
}

function storeVariable(run: FrameRun, state: State, op: Op & { op: "store" }): void {
  const target = run.analysis.names.canonical(run.module, op.variable);
  const value = read(state, op.src);
  if (target.module !== run.module || run.module.variables[target.variable]?.owner !== run.fn.id) for (const origin of value) state.owned.give(origin);
  state.writeVariable(run.table, target.module, target.variable, value, run.store(op.span));
}

function writeMember(run: FrameRun, state: State, op: Op & { op: "set" }): State[] {
  const bases = read(state, op.object);
  const value = read(state, op.src);
  const object = { start: op.span.start, end: op.span.end };
  use(run, state, bases, object);
  // Frame values written into memory are copied scalar by scalar; they stay what they were.
  use(run, state, new Set([...value].filter((origin) => frameSite(origin) !== null && [...bases].some((base) => memorySite(base) !== null))), object);
  const name = op.key ?? ELEMENT;
  if (name === "length") {
    // `list.length = 0` empties it; a shorter length may.
    state.clearField(bases, ELEMENT, [...value].every((origin) => origin.kind === "const" && origin.value === 0));
    return [state];
  }
  for (const base of bases) if (base.kind === "global" && (base.name === "window" || base.name === "self" || base.name === "global")) {
    state.writeField(run.table, new Set([run.table.global("globalThis")]), name, value, run.store(op.span));
    return [state];
  }
  const setters = settersAt(run.analysis.program, run.module, run.fn, op);
  if (setters.length > 0) return setters.flatMap(({ function: fn }) => applySummary(run, state, { fn, receiver: bases, args: [value], argSpans: [op.span], argTemps: [op.src], at: run.at(op.span), dst: null }));
  state.writeField(run.table, bases, name, value, run.store(op.span));
  return [state];
}

/** Reading a member: a window on memory stays memory, a scalar does not; an accessor is a call. */
function readMember(run: FrameRun, state: State, op: Op & { op: "get" }): State[] {
  const bases = read(state, op.object);
  const name = op.key ?? ELEMENT;
  if (!LIVENESS_MEMBERS.has(name)) use(run, state, bases, op.span, mayRelease(name));
  const targets = run.analysis.program.tracer.targets(run.module, run.fn, op.dst);
  if (targets.functions.some(({ function: fn }) => fn.kind === "getter")) return callOperation(run, state, op);
  // Which member a computed key names is not known: any.
  const value = flatMap(run.table, bases, (base) => (op.key === null && isOwnObject(base) ? elementsOf(run, state, base) : memberOf(run, state, base, name)));
  if (name === ELEMENT) readAnew(state, value);
  set(state, op.dst, value);
  return [state];
}

function isOwnObject(origin: Origin): boolean {
  return origin.kind === "site" && origin.site.kind === "object";
}

export function memberOf(run: FrameRun, state: State, base: Origin, name: string): Value {
  const { table } = run;
  if (base.kind === "const") return EMPTY;
  if (base.kind === "scalar" || base.kind === "expr") return table.scalarValue;
  if (LIVENESS_MEMBERS.has(name) && (resourceOf(base) !== null || state.owned.get(base) !== undefined)) return aliveness(run, state, new Set([base]));
  if (LIVENESS_MEMBERS.has(name) && frameSite(base) !== null) return frameAliveness(run, state, base);
  if (base.kind === "variable") {
    const member = run.analysis.names.member(table, base.module, base.variable, name);
    if (member !== null) return member.kind === "variable" ? state.readVariable(table, member.module, member.variable) : new Set([member]);
  }
  const exported = base.kind === "global" ? run.analysis.names.memberOfValue(table, base, name) : null;
  if (exported?.kind === "variable") return state.readVariable(table, exported.module, exported.variable);
  if (base.kind === "global") return new Set([/^(window|self|globalThis|global)$/.test(base.name) ? table.global(name) : table.field(base, name)]);
  if (memorySite(base) === null) return state.readField(table, base, name);
  const shape = memberShape(shapeOf(base), name);
  if (name === "length" || name === "size") return table.scalarValue;
  if (isView(shape)) return new Set([table.field(base, name)]);
  if (shape.kind === "scalar") return table.scalarValue;
  // An object of the user's own: what was put there; an unknown member is taken for a scalar.
  const held = state.readField(table, base, name);
  return shape === UNKNOWN_SHAPE && held.size === 0 ? table.scalarValue : new Set([...held].filter((origin) => rootOf(origin) !== rootOf(base)));
}

/** A new container with what another holds. */
export function container(run: FrameRun, state: State, op: { readonly span: Op["span"] }, source: Value, label: string): Value {
  const held = flatMap(run.table, source, (origin) => elementsOf(run, state, origin));
  const made = makeObject(run, state, op, label);
  if (held.size > 0) state.writeField(run.table, made, ELEMENT, held, run.store(op.span));
  return made;
}

/** What iterating, spreading or an unknown key gives. */
export function elementsOf(run: FrameRun, state: State, origin: Origin): Value {
  if (memorySite(origin) !== null) {
    const shape = shapeOf(origin);
    if (shape.kind === "array" && isView(shape.element)) return new Set([run.table.field(origin, ELEMENT)]);
    return state.readField(run.table, origin, ELEMENT);
  }
  let held = state.readField(run.table, origin, ELEMENT);
  if (origin.kind === "site") for (const cell of state.cells.values()) if (cell.base === origin) held = union(run.table, held, cell.value);
  return held;
}

export function makeObject(run: FrameRun, state: State, op: { readonly span: Op["span"] }, label: string): Value {
  return new Set([run.make(state, { kind: "object", at: run.at(op.span), binding: null, api: label, allocator: null, shape: UNKNOWN_SHAPE, via: [], class: null })]);
}

function objectLiteral(run: FrameRun, state: State, op: Op & { op: "object" | "jsx" }): Value {
  const made = makeObject(run, state, op, op.op);
  for (const part of op.parts) {
    const value = read(state, part.value);
    if (part.kind === "spread") {
      use(run, state, value, part.span);
      for (const origin of value) copyFields(run, state, origin, made, op);
      if (op.op === "object") copyRest(run, state, value, made, op, part);
    } else state.writeField(run.table, made, part.key ?? ELEMENT, value, run.store(part.span));
  }
  if (op.op === "jsx") for (const child of op.children) state.writeField(run.table, made, ELEMENT, read(state, child.temp), run.store(child.span));
  return made;
}

/** Spread and `Object.assign`: fields are copied, so scalars of memory are free of it and views are not. */
export function copyFields(run: FrameRun, state: State, from: Origin, to: Value, op: { readonly span: Op["span"] }): void {
  const shape = shapeOf(from);
  if (memorySite(from) !== null && shape.kind === "struct") {
    for (const [name, field] of shape.fields) if (isView(field)) state.writeField(run.table, to, name, new Set([run.table.field(from, name)]), run.store(op.span));
    return;
  }
  for (const cell of [...state.cells.values()]) if (cell.base === from) state.writeField(run.table, to, cell.name, cell.value, run.store(op.span));
}

function arrayLiteral(run: FrameRun, state: State, op: Op & { op: "array" }): Value {
  const made = makeObject(run, state, op, "array");
  op.elements.forEach((element, index) => {
    if (element === null) return;
    const value = read(state, element.temp);
    if (!element.spread) {
      state.writeField(run.table, made, String(index), value, run.store(element.span));
      return;
    }
    use(run, state, value, element.span);
    const held = flatMap(run.table, iterated(run, state, element, value, element.temp), (origin) => elementsOf(run, state, origin));
    if (held.size > 0) state.writeField(run.table, made, ELEMENT, held, run.store(element.span));
  });
  return made;
}

function makeClosure(run: FrameRun, state: State, op: Op & { op: "function" }): void {
  const fn = run.module.functions[op.function];
  set(state, op.dst, fn === undefined ? run.table.unknownValue : new Set([run.table.function_(run.module, fn)]));
}

function binary(run: FrameRun, state: State, op: Op & { op: "binary" }): void {
  const left = read(state, op.left);
  const right = read(state, op.right);
  // Comparing identities does not read memory.
  if (!/^[=!]=/.test(op.operator) && op.operator !== "instanceof") {
    use(run, state, left, op.span);
    use(run, state, right, op.span);
  }
  set(state, op.dst, /^([=!]==?|[<>]=?)$/.test(op.operator) ? expression(run, op.operator, [left, right]) : run.table.scalarValue);
}

function awaitValue(run: FrameRun, state: State, op: Op & { op: "await" }): void {
  const value = read(state, op.src);
  const inside = flatMap(run.table, value, (origin) => (origin.kind === "site" && origin.site.kind === "object" ? state.readField(run.table, origin, ELEMENT) : EMPTY));
  set(state, op.dst, union(run.table, value, inside));
}

function yieldValue(run: FrameRun, state: State, op: Op & { op: "yield" }): void {
  const value = op.src === null ? EMPTY : read(state, op.src);
  for (const origin of reach(run, state, value)) {
    const site = frameSite(origin);
    if (site !== null) run.emit({ kind: "escape", at: run.at(op.span), site, sink: "yield", name: "yield", inner: null, ended: state.mark(rootOf(origin)).ended });
  }
  giveAway(run, state, value);
  suspend(run, state, op.span, "yield", EMPTY);
  set(state, op.dst, run.result(state, op.span));
}

/** An explicit exit with a frame open that this function begun; a `finally` or `using` on the way may still end it. */
function leave(run: FrameRun, state: State, op: Op & { op: "leave" }): void {
  const at = run.at(op.span);
  for (const [key, frame] of state.frames) {
    if (frame.now !== "open" || frame.begun.length === 0) continue;
    // A loop inside the frame may be left at will; only a frame begun in the loop is skipped over.
    if ((op.kind === "break" || op.kind === "continue") && !begunInside(run, frame.begun, op.loop)) continue;
    // The first exit that skips the end is the fault; what is done after it only follows.
    if ([...state.leaves.values()].some((leave) => leave.key === key && leave.kind !== "wait")) continue;
    state.leaves.set(`${key.id}:${op.kind}:${at.span.start}`, { at, kind: op.kind, key });
  }
}

function begunInside(run: FrameRun, begun: readonly Location[], loop: number | null): boolean {
  if (loop === null) return false;
  const blocks = loopBlocks(run.fn, loop);
  return run.fn.blocks.some((block) => blocks.has(block.id) && block.ops.some((op) => begun.some((at) => at.file === run.fn.file && at.span.start === op.span.start && at.span.end === op.span.end)));
}

