/** What is kept from one analysis to the next rests on what it was read from, and on nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { linkProgram } from "../src/analyze.ts";
import { createFactReader } from "../src/fact.ts";
import { callEdges } from "../src/facts/call-edges.ts";
import { coldCode } from "../src/facts/cold-blocks.ts";
import type { Program } from "../src/program.ts";
import type { FunctionIR, ModuleIR } from "../src/source/ir.ts";
import { kept, KeptFacts } from "../src/source/kept-facts.ts";
import { LoweredModule } from "../src/source/lowered-module.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { remembered, restOf, whileKeeping } from "../src/source/reads.ts";
import { keeping, resolverOf } from "./program-of.ts";

const ROOT = join(import.meta.dirname, "../../..");

function lowered(file: string, text: string): ModuleIR {
  const { module, faults } = parseModule(file, text, "project");
  if (module === null || faults.length > 0) throw new Error(`${file} does not parse`);
  return lowerModule(module);
}

function programOf(modules: Iterable<ModuleIR>): Program {
  const all = [...modules];
  return linkProgram({ modules: all, resolve: resolverOf(new Set(all.map(({ file }) => file))) });
}

const FILES = {
  "main.ts": 'import { Shape } from "./shape"; export function draw(shape: Shape) { shape.paint(); }',
  "other.ts": 'import { Shape } from "./shape"; export function redraw(shape: Shape) { shape.paint(); }',
  "shape.ts": "export class Shape { paint() {} }",
  "far.ts": "export const far = 1;",
};

/** A program whose files are edited, and of which the call edges of some functions are asked for. */
class Edited {
  readonly #modules = new Map(Object.entries(FILES).map(([file, text]) => [file, lowered(file, text)]));
  readonly #facts = new KeptFacts();

  edit(file: string, text: string): void {
    this.#modules.set(file, lowered(file, text));
  }

  /** The functions whose targets had to be found, and all targets by name of their class. */
  ask(): { readonly found: readonly string[]; readonly targets: readonly string[] } {
    const found: string[] = [];
    const program = programOf(this.#modules.values());
    const targets = keeping(this.#facts, program, () =>
      ["main.ts", "other.ts"].flatMap((file) => {
        const module = this.#modules.get(file);
        const fn = module?.functions[1];
        if (module === undefined || fn === undefined) throw new Error(`no function in ${file}`);
        return kept("targets", fn, () => {
          found.push(fn.name);
          return targetsOf(program, module, fn);
        });
      }));
    return { found, targets };
  }
}

function targetsOf(program: Program, module: ModuleIR, fn: FunctionIR): readonly string[] {
  return fn.blocks.flatMap(({ ops }) => ops.flatMap((op) => (op.op === "call" ? program.tracer.targets(module, fn, op.dst).functions.map((target) => target.module.classes[target.function.class ?? -1]?.name ?? "") : [])));
}

describe("an answer", () => {
  it("is given again while nothing is edited that it was read from", () => {
    const edited = new Edited();
    expect(edited.ask()).toEqual({ found: ["draw", "redraw"], targets: ["Shape", "Shape"] });
    expect(edited.ask()).toEqual({ found: [], targets: ["Shape", "Shape"] });
    edited.edit("far.ts", "export const far = 2;");
    expect(edited.ask().found).toEqual([]);
  });

  it("is found anew after an edit of its own file, and no other one", () => {
    const edited = new Edited();
    edited.ask();
    edited.edit("main.ts", FILES["main.ts"].replace("shape.paint();", ""));
    expect(edited.ask()).toEqual({ found: ["draw"], targets: ["Shape"] });
  });

  it("is found anew by all who read it, also by those who found it remembered", () => {
    const edited = new Edited();
    edited.ask();
    edited.edit("shape.ts", "export class Form { paint() {} } export { Form as Shape };");
    expect(edited.ask()).toEqual({ found: ["draw", "redraw"], targets: ["Form", "Form"] });
  });

  it("is found anew when a question about the whole program has another answer", () => {
    const edited = new Edited();
    edited.ask();
    edited.edit("far.ts", 'import { Shape } from "./shape"; export class Round extends Shape { paint() {} }');
    expect(edited.ask()).toEqual({ found: ["draw", "redraw"], targets: ["Shape", "Round", "Shape", "Round"] });
    edited.edit("far.ts", 'import { Shape } from "./shape"; export class Round { paint() {} }');
    expect(edited.ask()).toEqual({ found: ["draw", "redraw"], targets: ["Shape", "Shape"] });
  });

  it("does not outlive a change of the files that there are", () => {
    const edited = new Edited();
    edited.ask();
    edited.edit("new.ts", "export const now = 1;");
    expect(edited.ask().found).toEqual(["draw", "redraw"]);
  });

  it("is not kept where nothing is", () => {
    let found = 0;
    const key = {};
    for (let i = 0; i < 2; i += 1) kept("counted", key, () => (found += 1));
    expect(found).toBe(2);
  });
});

/** Sources of an engine that are as tangled as any. */
function engine(): readonly ModuleIR[] {
  const folder = join(ROOT, "node_modules/planck/src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/")).filter((path) => path.endsWith(".ts") && !path.includes("__test__")).sort();
  return files.map((file) => lowered(`planck/${file}`, readFileSync(join(folder, file), "utf8")));
}

/** The modules that the cold code and the call edges of a function rest on. */
function modulesRead(ask: () => void): ReadonlySet<string> {
  return new Set(restOf(remembered(ask)).flatMap((read) => (read instanceof LoweredModule ? [read.file] : [])));
}

const EVERY = 12;

describe("what is noted", () => {
  it("of answers that others had found before is all that is read where nobody has", () => {
    const modules = engine();
    const functions = modules.flatMap((module) => module.functions.map((fn) => ({ module, fn })));
    const asker = (): ((of: (typeof functions)[number]) => void) => {
      const get = createFactReader(programOf(modules));
      const [cold, edges] = [get(coldCode), get(callEdges)];
      return ({ module, fn }) => {
        cold.of(module, fn);
        edges.of(module, fn);
      };
    };
    whileKeeping(() => {
      const ask = asker();
      for (const each of functions) ask(each);
      let shared = 0;
      for (const each of functions.filter((_, index) => index % EVERY === 0)) {
        const noted = modulesRead(() => ask(each));
        const fresh = asker();
        const read = modulesRead(() => fresh(each));
        expect([...read].filter((file) => !noted.has(file)), `${each.module.file} ${each.fn.name}`).toEqual([]);
        if (read.size > 1) shared += 1;
      }
      // Functions that read their own file alone would prove nothing.
      expect(shared).toBeGreaterThan(20);
    });
  }, 300_000);
});
