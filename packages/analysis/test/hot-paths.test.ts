/** Which functions run every frame: entries of every kind, chains, cold branches; each case is a program in a few lines. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createFactReader, linkProgram, type AnalysisSettings } from "@framealloc/analysis";
import { describe, expect, it } from "vitest";
import { openTexts } from "../../fa-cli/src/open-texts.ts";
import { functionName } from "../src/facts/function-name.ts";
import { hotPaths } from "../src/facts/hot-paths.ts";
import { isDevelopmentName } from "../src/facts/cold-tests.ts";
import { threeClasses } from "../src/knowledge/three-classes.ts";

interface Hot {
  readonly names: readonly string[];
  readonly chainOf: (name: string) => readonly string[];
  readonly whyOf: (name: string) => string | undefined;
}

function hot(files: string | Record<string, string>, settings: Partial<AnalysisSettings> = {}): Hot {
  const texts = typeof files === "string" ? { "main.ts": files } : files;
  const program = linkProgram(openTexts(new Map(Object.entries(texts)), settings).input);
  const found = [...createFactReader(program)(hotPaths).functions.values()].filter((each) => !each.constructed && each.module.role === "project");
  const named = new Map(found.map((each) => [functionName(each.module, each.function), each]));
  return {
    names: [...named.keys()].sort(),
    chainOf: (name) => named.get(name)?.chain.map(({ message }) => message) ?? [],
    whyOf: (name) => named.get(name)?.entry.why,
  };
}

describe("entries", () => {
  it.each([
    ["a function that asks for itself", "function f() { requestAnimationFrame(f); } f();"],
    ["one that a callee asks for again", "function f() { g(); } function g() { h(); } function h() { requestAnimationFrame(f); } g();"],
    ["an arrow around the method that asks", "class A { f() { requestAnimationFrame(() => this.f()); } } new A().f();"],
    ["a bound method", "class A { f() { requestAnimationFrame(this.f.bind(this)); } } new A().f();"],
    ["a member of window", "const f = () => { window.requestAnimationFrame(f); }; f();"],
    ["a named function expression", "requestAnimationFrame(function f() { requestAnimationFrame(f); });"],
    ["an XR session's frame", "declare const session: XRSession; function f() { session.requestAnimationFrame(f); } session.requestAnimationFrame(f);"],
    ["an animation loop of three.js", 'import { WebGLRenderer } from "three"; const r = new WebGLRenderer(); r.setAnimationLoop(f); function f() {}'],
    ["one of a renderer that nobody can name", "export function start(renderer) { renderer.setAnimationLoop(f); } function f() {}"],
    ["useFrame under another name", 'import { useFrame as each } from "@react-three/fiber"; export function C() { each(f); } function f() {}'],
    ["a fast interval by a constant", "const RATE = 60; setInterval(f, 1000 / RATE); function f() {}"],
    ["a Babylon render loop", 'import { Engine } from "@babylonjs/core"; new Engine(null).runRenderLoop(f); function f() {}'],
    ["a Babylon observable", "export function add(scene) { scene.onBeforeRenderObservable.add(f); } function f() {}"],
    ["a PixiJS ticker", 'import { Ticker } from "pixi.js"; const t = new Ticker(); t.add(f); function f() {}'],
    ["a PlayCanvas event", 'import { Application } from "playcanvas"; const app = new Application(null); app.on("update", f); function f() {}'],
    ["a hook put on an object of three.js", 'import { Mesh } from "three"; const m = new Mesh(); m.onBeforeRender = f; function f() {}'],
    ["a marked function", "/** @hot */ export function f() {}"],
  ])("finds %s", (_what, text) => {
    expect(hot(text).names.map((name) => name.replace(/^A\./, ""))).toContain("f");
  });

  it.each([
    ["a frame asked for once", "function f() {} requestAnimationFrame(f);"],
    ["a frame asked for on each event", "function f() {} addEventListener('scroll', () => { requestAnimationFrame(f); });"],
    ["a slow interval", "setInterval(f, 1000); function f() {}"],
    ["an interval of unknown period", "export function go(period: number) { setInterval(f, period); } function f() {}"],
    ["another event", 'import { Application } from "playcanvas"; const app = new Application(null); app.on("start", f); function f() {}'],
    ["a method of one's own with an engine's name", "class Mine { setAnimationLoop(g) {} } new Mine().setAnimationLoop(f); function f() {}"],
    ["an observable that fires on a click", "export function add(scene) { scene.onPointerObservable.add(f); } function f() {}"],
    ["a loader's method", 'import { Loader } from "three"; export class L extends Loader { f() {} parse() { this.f(); } }'],
    ["a helper's update", 'import { LineSegments } from "three"; export class EdgesHelper extends LineSegments { update() { f(); } } function f() {}'],
  ])("does not take %s for one", (_what, text) => {
    expect(hot(text).names.map((name) => name.replace(/^L\./, ""))).not.toContain("f");
  });

  it("knows which methods an engine's base class gives, at any depth", () => {
    const base = 'import { Mesh } from "three"; export class Solid extends Mesh {}';
    const own = 'import { Solid } from "./base.ts"; export class Crate extends Solid { update() {} updateMatrixWorld() {} raycast() {} toJSON() { return {}; } }';
    expect(hot({ "base.ts": base, "crate.ts": own }).names).toEqual(["Crate.update", "Crate.updateMatrixWorld"]);
  });

  it("takes the settings' entries, by function and by method", () => {
    const settings = { hotEntries: ["main.ts#tick", "main.ts#Game.step"] };
    expect(hot("export function tick() {} export class Game { step() {} stop() {} }", settings).names).toEqual(["Game.step", "tick"]);
  });

  it("takes what the users of a package call every frame when the package itself is analysed", () => {
    const text = "export class World { step() { this.solve(); } solve() {} createBody() {} }";
    expect(hot(text, { packageOf: () => "planck" }).names).toEqual(["World.solve", "World.step"]);
    expect(hot(text).names).toEqual([]);
  });

  it("finds them in an object of functions, and in functions that are constructed", () => {
    const text = "var Engine = {}; var Body = {}; Engine.update = function () { Engine._solve(); }; Engine._solve = function () {}; Engine.create = function () {}; Body.update = function () {}; module.exports = Engine;";
    expect(hot(text, { packageOf: () => "matter-js" }).names).toEqual(["_solve", "update"]);
    expect(hot(text).names).toEqual([]);
    const orbit = "export function Orbit() { this.update = () => { turn(); }; this.remove = () => { forget(); }; } function turn() {} function forget() {}";
    expect(hot(orbit, { packageOf: () => "ogl" }).names).toEqual(["turn", "update"]);
    expect(hot(orbit, { packageOf: () => "planck" }).names).toEqual([]);
  });

  it("says why, and where", () => {
    expect(hot("function f() { requestAnimationFrame(f); } f();").whyOf("f")).toBe("it asks `requestAnimationFrame` for itself again");
  });
});

