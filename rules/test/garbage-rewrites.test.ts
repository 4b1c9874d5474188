/** The rewrites of FA530, to the letter: where the constant goes, what it is called, what of the text stays as it was, and where nothing is offered. */
import type { Diagnostic } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { applyFixes } from "../../packages/fa-cli/src/apply-fixes.ts";
import { analyzeTexts } from "../../packages/fa-cli/src/open-texts.ts";

const RULES = CATALOGUE.filter(({ code }) => code === "FA530");

const find = (file: string, text: string): readonly Diagnostic[] => analyzeTexts({ [file]: text }, RULES).diagnostics;

function applied(file: string, text: string, suggestions = true): string {
  return applyFixes(find(file, text), { suggestions, isOpen: () => true, textOf: () => text }).texts.get(file) ?? text;
}

interface Case {
  readonly name: string;
  readonly file?: string;
  readonly before: string;
  readonly after: string;
}

const REWRITTEN: readonly Case[] = [
  {
    name: "behind the imports, and what is said on their line",
    before: 'import { Vector3 } from "three"; // maths\nlet far = 0;\n/** @hot */\nexport function move(x: number) {\n  far += new Vector3(x, /* up */ 1, 0).length();\n}\n',
    after: 'import { Vector3 } from "three"; // maths\n\nconst vector3Scratch = new Vector3();\nlet far = 0;\n/** @hot */\nexport function move(x: number) {\n  far += vector3Scratch.set(x, /* up */ 1, 0).length();\n}\n',
  },
  {
    name: "under another name when its own is taken, of a namespace",
    before: 'import * as THREE from "three";\nexport const vector3Scratch = 1;\n/** @hot */\nexport const far = (x: number) => new THREE.Vector3(x, 1, 0).length();\n',
    after: 'import * as THREE from "three";\n\nconst vector3Scratch2 = new THREE.Vector3();\nexport const vector3Scratch = 1;\n/** @hot */\nexport const far = (x: number) => vector3Scratch2.set(x, 1, 0).length();\n',
  },
  {
    name: "in a file of Windows",
    before: 'import { Vector3 } from "three";\r\n\r\n/** @hot */\r\nexport function far(at: Vector3, x: number) {\r\n  const to = at.clone();\r\n  return to.addScalar(x).length();\r\n}\r\n',
    after: 'import { Vector3 } from "three";\r\n\r\nconst vector3Scratch = new Vector3();\r\n\r\n/** @hot */\r\nexport function far(at: Vector3, x: number) {\r\n  const to = vector3Scratch.copy(at);\r\n  return to.addScalar(x).length();\r\n}\r\n',
  },
  {
    name: "in a module that exports an arrow function by default, behind its directive",
    file: "main.js",
    before: '"use strict";\n\n// Says whether it is one.\n/** @hot */\nexport default (text) => /^\\d+$/.test(text);\n',
    after: '"use strict";\n\nconst pattern = /^\\d+$/;\n// Says whether it is one.\n/** @hot */\nexport default (text) => pattern.test(text);\n',
  },
  {
    name: "in a method, and in a function in it; behind what it needs",
    file: "main.js",
    before: "export class Scene {\n  /** @hot */\n  render(time) {\n    const peak = () => {\n      const sums = new Float64Array(COUNT);\n      sums[0] = time;\n      return sums[0] + sums[1];\n    };\n    return peak();\n  }\n}\nconst COUNT = 4;\nexport const later = 1;\n",
    after: "export class Scene {\n  /** @hot */\n  render(time) {\n    const peak = () => {\n      const sums = float64ArrayScratch.fill(0);\n      sums[0] = time;\n      return sums[0] + sums[1];\n    };\n    return peak();\n  }\n}\nconst COUNT = 4;\n\nconst float64ArrayScratch = new Float64Array(COUNT);\nexport const later = 1;\n",
  },
  {
    name: "several at once, each with a name of its own",
    before: 'import { Vector3 } from "three";\n/** @hot */\nexport function far(x: number) {\n  const a = new Vector3(x, 0, 0);\n  const b = new Vector3();\n  return a.distanceTo(b);\n}\n',
    after: 'import { Vector3 } from "three";\n\nconst vector3Scratch = new Vector3();\nconst vector3Scratch2 = new Vector3();\n/** @hot */\nexport function far(x: number) {\n  const a = vector3Scratch.set(x, 0, 0);\n  const b = vector3Scratch2.set(0, 0, 0);\n  return a.distanceTo(b);\n}\n',
  },
  {
    name: "a callback of several lines, at the left margin",
    before: "export let count = 0;\nclass Loop {\n  /** @hot */\n  tick(): void {\n    requestAnimationFrame((): void => {\n      // One more.\n      count++;\n    });\n  }\n}\nexport const loop = new Loop();\n",
    after: "const callback = (): void => {\n  // One more.\n  count++;\n};\nexport let count = 0;\nclass Loop {\n  /** @hot */\n  tick(): void {\n    requestAnimationFrame(callback);\n  }\n}\nexport const loop = new Loop();\n",
  },
  {
    name: "a loop without braces around it, on one line",
    before: "export let sum = 0;\n/** @hot */\nexport function add(lists: number[][]): void {\n  let more = 0;\n  for (const list of lists) if (list.length > 1) list.forEach((x) => { more += x; }); else more--;\n  sum += more;\n}\n",
    after: "export let sum = 0;\n/** @hot */\nexport function add(lists: number[][]): void {\n  let more = 0;\n  for (const list of lists) if (list.length > 1) for (let i = 0, n = list.length; i < n; i++) { if (!(i in list)) continue; const x = list[i]!; more += x; } else more--;\n  sum += more;\n}\n",
  },
  {
    name: "a list that is filled again, on the line where it stands, with an index that nothing there has",
    file: "main.js",
    before: "let xs = [];\nlet i = 2;\n/** @hot */\nexport function scale(by) {\n  if (by > 1) { xs = list.map((x) => x * i * by); }\n  return xs.length;\n}\nconst list = [1, 2];\n",
    after: "let xs = [];\nlet i = 2;\n/** @hot */\nexport function scale(by) {\n  if (by > 1) { for (let i2 = 0; i2 < list.length; i2++) { const x = list[i2]; xs[i2] = x * i * by; } xs.length = list.length; }\n  return xs.length;\n}\nconst list = [1, 2];\n",
  },
  {
    name: "two lists that are filtered in one block, each with a count of its own",
    file: "main.js",
    before: "let low = [];\nlet high = [];\n/** @hot */\nexport function split(at) {\n  low = list.filter((x) => x < at);\n  high = list.filter((x) => x >= at);\n  return low.length - high.length;\n}\nconst list = [1, 2];\n",
    after: "let low = [];\nlet high = [];\n/** @hot */\nexport function split(at) {\n  let lowCount = 0;\n  for (let i = 0; i < list.length; i++) {\n    const x = list[i];\n    if (x < at) low[lowCount++] = x;\n  }\n  low.length = lowCount;\n  let highCount = 0;\n  for (let i = 0; i < list.length; i++) {\n    const x = list[i];\n    if (x >= at) high[highCount++] = x;\n  }\n  high.length = highCount;\n  return low.length - high.length;\n}\nconst list = [1, 2];\n",
  },
  {
    name: "an instance that a field keeps, of a class in another family of names",
    before: 'import * as THREE from "three";\nexport class Eye {\n  #at = new THREE.Vector3();\n  /** @hot */\n  look(x: number): number {\n    this.#at = new THREE.Vector3(x, /* up */ 1, 0);\n    return this.#at.length();\n  }\n}\n',
    after: 'import * as THREE from "three";\nexport class Eye {\n  #at = new THREE.Vector3();\n  /** @hot */\n  look(x: number): number {\n    this.#at.set(x, /* up */ 1, 0);\n    return this.#at.length();\n  }\n}\n',
  },
  {
    name: "a loop over a list whose name the callback has for something else",
    before: "const list = [[1], [2]];\n/** @hot */\nexport function add(by: number): number {\n  let sum = 0;\n  list.forEach((each) => {\n    const list = each;\n    sum += list.length * by;\n  });\n  return sum;\n}\n",
    after: "const list = [[1], [2]];\n/** @hot */\nexport function add(by: number): number {\n  let sum = 0;\n  for (let i = 0, list2 = list, n = list2.length; i < n; i++) {\n    if (!(i in list2)) continue;\n    const each = list2[i]!;\n    const list = each;\n    sum += list.length * by;\n  }\n  return sum;\n}\n",
  },
  {
    name: "a list that is counted: what may fail or asks for the length is put there before it is counted",
    file: "main.js",
    before: "const hits = [];\n/** @hot */\nexport function fill(all) {\n  hits.length = 0;\n  for (const each of all) if (each.on) hits.push(each.body.id);\n  hits.push(hits.length * 2);\n  hits.push(all);\n  return hits.length;\n}\n",
    after: "const hits = [];\n\nlet hitsCount = 0;\n/** @hot */\nexport function fill(all) {\n  hitsCount = 0;\n  for (const each of all) if (each.on) { hits[hitsCount] = each.body.id; hitsCount++; }\n  hits[hitsCount] = hitsCount * 2; hitsCount++;\n  hits[hitsCount++] = all;\n  return hitsCount;\n}\n",
  },
  {
    name: "a list that is filled again, with the tabs of its file",
    file: "main.js",
    before: "let xs = [];\n/** @hot */\nexport function scale(by) {\n\txs = list.map((x) => x * by);\n\treturn xs.length;\n}\nconst list = [1, 2];\n",
    after: "let xs = [];\n/** @hot */\nexport function scale(by) {\n\tfor (let i = 0; i < list.length; i++) {\n\t\tconst x = list[i];\n\t\txs[i] = x * by;\n\t}\n\txs.length = list.length;\n\treturn xs.length;\n}\nconst list = [1, 2];\n",
  },
  {
    name: "a colour of three parts, also where `set` takes one",
    before: 'import { Color } from "three";\n/** @hot */\nexport const part = (x: number, of: "r" | "g") => new Color(x, 0, 1)[of];\n',
    after: 'import { Color } from "three";\n\nconst colorScratch = new Color();\n/** @hot */\nexport const part = (x: number, of: "r" | "g") => colorScratch.setRGB(x, 0, 1)[of];\n',
  },
  {
    name: "behind what is said of the whole file, in front of what is said of the first statement",
    file: "main.js",
    before: "#!/usr/bin/env node\n// @ts-check\n/* eslint-disable no-console */\n// The order.\n/** @hot */\nexport const order = (list) => list.sort((a, b) => a - b);\n",
    after: "#!/usr/bin/env node\n// @ts-check\n/* eslint-disable no-console */\nconst callback = (a, b) => a - b;\n// The order.\n/** @hot */\nexport const order = (list) => list.sort(callback);\n",
  },
  {
    name: "behind the imports that the module begins with, in front of what runs between them and others",
    before: 'import { Vector3 } from "three";\nexport const early = far(3);\nimport { Matrix4 } from "three";\nexport const none = new Matrix4();\n/** @hot */\nexport function far(x: number) { return new Vector3(x, 0, 0).length(); }\n',
    after: 'import { Vector3 } from "three";\n\nconst vector3Scratch = new Vector3();\nexport const early = far(3);\nimport { Matrix4 } from "three";\nexport const none = new Matrix4();\n/** @hot */\nexport function far(x: number) { return vector3Scratch.set(x, 0, 0).length(); }\n',
  },
  {
    name: "not emptied where it is written whole at once",
    before: 'import { Vector3 } from "three";\n/** @hot */\nexport function far(at: Vector3, by: Vector3) {\n  return new Vector3().crossVectors(at, by).length() + new Vector3().addScalar(at.x).length();\n}\n',
    after: 'import { Vector3 } from "three";\n\nconst vector3Scratch = new Vector3();\nconst vector3Scratch2 = new Vector3();\n/** @hot */\nexport function far(at: Vector3, by: Vector3) {\n  return vector3Scratch.crossVectors(at, by).length() + vector3Scratch2.set(0, 0, 0).addScalar(at.x).length();\n}\n',
  },
];

