/**
 * The invariants of `ir.ts` as a function: faults in words, none for a sound module. For tests; nothing in the analysis depends on it.
 *
 * "Written before it is read" is a must-analysis: element = the set of temps written on every path to a block, join = intersection, direction
 * forward; at a handler's entry only what the guarded block's own entry has counts, as the exception may come first. Only temps that are
 * read in another block than they are written in are tracked.
 */
import type { Block, FunctionIR, ModuleIR, Op, Temp, Terminal } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { successors } from "./order.ts";

/** Faults of every function of a module, each with the function's name and number. `textLength` bounds the spans. */
export function checkModule(module: ModuleIR, textLength: number): readonly string[] {
  const faults: string[] = [];
  for (const [index, fn] of module.functions.entries()) {
    const fault = (message: string): void => void faults.push(`${module.file} function ${fn.id} \`${fn.name}\`: ${message}`);
    if (fn.id !== index) fault(`has index ${index}`);
    checkSignature(module, fn, fault);
    checkBlocks(fn, fault);
    checkSpans(fn, textLength, fault);
    checkReferences(module, fn, fault);
    checkTemps(fn, fault);
  }
  for (const [index, class_] of module.classes.entries()) if (class_.id !== index) faults.push(`${module.file} class ${class_.id} has index ${index}`);
  for (const [index, variable] of module.variables.entries()) {
    if (variable.id !== index) faults.push(`${module.file} variable ${variable.id} has index ${index}`);
    if (module.functions[variable.owner] === undefined) faults.push(`${module.file} variable ${variable.id} has no owner`);
  }
  return faults;
}

type Report = (message: string) => void;

function checkSignature(module: ModuleIR, fn: FunctionIR, fault: Report): void {
  if ((fn.kind === "module") !== (fn.id === 0)) fault("only function 0 is the module's body");
  if (fn.parent === null ? fn.id !== 0 : fn.parent >= fn.id) fault(`has parent ${fn.parent}`);
  if (fn.class !== null && module.classes[fn.class] === undefined) fault(`is a member of no class ${fn.class}`);
  for (const param of fn.params) {
    const variable = module.variables[param.variable];
    if (variable?.owner !== fn.id) fault(`parameter \`${param.name}\` is a variable of function ${variable?.owner}`);
  }
  for (const id of fn.captures) {
    const variable = module.variables[id];
    if (variable === undefined || variable.owner === fn.id) fault(`captures variable ${id} of its own`);
    else if (!variable.captured) fault(`captures \`${variable.name}\`, which is not marked`);
  }
  if (fn.opaque && (fn.blocks.length !== 1 || fn.blocks[0]?.terminal.kind !== "exit" || fn.blocks[0].ops.length > 0)) fault("is opaque and has a body");
}

/** I1 and I2, handlers, loops and predecessors. */
function checkBlocks(fn: FunctionIR, fault: Report): void {
  const expected: Set<number>[] = fn.blocks.map(() => new Set());
  const entered = new Set<number>([0]);
  let exits = 0;
  for (const [index, block] of fn.blocks.entries()) {
    if (block.id !== index) fault(`block ${block.id} has index ${index}`);
    if (!entered.has(index)) fault(`block ${index} is not entered by an earlier one`);
    if (block.terminal.kind === "exit") exits++;
    for (const to of successors(block.terminal)) {
      expected[to]?.add(index);
      entered.add(to);
      if (fn.blocks[to] === undefined) fault(`block ${index} leads to no block ${to}`);
    }
    checkTerminal(fn, block, fault);
    if (block.handler !== null) {
      entered.add(block.handler);
      const role = fn.blocks[block.handler]?.role;
      if (role !== "catch" && role !== "finally") fault(`block ${index} has a handler that is ${role}`);
    }
    checkLoop(fn, block, fault);
  }
  if (exits > 1) fault(`has ${exits} exits`);
  for (const [index, block] of fn.blocks.entries()) {
    const found = new Set(block.predecessors);
    if (found.size !== block.predecessors.length || found.size !== expected[index]?.size || [...found].some((id) => !expected[index]?.has(id))) {
      fault(`block ${index} has predecessors ${block.predecessors.join(" ")}, not ${[...(expected[index] ?? [])].join(" ")}`);
    }
  }
}

