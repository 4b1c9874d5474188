/** Of one function: which operations write a temp, and which use it as a value that goes somewhere. */
import type { BlockId, FunctionIR, Op, Temp, Terminal, VariableId } from "./ir.ts";
import { onceFor } from "./once-for.ts";

/** What writes a temp: an operation, or the round of a loop. */
export type Definition = Op | (Terminal & { readonly kind: "next" });

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

/** A variable is written. */
export interface Store {
  readonly op: Op & { readonly op: "store" };
  readonly block: BlockId;
}

const NONE: readonly never[] = [];

export class FunctionIndex {
  readonly #function: FunctionIR;
  readonly #first: (Definition | undefined)[] = [];
  readonly #all = new Map<Temp, Definition[]>();
  #uses: Map<Temp, Use[]> | null = null;
  #stores: Map<VariableId, Store[]> | null = null;
  #yields: Set<number> | null = null;

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
    const found = this.#first[temp];
    return found !== undefined && isOperation(found) ? found : undefined;
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

  /** Where the function itself writes a variable, in the order of its blocks. */
  stores(variable: VariableId): readonly Store[] {
    this.#stores ??= storesIn(this.#function);
    return this.#stores.get(variable) ?? NONE;
  }

  /** What a variable is declared with; undefined where the function does not declare it with a value. */
  initialValue(variable: VariableId): Temp | undefined {
    return this.stores(variable).find(({ op }) => op.init)?.op.src;
  }

  /** Whether a `yield` begins at this offset. */
  yieldsAt(start: number): boolean {
    this.#yields ??= new Set(this.#function.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "yield" ? [op.span.start] : []))));
    return this.#yields.has(start);
  }
}

/** Whether it is no round of a loop. */
export function isOperation(definition: Definition): definition is Op {
  // Read, and not asked for by `in`: over definitions of all shapes a read is several times as fast.
  return (definition as Partial<Op>).op !== undefined;
}

/** The index of a function, made once. */
export const functionIndex = onceFor((fn: FunctionIR) => new FunctionIndex(fn));

/** The temp that an operation writes, if any. */
export function writtenBy(op: Op): Temp | null {
  // As in `isOperation`.
  return (op as { readonly dst?: Temp }).dst ?? null;
}

function storesIn(fn: FunctionIR): Map<VariableId, Store[]> {
  const stores = new Map<VariableId, Store[]>();
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "store") continue;
      const known = stores.get(op.variable);
      if (known === undefined) stores.set(op.variable, [{ op, block: block.id }]);
      else known.push({ op, block: block.id });
    }
  }
  return stores;
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
