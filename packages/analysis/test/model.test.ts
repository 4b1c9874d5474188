/** The settings' model: each effect makes findings appear, or vanish, that nothing else could have told; and each way of naming a function finds it. */
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, test } from "vitest";
import { analyzeTexts } from "../../fa-cli/src/open-texts.ts";
import type { Model, ModelEffect } from "../src/knowledge/model-api.ts";

type Rows = Readonly<Record<string, ModelEffect>>;

/** `file:line code` of what is found, sorted. */
function found(files: Readonly<Record<string, string>>, rows: Rows = {}): string[] {
  const model: Model = new Map(Object.entries(rows));
  const { diagnostics, failures } = analyzeTexts(files, CATALOGUE, { model });
  expect(failures).toEqual([]);
  return diagnostics.map(({ code, at }) => `${at.file}:${(files[at.file] ?? "").slice(0, at.span.start).split("\n").length} ${code}`).sort();
}

const OPEN: ModelEffect = { does: "open", on: null };
const CLOSE: ModelEffect = { does: "close", on: null };
const SCRATCH: ModelEffect = { does: "allocate", memory: "frame", on: null };
const ACQUIRE: ModelEffect = { does: "allocate", memory: "pool", on: null };
const FREE: ModelEffect = { does: "free", memory: "pool", argument: 0, on: null };
const FRAMES: Rows = { "native.ts#begin": OPEN, "native.ts#end": CLOSE, "native.ts#scratch": SCRATCH };

const NATIVE = `export declare function begin(): void;
export declare function end(): void;
export declare function scratch(count: number): Float32Array;
export declare function post(value: Float32Array): void;
export declare function soon(callback: () => void): void;
export declare function within<T>(callback: () => T): T;
`;

describe("an effect", () => {
  test("`open` and `close`: a frame that one way out leaves open", () => {
    const files = { "native.ts": NATIVE, "a.ts": 'import { begin, end } from "./native.js";\nexport function step(n: number): void {\n  begin();\n  if (n > 3) return;\n  end();\n}\n' };
    expect(found(files)).toEqual([]);
    expect(found(files, FRAMES)).toEqual(["a.ts:4 FA005"]);
  });

  test("`allocate`: memory that is kept past its frame", () => {
    const files = { "native.ts": NATIVE, "a.ts": 'import { begin, end, scratch } from "./native.js";\nlet kept: Float32Array | null = null;\nexport function step(): void {\n  begin();\n  kept = scratch(4);\n  end();\n}\nexport const last = (): Float32Array | null => kept;\n' };
    expect(found(files)).toEqual([]);
    expect(found(files, FRAMES)).toEqual(["a.ts:5 FA002"]);
  });

  test("`scope`: what its callback keeps outlives the frame", () => {
    const files = { "native.ts": NATIVE, "a.ts": 'import { within, scratch } from "./native.js";\nexport function step(): number {\n  const row = within(() => scratch(4));\n  return row.length;\n}\n' };
    expect(found(files, FRAMES)).toEqual([]);
    expect(found(files, { ...FRAMES, "native.ts#within": { does: "scope", callback: 0, on: null } })).toEqual(["a.ts:3 FA002", "a.ts:4 FA004"]);
  });

  test("`transfer`: frame memory that goes to another agent", () => {
    const files = { "native.ts": NATIVE, "a.ts": 'import { begin, end, post, scratch } from "./native.js";\nexport function step(): void {\n  begin();\n  const row = scratch(4);\n  post(row);\n  end();\n}\n' };
    expect(found(files, FRAMES)).toEqual([]);
    expect(found(files, { ...FRAMES, "native.ts#post": { does: "transfer", argument: 0 } })).toEqual(["a.ts:5 FA201"]);
  });

  test("`call` later: a callback that runs when the frame is over", () => {
    const files = { "native.ts": NATIVE, "a.ts": 'import { begin, end, scratch, soon } from "./native.js";\nexport function step(): void {\n  begin();\n  const row = scratch(4);\n  soon(() => { console.log(row[0]); });\n  end();\n}\n' };
    expect(found(files, FRAMES)).toEqual([]);
    expect(found(files, { ...FRAMES, "native.ts#soon": { does: "call", callback: 0, when: "later" } })).toEqual(["a.ts:5 FA606"]);
    expect(found(files, { ...FRAMES, "native.ts#soon": { does: "call", callback: 0, when: "now" } })).toEqual([]);
  });

  test("`allocate` and `free` of a pool: a way that frees nothing, a use after, a second time", () => {
    const pool = "export declare class Pool {\n  acquire(): Float32Array;\n  release(row: Float32Array): void;\n}\n";
    const rows: Rows = { "pool.ts#Pool.acquire": ACQUIRE, "pool.ts#Pool.release": FREE };
    const use = (body: string): Readonly<Record<string, string>> => ({ "pool.ts": pool, "a.ts": `import type { Pool } from "./pool.js";\nexport function step(pool: Pool, n: number): number {\n  const row = pool.acquire();\n${body}}\n` });
    const leaks = use("  if (n > 3) return 0;\n  const first = row[0] ?? 0;\n  pool.release(row);\n  return first;\n");
    const stale = use("  pool.release(row);\n  return row[0] ?? n;\n");
    const twice = use("  pool.release(row);\n  if (n > 3) pool.release(row);\n  return n;\n");
    const right = use("  try { return (row[0] ?? 0) + n; } finally { pool.release(row); }\n");
    for (const files of [leaks, stale, twice, right]) expect(found(files)).toEqual([]);
    expect(found(leaks, rows)).toEqual(["a.ts:3 FA403"]);
    expect(found(stale, rows)).toEqual(["a.ts:5 FA401"]);
    expect(found(twice, rows)).toEqual(["a.ts:5 FA401"]);
    expect(found(right, rows)).toEqual([]);
  });
});

