/** What a call may reach: overriders, implementers, inherited and external methods, and the names under which packages are known. */
import { describe, expect, it } from "vitest";
import type { Location } from "../src/source/span.ts";
import type { OracleAnswer } from "../src/source/type-oracle.ts";
import { TestProgram } from "./program-of.ts";

const SHAPES = "class Shape { area() { return 0; } } class Circle extends Shape { area() { return 3; } } class Square extends Shape { area() { return 4; } } class Unit extends Square {}";

function targetsOf(text: string, call: string, file = "main.ts"): string[] {
  return new TestProgram({ [file]: text }).describeTargets(file, call);
}

describe("methods", () => {
  it("all overriders of the receiver's class and below", () => {
    expect(targetsOf(`${SHAPES} function f(s: Shape) { s.area(); }`, "s.area()")).toEqual(["main.ts:Circle.area", "main.ts:Shape.area", "main.ts:Square.area"]);
    expect(targetsOf(`${SHAPES} function f(s: Unit) { s.area(); }`, "s.area()")).toEqual(["main.ts:Square.area"]);
    expect(targetsOf(`abstract class S { abstract area(): number; run() { this.area(); } } class C extends S { area() { return 1; } }`, "this.area()")).toEqual(["main.ts:C.area"]);
    expect(targetsOf("abstract class S { abstract area(): number; run() { this.area(); } }", "this.area()")).toEqual(["..."]);
  });

  it("`super.m()` reaches the base alone", () => {
    expect(targetsOf(`class A { m() {} } class B extends A { m() { super.m(); } } class C extends B { m() {} }`, "super.m()")).toEqual(["main.ts:A.m"]);
  });

  it("implementers of an interface, and object literals typed by it", () => {
    const text = `interface System { update(): void } class Move implements System { update() {} } interface Sub extends System {} class Deep implements Sub { update() {} } const lit: System = { update() {} }; function f(s: System) { s.update(); }`;
    expect(targetsOf(text, "s.update()")).toEqual(["main.ts:Deep.update", "main.ts:Move.update", "main.ts:update"]);
    expect(targetsOf("interface Lonely { run(): void } function f(l: Lonely) { l.run(); }", "l.run()")).toEqual(["..."]);
  });

  it("each member of a union that has the method", () => {
    expect(targetsOf(`class A { m() {} } class B { m() {} } class C {} function f(v: A | B | C | null) { v?.m(); }`, "v?.m()")).toEqual(["main.ts:A.m", "main.ts:B.m"]);
  });

  it("functions in fields, literals and namespaces", () => {
    expect(targetsOf("class A { run = () => {}; } new A().run();", "new A().run()")).toEqual(["main.ts:run"]);
    expect(targetsOf("const api = { helper() {} }; api.helper();", "api.helper()")).toEqual(["main.ts:helper"]);
    const program = new TestProgram({ "main.ts": `import * as math from "./math"; math.add(1);`, "math.ts": "export function add(n) { return n; }" });
    expect(program.describeTargets("main.ts", "math.add(1)")).toEqual(["math.ts:add"]);
  });

  it("getters", () => {
    const text = "class A { get v() { return 1; } } class B extends A { get v() { return 2; } } function f(a: A) { a.v; }";
    expect(targetsOf(text, "a.v")).toEqual(["main.ts:A.v", "main.ts:B.v"]);
  });

  it("values that hold functions", () => {
    expect(targetsOf("function a() {} function b() {} const f = c ? a : b; f();", "f()")).toEqual(["main.ts:a", "main.ts:b"]);
    expect(targetsOf("function f(cb) { cb(); } f(function named() {});", "cb()", "main.js")).toEqual(["main.js:named"]);
    expect(targetsOf("function f(cb: () => void) { cb(); }", "cb()")).toEqual(["..."]);
    expect(targetsOf("(function now() {})();", "(function now() {})()")).toEqual(["main.ts:now"]);
  });
});

