/**
 * What an edit leaves of a program is kept: forms of files, and what is known of each alone. And findings of one file may be asked for alone. Neither may show: after each of many random edits
 * of real sources the findings are those of the same texts, read for the first time by an engine that has read nothing else. `EDIT_RUNS=300` for a soak, `EDIT_SEED` repeats one.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CATALOGUE } from "@framealloc/rules";
import { expect, test, vi } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { analyze } from "../src/analyze.ts";
import type { Diagnostic } from "../src/diagnostic.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import { KeptFacts } from "../src/source/kept-facts.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { resolverOf } from "./program-of.ts";

const ROOT = join(import.meta.dirname, "../../..");
const EDITS = Number(process.env["EDIT_RUNS"] ?? 3);
const SEED = Number(process.env["EDIT_SEED"] ?? 4711);
/** Edits after which the engine that reads all anew has read nothing else: to load one takes as long as an analysis. */
const FRESH_EVERY = 3;
/** At most so many more, until what is said of the program changed: which edits are made depends on the files that there are. */
const MORE_EDITS = 12;
/** Edits after which all files are compared, not the edited one alone. */
const ALL_EVERY = 2;

type Texts = Map<string, string>;

/** An engine and its rules. */
const ENGINE = { analyze, lowerModule, parseModule, CATALOGUE };

type Engine = typeof ENGINE;

/** Another one, as it is loaded for the first time: nothing is known of any program. */
async function freshEngine(): Promise<Engine> {
  vi.resetModules();
  const [engine, lowering, parsing, rules] = await Promise.all([import("../src/analyze.ts"), import("../src/source/lower-module.ts"), import("../../fa-cli/src/parse.ts"), import("@framealloc/rules")]);
  return { analyze: engine.analyze, lowerModule: lowering.lowerModule, parseModule: parsing.parseModule, CATALOGUE: rules.CATALOGUE };
}

/** `package_`: whose users call every frame what the tables say. */
const SOURCES: readonly { readonly name: string; readonly package_: string | null; readonly texts: () => Texts }[] = [
  { name: "planck", package_: "planck", texts: () => textsIn("node_modules/planck/src", (path) => !path.includes("__test__")) },
  { name: "three's animation, lights and objects", package_: "three", texts: () => textsIn("node_modules/three/src", (path) => /\/(?:animation|lights|objects|core|cameras)\/[^/]+$/.test(path)) },
  { name: "fixtures", package_: null, texts: () => new Map([...["FA531", "FA530", "FA201", "FA004"].flatMap((code) => [...textsIn(`fixtures/${code}`, (path) => !/\/ok-[^/]*$/.test(path))])]) },
  { name: "whole programs", package_: null, texts: () => textsIn("fixtures/projects", (path) => /particle-storm|flock|dungeon|everyday|acceptance/.test(path)) },
];

test.each(SOURCES)("$name, edited", async ({ texts: read, package_ }) => {
  const texts = read();
  const random = randomNumbers(SEED);
  let fresh = ENGINE;
  const kept = new Map<string, ModuleIR>([...texts].flatMap(([file, text]) => lowered(ENGINE, file, text)));
  const facts = new KeptFacts();
  const seen = new Set<string>();
  let telling: readonly string[] = [...texts.keys()];
  let compared = 0;
  for (let edit = 0; edit < EDITS || (seen.size < 2 && edit < EDITS + MORE_EDITS); edit += 1) {
    const file = pick(random() < 0.5 && telling.length > 0 ? telling : [...texts.keys()], random);
    const module = edited(ENGINE, texts, file, random);
    if (module === null) continue;
    kept.set(file, module);
    if (edit % FRESH_EVERY === 0) fresh = await freshEngine();
    const cold = new Map([...texts].flatMap(([each, text]) => lowered(fresh, each, text)));
    const expected = findings(fresh, cold, package_);
    const where = `edit ${edit} of ${file}, seed ${SEED}`;
    for (const only of new Set([file, telling.length === 0 ? file : pick(telling, random)])) {
      const own = expected.filter(({ at }) => at.file === only);
      expect(findings(ENGINE, kept, package_, only, facts), `${only} after ${where}`).toEqual(own);
      compared += own.length;
    }
    if (edit % ALL_EVERY === 0) expect(findings(ENGINE, kept, package_, undefined, facts), where).toEqual(expected);
    telling = [...new Set(expected.map(({ at }) => at.file))];
    seen.add(JSON.stringify(expected));
  }
  // Edits that change nothing, of files of which nothing is said, would prove nothing.
  expect(seen.size).toBeGreaterThan(1);
  expect(compared).toBeGreaterThan(Math.min(EDITS, 10));
}, 3_600_000);