/** Each has a finding that nothing may be offered for. */
const LEFT_ALONE: readonly (readonly [string, string])[] = [
  ["a value that is returned", 'import { Vector3 } from "three";\n/** @hot */\nexport const at = (x: number) => new Vector3(x, 0, 0);'],
  ["one that is kept in a field", 'import { Vector3 } from "three";\n/** @hot */\nexport function put(o: { at: Vector3 }, x: number) { o.at = new Vector3(x, 0, 0); }'],
  ["one that a callee keeps", 'import { Vector3 } from "three";\nconst all: Vector3[] = [];\nconst keep = (v: Vector3) => { all.push(v); };\n/** @hot */\nexport function put(x: number) { keep(new Vector3(x, 0, 0)); }'],
  ["one that a callee gives back, and that is kept then", 'import { Vector3 } from "three";\nlet last: Vector3 | null = null;\nconst same = (v: Vector3) => v;\n/** @hot */\nexport function put(x: number) { last = same(new Vector3(x, 0, 0)); return last; }'],
  ["one that a closure captures", 'import { Vector3 } from "three";\n/** @hot */\nexport function put(x: number) { const v = new Vector3(x, 0, 0); return () => v.x; }'],
  ["one of the round before", 'import { Vector3 } from "three";\n/** @hot */\nexport function way(n: number) { let last = new Vector3(); let sum = 0; for (let i = 0; i < n; i++) { const next = new Vector3(i, 0, 0); sum += last.distanceTo(next); last = next; } return sum; }'],
  ["a function that calls itself", 'import { Vector3 } from "three";\n/** @hot */\nexport function way(n: number): number { const v = new Vector3(n, 0, 0); return n < 1 ? 0 : way(n - 1) + v.length(); }'],
  ["one that lives across a wait", 'import { Vector3 } from "three";\n/** @hot */\nexport async function way(n: number) { const v = new Vector3(n, 0, 0); await null; return v.length(); }'],
  ["a class of somebody else with that name", 'class Vector3 { constructor(readonly x: number) {} length() { return this.x; } }\n/** @hot */\nexport const far = (x: number) => { const v = x > 1 ? new Vector3(x) : new Vector3(1); return v.length(); };'],
  ["a pattern with a state", "/** @hot */\nexport const has = (text: string) => /a/g.test(text);"],
  ["a callback that takes something of the call with it", "/** @hot */\nexport function start(x: number) { requestAnimationFrame(() => { console.log(x); }); }"],
  ["a listener, which is told apart by what it is", "let hits = 0;\n/** @hot */\nexport function start(at: EventTarget) { at.addEventListener(\"hit\", () => { hits++; }); return hits; }"],
  ["constants that somebody writes into", "/** @hot */\nexport function pick(n: number) { const all = n > 1 ? [1, 2, 3] : [4, 5, 6]; all[0] = n; return all[n % 3]; }"],
  ["a map that is replaced in the loop", "let map = new Map<string, number>();\nexport let sum = 0;\n/** @hot */\nexport function add() { for (const [key, value] of map) { sum += value + key.length; map = new Map(); } }"],
  ["a `forEach` whose callback gives something", "export let sum = 0;\n/** @hot */\nexport function add(list: number[]) { let more = 0; list.forEach((x) => { if (x > 1) return console.log(x); more += x; }); sum = more; }"],
  ["a `forEach` that is part of an expression", "export let sum = 0;\n/** @hot */\nexport function add(list: number[]) { let more = 0; const done = list.forEach((x) => { more += x; }); sum = more; return done; }"],
  ["a `forEach` whose index hides what the list is read from", "const all = { list: [1, 2] };\n/** @hot */\nexport function add(by: number) { let sum = by; all.list.forEach((x, all) => { sum += x * all; }); return sum; }"],
  ["a `forEach` over a set that the value hides", "const all = new Set([1, 2]);\n/** @hot */\nexport function add(by: number) { let sum = by; all.forEach((all) => { sum += all; }); return sum; }"],
  ["a map whose name the loop has for something else", "const map = new Map([['a', 1]]);\n/** @hot */\nexport function add(by: number) { let sum = by; for (const [key, value] of map) { const map = key; sum += value + map.length; } return sum; }"],
  ["a map that a getter makes", "class A { n = 1; get map() { return new Map([[this.n, ++this.n]]); } /** @hot */ add(by: number) { let sum = by; for (const [key, value] of this.map) { sum += key * value; } return sum; } }\nexport const a = new A();"],
  ["a `forEach` of something else", "export let sum = 0;\n/** @hot */\nexport function add(list: { forEach(visit: (x: number) => void): void }) { let more = 0; list.forEach((x) => { more += x; }); sum = more; }"],
  ["a list that is given out", "const all = [1, 2];\nclass A { list = [0]; /** @hot */ fill() { this.list = all.slice(); } get given() { return this.list; } }\nexport const a = new A();"],
  ["a list that somebody keeps", "const all = [1, 2];\nconst kept: number[][] = [];\nlet list: number[] = [];\n/** @hot */\nexport function fill() { list = all.slice(); kept.push(list); }"],
  ["a list that was another's", "const all = [1, 2];\nconst other = [3];\nlet list = other;\n/** @hot */\nexport function fill() { list = all.slice(); return list.length + other.length; }"],
  ["two places that begin with one list", "const all = [1, 2];\nclass A { one: number[]; two: number[]; constructor() { this.one = this.two = []; } /** @hot */ fill() { this.one = all.slice(); return this.one.length + this.two.length; } }\nexport const a = new A();"],
  ["a list that is told from the one before", "const all = [1, 2];\nlet list: number[] = [];\nexport const differs = (other: number[]) => list !== other;\n/** @hot */\nexport function fill() { list = all.slice(); }"],
  ["a list that is compared with the one before", "const all = [1, 2];\nlet list: number[] = [];\n/** @hot */\nexport function fill() { const before = list; list = all.slice(); return before.length - list.length; }"],
  ["a list that is held while a callee makes it anew", "const all = [1, 2];\nlet list: number[] = [];\n/** @hot */\nfunction fill() { list = all.slice(); }\nexport function both() { const before = list; fill(); return before.length - list.length; }"],
  ["a list that is walked while it is made anew", "let list: { on: boolean }[] = [];\nlist.push({ on: true });\n/** @hot */\nfunction drop() { list = list.filter((each) => each.on); }\nexport function all() { for (const each of list) { each.on = false; drop(); } }"],
  ["a list that is visited while it is made anew", "let list: { on: boolean }[] = [];\nlist.push({ on: true });\n/** @hot */\nfunction drop() { list = list.filter((each) => each.on); }\nexport function all() { list.forEach((each) => { each.on = false; drop(); }); }"],
  ["a list that is held across a wait", "const all = [1, 2];\nlet list: number[] = [];\n/** @hot */\nexport function fill() { list = all.slice(); }\nexport async function save() { const now = list; await null; return now.length; }"],
  ["a list that is exported", "const all = [1, 2];\nexport let list: number[] = [];\n/** @hot */\nexport function fill() { list = all.slice(); }"],
  ["a list that its own callback reads", "const all = [1, 2];\nlet list: number[] = [];\n/** @hot */\nexport function fill() { list = all.map((x) => x + list.length); return list.length; }"],
  ["a list that a function called by the callback reads", "const all = [1, 2];\nlet list: number[] = [];\nconst size = () => list.length;\n/** @hot */\nexport function fill() { list = all.map((x) => x + size()); return list.length; }"],
  ["a list that may not be written", "const all = [1, 2];\nlet list: readonly number[] = [];\n/** @hot */\nexport function fill() { list = all.slice(); return list.length; }"],
  ["a list that is none at times", "const all = [1, 2];\nlet list: number[] | null = null;\n/** @hot */\nexport function fill() { list = all.slice(); return list.length; }"],
  ["entries of a map", "const all = new Map([[1, 2]]);\nlet list: [number, number][] = [];\n/** @hot */\nexport function fill() { list = [...all]; return list.length; }"],
  ["a value that reads what is overwritten before it", "let at = { x: 0, y: 0 };\n/** @hot */\nexport function turn() { at = { x: -at.y, y: at.x }; return at.x + at.y; }"],
  ["a field that one way of the constructor gives", "class A { at: any; constructor(on: boolean) { if (on) this.at = { x: 0, y: 0 }; } /** @hot */ turn(x: number) { this.at = { x, y: 1 }; return this.at.x; } }\nexport const a = new A(false);"],
  ["a field that is given after its object was handed on", "const use = (a: A) => a.turn(1);\nclass A { at: any; constructor() { use(this); this.at = { x: 0, y: 0 }; } /** @hot */ turn(x: number) { this.at = { x, y: 1 }; return this.at.x; } }\nexport const a = new A();"],
  ["a literal of other fields at times", "let at: { x: number; y?: number } = { x: 0, y: 0 };\n/** @hot */\nexport function turn(x: number) { at = { x }; return at.x + (at.y ?? 0); }"],
  ["a literal whose fields may not be written", "interface At { readonly x: number; readonly y: number }\nlet at: At = { x: 0, y: 0 };\n/** @hot */\nexport function turn(x: number) { at = { x, y: x }; return at.x + at.y; }"],
  ["a class that computes", "class At { x: number; constructor(x: number) { this.x = x * 2; } }\nlet at = new At(0);\n/** @hot */\nexport function turn(x: number) { at = new At(x); return at.x; }"],
  ["a class whose fields are written once", "class At { constructor(readonly x: number) {} }\nlet at = new At(0);\n/** @hot */\nexport function turn(x: number) { at = new At(x); return at.x; }"],
  ["a class that fills in what is missing", "class At { x: number; constructor(x = 1) { this.x = x; } }\nlet at = new At(0);\n/** @hot */\nexport function turn(x?: number) { at = new At(x); return at.x; }"],
  ["a class that keeps something of its own", "class At { parts: number[] = []; constructor(public x: number) {} }\nlet at = new At(0);\n/** @hot */\nexport function turn(x: number) { at = new At(x); at.parts.push(x); return at.x + at.parts.length; }"],
  ["a literal that may fail when half of it is written", "let at = { x: 0, y: 0 };\n/** @hot */\nexport function turn(by: any) { at = { x: 5, y: by.deep.y }; return at.x + at.y; }"],
  ["a literal of what a function gives that nobody knows", "let at = { x: 0, y: 0 };\n/** @hot */\nexport function turn(by: any) { at = { x: 5, y: by() }; return at.x + at.y; }"],
  ["an emptied list whose name the loop has for something else", "const hits: number[] = [];\n/** @hot */\nexport function fill(n: number) { hits.length = 0; hits.push(n); let sum = 0; for (const hit of hits) { const hits = hit; sum += hits; } return sum; }"],
  ["a value that is given a member of its own", 'import { Vector3 } from "three";\n/** @hot */\nexport function far(x: number) { const v: any = new Vector3(x, 0, 0); if (x > 1) v.tag = x; return v.length() + (v.tag ?? 0); }'],
  ["a value of which a part may be missing", 'import { Vector3 } from "three";\n/** @hot */\nexport const far = (x: number, z?: number) => new Vector3(x, 0, z).length();'],
  ["a value of which a part is missing", 'import { Vector3 } from "three";\n/** @hot */\nexport const far = (x: number) => new Vector3(x, 0, undefined).length();'],
  ["a kept value of which a part may be missing", 'import { Vector3 } from "three";\nlet at = new Vector3();\n/** @hot */\nexport function far(x: number, z?: number) { at = new Vector3(x, 0, z); return at.length(); }'],
  ["a field that somebody watches", 'import { Vector3 } from "three";\ndeclare const watched: any;\nclass A { @watched aim = new Vector3();\n@watched()\nhome = new Vector3(); /** @hot */ look(x: number) { this.aim = new Vector3(x, 0, 0); this.home = new Vector3(x, 0, 0); return this.aim.length() + this.home.length(); } }\nexport const a = new A();'],
  ["a literal that is given a member of its own", "/** @hot */\nexport function pick(x: number, key: 'x') { const at: any = { x, y: 1 }; if (x > 1) at.tag = 1; return at[key] + (at.tag ?? 0); }"],
  ["an own instance that is given a member of its own", "class Ray { constructor(public x: number, public y: number) {} }\n/** @hot */\nexport function put(x: number, key: 'x') { const ray: any = new Ray(x, 1); if (x > 1) ray.hit = 1; return ray[key] + (ray.hit ?? 0); }"],
  ["an own instance whose getter keeps what it computed", "class Ray { constructor(public x: number, public y: number) {} get length() { return ((this as any).long ??= this.x * this.y); } }\n/** @hot */\nexport function put(x: number, key: 'x') { const ray = new Ray(x, 1); return ray[key] + ray.length; }"],
  ["a list that its callback's parameter hides", "const all = [{ x: 1 }];\nlet list: number[] = [];\n/** @hot */\nexport function fill() { list = all.map((all) => all.x); return list.length; }"],
  ["a kept list that its callback's parameter hides", "const all = [{ x: 1 }];\nlet list: number[] = [];\n/** @hot */\nexport function fill() { list = all.map((list) => list.x); return list.length; }"],
  ["a list of listeners, one of which may leave while all are called", "type Listener = () => void;\nclass Bell { heard: Listener[] = []; /** @hot */ leave(one: Listener) { this.heard = this.heard.filter((each) => each !== one); } ring() { for (const each of this.heard) each(); } }\nexport const bell = new Bell();"],
  ["a list of listeners that is visited", "type Listener = () => void;\nclass Bell { heard: Listener[] = []; /** @hot */ leave(one: Listener) { this.heard = this.heard.filter((each) => each !== one); } ring() { this.heard.forEach((each) => each()); } }\nexport const bell = new Bell();"],
  ["a list whose callback may make the other longer", "const all = [1];\nconst more = (x: number) => { if (x < 9) all.push(x + 1); return x; };\nlet list: number[] = [];\n/** @hot */\nexport function fill() { list = all.map((x) => more(x)); return list.length; }"],
  ["a callback that asks how the call was made", "export const list = [2, 1];\n/** @hot */\nexport function order(this: void) { list.sort((a: number, b: number): number => (new.target === undefined ? a - b : b - a)); }"],
  ["a callback whose parameter has the type of a variable", "export const list = [2, 1];\n/** @hot */\nexport function order() { const one = 1; list.sort((a: typeof one | number, b: number): number => a - b); return one; }"],
  ["a function whose text is sent to a worker", "/** @hot */\nexport function pick(x: number, key: 'x') { const at = { x, y: 1 }; return at[key]; }\nexport const source = `(${pick.toString()})(self)`;"],
  ["a function in one whose text is sent, by a helper", "const start = (work: () => unknown) => new Worker('(' + work + ')()');\nexport function work() { /** @hot */\nfunction pick(x: number, key: 'x') { const at = { x, y: 1 }; return at[key]; } return pick; }\nstart(work);"],
  ["a literal of which a part may be missing", "const sum = (o: { x: number; y?: number | undefined }, key: 'x') => o[key];\n/** @hot */\nexport function pick(x: number, key: 'x', o?: { y: number }, p: { y?: number } = {}) { return sum({ x, y: o?.y }, key) + sum({ x, y: p.y }, key); }"],
  ["a literal of a part that was taken out of what may miss it", "const sum = (o: { x: number; y?: number | undefined }, key: 'x') => o[key];\n/** @hot */\nexport function pick(x: number, key: 'x', { y }: { y?: number }) { return sum({ x, y }, key); }"],
  ["a table that is asked for any text where it is written", "/** @hot */\nexport const kind = (name: string): string | undefined => ({ u1: \"byte\", f4: \"float\" })[name] ?? undefined;"],
  ["an emptied list that is handed on", "const hits: number[] = [];\nconst use = (list: number[]) => list.length;\n/** @hot */\nexport function fill(n: number) { hits.length = 0; hits.push(n); return use(hits); }"],
  ["an emptied list that is read at a place that nobody counts", "const hits: number[] = [];\n/** @hot */\nexport function fill(n: number) { hits.length = 0; hits.push(n); return hits[n]; }"],
  ["an emptied list that is exported", "export const hits: number[] = [];\n/** @hot */\nexport function fill(n: number) { hits.length = 0; hits.push(n); }"],
  ["an emptied list whose values are pushed while others are made", "const hits: number[] = [];\nfunction make(n: number): number { if (n > 0) hits.push(make(n - 1)); return n; }\n/** @hot */\nexport function fill(n: number) { hits.length = 0; hits.push(make(n)); return hits.length; }"],
  ["an emptied list that held something from the start", "const hits: number[] = [1];\n/** @hot */\nexport function fill(n: number) { hits.length = 0; hits.push(n); return hits.length; }"],
  ["an emptied list whose length push gives", "const hits: number[] = [];\n/** @hot */\nexport function fill(n: number) { hits.length = 0; return hits.push(n); }"],
  ["an emptied list of a class that another file reads", "export class Grid { hits: number[] = []; /** @hot */ fill(n: number) { this.hits.length = 0; this.hits.push(n); } }\nexport const size = (grid: Grid) => grid.hits.length;"],
  ["an own instance that is kept", "class Ray { constructor(public x: number, public y: number) {} }\nconst rays: Ray[] = [];\n/** @hot */\nexport function put(x: number) { rays.push(new Ray(x, 1)); }"],
  ["an own instance whose class adds to what it is given", "class Ray { at: number; constructor(x: number) { this.at = x + 1; } }\n/** @hot */\nexport function put(x: number, key: 'at') { const ray = new Ray(x); return ray[key]; }"],
  ["an own instance of a class that extends another", "class Line { length = 0; }\nclass Ray extends Line { constructor(public x: number) { super(); } }\n/** @hot */\nexport function put(x: number, key: 'x') { const ray = new Ray(x); return ray[key]; }"],
  ["an own instance that only the class may write", "class Ray { constructor(readonly x: number) {} }\n/** @hot */\nexport function put(x: number, key: 'x') { const ray = new Ray(x); return ray[key]; }"],
];

