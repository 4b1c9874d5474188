/** What makes garbage, what V8 takes away, and what it costs: by kind, in functions of a few lines. */
import { createFactReader, linkProgram } from "@framealloc/analysis";
import { describe, expect, it } from "vitest";
import { openTexts } from "../../fa-cli/src/open-texts.ts";
import { type GarbageSite, garbage } from "../src/facts/garbage.ts";
import { hotGarbage } from "../src/facts/hot-garbage.ts";
import { allocatingApi, allocatingMember } from "../src/knowledge/allocating-apis.ts";
import { GARBAGE_BYTES, REMOVED_BYTES } from "../src/knowledge/garbage-costs.ts";

/** The sites of the function `f` in a program of one file. */
function sitesOf(text: string): readonly GarbageSite[] {
  const program = linkProgram(openTexts(new Map([["main.ts", text]])).input);
  const module = program.modules.find(({ file }) => file === "main.ts");
  const fn = module?.functions.find(({ name }) => name === "f");
  if (module === undefined || fn === undefined) throw new Error("no function f");
  return createFactReader(program)(garbage).of(module, fn);
}

function kindsIn(body: string, before = ""): readonly string[] {
  return sitesOf(`let kept: any; ${before}\nexport function f(n: number, list: number[], text: string) { ${body} }`).map(({ kind }) => kind);
}

const POINT = "class Point { x; y; constructor(x, y) { this.x = x; this.y = y; } sum() { return this.x + this.y; } keep() { kept = this; } add(o) { this.x += o.x; return this; } }";

describe("what is garbage", () => {
  it.each([
    ["object", "kept = { n };"],
    ["array", "kept = [n, n];"],
    ["instance", "kept = new Point(n, n);"],
    ["instance", "kept = new (unknown as any)(n);"],
    ["closure", "kept = () => n;"],
    ["closure", "setTimeout(() => n, 10);"],
    ["closure", "list.sort((a, b) => b - a);"],
    ["class", "kept = class { m() {} };"],
    ["template", "kept = `${n} items`;"],
    ["string-concat", "for (const x of list) kept = 'item ' + x;"],
    ["spread", "kept = [...list];"],
    ["spread", "kept = { ...kept, n };"],
    ["rest", "const { a, ...others } = kept; kept = others;"],
    ["array-method", "kept = list.slice();"],
    ["array-method", "n = list.map((x) => x * 2).length;"],
    ["sort", "list.sort();"],
    ["iterator", "for (const [k, v] of new Map<number, number>()) n += k * v;"],
    ["iterator", "for (const [i, x] of list.entries()) n += i * x;"],
    ["typed-array", "kept = new Float32Array(n);"],
    ["view", "kept = new Float32Array(kept, 0, 4);"],
    ["view", "kept = new DataView(kept);"],
    ["bound-function", "kept = g.bind(kept);"],
    ["object-keys", "for (const key of Object.keys(kept)) n += key.length;"],
    ["json", "kept = JSON.stringify(kept);"],
    ["regexp", "kept = /a(b)/.exec(text);"],
    ["string-split", "kept = text.split(',');"],
    ["promise", "void later(n);"],
    ["generator", "for (const x of steps()) n += x;"],
    ["container", "kept = new Map();"],
    ["container-clear", "marks.clear();"],
    ["length-reset", "list.length = 0; list.push(n);"],
  ])("%s: %s", (kind, body) => {
    const before = `${POINT} declare const unknown: unknown; function g() {} async function later(n: number) { await n; } function* steps() { yield 1; } const marks = new Set<number>();`;
    expect(kindsIn(body, before)).toContain(kind);
  });

  it.each([
    ["a copy of a vector whose class is known", 'import { Vector3 } from "three"; const a = new Vector3(); export function f() { return a.clone(); }', "clone"],
    ["a call without its target", 'import { Vector3 } from "three"; const a = new Vector3(); export function f() { return a.toArray(); }', "api"],
    ["a value-returning operator", 'import { Vec2 } from "planck"; export function f(a: Vec2, b: Vec2) { return Vec2.add(a, b); }', "api"],
  ])("%s", (_what, text, kind) => {
    expect(sitesOf(text).map((site) => site.kind)).toEqual([kind]);
  });

  it("is silent when the target is passed", () => {
    expect(sitesOf('import { Vector3 } from "three"; const a = new Vector3(); const out: number[] = []; export function f() { a.toArray(out); }')).toEqual([]);
  });
});