function checkTerminal(fn: FunctionIR, block: Block, fault: Report): void {
  const { terminal } = block;
  if (terminal.kind === "exit" && (block.ops.length > 0 || block.handler !== null || block.loop !== null)) fault(`exit block ${block.id} is not bare`);
  if (terminal.kind === "return" && fn.blocks[terminal.to]?.terminal.kind !== "exit") fault(`block ${block.id} returns to a block that is no exit`);
  if (terminal.kind === "throw" && block.handler !== null) fault(`block ${block.id} throws past its handler`);
  for (const to of successors(terminal)) {
    const isBack = terminal.kind === "goto" && terminal.back;
    if (isBack && (to > block.id || fn.blocks[to]?.role !== "loop-head")) fault(`block ${block.id} goes back to block ${to}`);
    if (!isBack && to <= block.id) fault(`block ${block.id} leads up to block ${to} and is not marked`);
  }
}

function checkLoop(fn: FunctionIR, block: Block, fault: Report): void {
  if ((block.loop === null) !== (block.loopDepth === 0)) fault(`block ${block.id} has depth ${block.loopDepth} and loop ${block.loop}`);
  if (block.role === "loop-head" && block.loop !== block.id) fault(`loop head ${block.id} stands in loop ${block.loop}`);
  const head = block.loop === null ? undefined : fn.blocks[block.loop];
  if (head !== undefined && (head.role !== "loop-head" || head.loopDepth !== block.loopDepth)) fault(`block ${block.id} stands in a loop whose head is ${head.role}`);
  if (block.loop !== null && head === undefined) fault(`block ${block.id} stands in no loop ${block.loop}`);
  for (const op of block.ops) {
    if (op.op === "leave" && op.loop !== null && fn.blocks[op.loop]?.role !== "loop-head") fault(`block ${block.id} leaves block ${op.loop}, which is no loop`);
  }
}

/** I3 */
function checkSpans(fn: FunctionIR, textLength: number, fault: Report): void {
  const check = (span: Span, what: string): void => {
    if (!(span.start >= 0 && span.start <= span.end && span.end <= textLength)) fault(`${what} has span ${span.start}..${span.end} of ${textLength}`);
  };
  check(fn.span, "function");
  check(fn.nameSpan, "name");
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      check(op.span, op.op);
      if ("keySpan" in op) check(op.keySpan, `key of ${op.op}`);
      if ("calleeSpan" in op) check(op.calleeSpan, `callee of ${op.op}`);
    }
    if ("span" in block.terminal) check(block.terminal.span, block.terminal.kind);
  }
}

/** Functions are made by the function around them, variables are captured as stated. */
function checkReferences(module: ModuleIR, fn: FunctionIR, fault: Report): void {
  const captures = new Set(fn.captures);
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "function" && module.functions[op.function]?.parent !== fn.id) fault(`makes function ${op.function} of another function`);
      if (op.op === "class" && module.classes[op.class]?.within !== fn.id) fault(`makes class ${op.class} of another function`);
      if (op.op !== "load" && op.op !== "store" && op.op !== "dispose") continue;
      const variable = module.variables[op.variable];
      if (variable === undefined) fault(`${op.op} of no variable ${op.variable}`);
      else if (variable.owner !== fn.id && !captures.has(op.variable)) fault(`${op.op} of \`${variable.name}\`, which it does not capture`);
    }
  }
}

