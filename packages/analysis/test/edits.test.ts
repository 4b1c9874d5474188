/** What one edit of a file changes for others, as an editor meets it: the modules of the other files stay what they were, and what is kept of them must not outlive the edit. */
import { describe, expect, it } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { linkProgram } from "../src/analyze.ts";
import { createFactReader } from "../src/fact.ts";
import { functionName } from "../src/facts/function-name.ts";
import { hotPaths } from "../src/facts/hot-paths.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import { KeptFacts } from "../src/source/kept-facts.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { keeping, resolverOf } from "./program-of.ts";

/** A program whose files are edited; null takes a file away. */
class Edited {
  readonly #modules = new Map<string, ModuleIR>();
  readonly #facts = new KeptFacts();

  constructor(files: Readonly<Record<string, string>>) {
    this.edit(files);
  }

  edit(files: Readonly<Record<string, string | null>>): void {
    for (const [file, text] of Object.entries(files)) {
      if (text === null) this.#modules.delete(file);
      else this.#modules.set(file, lowered(file, text));
    }
  }

  /** The functions that run every frame, by name. */
  get hot(): readonly string[] {
    const program = linkProgram({ modules: [...this.#modules.values()], resolve: resolverOf(new Set(this.#modules.keys())) });
    const found = [...keeping(this.#facts, program, () => createFactReader(program)(hotPaths)).functions.values()].filter(({ constructed }) => !constructed);
    return found.map((each) => functionName(each.module, each.function)).sort();
  }
}

function lowered(file: string, text: string): ModuleIR {
  const { module, faults } = parseModule(file, text, "project");
  if (module === null || faults.length > 0) throw new Error(`${file} does not parse`);
  return lowerModule(module);
}

/** A loop that calls what `./work` exports. */
const LOOP = { "main.ts": 'import { work } from "./work"; function loop() { work(); requestAnimationFrame(loop); } loop();' };

interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly edit: Readonly<Record<string, string | null>>;
  /** Hot before the edit alone, and after it alone. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

const BODY = { "work.ts": 'import { Body } from "./shapes"; export function work() { new Body().move(); }', "shapes.ts": "export class Body { move() {} }" };
const SUB = 'import { Body } from "./shapes"; export class Sub extends Body { move() {} }';
const GOER = { "types.ts": "export interface Goer { go(): void }", "work.ts": 'import type { Goer } from "./types"; export function work(goer: Goer) { goer.go(); }', "plain.ts": 'import type { Goer } from "./types"; export class Plain implements Goer { go() {} }' };

const CASES: readonly Case[] = [
  { what: "an `extends` that comes", files: { ...BODY, "sub.ts": "export class Sub { move() {} }" }, edit: { "sub.ts": SUB }, after: ["Sub.move"] },
  { what: "an `extends` of another class", files: { ...BODY, "sub.ts": SUB }, edit: { "sub.ts": "class Own {} export class Sub extends Own { move() {} }" }, before: ["Sub.move"] },
  { what: "an export that is renamed", files: { ...BODY, "sub.ts": SUB }, edit: { "shapes.ts": "class Body { move() {} } export { Body as Bodies };" }, before: ["Body.move", "Sub.move"] },
  { what: "an export that leads to another class", files: { ...BODY, "sub.ts": SUB }, edit: { "shapes.ts": "export class Other { move() {} } export { Other as Body };" }, before: ["Body.move"], after: ["Other.move"] },
  { what: "a variable that stands at another place of its file", files: { ...BODY, "sub.ts": SUB }, edit: { "shapes.ts": "export const before = 1; export class First {} export class Body { move() {} }" } },
  { what: "a re-export that comes", files: { ...BODY, "index.ts": "export {};", "sub.ts": SUB.replace("./shapes", "./index") }, edit: { "index.ts": 'export * from "./shapes";' }, after: ["Sub.move"] },
  { what: "a re-export under another name", files: { ...BODY, "index.ts": 'export { Body } from "./shapes";', "sub.ts": SUB.replace("./shapes", "./index") }, edit: { "index.ts": 'export { Body as Form } from "./shapes";' }, before: ["Sub.move"] },
  { what: "a file that comes", files: BODY, edit: { "sub.ts": SUB }, after: ["Sub.move"] },
  { what: "a file that goes", files: { ...BODY, "sub.ts": SUB }, edit: { "sub.ts": null }, before: ["Sub.move"] },
  { what: "a file that goes and is imported", files: { ...BODY, "sub.ts": SUB }, edit: { "shapes.ts": null }, before: ["Body.move", "Sub.move"] },
  { what: "a class that says that it implements", files: { ...GOER, "car.ts": "export class Car { go() {} }" }, edit: { "car.ts": 'import type { Goer } from "./types"; export class Car implements Goer { go() {} }' }, after: ["Car.go"] },
  { what: "a type alone: an interface that extends no other", files: { ...GOER, "mover.ts": 'import type { Goer } from "./types"; export interface Mover<T> extends Goer { at: T }', "car.ts": 'import type { Mover } from "./mover"; export class Car implements Mover<number> { at = 1; go() {} }' }, edit: { "mover.ts": "export interface Mover<T> { at: T }" }, before: ["Car.go"] },
  { what: "a type alone: an alias of an interface", files: { ...GOER, "mover.ts": 'import type { Goer } from "./types"; export type Mover = Goer;', "car.ts": 'import type { Mover } from "./mover"; export class Car implements Mover { go() {} }' }, edit: { "mover.ts": "export type Mover = { at: number };" }, before: ["Car.go"] },
  { what: "a getter in the place of a field", files: { "work.ts": 'import { Box } from "./box"; const box = new Box(); export function work() { return box.size; }', "box.ts": "export class Box { size = 1; measure() { return 1; } }" }, edit: { "box.ts": "export class Box { get size() { return this.measure(); } measure() { return 1; } }" }, after: ["Box.measure", "Box.size"] },
  { what: "a name for `requestAnimationFrame`", files: { "work.ts": "export function work() {}", "ask.ts": "export const ask = (each) => {};", "other.ts": 'import { ask } from "./ask"; function each() { ask(each); } ask(each);' }, edit: { "ask.ts": "export const ask = window.requestAnimationFrame;" }, after: ["each"] },
  { what: "a package that comes into sight", files: { "work.ts": "export function work() {}", "base.ts": "export class Base {}", "script.ts": 'import { Base } from "./base"; export class Turn extends Base { update(dt: number) {} }' }, edit: { "base.ts": 'import { Script } from "playcanvas"; export class Base extends Script {}' }, after: ["Turn.update"] },
  { what: "a member that is taken out again where it is put in", files: { "work.ts": 'import { state } from "./state"; export function work() { if (state.busy) spin(); } function spin() {}', "state.ts": "export const state = { busy: null }; export function run(made) { state.busy = made; }" }, edit: { "state.ts": "export const state = { busy: null }; export function run(made) { state.busy = made; try { console.log(1); } finally { state.busy = null; } }" }, before: ["spin"] },
  { what: "a function that starts a timer", files: { "work.ts": 'import { later } from "./later"; export function work() { if (Math.random() > 0.5) { burst(); later(); } } function burst() {}', "later.ts": "export function later() {}" }, edit: { "later.ts": "export function later() { setTimeout(() => {}, 100); }" }, before: ["burst", "later"] },
];

describe("after an edit, and after the edit back", () => {
  it.each(CASES)("$what", ({ files, edit, before = [], after = [] }) => {
    const all: Readonly<Record<string, string>> = { ...LOOP, ...files };
    const program = new Edited(all);
    const first = program.hot;
    expect(first).toEqual(expect.arrayContaining(["loop", ...before]));
    for (const name of after) expect(first).not.toContain(name);
    program.edit(edit);
    const second = program.hot;
    expect(second).toEqual([...first.filter((name) => !before.includes(name)), ...after].sort());
    // What came goes, and what went comes back.
    program.edit(Object.fromEntries(Object.keys(edit).map((file) => [file, all[file] ?? null])));
    expect(program.hot).toEqual(first);
    program.edit(edit);
    expect(program.hot).toEqual(second);
  });
});