function textsIn(folder: string, isWanted: (path: string) => boolean): Texts {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path.replaceAll("\\", "/")}`).filter((path) => /\.(?:ts|js)$/.test(path) && isWanted(path));
  // Under node_modules they would be a library's.
  return new Map(paths.sort().map((path) => [path.replace("node_modules/", ""), readFileSync(join(ROOT, path), "utf8")]));
}

/** Empty for what does not parse. */
function lowered({ parseModule, lowerModule }: Engine, file: string, text: string): [string, ModuleIR][] {
  const { module, faults } = parseModule(file, text, "project");
  return module === null || faults.length > 0 ? [] : [[file, lowerModule(module)]];
}

function findings({ analyze, CATALOGUE }: Engine, modules: ReadonlyMap<string, ModuleIR>, package_: string | null, only?: string, facts?: KeptFacts): readonly Diagnostic[] {
  const resolve = resolverOf(new Set(modules.keys()));
  const { diagnostics, failures } = analyze({ modules: [...modules.values()], resolve, settings: { packageOf: () => package_ }, ...(only === undefined ? {} : { only }), ...(facts === undefined ? {} : { kept: facts }) }, CATALOGUE);
  expect(failures).toEqual([]);
  return diagnostics;
}

/** Changes the text of a file, and gives what it then is; null when nothing that parses came of several tries. */
function edited(engine: Engine, texts: Texts, file: string, random: () => number): ModuleIR | null {
  const text = texts.get(file) ?? "";
  for (let tries = 0; tries < 20; tries += 1) {
    const lines = text.split("\n");
    pick(EDITS_OF_LINES, random)(lines, random, texts);
    const after = lines.join("\n");
    const [form] = after === text ? [] : lowered(engine, file, after);
    if (form === undefined) continue;
    texts.set(file, after);
    return form[1];
  }
  return null;
}

type EditLines = (lines: string[], random: () => number, texts: Texts) => void;

const STATEMENT = /^\s+[^\s*/].*;\s*$/;

/** Calls, stores, bodies, classes and exports that come, go and change. */
const EDITS_OF_LINES: readonly EditLines[] = [
  (lines, random) => { lines.splice(anyLine(lines, random, STATEMENT), 1); },
  (lines, random) => { const at = anyLine(lines, random, STATEMENT); lines.splice(at, 0, lines[at] ?? ""); },
  // From anywhere: what it names may be something else here, or nothing.
  (lines, random, texts) => { const other = (texts.get(pick([...texts.keys()], random)) ?? "").split("\n"); lines.splice(anyLine(lines, random, STATEMENT), 0, other[anyLine(other, random, STATEMENT)] ?? ""); },
  (lines, random) => { const [a, b] = [anyLine(lines, random, STATEMENT), anyLine(lines, random, STATEMENT)]; [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""]; },
  (lines, random) => {
    const at = anyLine(lines, random, STATEMENT);
    const words = lines.join(" ").match(/\b[a-zA-Z_]\w+\b/g) ?? [];
    const own = lines[at]?.match(/\b[a-zA-Z_]\w+\b/g) ?? [];
    if (own.length > 0) lines[at] = lines[at]?.replace(pick(own, random), pick(words, random)) ?? "";
  },
  (lines, random) => { lines.push(`export const added${Math.floor(random() * 1e6)} = { x: 0, y: 0 };`); },
  (lines, random) => { const at = anyLine(lines, random, /^(?:export )?(?:const|function|class|interface) /); lines[at] = /^export /.test(lines[at] ?? "") ? (lines[at] ?? "").slice("export ".length) : `export ${lines[at] ?? ""}`; },
  (lines, random) => { const at = anyLine(lines, random, /^(?:export )?class \w+/); lines[at] = (lines[at] ?? "").replace(/ extends [\w.]+/, random() < 0.5 ? "" : " extends Array"); },
  (lines, random) => { const name = `added${Math.floor(random() * 1e6)}`; lines.push(`class ${name} { value = { x: 1 }; update() { this.value.x = 2; return this.value; } }`, `requestAnimationFrame(function loop() { new ${name}().update(); requestAnimationFrame(loop); });`); },
  (lines, random) => { lines.splice(anyLine(lines, random, STATEMENT), 0, `console.log([${Math.floor(random() * 100)}].map((each) => ({ each })));`); },
  (lines, random) => { lines.splice(anyLine(lines, random, /./), 0, `// a comment ${random()}`); },
];

function anyLine(lines: readonly string[], random: () => number, pattern: RegExp): number {
  const fitting = lines.flatMap((line, index) => (pattern.test(line) ? [index] : []));
  return fitting.length === 0 ? 0 : pick(fitting, random);
}

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
