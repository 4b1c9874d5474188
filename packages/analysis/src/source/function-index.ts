/** Of one function: which operations write a temp, and which use it as a value that goes somewhere. */
import type { FunctionIR, Op, Temp, Terminal } from "./ir.ts";

/** What writes a temp: an operation, or the round of a loop. */
export type Definition = Op | (Terminal & { readonly kind: "next" });

const indexes = new WeakMap<FunctionIR, FunctionIndex>();

/** The index of a function, made once: for what asks of single temps. Functions never change. */
export function functionIndex(fn: FunctionIR): FunctionIndex {
  let index = indexes.get(fn);
  if (index === undefined) indexes.set(fn, (index = new FunctionIndex(fn)));
  return index;
}

/** Where a temp's value goes. `slot` is the argument's, part's or element's position. */
export type Use =
  | { readonly kind: "argument"; readonly op: Op & { readonly op: "call" | "new" | "super-call" }; readonly slot: number }
  | { readonly kind: "copy"; readonly dst: Temp }
  | { readonly kind: "cast"; readonly op: Op & { readonly op: "cast" } }
  | { readonly kind: "store"; readonly op: Op & { readonly op: "store" } }
  | { readonly kind: "set"; readonly op: Op & { readonly op: "set" } }
  | { readonly kind: "part"; readonly op: Op & { readonly op: "object" | "jsx" }; readonly key: string | null }
  | { readonly kind: "element"; readonly op: Op & { readonly op: "array" }; readonly slot: number }
  | { readonly kind: "callee"; readonly op: Op & { readonly op: "call" | "new" } }
  | { readonly kind: "return" };

const NONE: readonly never[] = [];

export class FunctionIndex {
  readonly #function: FunctionIR;
  readonly #first: (Definition | undefined)[] = [];
  readonly #all = new Map<Temp, Definition[]>();
  #uses: Map<Temp, Use[]> | null = null;

  constructor(fn: FunctionIR) {
    this.#function = fn;
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const dst = writtenBy(op);
        if (dst !== null) this.#define(dst, op);
      }
      if (block.terminal.kind === "next") this.#define(block.terminal.value, block.terminal);
    }
  }

  #define(temp: Temp, definition: Definition): void {
    const first = this.#first[temp];
    if (first === undefined) {
      this.#first[temp] = definition;
      return;
    }
    const all = this.#all.get(temp);
    if (all === undefined) this.#all.set(temp, [first, definition]);
    else all.push(definition);
  }

  /** The same when it is an operation; undefined for what the round of a loop gives. */
  operation(temp: Temp): Op | undefined {
    const found = this.definition(temp);
    return found !== undefined && "op" in found ? found : undefined;
  }

  /** The only, or first, operation that writes the temp. */
  definition(temp: Temp): Definition | undefined {
    return this.#first[temp];
  }

  /** All of them; null when there is one at most. */
  definitions(temp: Temp): readonly Definition[] | null {
    return this.#all.get(temp) ?? null;
  }

  usesOf(temp: Temp): readonly Use[] {
    this.#uses ??= usesIn(this.#function);
    return this.#uses.get(temp) ?? NONE;
  }
}

/** The temp that an operation writes, if any. */
export function writtenBy(op: Op): Temp | null {
  return "dst" in op ? op.dst : null;
}

function usesIn(fn: FunctionIR): Map<Temp, Use[]> {
  const uses = new Map<Temp, Use[]>();
  const add = (temp: Temp, use: Use): void => {
    const known = uses.get(temp);
    if (known === undefined) uses.set(temp, [use]);
    else known.push(use);
  };
  for (const block of fn.blocks) {
    for (const op of block.ops) addUses(op, add);
    if (block.terminal.kind === "return" && block.terminal.value !== null) add(block.terminal.value, { kind: "return" });
  }
  return uses;
}

function addUses(op: Op, add: (temp: Temp, use: Use) => void): void {
  switch (op.op) {
    case "call": case "new": case "super-call":
      if (op.op !== "super-call") add(op.callee, { kind: "callee", op });
      op.args.forEach((arg, slot) => { if (!arg.spread) add(arg.temp, { kind: "argument", op, slot }); });
      break;
    case "copy":
      add(op.src, { kind: "copy", dst: op.dst });
      break;
    case "cast":
      add(op.src, { kind: "cast", op });
      break;
    case "store":
      add(op.src, { kind: "store", op });
      break;
    case "set":
      add(op.src, { kind: "set", op });
      break;
    case "object": case "jsx":
      for (const part of op.parts) if (part.kind !== "spread") add(part.value, { kind: "part", op, key: part.key });
      break;
    case "array":
      op.elements.forEach((element, slot) => { if (element !== null && !element.spread) add(element.temp, { kind: "element", op, slot }); });
      break;
    default:
      break;
  }
}
