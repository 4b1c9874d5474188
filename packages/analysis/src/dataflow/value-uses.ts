/** Every use of every temp of a function, each with the role that the value plays in it. Linear in the function. */
import { append } from "../source/append.ts";
import type { CallArg, FunctionIR, Op, Temp, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

export type ValueUse =
  | { readonly role: "alias"; readonly to: Temp }
  | { readonly role: "stored"; readonly variable: VariableId }
  | { readonly role: "read-from"; readonly op: Op & { readonly op: "get" } }
  | { readonly role: "written-to"; readonly op: Op & { readonly op: "set" } }
  /** Put into another value: a field, an element, a property. `into` is that value; null when it is no literal. */
  | { readonly role: "placed"; readonly into: Temp; readonly key: string | null }
  | { readonly role: "argument"; readonly op: CallOp; readonly slot: number; readonly spread: boolean }
  | { readonly role: "receiver"; readonly op: Op & { readonly op: "call" } }
  | { readonly role: "callee"; readonly op: Op & { readonly op: "call" } }
  | { readonly role: "compared" }
  | { readonly role: "taken-apart" }
  /** Walked by a `for-of`. */
  | { readonly role: "iterated" }
  | { readonly role: "returned" }
  /** Part of a template or an operand of `+`. */
  | { readonly role: "text"; readonly template: boolean }
  /** Anything else: nothing is known of what becomes of it. */
  | { readonly role: "other" };

export type CallOp = Op & { readonly op: "call" | "new" | "super-call" };

const COMPARISONS: ReadonlySet<string> = new Set(["===", "!==", "==", "!=", "instanceof"]);
const NO_USES: readonly ValueUse[] = [];

export class ValueUses {
  /** By temp. */
  readonly #uses: (ValueUse[] | undefined)[] = [];
  readonly #loads = new Map<VariableId, Temp[]>();
  readonly #thisTemps: Temp[] = [];

  constructor(fn: FunctionIR) {
    const iterated = new Set<Temp>();
    for (const block of fn.blocks) if (block.terminal.kind === "next") iterated.add(block.terminal.iterator);
    for (const block of fn.blocks) {
      for (const op of block.ops) this.#addOp(op, iterated);
      const { terminal } = block;
      if (terminal.kind === "return" && terminal.value !== null) this.#add(terminal.value, { role: "returned" });
      else if (terminal.kind === "throw") this.#add(terminal.value, { role: "other" });
      else if (terminal.kind === "branch") this.#add(terminal.test, { role: "compared" });
    }
  }

  of(temp: Temp): readonly ValueUse[] {
    return this.#uses[temp] ?? NO_USES;
  }

  /** Temps that a variable is loaded into. */
  loadsOf(variable: VariableId): readonly Temp[] {
    return this.#loads.get(variable) ?? [];
  }

  /** Temps that hold `this`. */
  get thisTemps(): readonly Temp[] {
    return this.#thisTemps;
  }

  #add(temp: Temp, use: ValueUse): void {
    const known = this.#uses[temp];
    if (known === undefined) this.#uses[temp] = [use];
    else known.push(use);
  }

  #addOp(op: Op, iterated: ReadonlySet<Temp>): void {
    switch (op.op) {
      case "copy": case "cast": this.#add(op.src, { role: "alias", to: op.dst }); break;
      case "load": append(this.#loads, op.variable, op.dst); break;
      case "this": case "super": this.#thisTemps.push(op.dst); break;
      case "store": this.#add(op.src, { role: "stored", variable: op.variable }); break;
      case "get":
        this.#add(op.object, { role: "read-from", op });
        break;
      case "set":
        this.#add(op.object, { role: "written-to", op });
        this.#add(op.src, { role: "placed", into: op.object, key: op.key });
        break;
      case "call":
        if (op.receiver !== null) this.#add(op.receiver, { role: "receiver", op });
        this.#add(op.callee, { role: "callee", op });
        this.#addArguments(op, op.args);
        break;
      case "new": case "super-call": this.#addArguments(op, op.args); break;
      case "object": for (const part of op.parts) this.#add(part.value, part.kind === "spread" ? { role: "other" } : { role: "placed", into: op.dst, key: part.key }); break;
      case "array": op.elements.forEach((element, slot) => { if (element !== null) this.#add(element.temp, element.spread ? { role: "other" } : { role: "placed", into: op.dst, key: String(slot) }); }); break;
      case "unary": this.#add(op.src, op.operator === "!" || op.operator === "typeof" || op.operator === "void" ? { role: "compared" } : { role: "other" }); break;
      case "binary": for (const side of [op.left, op.right]) this.#add(side, COMPARISONS.has(op.operator) ? { role: "compared" } : op.operator === "+" ? { role: "text", template: false } : { role: "other" }); break;
      case "iterate": this.#add(op.src, { role: op.form !== "of" ? "other" : iterated.has(op.dst) ? "iterated" : "taken-apart" }); break;
      case "rest": this.#add(op.src, { role: "other" }); break;
      case "template": for (const part of op.parts) this.#add(part, { role: "text", template: true }); break;
      case "await": case "import": this.#add(op.src, { role: "other" }); break;
      case "yield": if (op.src !== null) this.#add(op.src, { role: "other" }); break;
      case "store-global": this.#add(op.src, { role: "other" }); break;
      case "jsx":
        for (const part of op.parts) this.#add(part.value, { role: "other" });
        for (const child of op.children) this.#add(child.temp, { role: "other" });
        break;
      case "delete": this.#add(op.object, { role: "other" }); break;
      case "const": case "global": case "meta": case "function": case "class": case "dispose": case "leave": case "opaque": break;
    }
  }

  #addArguments(op: CallOp, args: readonly CallArg[]): void {
    args.forEach((arg, slot) => { this.#add(arg.temp, { role: "argument", op, slot, spread: arg.spread }); });
  }
}


/** The uses in a function, found once. */
export const valueUses = onceFor((fn: FunctionIR) => new ValueUses(fn));
