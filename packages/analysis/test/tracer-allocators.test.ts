/** Who is an allocator: every way in which a value of the runtime reaches the place where it is used, and what only looks like one. */
import { describe, expect, it } from "vitest";
import { TestProgram } from "./program-of.ts";

const SMART = "@framealloc/runtime:SmartAlloc";
const FRAME_ALLOC = ["@framealloc/runtime:SmartAlloc#frameAlloc"];

/** The one-file programs: what `alloc.frameAlloc(T)` at the end reaches. */
function reached(text: string, call = "alloc.frameAlloc(T)", file = "main.ts"): string[] {
  return new TestProgram({ [file]: text }).describeTargets(file, call);
}

describe("imports", () => {
  it("by name, renamed, as a namespace and by subpath", () => {
    expect(reached(`import { SmartAlloc } from "@framealloc/runtime"; const alloc = new SmartAlloc(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`import { SmartAlloc as S } from "@framealloc/runtime"; const alloc = new S(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`import * as fa from "@framealloc/runtime"; const alloc = new fa.SmartAlloc(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`import { FrameArena } from "@framealloc/runtime/frame"; const arena = new FrameArena(); arena.alloc(T);`, "arena.alloc(T)")).toEqual(["@framealloc/runtime:FrameArena#alloc"]);
    expect(reached(`import { SmartAlloc } from "@framealloc/runtime"; const alloc = SmartAlloc.withDefaults(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
  });

  it("by require and by dynamic import", () => {
    expect(reached(`const { SmartAlloc } = require("@framealloc/runtime"); const alloc = new SmartAlloc(); alloc.frameAlloc(T);`, undefined, "main.cjs")).toEqual(FRAME_ALLOC);
    expect(reached(`const fa = require("@framealloc/runtime"); const alloc = new fa.SmartAlloc(); alloc.frameAlloc(T);`, undefined, "main.cjs")).toEqual(FRAME_ALLOC);
    expect(reached(`async function main() { const { SmartAlloc } = await import("@framealloc/runtime"); const alloc = new SmartAlloc(); alloc.frameAlloc(T); }`)).toEqual(FRAME_ALLOC);
    expect(reached(`import("@framealloc/runtime").then((fa) => { const alloc = new fa.SmartAlloc(); alloc.frameAlloc(T); });`)).toEqual(FRAME_ALLOC);
    expect(reached(`import fa = require("@framealloc/runtime"); const alloc = new fa.SmartAlloc(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
  });

  it("through barrels, renaming re-exports, `export *` and cycles of modules", () => {
    const program = new TestProgram({
      "main.ts": `import { Alloc } from "./a"; import { shared } from "./barrel"; const alloc = new Alloc(); alloc.frameAlloc(T); shared.frameAlloc(T);`,
      "a.ts": `export * from "./b"; export { shared } from "./shared";`,
      "b.ts": `export * from "./a"; export { SmartAlloc as Alloc } from "@framealloc/runtime";`,
      "barrel.ts": `export * from "@framealloc/runtime"; export * from "./a";`,
      "shared.ts": `import { SmartAlloc } from "./barrel"; export const shared = new SmartAlloc();`,
    });
    expect(program.describeTargets("main.ts", "alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(program.describeTargets("main.ts", "shared.frameAlloc(T)")).toEqual(FRAME_ALLOC);
  });

  it("a default export of an instance, and `module.exports`", () => {
    const program = new TestProgram({
      "main.ts": `import alloc from "./alloc"; import { other } from "./other.cjs"; alloc.frameAlloc(T); other.frameAlloc(T);`,
      "alloc.ts": `import { SmartAlloc } from "@framealloc/runtime"; export default new SmartAlloc();`,
      "other.cjs": `const { SmartAlloc } = require("@framealloc/runtime"); module.exports = { other: new SmartAlloc() };`,
    });
    expect(program.describeTargets("main.ts", "alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(program.describeTargets("main.ts", "other.frameAlloc(T)")).toEqual(FRAME_ALLOC);
  });
});

describe("places that hold one", () => {
  const start = `import { SmartAlloc } from "@framealloc/runtime";`;

  it("parameters: annotated, by JSDoc, and by what is passed", () => {
    expect(reached(`${start} function f(alloc: SmartAlloc) { alloc.frameAlloc(T); }`)).toEqual(FRAME_ALLOC);
    expect(reached(`import type { SmartAlloc } from "@framealloc/runtime"; const f = (alloc?: SmartAlloc | null) => alloc?.frameAlloc(T);`, "alloc?.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`/** @param {import("@framealloc/runtime").SmartAlloc} alloc */ function f(alloc) { alloc.frameAlloc(T); }`, undefined, "main.js")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} function f(alloc) { alloc.frameAlloc(T); } f(new SmartAlloc());`, undefined, "main.js")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} function f({ alloc }) { alloc.frameAlloc(T); } f({ alloc: new SmartAlloc() });`, undefined, "main.js")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} function f(alloc = new SmartAlloc()) { alloc.frameAlloc(T); }`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} function f(...allocs) { const alloc = allocs[0]; alloc.frameAlloc(T); } f(new SmartAlloc());`, undefined, "main.js")).toEqual(FRAME_ALLOC);
  });

  it("fields: constructor injection without types, parameter properties, initialisers", () => {
    const js = `${start} class Game { constructor(alloc) { this.alloc = alloc; } tick() { this.alloc.frameAlloc(T); } } new Game(new SmartAlloc());`;
    expect(reached(js, "this.alloc.frameAlloc(T)", "main.js")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Game { constructor(private readonly alloc: SmartAlloc) {} tick() { this.alloc.frameAlloc(T); } }`, "this.alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Game { #alloc = new SmartAlloc(); tick() { this.#alloc.frameAlloc(T); } }`, "this.#alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Game { alloc = null; init() { this.alloc = new SmartAlloc(); } tick() { this.alloc.frameAlloc(T); } }`, "this.alloc.frameAlloc(T)", "main.js")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Game { get alloc() { return this.own; } own = new SmartAlloc(); tick() { this.alloc.frameAlloc(T); } }`, "this.alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Game { static alloc = new SmartAlloc(); } Game.alloc.frameAlloc(T);`, "Game.alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
  });

  it("constructor injection across files, through a subclass and a renamed import", () => {
    const program = new TestProgram({
      "main.js": `import { Level as L } from "./level.js"; import { SmartAlloc } from "@framealloc/runtime"; const level = new L(new SmartAlloc());`,
      "level.js": `import { System } from "./system.js"; export class Level extends System { constructor(alloc) { super(alloc); } }`,
      "system.js": `export class System { constructor(alloc) { this.alloc = alloc; } update() { this.alloc.frameAlloc(T); } }`,
    });
    expect(program.describeTargets("system.js", "this.alloc.frameAlloc(T)")).toEqual(FRAME_ALLOC);
  });

  it("factories, contexts, containers, generics and closures", () => {
    expect(reached(`${start} const make = () => new SmartAlloc(); const alloc = make(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const ctx = { engine: { alloc: new SmartAlloc() } }; const { engine: { alloc } } = ctx; alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const all = [new SmartAlloc()]; for (const alloc of all) alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const all = []; all.push(new SmartAlloc()); all.forEach((alloc) => alloc.frameAlloc(T));`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const all = new Map<string, SmartAlloc>(); all.get("x")!.frameAlloc(T);`, `all.get("x")!.frameAlloc(T)`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const all = new Map(); all.set("x", new SmartAlloc()); all.get("x").frameAlloc(T);`, `all.get("x").frameAlloc(T)`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Box<V> { constructor(readonly value: V) {} } const alloc = new Box(new SmartAlloc()).value; alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} function id<V>(v: V): V { return v; } const alloc = id(new SmartAlloc()); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} async function make() { return new SmartAlloc(); } async function f() { const alloc = await make(); alloc.frameAlloc(T); }`)).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const alloc = cond ? new SmartAlloc() : null; alloc!.frameAlloc(T);`, "alloc!.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} let alloc; function init() { alloc = new SmartAlloc(); } alloc.frameAlloc(T);`, undefined, "main.js")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const alloc = (globalThis.cache ??= new SmartAlloc()) as SmartAlloc; alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
  });

  it("subclasses and wrappers", () => {
    expect(reached(`${start} class Pool extends SmartAlloc { tick() { this.frameAlloc(T); } }`, "this.frameAlloc(T)")).toEqual(FRAME_ALLOC);
    const wrapper = new TestProgram({ "main.ts": `${start} class Wrapper { private a = new SmartAlloc(); frameAlloc(t) { return this.a.frameAlloc(t); } } const w = new Wrapper(); w.frameAlloc(T);` });
    expect(wrapper.describeTargets("main.ts", "w.frameAlloc(T)")).toEqual(["main.ts:Wrapper.frameAlloc"]);
    expect(wrapper.describeTargets("main.ts", "this.a.frameAlloc(t)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} class Pool extends SmartAlloc {} const alloc: Pool = new Pool(); alloc.frameAlloc(T);`)).toEqual(FRAME_ALLOC);
  });

  it("bound, called and taken off", () => {
    expect(reached(`${start} const alloc = new SmartAlloc(); const f = alloc.frameAlloc.bind(alloc); f(T);`, "f(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const alloc = new SmartAlloc(); alloc.frameAlloc.call(alloc, T);`, "alloc.frameAlloc.call(alloc, T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const { frameAlloc } = new SmartAlloc(); frameAlloc(T);`, "frameAlloc(T)")).toEqual(FRAME_ALLOC);
    expect(reached(`${start} const alloc = new SmartAlloc(); alloc["frameAlloc"](T);`, `alloc["frameAlloc"](T)`)).toEqual(FRAME_ALLOC);
  });
});

describe("what the runtime's values lead to", () => {
  const start = `import { SmartAlloc, f32, struct, TaskAlloc } from "@framealloc/runtime"; class Enemy { hp = 1; } const alloc = new SmartAlloc(); const S = struct({ x: f32 });`;
  const typeOf = (expression: string): string => new TestProgram({ "main.ts": `${start} ${expression};` }).describe("main.ts", expression);

  it("allocations", () => {
    expect(typeOf("alloc.frameAlloc(Enemy)")).toBe("Enemy");
    expect(typeOf("alloc.frameAlloc(S)")).toBe("@framealloc/runtime:View");
    expect(typeOf("alloc.frameBox(new Enemy())")).toBe("@framealloc/runtime:FrameBox<Enemy>");
    expect(typeOf("alloc.frameBox(Enemy).value")).toBe("Enemy");
    expect(typeOf("alloc.frameVec(Enemy, 8).get(0)")).toBe("Enemy");
    expect(typeOf("alloc.frameSlice(f32, 8)")).toBe("Float32Array");
    expect(typeOf("alloc.poolBox(new Enemy()).value")).toBe("Enemy");
    expect(typeOf("alloc.withFrame(() => new Enemy())")).toBe("Enemy");
    expect(typeOf("alloc.groups()")).toBe("@framealloc/runtime:GroupAllocator");
    expect(typeOf("new TaskAlloc(alloc).alloc(Enemy)")).toBe("Enemy");
    expect(typeOf("SmartAlloc.withDefaults()")).toBe(SMART);
    expect(typeOf("alloc.handles().resolve(alloc.handles().alloc(Enemy))")).toBe("Enemy");
  });
});

describe("look-alikes", () => {
  it("a class of the user's own with the same name and methods", () => {
    const text = `class SmartAlloc { frameAlloc(t) { return t; } } const alloc = new SmartAlloc(); alloc.frameAlloc(T);`;
    expect(reached(text)).toEqual(["main.ts:SmartAlloc.frameAlloc"]);
  });

  it("the same name from another package", () => {
    expect(reached(`import { SmartAlloc } from "other"; const alloc = new SmartAlloc(); alloc.frameAlloc(T);`)).toEqual(["other:SmartAlloc#frameAlloc"]);
  });

  it("a local name that hides the import", () => {
    expect(reached(`import { SmartAlloc } from "@framealloc/runtime"; function f(SmartAlloc) { const alloc = new SmartAlloc(); alloc.frameAlloc(T); }`)).toEqual(["..."]);
  });

  it("an unknown value", () => {
    expect(reached(`function f(alloc) { alloc.frameAlloc(T); }`)).toEqual(["..."]);
    expect(reached(`import { alloc } from "./missing"; alloc.frameAlloc(T);`)).toEqual(["..."]);
  });

  it("a value that may be something else, too", () => {
    const text = `import { SmartAlloc } from "@framealloc/runtime"; class Fake { frameAlloc(t) {} } const alloc = cond ? new SmartAlloc() : new Fake(); alloc.frameAlloc(T);`;
    expect(reached(text)).toEqual(["main.ts:Fake.frameAlloc", ...FRAME_ALLOC]);
  });
});