describe("a rewrite of FA530", () => {
  it.each(REWRITTEN.map((each) => [each.name, each] as const))("%s", (_name, { file = "main.ts", before, after }) => {
    expect(applied(file, before)).toBe(after);
    expect(find(file, after).flatMap(({ fixes }) => fixes)).toEqual([]);
  });

  it.each(LEFT_ALONE)("is none for %s", (_name, text) => {
    const found = find("main.ts", text);
    expect(found.map(({ code }) => code)).toContain("FA530");
    expect(found.flatMap(({ message, fixes }) => fixes.map(({ title }) => `${message}: ${title}`))).toEqual([]);
  });

  it("is none for what an old constructor gives its object", () => {
    const found = find("main.js", "/** @hot */\nfunction A(x) { this.at = { x, y: 1 }; }\nA.prototype.sum = function () { return this.at.x + this.at.y; };\nexport const sum = (x) => new A(x).sum();\n");
    expect(found.map(({ fixes }) => fixes)).toEqual([[]]);
  });

  it("is none for a map that another file replaces", () => {
    const texts = { "main.ts": 'import { swap } from "./swap.ts";\nexport class A { map = new Map([[1, 2]]); /** @hot */ add(by: number) { let sum = by; for (const [key, value] of this.map) { sum += key * value; swap(this); } return sum; } }\n', "swap.ts": 'import type { A } from "./main.ts";\nexport const swap = (a: A) => { a.map = new Map(); };\n' };
    expect(analyzeTexts(texts, RULES).diagnostics.filter(({ message }) => message.startsWith("iteration")).map(({ fixes }) => fixes)).toEqual([[]]);
  });

  it("has a name of its own among scripts, whose top level is one", () => {
    const script = (name: string): string => `/** @hot */\nfunction ${name}(list) { return list.sort((a, b) => a - b); }\n`;
    const texts = new Map([["a.js", script("up")], ["b.js", script("down")], ["c.js", "var callback2 = 1;\n"]]);
    const { diagnostics } = analyzeTexts(texts, RULES);
    const after = applyFixes(diagnostics, { suggestions: true, isOpen: () => true, textOf: (file) => texts.get(file) }).texts;
    expect([...after.values()].map((text) => /^const (\w+)/.exec(text)?.[1])).toEqual(["callback", "callback3"]);
  });

  it("is safe only where the program stays the same", () => {
    const text = "const map = new Map<string, number>();\nexport let sum = 0;\n/** @hot */\nexport function add() {\n  for (const [, value] of map) sum += value;\n  for (const [key, value] of map) sum += key.length * value;\n}\n";
    expect(applied("main.ts", text, false)).toBe(text.replace("[, value] of map", "value of map.values()"));
  });
});
