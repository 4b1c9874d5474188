/** What modules say together is put together anew when, and only when, one of them says something else. */
import { describe, expect, it } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import { isSame, joined, type Said, union } from "../src/source/joined.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { onceFor } from "../src/source/once-for.ts";
import { packagesWritten } from "../src/source/specifiers.ts";

function lower(file: string, text: string): ModuleIR {
  const { module } = parseModule(file, text, "project");
  if (module === null) throw new Error(`${file} does not parse`);
  return lowerModule(module);
}

const functionNames = onceFor(({ functions }: ModuleIR): ReadonlySet<string> => new Set(functions.map(({ name }) => name).filter((name) => name !== "")));

describe("joined", () => {
  const [a, b] = [lower("a.ts", "export function one() {}"), lower("b.ts", "export function two() {}")];

  it("gives the same object while every module says the same", () => {
    let joins = 0;
    const names = joined(functionNames, (parts) => (joins++, union(parts)));
    const first = names([a, b]);
    expect([...first]).toEqual(["one", "two"]);
    expect(names([a, b])).toBe(first);
    expect(names([lower("a.ts", "export function one() { return 1; }\nexport const more = 2;"), b])).toBe(first);
    expect(joins).toBe(1);
  });

  it("joins again when a name comes, goes or is another one, and when a module does", () => {
    const names = joined(functionNames, union);
    const of = (...modules: readonly ModuleIR[]): readonly string[] => [...names(modules)];
    expect(of(a, b)).toEqual(["one", "two"]);
    expect(of(lower("a.ts", "export function uno() {}"), b)).toEqual(["uno", "two"]);
    expect(of(lower("a.ts", "export function one() {} function three() {}"), b)).toEqual(["one", "three", "two"]);
    expect(of(lower("a.ts", ""), b)).toEqual(["two"]);
    expect(of(a)).toEqual(["one"]);
    expect(of(b, a)).toEqual(["two", "one"]);
    expect(of()).toEqual([]);
  });

  it("keeps programs apart that take turns", () => {
    const names = joined(functionNames, union);
    const [left, right] = [[a], [b]];
    for (let turn = 0; turn < 3; turn++) {
      expect([...names(left)]).toEqual(["one"]);
      expect([...names(right)]).toEqual(["two"]);
    }
  });
});

it.each<readonly [Said, Said, boolean]>([
  ["a", "a", true],
  ["a", "b", false],
  [null, undefined, false],
  [1, "1", false],
  [new Set(["a", "b"]), new Set(["a", "b"]), true],
  [new Set(["a", "b"]), new Set(["b", "a"]), false],
  [new Set(["a"]), new Set(["a", "b"]), false],
  [new Set(["a"]), ["a"], false],
  [new Map([["a", new Set(["b"])]]), new Map([["a", new Set(["b"])]]), true],
  [new Map([["a", new Set(["b"])]]), new Map([["a", new Set(["c"])]]), false],
  [new Map([["a", "b"]]), new Map([["c", "b"]]), false],
  [new Map([["a", "b"]]), new Set(["a"]), false],
  [["a", ["b"]], ["a", ["b"]], true],
  [["a", ["b"]], ["a", ["b", "c"]], false],
  [[], {}, false],
  [{ a: new Set(["x"]), b: true }, { a: new Set(["x"]), b: true }, true],
  [{ a: new Set(["x"]), b: true }, { a: new Set(["x"]), b: false }, false],
  [{ a: 1 }, { b: 1 }, false],
  [{}, new Set(), false],
])("%o and %o say the same: %s", (one, other, same) => {
  expect(isSame(one, other)).toBe(same);
  expect(isSame(other, one)).toBe(same);
});

it("knows packages by imports and re-exports, and paths for none", () => {
  const of = (text: string): readonly string[] => packagesWritten([lower("a.ts", text)]);
  expect(of('import "./b"; import { x } from "three"; export * from "../c";')).toEqual(["three"]);
  expect(of('export { x } from "three/addons"; import type { Y } from "@scope/name";')).toEqual(["@scope/name", "three/addons"]);
  expect(of('import "./b"; import ".";')).toEqual([]);
});
