/**
 * The rewriting of the simplest loop to one `frameAllocBatch`:
 *
 *     for (let i = 0; i < n; i++) { const p = alloc.frameAlloc(Point); p.x = i; }
 *     for (let i = 0, pBatch = alloc.frameAllocBatch(Point, n); i < n; i++) { const p = pBatch.at(i); p.x = i; }
 *
 * A scalar's `p.value` becomes the element itself: `pBatch[p]`, with `p` the index. Only where the counter runs from 0 by 1 up to something that has
 * a name before the loop, and where every name in it means the same in the loop's head; else null.
 */
import { loopsAround, type NaturalLoop } from "../dataflow/natural-loops.ts";
import type { Site } from "../dataflow/origin.ts";
import { valueUses, type ValueUses } from "../dataflow/value-uses.ts";
import type { TextEdit } from "../diagnostic.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { CallLike } from "./value-fates.ts";

export interface Rewrite {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export function batchRewrite(module: ModuleIR, fn: FunctionIR, site: Site, op: CallLike, loop: NaturalLoop): Rewrite | null {
  const [type] = op.op === "call" ? op.args : [];
  if (op.op !== "call" || op.key !== "frameAlloc" || op.receiver === null || type === undefined || op.args.length !== 1) return null;
  return new BatchRewrite(module, fn, loop).of(op, op.receiver, type.temp, site);
}

type Call = CallLike & { readonly op: "call" };

class BatchRewrite {
  readonly #module: ModuleIR;
  readonly #fn: FunctionIR;
  readonly #loop: NaturalLoop;
  readonly #index: FunctionIndex;
  readonly #uses: ValueUses;

  constructor(module: ModuleIR, fn: FunctionIR, loop: NaturalLoop) {
    this.#module = module;
    this.#fn = fn;
    this.#loop = loop;
    this.#index = functionIndex(fn);
    this.#uses = valueUses(fn);
  }