describe("what V8 takes away", () => {
  it.each([
    ["a local object", "const o = { a: n, b: 1 }; return o.a + o.b;"],
    ["a local instance with small methods", "return new Point(n, 1).sum();"],
    ["a chain of methods that give themselves back", "return new Point(n, 1).add({ x: 1 }).sum();"],
    ["an array read by constant indices", "const a = [n, 1]; return a[0] + a[1];"],
    ["a swap", "[list[0], list[1]] = [list[1], list[0]];"],
    ["an argument of a small function", "return total({ a: n, b: 2 });"],
    ["a closure called here", "const g = (x: number) => x + n; return g(1) + g(2);"],
    ["a closure without captures called in a loop", "const g = (x: number) => x + 1; let s = 0; for (let i = 0; i < 3; i++) s += g(i); return s;"],
    ["a callback with a name", "const g = (x: number) => touch(x + n); list.forEach(g);"],
    ["a small callback", "list.forEach((x) => touch(x + n));"],
    ["the keys of a map one by one", "for (const key of new Set(kept).keys()) n += key;"],
    ["an object inside another that stays", "const o = { inner: { a: n } }; return o.inner.a;"],
    ["rest parameters passed on", "return forward(n, 1);"],
  ])("%s", (_what, body) => {
    const before = `${POINT} function total(o: { a: number; b: number }) { return o.a + o.b; } function touch(x: number) {} function forward(...all: number[]) { return Math.max(...all); }`;
    expect(kindsIn(body, before).filter((kind) => kind !== "container")).toEqual([]);
  });

  it.each([
    ["a choice of two", "const o = n > 1 ? { a: 1 } : { a: 2 }; return o.a;"],
    ["one made anew in a loop", "let o = { a: 0 }; for (const x of list) o = { a: o.a + x }; return o.a;"],
    ["an index that varies", "const a = [n, 1, 2]; let s = 0; for (let i = 0; i < 3; i++) s += a[i]; return s;"],
    ["a literal that is iterated", "let s = 0; for (const x of [n, 1]) s += x; return s;"],
    ["a closure called in a loop", "const g = (x: number) => x + n; let s = 0; for (let i = 0; i < 3; i++) s += g(i); return s;"],
    ["a closure handed to a loop of one's own", "each(3, (x) => touch(x + n));"],
    ["a callback over a variable that is assigned again", "let s = 0; list.forEach((x) => { s += x; }); return s;"],
    ["an instance that its method keeps", "new Point(n, 1).keep();"],
    ["an argument of an unknown function", "unknownFunction({ a: n });"],
    ["an instance of an unknown class", "const v = new Unknown(); return v.x;"],
  ])("does not take %s", (_what, body) => {
    expect(kindsIn(body, `${POINT} declare const unknownFunction: any; declare const Unknown: any; function touch(x: number) {} function each(count: number, g: (x: number) => void) { for (let j = 0; j < count; j++) g(j); }`)).not.toEqual([]);
  });

  it("rests on what was measured", () => {
    for (const [name, bytes] of Object.entries(REMOVED_BYTES)) expect([name, bytes === 0]).toEqual([name, !name.startsWith("kept.")]);
  });

  it("takes a returned object only where every hot caller takes it apart", () => {
    const program = (caller: string): readonly string[] => {
      const text = `function pair(n: number) { return { a: n, b: 1 }; } let kept: any; function frame(t: number) { ${caller} requestAnimationFrame(frame); } frame(1);`;
      return createFactReader(linkProgram(openTexts(new Map([["main.ts", text]])).input))(hotGarbage).map(({ site }) => site.kind);
    };
    expect(program("const { a, b } = pair(t); kept = a + b;")).toEqual([]);
    expect(program("const { a } = pair(t); kept = a; kept = pair(t);")).toEqual(["object"]);
  });
});

describe("bytes", () => {
  const bytesOf = (body: string, before = ""): number => sitesOf(`let kept: any; ${before} export function f(n: number) { ${body} }`)[0]?.bytes ?? 0;

  it("grow by eight with each member", () => {
    expect(bytesOf("kept = { a: n };")).toBe(GARBAGE_BYTES.object1);
    expect(bytesOf("kept = { a: n, b: n, c: n };")).toBe(GARBAGE_BYTES.object3);
    expect(bytesOf("kept = { a: n, b: n, c: n, d: n, e: n, f: n };")).toBe(GARBAGE_BYTES.object6);
    expect(bytesOf("kept = [n, n, n, n, n, n];")).toBe(GARBAGE_BYTES.array6);
  });

  it("of an instance count its fields, its base class and what its constructor makes", () => {
    const shapes = "class Base { id = 0; } class Body extends Base { position; constructor(n) { super(); this.position = { x: n, y: n }; } }";
    expect(bytesOf("kept = new Body(n);", shapes)).toBe(GARBAGE_BYTES.instance2 + GARBAGE_BYTES.object2);
  });

  it("of an engine's class are those measured", () => {
    expect(sitesOf('import { Matrix4 } from "three"; export let kept: any; export function f() { kept = new Matrix4(); }')[0]?.bytes).toBe(GARBAGE_BYTES.threeMatrix4);
  });

  it("say whether it happens in a loop", () => {
    expect(sitesOf("let kept: any; export function f(n: number) { for (let i = 0; i < n; i++) kept = { i }; }")[0]?.inLoop).toBe(true);
  });
});

describe("the table of APIs", () => {
  it("knows members of classes, statics and constructors", () => {
    expect(allocatingApi("global:Array#map", false)?.kind).toBe("array-method");
    expect(allocatingApi("global:Float32Array#subarray", false)?.kind).toBe("view");
    expect(allocatingApi("global:Float32Array", true)?.kind).toBe("typed-array");
    expect(allocatingApi("@babylonjs/core:Vector3.Zero", false)?.kind).toBe("api");
    expect(allocatingApi("@babylonjs/core:Vector3#addInPlace", false)).toBeUndefined();
    expect(allocatingApi("global:Array#constructor", false)).toBeUndefined();
    expect(allocatingApi("elsewhere:toString", false)).toBeUndefined();
  });

  it("judges an unnamed receiver only where the member always allocates", () => {
    const none = (): boolean => false;
    expect(allocatingMember("slice", 0, none)?.kind).toBe("array-method");
    expect(allocatingMember("slice", 2, none)).toBeUndefined();
    expect(allocatingMember("toString", 0, none)).toBeUndefined();
    expect(allocatingMember("sort", 1, none)).toBeUndefined();
    expect(allocatingMember("sort", 1, (argument) => argument === 0)?.kind).toBe("sort");
    expect(allocatingMember("sort", 2, () => true)).toBeUndefined();
  });
});
