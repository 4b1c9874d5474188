/**
 * The control flow of random programs, run twice: by the JavaScript engine from the text, and by `run-graph.ts` from the lowered graph. Both must call the same
 * functions in the same order and end the same way. This is what holds `finally` copies, disposal, labels and short circuits together.
 */
import fc from "fast-check";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { describe, expect, test } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { checkModule } from "../src/cfg/check.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { type Outcome, Raised, runGraph } from "./run-graph.ts";

/** A statement's shape; `pick` chooses among the targets or variants that its place allows. */
type Shape =
  | { readonly kind: "log" | "boom" | "break" | "continue" | "return" | "throw" | "using"; readonly pick: number }
  | { readonly kind: "expression"; readonly pick: number }
  | { readonly kind: "block" | "if" | "while" | "do" | "for" | "for-of" | "switch" | "labelled" | "try" | "try-catch" | "try-finally" | "try-catch-finally" | "using-loop"; readonly pick: number; readonly bodies: readonly (readonly Shape[])[] };

const leaf = fc.record({ kind: fc.constantFrom("log", "boom", "break", "continue", "return", "throw", "using", "expression", "log"), pick: fc.nat(7) });
const { statement } = fc.letrec<{ statement: Shape }>((tie) => ({
  statement: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf as fc.Arbitrary<Shape>,
    fc.record({
      kind: fc.constantFrom("block", "if", "while", "do", "for", "for-of", "switch", "labelled", "try", "try-catch", "try-finally", "try-catch-finally", "using-loop"),
      pick: fc.nat(7),
      bodies: fc.array(fc.array(tie("statement"), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
    }) as fc.Arbitrary<Shape>,
  ),
}));
const program = fc.array(statement, { minLength: 1, maxLength: 4 });

interface Place {
  readonly breakable: boolean;
  readonly loop: boolean;
  readonly labels: readonly { readonly name: string; readonly loop: boolean }[];
}

class Writer {
  private count = 0;

  list(shapes: readonly Shape[], place: Place): string {
    return shapes.map((shape) => this.statement(shape, place)).join("\n");
  }

  private statement(shape: Shape, place: Place): string {
    const id = this.count++;
    if (!("bodies" in shape)) return this.leaf(shape, place, id);
    const body = (index: number, inner = place): string => `{ log(${id * 10 + index}); ${this.list(shape.bodies[index] ?? [], inner)} }`;
    const inLoop = { ...place, breakable: true, loop: true };
    switch (shape.kind) {
      case "block":
        return body(0);
      case "if":
        return shape.pick % 2 === 0 ? `if (cond(${id})) ${body(0)}` : `if (cond(${id}) && !cond(0) || cond(1)) ${body(0)} else if (cond(2)) ${body(1)} else ${body(2)}`;
      case "while":
        return shape.pick % 3 === 0 ? `while (true) { if (cond(${id})) break; ${this.list(shape.bodies[0] ?? [], inLoop)} }` : `while (cond(${id})) ${body(0, inLoop)}`;
      case "do":
        return `do ${body(0, inLoop)} while (${shape.pick % 3 === 0 ? "false" : `cond(${id})`});`;
      case "for":
        return `for (let i${id} = 0; cond(i${id}); i${id}++) ${body(0, inLoop)}`;
      case "for-of":
        return `for (const v${id} of [1, 2, 3]) ${body(0, inLoop)}`;
      case "using-loop":
        return `for (using u${id} of [open(${id}), open(${id + 1})]) ${body(0, inLoop)}`;
      case "switch": {
        const inside = { ...place, breakable: true };
        const cases = [`case 0: ${body(0, inside)}`, shape.pick % 2 === 0 ? `default: ${body(1, inside)}` : `case 1: ${body(1, inside)}`, `case 2: ${body(2, inside)}`];
        return `switch (pick(${id})) { ${cases.join(" ")} }`;
      }
      case "labelled": {
        const loop = shape.pick % 2 === 0;
        const inside = { breakable: place.breakable || loop, loop: place.loop || loop, labels: [...place.labels, { name: `l${id}`, loop }] };
        return loop ? `l${id}: for (const w${id} of [1, 2]) ${body(0, inside)}` : `l${id}: ${body(0, inside)}`;
      }
      case "try":
      case "try-catch":
        return `try ${body(0)} catch ${body(1)}`;
      case "try-finally":
        return `try ${body(0)} finally ${body(2)}`;
      case "try-catch-finally":
        return `try ${body(0)} catch ${body(1)} finally ${body(2)}`;
    }
  }

  private leaf(shape: Shape, place: Place, id: number): string {
    switch (shape.kind) {
      case "boom":
        return `boom(${id});`;
      case "return":
        return shape.pick % 2 === 0 ? `if (cond(${id})) return log(${id});` : `return log(${id});`;
      case "throw":
        return shape.pick % 2 === 0 ? `if (cond(${id})) throw log(${id});` : `throw log(${id});`;
      case "using":
        return `using r${id} = open(${id});`;
      case "expression":
        return `log(${id}, cond(0) ? pick(0) : cond(1) && pick(1) || cond(2) && boom(${id}), none(${id})?.[boom(${id})], none(${id}) ?? pick(2));`;
      case "break":
        return this.jump("break", place.labels, place.breakable, shape.pick, id);
      case "continue":
        return this.jump("continue", place.labels.filter((label) => label.loop), place.loop, shape.pick, id);
      default:
        return `log(${id});`;
    }
  }

  private jump(word: string, labels: readonly { readonly name: string }[], bare: boolean, pick: number, id: number): string {
    const targets = [...(bare ? [""] : []), ...labels.map((label) => ` ${label.name}`)];
    const target = targets[pick % Math.max(1, targets.length)];
    if (target === undefined) return `log(${id});`;
    return pick % 3 === 0 ? `${word}${target};` : `if (cond(${id})) ${word}${target};`;
  }
}

/** The functions that a program calls; what they answer depends on the seed and on how often they were asked. */
function makeWorld(seed: number): { readonly trace: string[]; readonly globals: Record<string, (...args: unknown[]) => unknown>; readonly dispose: (value: unknown) => void } {
  const trace: string[] = [];
  let state = seed;
  let fuel = 60;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 16) % below;
  };
  const globals = {
    log: (...args: unknown[]) => (trace.push(`log ${args.join(" ")}`), args[0]),
    cond: (id: unknown) => (trace.push(`cond ${String(id)}`), fuel-- > 0 && random(2) === 0),
    pick: (id: unknown) => (trace.push(`pick ${String(id)}`), random(4)),
    none: (id: unknown) => (trace.push(`none ${String(id)}`), random(2) === 0 ? null : [1]),
    boom: (id: unknown) => {
      trace.push(`boom ${String(id)}`);
      // A program out of fuel must come to an end.
      if (fuel-- <= 0 || random(3) === 0) throw new Raised();
    },
    open: (id: unknown) => {
      trace.push(`open ${String(id)}`);
      if (fuel-- <= 0 || random(5) === 0) throw new Raised();
      return { [Symbol.dispose]: () => void trace.push(`dispose ${String(id)}`), id };
    },
  };
  const dispose = (value: unknown): void => void trace.push(`dispose ${String((value as { id: unknown }).id)}`);
  return { trace, globals, dispose };
}