describe("a model makes a finding vanish", () => {
  test("a method that ends the frame of what it is called on", () => {
    const files = { "memory.ts": 'import { SmartAlloc } from "@framealloc/runtime";\nexport declare class GameAlloc extends SmartAlloc {\n  present(): void;\n}\n', "a.ts": 'import type { GameAlloc } from "./memory.js";\nexport function step(alloc: GameAlloc, n: number): void {\n  alloc.beginFrame();\n  if (n > 3) {\n    alloc.present();\n    return;\n  }\n  alloc.endFrame();\n}\n' };
    expect(found(files)).toEqual(["a.ts:6 FA005"]);
    expect(found(files, { "memory.ts#GameAlloc.present": CLOSE })).toEqual([]);
  });

  test("a function of a package that frees what the runtime's pool gave", () => {
    const files = { "a.ts": 'import type { SmartAlloc } from "@framealloc/runtime";\nimport { f32, array } from "@framealloc/runtime";\nimport { retire } from "renderer";\nconst Row = array(f32, 4);\nexport function step(alloc: SmartAlloc, n: number): number {\n  const row = alloc.poolAlloc(Row);\n  row[0] = n;\n  retire.now(row);\n  return n;\n}\n' };
    const kept = found(files);
    expect(found(files, { "renderer#retire.now": { does: "free", memory: null, argument: 0, on: null } })).toEqual([]);
    expect(found({ "a.ts": (files["a.ts"] ?? "").replace("retire.now(row);", "retire.now(row); row[1] = n;") }, { "renderer#retire.now": { does: "free", memory: null, argument: 0, on: null } })).toEqual(["a.ts:8 FA401"]);
    expect(kept).toEqual([]);
  });
});

