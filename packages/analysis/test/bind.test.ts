/** Names find their variables: hoisting, shadowing, captures, reassignment. */
import { describe, expect, test } from "vitest";
import type { ModuleIR } from "../src/source/ir.ts";
import { functionNamed, graph, lower, variableNamed } from "./lower-text.ts";

/** Names of the globals that a module reads. */
function globalsOf(module: ModuleIR): string[] {
  return module.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "global" || op.op === "store-global" ? [op.name] : []))));
}

function captureNames(module: ModuleIR, name: string): string[] {
  return functionNamed(module, name).captures.map((id) => module.variables[id]?.name ?? "?");
}

describe("resolution", () => {
  test("declared names are variables wherever they are declared, the rest is global", () => {
    const module = lower("use(later, hoisted, made); var hoisted = 1; function made() {} const later = 2; if (x) { var inner = 3; } use(inner); class C {}  new C();");
    expect(globalsOf(module)).toEqual(["use", "x", "use"]);
  });

  test("`let` of a block ends with it, `var` does not", () => {
    expect(globalsOf(lower("{ let a = 1; var b = 2; a; } a; b;"))).toEqual(["a"]);
  });

  test("a default sees the parameters and not the body", () => {
    const module = lower("const x = 1; function f(a, b = () => [a, x]) { var x = 2; return [x, b]; }");
    expect(module.variables.filter((variable) => variable.name === "x").map(({ owner, captured }) => ({ owner, captured }))).toEqual([
      { owner: 0, captured: true },
      { owner: 1, captured: false },
    ]);
  });

  test("a `var` with a parameter's name is the parameter", () => {
    expect(lower("function f(a) { var a = 2; return a; }").variables.map((variable) => variable.name)).toEqual(["f", "a"]);
  });

  test("function and class expressions know themselves, and nobody else knows them", () => {
    const module = lower("const f = function self() { return self; }; const c = class Own { static x = Own; }; self; Own;");
    expect(globalsOf(module)).toEqual(["self", "Own"]);
  });

  test("`arguments` belongs to the function, also from its arrows", () => {
    const module = lower("function f() { return () => arguments[0]; }");
    expect(variableNamed(module, "arguments")).toMatchObject({ kind: "arguments", owner: functionNamed(module, "f").id, captured: true });
    expect(globalsOf(lower("const f = () => arguments;"))).toEqual(["arguments"]);
  });

  test("a function in a block is the function's own in sloppy code, the block's in a module", () => {
    expect(globalsOf(lower("if (x) { function g() {} } g();", "a.cjs"))).toEqual(["x"]);
    expect(globalsOf(lower("if (x) { function g() {} } g(); export {};"))).toEqual(["x", "g"]);
  });

  test("a `catch` variable ends with its block", () => {
    expect(globalsOf(lower("try { a(); } catch (e) { e; } e;"))).toEqual(["a", "e"]);
  });

  test("the names of a `switch` are its own", () => {
    expect(globalsOf(lower("switch (x) { case 1: let a = 1; break; default: a; } a;"))).toEqual(["x", "a"]);
  });

  test("an enum's members see each other", () => {
    expect(globalsOf(lower("enum E { A = 1, B = A | C2 }"))).toEqual(["C2"]);
  });

  test("blocks of one namespace share what they export, not what they hide", () => {
    expect(globalsOf(lower("namespace N { export const a = 1; const b = 2; } namespace N { a; b; }"))).toEqual(["b"]);
  });
});

describe("captures", () => {
  const module = lower(`
    const top = 1;
    function outer(param) {
      let own = 2;
      function middle() { return () => own + param + top; }
      own = 3;
      return middle;
    }`);

  test("are those of the function and of the functions in it", () => {
    expect(captureNames(module, "outer")).toEqual(["top"]);
    expect(captureNames(module, "middle")).toEqual(["top", "param", "own"]);
  });

  test("mark the variables", () => {
    expect(["top", "param", "own", "middle"].map((name) => variableNamed(module, name).captured)).toEqual([true, true, true, false]);
  });

  test("writing counts too", () => {
    expect(captureNames(lower("let a; function f() { a = 1; }"), "f")).toEqual(["a"]);
  });
});

describe("reassigned", () => {
  test.each([
    ["const a = 1;", false],
    ["let a = 1; a = 2;", true],
    ["let a; a = 2;", true],
    ["let a = 1; a++;", true],
    ["let a = 1; [a] = [2];", true],
    ["let a = 1; for (a of [2]) {}", true],
    ["for (const a of [2]) {}", false],
    ["var a = 1; var a = 2;", true],
    ["function f(a) { a ||= 1; }", true],
    ["function f(a = 1) {}", false],
    ["function a() {} function b() { a = null; }", true],
    ["try { x(); } finally { const a = 1; }", false],
    ["declare function a(x: string): void; declare function a(x: number): void;", false],
    ["namespace a { export const x = 1; } namespace a { export const y = 1; }", false],
  ])("%s", (text, expected) => {
    expect(variableNamed(lower(text), "a").reassigned).toBe(expected);
  });
});

test("a function inside a `finally` that is copied has one number and one variable", () => {
  const module = lower("function f() { for (;;) { try { if (a()) return 1; if (b()) break; } finally { const kept = () => kept; use(kept); } } }");
  expect(module.functions.map((fn) => fn.name)).toEqual(["", "f", "kept"]);
  expect(module.variables.filter((variable) => variable.name === "kept")).toHaveLength(1);
});

test("an exported member of a namespace is set on its object whenever it is stored", () => {
  expect(graph("function f() { namespace N { export let a = 1; a = 2; } }")).toBe(`b0:
  %0 = {}
  N := %0
  %1 = number 1
  a := %1
  %2 = N
  %2.a = %1
  %3 = number 2
  a = %3
  %4 = N
  %4.a = %3
  return implicitly
b1:
  exit`);
});
