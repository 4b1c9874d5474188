/** Opening programs: what is read, what an import means, what becomes a fault. */
import { nestsDeeply } from "@framealloc/analysis";
import { describe, expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { openProgram, type OpenedProgram } from "../src/open-program.ts";
import { analyzeTexts, openTexts } from "../src/open-texts.ts";
import { packageNameOf } from "../src/resolve-module.ts";
import { BOOM, BROKEN } from "./test-rules.ts";

const open = (files: Readonly<Record<string, string>>, given: readonly string[], boundary = "/repo"): OpenedProgram =>
  openProgram(memoryHost(new Map(Object.entries(files)), { cwd: "/repo/game" }), given.map((file) => `/repo/game/${file}`), { root: "/repo/game", boundary });

const modules = (program: OpenedProgram): string[] => program.input.modules.map(({ file, role }) => `${role} ${file}`);

describe("imports", () => {
  const files = {
    "/repo/game/a.ts": 'import "./b.js"; export * from "./c"; import("./d"); const e = require("./e.cjs"); import "../lib/f.ts"; import "../../outside/g.ts"; import "three"; import "./data.json"; import "@framealloc/runtime";',
    "/repo/game/b.ts": 'import "./a.ts";',
    "/repo/game/c/index.tsx": "",
    "/repo/game/d.mjs": "",
    "/repo/game/e.cjs": "",
    "/repo/lib/f.ts": "",
    "/outside/g.ts": "",
    "/repo/game/data.json": "{}",
    "/repo/game/unrelated.ts": "",
  };

  test("are followed inside the boundary, each file once", () => {
    expect(modules(open(files, ["a.ts"])).sort()).toEqual(["library ../lib/f.ts", "library b.ts", "library c/index.tsx", "library d.mjs", "library e.cjs", "project a.ts"]);
    expect(modules(open(files, ["a.ts"], "/repo/game"))).not.toContain("library ../lib/f.ts");
  });

  test("lead to files of the program, or to packages by name", () => {
    const { resolve } = open(files, ["a.ts"]).input;
    const answers = ["./b.js", "./c", "./e.cjs", "../../outside/g.ts", "./nowhere", "three", "three/addons/x.js", "@framealloc/runtime/testing", "fs", "node:fs/promises", "#internal", "https://cdn.example/x.js"].map((specifier) => resolve("a.ts", specifier));
    expect(answers).toEqual([
      { file: "b.ts", package: null },
      { file: "c/index.tsx", package: null },
      { file: "e.cjs", package: null },
      { file: null, package: null },
      { file: null, package: null },
      // None of them is installed here.
      { file: null, package: "three", absent: true },
      { file: null, package: "three", absent: true },
      { file: null, package: "@framealloc/runtime", absent: true },
      { file: null, package: "node:fs" },
      { file: null, package: "node:fs/promises" },
      { file: null, package: null },
      { file: null, package: null },
    ]);
  });

  test("prefer a source to what is compiled from it, and a file to a folder", () => {
    const { resolve } = openTexts(new Map([["a.ts", ""], ["b.ts", ""], ["b.js", ""], ["c.ts", ""], ["c/index.ts", ""], ["d.d.ts", ""], ["d.js", ""], ["f.d.ts", ""], ["e/index.js", ""]])).input;
    expect(["./b.js", "./b", "./c", "./d.js", "./f.js", "./e", ".", "./b.js?worker"].map((specifier) => resolve("a.ts", specifier).file)).toEqual(["b.ts", "b.ts", "c.ts", "d.js", "f.d.ts", "e/index.js", null, "b.ts"]);
  });
});

test.each([
  ["three", "three"],
  ["three/webgpu", "three"],
  ["@react-three/fiber", "@react-three/fiber"],
  ["@react-three/fiber/native", "@react-three/fiber"],
  ["@/scene", null],
  ["~/scene", "~"],
  ["./three", null],
  ["/three", null],
  ["data:text/javascript,1", null],
  ["npm:three@0.180.0", "three"],
  ["npm:@react-three/fiber@9/native", "@react-three/fiber"],
  ["https://cdn.jsdelivr.net/npm/three@0.118/build/three.module.js", "three"],
  ["https://unpkg.com/@dimforge/rapier3d-compat@0.12.0/rapier.es.js", "@dimforge/rapier3d-compat"],
  ["https://esm.sh/three", "three"],
  ["https://esm.sh/v135/pixi.js@8.0.0/es2022/pixi.mjs", "pixi.js"],
  ["https://example.org/build/three.module.js", null],
  ["https://example.org/user@host/x.js", null],
  ["node:fs", "node:fs"],
])("the package of %s is %s", (specifier, name) => {
  expect(packageNameOf(specifier)).toBe(name);
});

describe("faults", () => {
  const files = { "/repo/game/bad.ts": "let x = ;\nfunction", "/repo/game/good.ts": "", "/repo/game/imports-bad.ts": 'import "./bad.ts";' };

  test("are sorted, one a file, and the others are there", () => {
    const { faults, input } = open(files, ["nowhere.ts", "good.ts", "bad.ts"]);
    expect(faults).toMatchObject([{ file: "bad.ts", kind: "syntax", span: { start: 8, end: 9 } }, { file: "nowhere.ts", kind: "unreadable", message: "cannot be read: ENOENT: no such file or directory" }]);
    expect(input.modules).toHaveLength(1);
  });

  test("of a file that is only linked against are not the project's", () => {
    expect(open(files, ["imports-bad.ts"]).faults).toEqual([]);
  });
});

test("CommonJS may return at the top and call a variable `await`", () => {
  const { faults } = openTexts(new Map([["a.js", "if (module.parent) return;\nmodule.exports = 1;"], ["b.cjs", "var await = 1;"], ["c.js", "export const x = await y;"]]));
  expect(faults).toEqual([]);
});

describe("analyzeTexts", () => {
  test("gives what the rules say, with files that do not parse among it", () => {
    const { diagnostics, failures } = analyzeTexts({ "b.ts": "boom();", "a.ts": "let = 1 1" }, [BOOM, BROKEN]);
    expect(diagnostics.map(({ code, at }) => `${at.file} ${code}`)).toEqual(["a.ts FA902", "b.ts FA002"]);
    expect(failures).toMatchObject([{ code: "FA603" }]);
  });

  test("offsets count from after a byte-order mark", () => {
    expect(analyzeTexts(new Map([["a.ts", "\ufeffboom();"]]), [BOOM]).diagnostics[0]?.at.span).toEqual({ start: 0, end: 4 });
  });
});

describe("deep nesting", () => {
  const LEVELS = 10_000;
  test.each([
    ["arrays", `x = ${"[".repeat(LEVELS)}${"]".repeat(LEVELS)};`],
    ["calls", `${"f(".repeat(LEVELS)}${")".repeat(LEVELS)};`],
    ["functions", `${"function f() {".repeat(LEVELS)}${"}".repeat(LEVELS)}`],
    ["classes", `x = ${"class { a = ".repeat(LEVELS)}1n, /r/${"}".repeat(LEVELS)}`.replace("1n, /r/", "[1n, /r/]")],
    ["type arguments", `let x: ${"A<".repeat(LEVELS)}B${">".repeat(LEVELS)};`],
    ["conditions", `x = ${"a ? b : ".repeat(LEVELS)}c;`],
  ])("ten thousand %s are a program like any other", (_, text) => {
    expect(analyzeTexts({ "a.ts": `${text}\nboom();` }, [BOOM]).diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(["FA002 `boom` is used"]);
  });

  test("a million are a fault of the file, and the others go on", () => {
    const { diagnostics } = analyzeTexts({ "a.ts": `x = ${"[".repeat(1_000_000)}`, "b.ts": "boom();" }, [BOOM]);
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(["FA902 this file does not parse: it nests too deeply", "FA002 `boom` is used"]);
  });

  test("is told from length", () => {
    expect(nestsDeeply("f(g([h({})]), a < b, c?.d ? e : f);\n".repeat(5_000))).toBe(false);
    expect(nestsDeeply("if (a < b && c < d) { e = () => f; }\n".repeat(5_000))).toBe(false);
    expect(nestsDeeply("(".repeat(500))).toBe(true);
    // Chains of one expression, and what is beside each other in one.
    expect(nestsDeeply("a ? f(1, 2) : ".repeat(5_000))).toBe(true);
    expect(nestsDeeply("(a, b) => ".repeat(5_000))).toBe(true);
    expect(nestsDeeply(`type T = ${"A extends P<X, Y> ? C : ".repeat(5_000)}D`)).toBe(true);
    expect(nestsDeeply(`[${"a ? 1 : 2, ".repeat(5_000)}]`)).toBe(false);
    expect(nestsDeeply(`f({ ${'k: text("why?"), '.repeat(5_000)} })`)).toBe(false);
  });
});