describe("a function is named", () => {
  const use = (imports: string, call: (name: string) => string): string => `${imports}\nlet kept = null;\nexport function step() {\n  ${call("begin")};\n  kept = ${call("scratch")};\n  ${call("end")};\n}\nexport const last = () => kept;\n`;
  const rowsFor = (of: string): Rows => ({ [`${of}begin`]: OPEN, [`${of}end`]: CLOSE, [`${of}scratch`]: SCRATCH });
  const plain = (name: string): string => `${name}(4)`;
  const onNative = (name: string): string => `native.${name}(4)`;

  test.each<readonly [what: string, files: Readonly<Record<string, string>>, rows: Rows]>([
    ["imported under another name", { "native.ts": NATIVE, "a.ts": use('import { begin as b, end as e, scratch as s } from "./native.js";', (name) => `${name.slice(0, 1)}(4)`) }, rowsFor("native.ts#")],
    ["through a namespace", { "native.ts": NATIVE, "a.ts": use('import * as native from "./native.js";', onNative) }, rowsFor("native.ts#")],
    ["through a barrel", { "native.ts": NATIVE, "index.ts": 'export * from "./native.js";\n', "a.ts": use('import { begin, end, scratch } from "./index.js";', plain) }, rowsFor("native.ts#")],
    ["through a constant of another name", { "native.ts": NATIVE, "a.ts": use('import * as native from "./native.js";\nconst { begin } = native; const scratch = native.scratch; const end = native.end;', plain) }, rowsFor("native.ts#")],
    ["as a function with a body", { "native.ts": "const wasm: any = {};\nexport function begin(n: number) { wasm.begin(n); }\nexport function end(n: number) { wasm.end(n); }\nexport function scratch(n: number): number[] { return wasm.scratch(n); }\n", "a.ts": use('import { begin, end, scratch } from "./native.js";', plain) }, rowsFor("native.ts#")],
    ["as a constant of a function type", { "native.ts": "const wasm: any = {};\nexport const begin: (n: number) => void = wasm.begin;\nexport const end: (n: number) => void = wasm.end;\nexport const scratch: (n: number) => unknown = wasm.scratch;\n", "a.ts": use('import { begin, end, scratch } from "./native.js";', plain) }, rowsFor("native.ts#")],
    ["as a constant without a type, in JavaScript", { "native.js": "const wasm = globalThis.wasm;\nexport const begin = wasm.begin;\nexport const end = wasm.end;\nexport const scratch = wasm.scratch;\n", "a.ts": use('import { begin, end, scratch } from "./native.js";', plain) }, rowsFor("native.js#")],
    ["as a member of an interface", { "native.ts": "export interface Native { begin(n: number): void; end(n: number): void; scratch: (n: number) => unknown }\n", "a.ts": use('import type { Native } from "./native.js";\ndeclare const native: Native;', onNative) }, rowsFor("native.ts#Native.")],
    ["as a member of an object type", { "native.ts": "export type Native = { begin(n: number): void; end(n: number): void; scratch(n: number): unknown };\n", "a.ts": use('import type { Native } from "./native.js";\ndeclare const native: Native;', onNative) }, rowsFor("native.ts#Native.")],
    ["as a static method", { "native.ts": "export declare class Native { static begin(n: number): void; static end(n: number): void; static scratch(n: number): unknown }\n", "a.ts": use('import { Native } from "./native.js";', (name) => `Native.${name}(4)`) }, rowsFor("native.ts#Native.")],
    ["as a member of a variable", { "native.js": "export const native = globalThis.wasm.exports;\n", "a.js": use('import { native } from "./native.js";', onNative) }, rowsFor("native.js#native.")],
    ["of a file that is no source", { "a.ts": use('import { begin, end, scratch } from "./native.wasm";', plain) }, rowsFor("native.wasm#")],
    ["of a file that is no source, as a namespace", { "a.js": use('const native = require("./native.node");', onNative) }, rowsFor("native.node#")],
    ["of a package", { "a.ts": use('import { begin, end, scratch } from "native-arena";', plain) }, rowsFor("native-arena#")],
    ["of a package, as a namespace", { "a.ts": use('import * as native from "@acme/native";', onNative) }, rowsFor("@acme/native#")],
    ["of a package's class", { "a.ts": use('import { Arena } from "native-arena";\nconst native = new Arena();', onNative) }, rowsFor("native-arena#Arena.")],
    ["declared for all files", { "native.d.ts": "declare function begin(n: number): void;\ndeclare function end(n: number): void;\ndeclare function scratch(n: number): unknown;\n", "a.ts": use("", plain) }, rowsFor("native.d.ts#")],
    ["declared as a namespace for all files", { "native.d.ts": "declare namespace native { function begin(n: number): void; function end(n: number): void; function scratch(n: number): unknown }\n", "a.ts": use("", onNative) }, rowsFor("global#native.")],
    ["of a package whose sources are at hand", { "node_modules/native-arena/index.d.ts": NATIVE, "a.ts": use('import { begin, end, scratch } from "native-arena";', plain) }, rowsFor("native-arena#")],
    ["as a global", { "a.js": use("", plain) }, rowsFor("global#")],
  ])("%s", (_what, files, rows) => {
    expect(found(files)).toEqual([]);
    const [at] = Object.keys(files).filter((file) => file.startsWith("a."));
    const stored = (files[at ?? ""] ?? "").split("\n").findIndex((text) => /^ {2}kept = /.test(text)) + 1;
    expect(found(files, rows)).toEqual([`${at}:${stored} FA002`]);
  });

  test("and a function of the same name elsewhere is another one", () => {
    const files = { "native.ts": NATIVE, "other.ts": NATIVE, "a.ts": use('import { begin, end, scratch } from "./other.js";', plain) };
    expect(found(files, rowsFor("native.ts#"))).toEqual([]);
  });

  test("and a method of the same name of another class is another one", () => {
    const classes = "export declare class Native { begin(n: number): void; end(n: number): void; scratch(n: number): unknown }\nexport declare class Other { begin(n: number): void; end(n: number): void; scratch(n: number): unknown }\n";
    expect(found({ "native.ts": classes, "a.ts": use('import { Other } from "./native.js";\nconst native = new Other();', onNative) }, rowsFor("native.ts#Native."))).toEqual([]);
  });
});