describe("constructions", () => {
  it("own, inherited and external constructors", () => {
    expect(targetsOf("class A { constructor() {} } class B extends A {} new B();", "new B()")).toEqual(["main.ts:A.constructor"]);
    expect(targetsOf("class A {} new A();", "new A()")).toEqual([]);
    expect(targetsOf(`import { SmartAlloc } from "@framealloc/runtime"; class Pool extends SmartAlloc {} new Pool();`, "new Pool()")).toEqual(["@framealloc/runtime:SmartAlloc"]);
    expect(targetsOf(`import { SmartAlloc } from "@framealloc/runtime"; class Pool extends SmartAlloc { constructor() { super(); } } new Pool();`, "super()")).toEqual(["@framealloc/runtime:SmartAlloc"]);
    expect(targetsOf("class A { constructor() {} } class B extends A { constructor() { super(); } }", "super()")).toEqual(["main.ts:A.constructor"]);
    expect(targetsOf("function Old() { this.x = 1; } new Old();", "new Old()", "main.js")).toEqual(["main.js:Old"]);
    expect(targetsOf("function f(C) { new C(); }", "new C()")).toEqual(["..."]);
  });
});

describe("names of the platform and of packages", () => {
  it("globals, their methods and those of what they extend", () => {
    expect(targetsOf("setTimeout(() => {}, 1);", "setTimeout(() => {}, 1)")).toEqual(["global:setTimeout"]);
    expect(targetsOf("window.requestAnimationFrame(f);", "window.requestAnimationFrame(f)")).toEqual(["global:requestAnimationFrame"]);
    expect(targetsOf("Math.max(1, 2);", "Math.max(1, 2)")).toEqual(["global:Math.max"]);
    expect(targetsOf("[1].push(2);", "[1].push(2)")).toEqual(["global:Array#push"]);
    expect(targetsOf(`const w = new Worker("x"); w.postMessage(1);`, "w.postMessage(1)")).toEqual(["global:Worker#postMessage"]);
    expect(targetsOf(`const w = new Worker("x"); w.addEventListener("message", f);`, `w.addEventListener("message", f)`)).toEqual(["global:Worker#addEventListener", "global:EventTarget#addEventListener"]);
    expect(targetsOf("new Float32Array(4);", "new Float32Array(4)")).toEqual(["global:Float32Array"]);
    expect(targetsOf("const setTimeout = (f) => f(); setTimeout(g);", "setTimeout(g)")).toEqual(["main.ts:setTimeout"]);
  });

  it("an unloaded package's by name", () => {
    expect(targetsOf(`import { useFrame } from "@react-three/fiber"; useFrame(() => {});`, "useFrame(() => {})")).toEqual(["@react-three/fiber:useFrame"]);
    expect(targetsOf(`import * as THREE from "three"; const r = new THREE.WebGLRenderer(); r.setAnimationLoop(f);`, "r.setAnimationLoop(f)")).toEqual(["three:WebGLRenderer#setAnimationLoop"]);
    expect(targetsOf(`import { Mesh } from "three"; class Mine extends Mesh { go() { this.traverse(f); } }`, "this.traverse(f)")).toEqual(["three:Mesh#traverse"]);
  });

  it("a loaded package's functions, under each class between the receiver and the declaration", () => {
    const three = { "node_modules/three/index.js": "export class Object3D { add(o) {} } export class Mesh extends Object3D {} export function helper() {}" };
    const program = new TestProgram({ "main.ts": `import { Mesh, helper } from "three"; const m = new Mesh(); m.add(m); helper(); class Mine extends Mesh {} new Mine().add(m);`, ...three });
    expect(program.describeTargets("main.ts", "m.add(m)")).toEqual(["node_modules/three/index.js:Object3D.add", "three:Object3D#add", "three:Mesh#add"]);
    expect(program.describeTargets("main.ts", "helper()")).toEqual(["node_modules/three/index.js:helper", "three:helper"]);
    expect(program.describeTargets("main.ts", "new Mesh()")).toEqual(["three:Mesh"]);
    expect(program.describeTargets("main.ts", "new Mine().add(m)")).toEqual(["node_modules/three/index.js:Object3D.add", "three:Object3D#add", "three:Mesh#add"]);
  });
});

describe("hierarchy", () => {
  it("subclasses and ancestors", () => {
    const program = new TestProgram({ "main.ts": `import { SmartAlloc } from "@framealloc/runtime"; class A extends SmartAlloc {} class B extends A {} class C extends B {}` });
    const module = program.module("main.ts");
    const [a, , c] = module.classes;
    if (a === undefined || c === undefined) throw new Error("three classes");
    expect(program.program.tracer.subclasses(module, a).map((each) => each.class.name)).toEqual(["A", "B", "C"]);
    const ancestors = program.program.tracer.ancestors(module, c);
    expect(ancestors.map((type) => (type.kind === "instance" ? type.class.name : type.kind === "external" ? type.path : "?"))).toEqual(["B", "A", "SmartAlloc"]);
  });
});