  of(op: Call, receiver: Temp, type: Temp, site: Site): Rewrite | null {
    const counter = this.#counter();
    if (counter === null || loopsAround(this.#fn, this.#loop.head).length > 1) return null;
    const parts = [this.#text(receiver), this.#text(type), this.#text(counter.limit)];
    const [alloc, element, count] = parts;
    if (parts.includes(null)) return null;
    const batch = this.#freshName(site.binding === null ? "batch" : `${site.binding}Batch`);
    const round = site.shape.kind === "struct" ? this.#ofStruct(op, batch, counter.name) : site.shape.kind === "box" ? this.#ofScalar(op, batch, counter.name) : null;
    if (round === null) return null;
    const { end } = counter.declared;
    const made = this.#edit(end, end, `, ${batch} = ${alloc}.frameAllocBatch(${element}, ${count})`);
    return { title: "allocate all rounds at once with `frameAllocBatch`", edits: [made, ...round] };
  }

  #edit(start: number, end: number, text: string): TextEdit {
    return { at: { file: this.#fn.file, span: { start, end } }, text };
  }

  #ofStruct(op: Call, batch: string, index: string): TextEdit[] {
    return [this.#edit(op.span.start, op.span.end, `${batch}.at(${index})`)];
  }

  /** A reference to a scalar: only its `value` may be asked for. */
  #ofScalar(op: Call, batch: string, index: string): TextEdit[] | null {
    const uses = this.#uses.of(op.dst);
    const [use] = uses;
    if (use === undefined) return [this.#edit(op.span.start, op.span.end, `${batch}[${index}]`)];
    if (use.role !== "stored") {
      const end = this.#endOfValue(op.dst);
      return end === null ? null : [this.#edit(op.span.start, end, this.#element(op.dst, batch, index))];
    }
    const variable = this.#module.variables[use.variable];
    if (uses.length > 1 || variable === undefined || variable.kind !== "const" || variable.captured || variable.type !== null) return null;
    const members: TextEdit[] = [];
    for (const block of this.#fn.blocks) {
      for (const load of block.ops) {
        if (load.op !== "load" || load.variable !== variable.id) continue;
        const end = this.#endOfValue(load.dst);
        if (end === null) return null;
        members.push(this.#edit(load.span.start, end, this.#element(load.dst, batch, variable.name)));
      }
    }
    return [this.#edit(op.span.start, op.span.end, index), ...members];
  }

  /** An element that is read is there: a compiler that checks indices has to be told. */
  #element(temp: Temp, batch: string, index: string): string {
    const read = /^tsx?$/.test(this.#module.language) && this.#uses.of(temp).some((use) => use.role === "read-from");
    return `${batch}[${index}]${read ? "!" : ""}`;
  }

  /** Where the one `x.value` ends that a temp is used for; null when it is used in any other way. */
  #endOfValue(temp: Temp): number | null {
    let end: number | null = null;
    for (const use of this.#uses.of(temp)) {
      if ((use.role !== "read-from" && use.role !== "written-to") || use.op.key !== "value") return null;
      if (end !== null && end !== use.op.keySpan.end) return null;
      end = use.op.keySpan.end;
    }
    return end;
  }

  /** The counter that runs from 0 by 1 while it is less than something. */
  #counter(): { readonly name: string; readonly declared: { readonly end: number }; readonly limit: Temp } | null {
    const terminal = this.#fn.blocks[this.#loop.head]?.terminal;
    const test = terminal?.kind === "branch" ? this.#defined(terminal.test) : undefined;
    if (terminal?.kind !== "branch" || test?.op !== "binary" || test.operator !== "<" || !this.#loop.blocks.has(terminal.then)) return null;
    const counter = this.#defined(test.left);
    if (counter?.op !== "load") return null;
    const stores = this.#fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "store" && op.variable === counter.variable ? [{ op, inside: this.#loop.blocks.has(block.id) }] : [])));
    const first = stores.find((store) => store.op.init && !store.inside);
    const step = stores.find((store) => store.inside);
    const start = first === undefined ? undefined : this.#defined(first.op.src);
    const next = step === undefined ? undefined : this.#defined(step.op.src);
    if (first === undefined || stores.length !== 2 || start?.op !== "const" || start.value !== 0 || next?.op !== "binary" || next.operator !== "+") return null;
    const by = this.#defined(next.right);
    const name = this.#module.variables[counter.variable]?.name;
    if (by?.op !== "const" || by.value !== 1 || name === undefined || !this.#isOneName(counter.variable)) return null;
    return { name, declared: first.op.span, limit: test.right };
  }

  /** The expression as it can stand in the loop's head; null when it is more than names and members, or may mean something else there. */
  #text(temp: Temp): string | null {
    const op = this.#defined(temp);
    switch (op?.op) {
      case "const": return typeof op.value === "number" ? String(op.value) : null;
      case "this": return "this";
      case "get": {
        const object = op.key === null || op.index !== null || !/^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(op.key) ? null : this.#text(op.object);
        return object === null ? null : `${object}.${op.key ?? ""}`;
      }
      case "load": return this.#isOneName(op.variable) && this.#isBefore(op.variable) ? this.#module.variables[op.variable]?.name ?? null : null;
      default: return null;
    }
  }

  /** No other variable of the function has its name. */
  #isOneName(variable: VariableId): boolean {
    const name = this.#module.variables[variable]?.name;
    return name !== "" && !this.#module.variables.some((each) => each.id !== variable && each.name === name && each.owner === this.#fn.id);
  }

  /** It has its value before the loop's head is reached and keeps it. */
  #isBefore(variable: VariableId): boolean {
    const head = this.#fn.blocks[this.#loop.head];
    const counterBlock = head?.predecessors.find((from) => !this.#loop.blocks.has(from));
    for (const block of this.#fn.blocks) {
      for (const op of block.ops) if (op.op === "store" && op.variable === variable && (block.id > (counterBlock ?? 0) || this.#loop.blocks.has(block.id) || !this.#precedesCounter(op.span.start))) return false;
    }
    return true;
  }

  #precedesCounter(start: number): boolean {
    const counter = this.#counter();
    return counter === null || start < counter.declared.end;
  }

  #freshName(wanted: string): string {
    const names = new Set(this.#module.variables.map((each) => each.name));
    let name = wanted;
    for (let count = 2; names.has(name); count++) name = `${wanted}${count}`;
    return name;
  }

  #defined(temp: Temp): Op | undefined {
    const op = this.#index.definitions(temp) === null ? this.#index.definition(temp) : undefined;
    return op !== undefined && "op" in op ? op : undefined;
  }
}