describe("who the allocator is", () => {
  const files = (second: string): Readonly<Record<string, string>> => ({
    "arena.ts": "export declare class Arena { begin(): void; end(): void; row(): Float32Array }\n",
    "a.ts": `import type { Arena } from "./arena.js";\nexport function step(a: Arena, b: Arena): number {\n  a.begin();\n  const row = ${second}.row();\n  a.end();\n  return row[0] ?? 0;\n}\n`,
  });
  const rows: Rows = { "arena.ts#Arena.begin": OPEN, "arena.ts#Arena.end": CLOSE, "arena.ts#Arena.row": SCRATCH };

  test("what a method is called on: the frame of one is not the frame of another", () => {
    expect(found(files("a"), rows)).toEqual(["a.ts:6 FA004"]);
    expect(found(files("b"), rows)).toEqual([]);
  });

  test("the argument that `on` names", () => {
    const by = (arena: string): Readonly<Record<string, string>> => ({
      "arena.ts": "export declare function begin(arena: number): void;\nexport declare function end(arena: number): void;\nexport declare function row(count: number, arena: number): Float32Array;\n",
      "a.ts": `import { begin, end, row } from "./arena.js";\nexport function step(a: number, b: number): number {\n  begin(a);\n  const sums = row(4, ${arena});\n  end(a);\n  return sums[0] ?? b;\n}\n`,
    });
    const on: Rows = { "arena.ts#begin": { does: "open", on: 0 }, "arena.ts#end": { does: "close", on: 0 }, "arena.ts#row": { does: "allocate", memory: "frame", on: 1 } };
    expect(found(by("a"), on)).toEqual(["a.ts:6 FA004"]);
    expect(found(by("b"), on)).toEqual([]);
  });

  test("a loop between a modelled `open` and `close` is a frame loop", () => {
    const loop = { "native.ts": NATIVE, "a.ts": 'import { begin, end } from "./native.js";\nexport function run(rows: number[][]): number {\n  let sum = 0;\n  while (rows.length > 0) {\n    begin();\n    sum += keep(rows.map((row) => row.length));\n    end();\n  }\n  return sum;\n}\nconst all: number[][] = [];\nfunction keep(lengths: number[]): number {\n  all.push(lengths);\n  return all.length;\n}\n' };
    expect(found(loop)).toEqual([]);
    expect(found(loop, FRAMES)).toContain("a.ts:6 FA530");
  });
});