describe("reach", () => {
  it("shows the shortest chain, whatever the order of files", () => {
    const files = {
      "main.ts": 'import { a } from "./a.ts"; import { c } from "./c.ts"; const f = () => { a(); c(); requestAnimationFrame(f); }; f();',
      "a.ts": 'import { c } from "./c.ts"; export function a() { b(); } function b() { c(); }',
      "c.ts": "export function c() {}",
    };
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    expect(hot(files).chainOf("c")).toEqual(["`f` calls `c`"]);
    expect(hot(reversed).chainOf("c")).toEqual(hot(files).chainOf("c"));
  });

  it("follows callbacks that run now, not those that run later", () => {
    const { names } = hot("function f() { [1].map(now); [2].sort((a, b) => order(a, b)); setTimeout(later, 9); Promise.resolve().then(later); requestAnimationFrame(f); } function now() {} function order(a, b) { return a - b; } function later() {} f();");
    expect(names).toContain("now");
    expect(names).toContain("order");
    expect(names).not.toContain("later");
  });

  it("follows getters, setters, object literals and functions in fields", () => {
    const { names } = hot(`
      const parts = { move() {}, turn: () => {} };
      class Body { get left() { return edge(); } set right(v) { store(v); } onTick = () => field(); }
      function edge() { return 1; } function store(v) {} function field() {}
      const body = new Body();
      function f() { parts.move(); parts.turn(); body.right = body.left; body.onTick(); requestAnimationFrame(f); }
      f();`);
    expect(names).toEqual(expect.arrayContaining(["move", "turn", "edge", "store", "field"]));
  });

  it("reaches all overriders of a method", () => {
    const { names } = hot("class A { go() {} } class B extends A { go() { deep(); } } function deep() {} const all: A[] = [new B()]; function f() { for (const a of all) a.go(); requestAnimationFrame(f); } f();");
    expect(names).toContain("deep");
  });

  it("does not count what only `new` reaches as hot of itself", () => {
    expect(hot("class A { constructor() { make(); } } function make() {} let a; function f() { a = new A(); requestAnimationFrame(f); } f();").names).toEqual(["f"]);
  });

  it("stops at cold code", () => {
    const { names } = hot(
      {
        "main.ts": `import { edit } from "./editor/panel.ts";
          let ready = false;
          /** @cold */ function marked() {}
          function first() {} function failed() {} function sized() {} function debug() {}
          let width = 0;
          function f(w: number) {
            if (!ready) { first(); ready = true; }
            if (w !== width) { width = w; sized(); }
            if (process.env.NODE_ENV !== "production") debug();
            try { marked(); edit(); } catch { failed(); }
            requestAnimationFrame(() => f(w));
          }
          f(1);`,
        "editor/panel.ts": "export function edit() {}",
      },
      { isColdFile: (file) => file.startsWith("editor/") },
    );
    expect(names.filter((name) => name !== "")).toEqual(["f"]);
  });

  it("keeps visited marks and counters hot", () => {
    const { names } = hot("const list: { seen: boolean }[] = []; function visit() {} function f() { for (const a of list) a.seen = false; for (const a of list) { if (a.seen) continue; a.seen = true; visit(); } requestAnimationFrame(f); } f();");
    expect(names).toContain("visit");
  });

  it("takes a loop that waits for frames", () => {
    const { names } = hot("const nextFrame = () => new Promise((done) => requestAnimationFrame(done)); export async function run() { before(); while (true) { await nextFrame(); inside(); } } function before() {} function inside() {}");
    expect(names.filter((name) => name !== "")).toEqual(["inside", "nextFrame", "run"]);
  });

  it("does not take a loop that waits for something else", () => {
    expect(hot("const wait = () => new Promise((done) => setTimeout(done, 1000)); export async function run() { while (true) { await wait(); inside(); } } function inside() {}").names).toEqual([]);
  });

  it("follows a call of a function type to what is handed to parameters of that type", () => {
    const { names } = hot({
      "main.ts": 'import { register, run } from "./table.ts"; register((n) => deep(n)); function deep(n: number) {} function f() { run(); requestAnimationFrame(f); } f();',
      "table.ts": "export type Visit = (n: number) => void; const all: Record<string, { visit: Visit }> = {}; export function register(visit: Visit): void { all['a'] = { visit }; } export function run(): void { const one: Visit | undefined = all['a']?.visit; if (one) one(1); }",
    });
    expect(names).toContain("deep");
  });

  it("takes the branch that ends a chain for cold", () => {
    const { names } = hot("let left = 9; function f() { if (left > 0) { step(); requestAnimationFrame(f); } else { finish(); } } function step() { left--; } function finish() {} f();");
    expect(names).toEqual(["f", "step"]);
  });

  it("does not take the maximum of one call for a high-water mark", () => {
    const { names } = hot("class Search { best = 0; winner = null; run(list) { this.best = -1; for (const x of list) { if (x > this.best) { this.best = x; note(x); } } } } function note(x) {} const s = new Search(); function f() { s.run([1]); requestAnimationFrame(f); } f();");
    expect(names).toContain("note");
  });

  it("takes only the loop of a function whose loop is a frame", () => {
    const { names } = hot('import { SmartAlloc } from "@framealloc/runtime"; const alloc = new SmartAlloc(); export function run() { before(); while (true) { alloc.beginFrame(); inside(); alloc.endFrame(); } } function before() {} function inside() {}');
    expect(names).toContain("inside");
    expect(names).not.toContain("before");
  });
});

describe("names of development", () => {
  it.each(["DEBUG", "__DEV__", "_ASSERT", "isDebug", "debugMode", "showDebug", "uiDebug", "PHYSICS_DEBUG"])("knows %s", (name) => {
    expect(isDevelopmentName(name)).toBe(true);
  });
  it.each(["device", "developer", "assertion", "isDevice", "noDebug", "debut", ""])("does not take %s for one", (name) => {
    expect(isDevelopmentName(name)).toBe(false);
  });
});

describe("the table of three.js classes", () => {
  it("says what three's own source says", () => {
    const source = join(dirname(createRequire(import.meta.url).resolve("three")), "..", "src");
    const parents = new Map<string, string>();
    for (const path of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".js"))) {
      for (const [, name = "", parent = ""] of readFileSync(join(source, path), "utf8").matchAll(/^\s*(?:export )?class (\w+) extends (\w+)/gm)) parents.set(name, parent);
    }
    const wrong: string[] = [];
    for (const [name, base] of threeClasses()) {
      let at: string | undefined = name;
      while (at !== undefined && at !== base) at = parents.get(at);
      if (at === undefined) wrong.push(`${name} does not extend ${base}`);
    }
    expect(wrong).toEqual([]);
  });
});