describe("the type oracle", () => {
  const text = "function f(q) { q.frameAlloc(T); q.unheardOf(); known().push(1); }";
  const asked: Location[][] = [];
  const oracle = (answer: OracleAnswer) => ({
    resolve: (questions: readonly Location[]) => {
      asked.push([...questions]);
      return questions.map(() => answer);
    },
  });

  it("is asked once, for unknown receivers of interesting members alone", () => {
    asked.length = 0;
    const program = new TestProgram({ "main.ts": text, "other.ts": "const list = [1]; list.push(2);" }, oracle({ name: "SmartAlloc", file: null, package: "@framealloc/runtime" }));
    expect(program.describeTargets("main.ts", "q.frameAlloc(T)")).toEqual(["@framealloc/runtime:SmartAlloc#frameAlloc"]);
    expect(program.describe("main.ts", "q", 1)).toBe("unknown");
    expect(asked.map((batch) => batch.map(({ file, span }) => `${file}: ${text.slice(span.start, span.end)}`))).toEqual([["main.ts: q", "main.ts: known()"]]);
  });

  it("gives loaded classes by file", () => {
    const program = new TestProgram({ "main.ts": "function f(q) { q.push(1); }", "own.ts": "export class Stack { push(n) {} }" }, oracle({ name: "Stack", file: "own.ts", package: null }));
    expect(program.describeTargets("main.ts", "q.push(1)")).toEqual(["own.ts:Stack.push"]);
  });

  it("is not asked when everything is traced", () => {
    asked.length = 0;
    const program = new TestProgram({ "main.ts": "[1].push(2);" }, oracle({ name: "Wrong", file: null, package: "global" }));
    expect(program.describeTargets("main.ts", "[1].push(2)")).toEqual(["global:Array#push"]);
    expect(asked).toEqual([]);
  });
});

describe("any program is accepted", () => {
  it("chains far deeper than the stack, asked from the end", () => {
    const names = Array.from({ length: 3000 }, (_, i) => `const v${i + 1} = v${i};`).reverse();
    const program = new TestProgram({ "main.js": `class A {} ${names.join(" ")} const v0 = new A(); v3000; v10;` });
    expect(program.describe("main.js", "v10", -1)).toBe("A");
    expect(["A", "unknown"]).toContain(program.describe("main.js", "v3000", -1));
  });

  it("cycles of variables, classes, aliases and modules", () => {
    const program = new TestProgram({
      "main.js": `import { b } from "./b.js"; export let a = b; class A extends B {} class B extends A {} new A().m(); function f() { return f(); } f().x; a.y;`,
      "b.js": `import { a } from "./main.js"; export let b = a;`,
    });
    expect(program.describe("main.js", "a", -1)).toBe("unknown");
    expect(program.describe("main.js", "f()", -1)).toBe("unknown");
    expect(program.describe("main.js", "new A().m()")).toBe("unknown");
  });

  it("answers do not depend on the order of questions", () => {
    const text = `class A { n() { return this.other; } set(o) { this.other = o; } } class B extends A {}
      function even(n) { return n ? odd(n) : new A(); } function odd(n) { return n ? even(n) : new B(); }
      function keep(v) { store = v; return store; } let store = keep(even(1)); store.set(keep(odd(2))); store.n();`;
    const asked = ["store", "even(1)", "odd(2)", "keep(odd(2))", "store.n()", "v"];
    const answers = (order: readonly string[]): string[] => {
      const program = new TestProgram({ "main.js": text });
      const found = new Map(order.map((expression) => [expression, program.describe("main.js", expression)]));
      return asked.map((expression) => found.get(expression) ?? "");
    };
    const forwards = answers(asked);
    expect(answers([...asked].reverse())).toEqual(forwards);
    expect(answers([...asked.slice(3), ...asked.slice(0, 3)])).toEqual(forwards);
    expect(forwards[0]).toBe("A | B");
  });
});
