/**
 * Of one module: its operations of the kinds that questions look for, each with where it stands, and the names that the others read. One pass serves what would else be a pass a question, over
 * reads of variables, constants and arithmetic that none of them looks at.
 */
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "./ir.ts";
import { onceFor } from "./once-for.ts";

/** An operation of one of the kinds that are listed. */
export type ListedOp = Op & { readonly op: "call" | "new" | "super-call" | "set" | "store" | "store-global" | "object" | "function" | "import" | "cast" };

export interface PlacedOp<O extends ListedOp = ListedOp> {
  readonly fn: FunctionIR;
  readonly block: BlockId;
  readonly op: O;
}

type Of<K extends ListedOp["op"]> = readonly PlacedOp<ListedOp & { readonly op: K }>[];

/** All lists are in the order of functions, blocks and operations. */
export interface ModuleOps {
  readonly listed: readonly PlacedOp[];
  readonly calls: Of<"call">;
  readonly sets: Of<"set">;
  /** What initialisers of fields give. */
  readonly fieldValues: readonly { readonly fn: FunctionIR; readonly value: Temp }[];
  /** Names of members that are read. */
  readonly readKeys: ReadonlySet<string>;
  /** Names of members that are set. */
  readonly setKeys: ReadonlySet<string>;
  /** Names that no scope of the module declares and that are read. */
  readonly globals: ReadonlySet<string>;
}

/** Made once a module. Cost: linear. */
export const moduleOps = onceFor((module: ModuleIR): ModuleOps => {
  const found = new Pass();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) found.add(fn, block.id, op);
      if (fn.kind === "field" && block.terminal.kind === "return" && block.terminal.value !== null) found.fieldValues.push({ fn, value: block.terminal.value });
    }
  }
  return found;
});

/** Whether a module reads or sets a member of this name. */
export function namesMember(module: ModuleIR, key: string): boolean {
  const { readKeys, setKeys } = moduleOps(module);
  return readKeys.has(key) || setKeys.has(key);
}

class Pass implements ModuleOps {
  readonly listed: PlacedOp[] = [];
  readonly calls: PlacedOp<ListedOp & { readonly op: "call" }>[] = [];
  readonly sets: PlacedOp<ListedOp & { readonly op: "set" }>[] = [];
  readonly fieldValues: { readonly fn: FunctionIR; readonly value: Temp }[] = [];
  readonly readKeys = new Set<string>();
  readonly setKeys = new Set<string>();
  readonly globals = new Set<string>();

  add(fn: FunctionIR, block: BlockId, op: Op): void {
    switch (op.op) {
      case "get":
        if (op.key !== null) this.readKeys.add(op.key);
        break;
      case "global":
        this.globals.add(op.name);
        break;
      case "call": {
        const placed = { fn, block, op };
        this.calls.push(placed);
        this.listed.push(placed);
        break;
      }
      case "set": {
        const placed = { fn, block, op };
        this.sets.push(placed);
        this.listed.push(placed);
        if (op.key !== null) this.setKeys.add(op.key);
        break;
      }
      case "new": case "super-call": case "store": case "store-global": case "object": case "function": case "import": case "cast":
        this.listed.push({ fn, block, op });
        break;
      default:
        break;
    }
  }
}