/** Every loop asks `cond` or ends, but `while (true)` needs somebody to stop it: the engine by an exception, as `boom` does. */
function runText(text: string, seed: number): { readonly trace: readonly string[]; readonly outcome: Outcome | "endless" } {
  const { trace, globals } = makeWorld(seed);
  const limited = Object.fromEntries(
    Object.entries(globals).map(([name, fn]) => [
      name,
      (...args: unknown[]) => {
        if (trace.length > 2_000) throw new Error("endless");
        return fn(...args);
      },
    ]),
  );
  const source = text.includes("using ") ? transpileModule(text, { compilerOptions: { target: ScriptTarget.ES2022, module: ModuleKind.ESNext } }).outputText.replace("export {};", "") : text;
  const names = Object.keys(limited);
  try {
    const run = new Function(...names, `${source}; return f();`) as (...globals: unknown[]) => unknown;
    const value = run(...names.map((name) => limited[name]));
    return { trace, outcome: { kind: "return", value } };
  } catch (error) {
    if (error instanceof Error && error.message === "endless") return { trace, outcome: "endless" };
    return { trace, outcome: { kind: "throw" } };
  }
}

function lowerText(text: string): ModuleIR {
  const { module, faults } = parseModule("program.ts", text, "project");
  expect(faults).toEqual([]);
  if (module === null) throw new Error("not parsed");
  const lowered = lowerModule(module);
  expect(checkModule(lowered, text.length)).toEqual([]);
  return lowered;
}

function compare(text: string, lowered: ModuleIR, seed: number): void {
  const expected = runText(text, seed);
  if (expected.outcome === "endless") return;
  const fn = lowered.functions[1];
  if (fn === undefined) throw new Error("no function");
  const { trace, globals, dispose } = makeWorld(seed);
  const outcome = runGraph(lowered, fn, { globals, dispose });
  expect({ trace, outcome }).toEqual({ trace: expected.trace, outcome: expected.outcome });
}

// Node 20 has no `Symbol.dispose`; TypeScript's transpiled `using` asks for it.
if (typeof Symbol.dispose !== "symbol") Object.defineProperty(Symbol, "dispose", { value: Symbol("Symbol.dispose") });

describe("a lowered function does what its text does", () => {
  test("random programs", () => {
    const wrap = (shapes: readonly Shape[]): string => `function f() { ${new Writer().list(shapes, { breakable: false, loop: false, labels: [] })} }`;
    fc.assert(
      fc.property(program, fc.integer(), (shapes, seed) => {
        const text = wrap(shapes);
        compare(text, lowerText(text), seed);
      }),
      { numRuns: 600, seed: 20 },
    );
  });

  test("more ways out of a `finally` than are copied apart", () => {
    const exits = Array.from({ length: 40 }, (_, index) => `if (cond(${index})) ${index % 5 === 0 ? "throw log" : "return log"}(${index});`).join("\n");
    const text = `function f() { for (const v of [1, 2, 3]) { try { ${exits} if (cond(0)) break; if (cond(1)) continue; } finally { log(99); try { boom(98); } finally { log(97); } } } return log(96); }`;
    const lowered = lowerText(text);
    expect(lowered.notes.map((note) => note.message)).toEqual(["too many ways through `finally` and `using` to keep apart: some share a path"]);
    for (let seed = 0; seed < 300; seed++) compare(text, lowered, seed);
  });

  test("`finally` in `finally` beyond the limit of a function", () => {
    const text = `function f() { ${"try { if (cond(1)) return log(1); boom(2); } finally { log(3); ".repeat(60)} log(4); ${"}".repeat(60)} return log(5); }`;
    const lowered = lowerText(text);
    expect(lowered.functions[1]?.blocks.length).toBeLessThan(20_000);
    for (let seed = 0; seed < 300; seed++) compare(text, lowered, seed);
  });
});