/** The temps that an operation reads. */
export function reads(op: Op): readonly Temp[] {
  const optional = (temp: Temp | null): readonly Temp[] => (temp === null ? [] : [temp]);
  switch (op.op) {
    case "copy":
    case "cast":
    case "store":
    case "store-global":
    case "rest":
    case "unary":
    case "iterate":
    case "await":
    case "import":
      return [op.src];
    case "yield":
      return optional(op.src);
    case "get":
    case "delete":
      return [op.object, ...optional(op.index)];
    case "set":
      return [op.object, ...optional(op.index), op.src];
    case "call":
      return [op.callee, ...optional(op.receiver), ...op.args.map((arg) => arg.temp)];
    case "new":
      return [op.callee, ...op.args.map((arg) => arg.temp)];
    case "super-call":
      return op.args.map((arg) => arg.temp);
    case "object":
      return op.parts.flatMap((part) => [...optional(part.keyTemp), part.value]);
    case "array":
      return op.elements.flatMap((element) => (element === null ? [] : [element.temp]));
    case "template":
      return op.parts;
    case "binary":
      return [op.left, op.right];
    case "jsx":
      return [...optional(op.tag), ...op.parts.flatMap((part) => [...optional(part.keyTemp), part.value]), ...op.children.map((child) => child.temp)];
    default:
      return [];
  }
}

/** The temps that a terminal reads. */
export function terminalReads(terminal: Terminal): readonly Temp[] {
  switch (terminal.kind) {
    case "branch":
      return [terminal.test];
    case "next":
      return [terminal.iterator];
    case "return":
      return terminal.value === null ? [] : [terminal.value];
    case "throw":
      return [terminal.value];
    default:
      return [];
  }
}

/** Every temp is written before it is read, on every path. */
function checkTemps(fn: FunctionIR, fault: Report): void {
  const crossing = new Set<Temp>();
  for (const block of fn.blocks) {
    const written = new Set<Temp>();
    const read = (temp: Temp): void => {
      if (temp < 0 || temp >= fn.tempCount) fault(`temp ${temp} of ${fn.tempCount}`);
      if (!written.has(temp)) crossing.add(temp);
    };
    for (const op of block.ops) {
      reads(op).forEach(read);
      if ("dst" in op) written.add(op.dst);
    }
    terminalReads(block.terminal).forEach(read);
  }
  if (crossing.size > 0) checkCrossing(fn, crossing, fault);
}

function checkCrossing(fn: FunctionIR, crossing: ReadonlySet<Temp>, fault: Report): void {
  const bits = new Map<Temp, number>([...crossing].map((temp, index) => [temp, index]));
  const words = (crossing.size + 31) >> 5;
  const atEntry: (Uint32Array | undefined)[] = fn.blocks.map(() => undefined);
  atEntry[0] = new Uint32Array(words);
  const write = (state: Uint32Array, temp: Temp): void => {
    const bit = bits.get(temp);
    if (bit !== undefined) state[bit >> 5] = (state[bit >> 5] ?? 0) | (1 << (bit & 31));
  };
  const meet = (to: number, state: Uint32Array): boolean => {
    const known = atEntry[to];
    if (known === undefined) {
      atEntry[to] = state.slice();
      return true;
    }
    let changed = false;
    for (let index = 0; index < words; index++) {
      const both = (known[index] ?? 0) & (state[index] ?? 0);
      if (both >>> 0 !== known[index]) changed = true;
      known[index] = both;
    }
    return changed;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of fn.blocks) {
      const entry = atEntry[block.id];
      if (entry === undefined) continue;
      if (block.handler !== null && meet(block.handler, entry)) changed = true;
      const state = entry.slice();
      for (const op of block.ops) if ("dst" in op) write(state, op.dst);
      for (const to of successors(block.terminal)) {
        const onEdge = state.slice();
        if (block.terminal.kind === "next" && to === block.terminal.body) write(onEdge, block.terminal.value);
        if (meet(to, onEdge)) changed = true;
      }
    }
  }
  for (const block of fn.blocks) {
    const state = atEntry[block.id]?.slice();
    if (state === undefined) continue;
    const read = (temp: Temp): void => {
      const bit = bits.get(temp);
      if (bit !== undefined && ((state[bit >> 5] ?? 0) & (1 << (bit & 31))) === 0) fault(`temp ${temp} may be read in block ${block.id} before it is written`);
    };
    for (const op of block.ops) {
      reads(op).forEach(read);
      if ("dst" in op) write(state, op.dst);
    }
    terminalReads(block.terminal).forEach(read);
  }
}
