/** The tool that plants bugs: every operator plants some, in programs that still parse; the analyzer finds them, and rules that find nothing score nothing. */
import { CATALOGUE } from "@framealloc/rules";
import { beforeAll, describe, expect, it } from "vitest";
import { parseModule } from "../../packages/fa-cli/src/parse.ts";
import { chooseMutants } from "../mutation/choose-mutants.ts";
import { CleanProgram } from "../mutation/clean-program.ts";
import { loadOperators } from "../mutation/load-operators.ts";
import { type Mutant, type Operator, textsOf } from "../mutation/mutant.ts";
import { type MutableOracle, nameOf, runMutant } from "../mutation/run-mutant.ts";
import { isFound, onlyUntyped, scoresOf } from "../mutation/score.ts";

const ENGINE = `
import { f32, type SmartAlloc, struct } from "@framealloc/runtime";
const Wind = struct({ x: f32, y: f32 });
function gather(alloc: SmartAlloc, count: number): Float32Array {
  const sums = alloc.frameSlice(f32, 16);
  for (let index = 0; index < count; index++) sums[index] = index / count;
  return sums;
}
export class Sails {
  readonly #alloc: SmartAlloc;
  pull = 0;
  constructor(alloc: SmartAlloc) {
    this.#alloc = alloc;
  }
  step(count: number): boolean {
    const alloc = this.#alloc;
    alloc.beginFrame();
    const wind = alloc.frameAlloc(Wind);
    const sums = gather(alloc, count);
    wind.x = sums[0] ?? 0;
    if (wind.x > 100) {
      alloc.endFrame();
      return false;
    }
    this.pull += wind.x;
    alloc.endFrame();
    return true;
  }
}`;
const MAIN = `
import { SmartAlloc } from "@framealloc/runtime";
import { Sails } from "./sails.ts";
const sails = new Sails(new SmartAlloc());
while (sails.step(10)) sails.pull *= 0.5;
`;

const NO_TYPES: MutableOracle = { resolve: (questions) => questions.map(() => undefined), setText: () => {} };

let operators: readonly Operator[];
let program: CleanProgram;
let mutants: readonly Mutant[];

beforeAll(async () => {
  operators = await loadOperators();
  program = new CleanProgram("sails", new Map([["sails.ts", ENGINE], ["main.ts", MAIN]]));
  mutants = chooseMutants([program], operators, 1, Infinity);
});

describe("planting", () => {
  it("has an operator for each code about frames", () => {
    expect([...new Set(operators.map(({ code }) => code))]).toEqual(expect.arrayContaining(["FA001", "FA002", "FA004", "FA005", "FA006", "FA201", "FA603", "FA606", "FA607"]));
  });

  it("finds the calls of the runtime and what holds frame memory, also through a function and as a parameter", () => {
    expect(program.calls.map(({ effect, receiver }) => `${receiver} ${effect.kind}`)).toEqual(["alloc alloc", "alloc begin", "alloc alloc", "alloc end", "alloc end"]);
    const kept = mutants.filter(({ operator }) => operator.name === "kept in a module variable").map(({ what }) => what);
    expect(kept).toEqual(["`sums` in a module variable", "`wind` in a module variable", "`sums` in a module variable"]);
  });

  it("gives programs that parse and differ from the clean one, and those of an operator from each other", () => {
    const texts = mutants.map((mutant) => [...textsOf(mutant)].map(([file, text]) => {
      expect(parseModule(file, text, "project").faults, nameOf(mutant)).toEqual([]);
      expect(text).not.toBe(program.treeOf(file).text);
      return `${mutant.operator.name}\n${file}\n${text}`;
    }).join("\n"));
    expect(texts.length).toBeGreaterThan(40);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe("the lot", () => {
  const names = (seed: number, most: number): string[] => chooseMutants([program], operators, seed, most).map(nameOf);

  it("falls the same for the same seed, and otherwise for another", () => {
    expect(names(3, 2)).toEqual(names(3, 2));
    expect(names(3, 2)).not.toEqual(names(4, 2));
  });

  it("takes so many of each operator and keeps their order", () => {
    const all = names(3, Infinity);
    const chosen = names(3, 2);
    for (const { name } of operators) expect(chosen.filter((each) => each.includes(` ${name}: `)).length).toBeLessThanOrEqual(2);
    expect(chosen.map((each) => all.indexOf(each))).toEqual(chosen.map((each) => all.indexOf(each)).toSorted((a, b) => a - b));
  });
});

describe("running", () => {
  it("finds one of each operator in a small program, and says nothing of the clean one", () => {
    const unharmed: Mutant = { operator: operators[0] as Operator, program, what: "nothing", edits: [{ file: "main.ts", span: { start: 0, end: 0 }, text: "" }] };
    expect(runMutant(unharmed, CATALOGUE, NO_TYPES).typed).toEqual([]);
    const outcomes = chooseMutants([program], operators, 2, 1).map((mutant) => runMutant(mutant, CATALOGUE, NO_TYPES));
    expect(outcomes.length).toBeGreaterThan(20);
    expect(outcomes.filter((outcome) => !isFound(outcome, "typed")).map(({ mutant }) => nameOf(mutant))).toEqual([]);
    expect(outcomes.flatMap(onlyUntyped)).toEqual([]);
  });

  it("scores nothing where no rule speaks", () => {
    const outcomes = mutants.slice(0, 3).map((mutant) => runMutant(mutant, [], NO_TYPES));
    expect(scoresOf(outcomes, () => "all")).toEqual([{ label: "all", mutants: 3, found: 0, foundUntyped: 0, besides: [] }]);
  });

  it("does not count another code", () => {
    const early = mutants.find(({ operator }) => operator.name === "ended twice") as Mutant;
    const outcome = runMutant(early, CATALOGUE.filter(({ code }) => code !== "FA005"), NO_TYPES);
    expect(isFound(outcome, "typed")).toBe(false);
  });

  it("throws for a mutant that does not parse", () => {
    const broken: Mutant = { operator: operators[0] as Operator, program, what: "a brace", edits: [{ file: "main.ts", span: { start: 0, end: 0 }, text: "{" }] };
    expect(() => runMutant(broken, CATALOGUE, NO_TYPES)).toThrow("does not parse");
  });
});
