/** The table of constructs: what the probes see, and that every construct which a family of rules claims to understand has a program that shows it. */
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { CONSTRUCT_GROUPS, coverage, uncovered } from "../construct-coverage.ts";
import { listFixtures, type Fixture } from "../fixtures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function shownBy(files: Readonly<Record<string, string>>): string[] {
  const fixture: Fixture = { path: "fixtures/FA002/bad-x", code: "FA002", kind: "bad", files: new Map(Object.entries(files)) };
  return coverage([fixture], () => ["dirtymem"]).flatMap(({ rows }) => rows.filter(({ families }) => families.size > 0).map(({ construct }) => construct.name));
}

describe("a probe sees", () => {
  it.each([
    ["import under another name", `import { SmartAlloc as Arena } from "@framealloc/runtime";`, `import { SmartAlloc } from "@framealloc/runtime";`],
    ["namespace import", `import * as fa from "@framealloc/runtime";`, `import * as fa from "fa";`],
    ["factory function", `function make() { return new SmartAlloc(); }`, `const alloc = new SmartAlloc();`],
    ["constructor injection", `class A { constructor(private readonly alloc: SmartAlloc) {} }`, `class A { use(alloc: SmartAlloc) {} }`],
    ["`await using`", `async function f() { await using x = y; }`, `function f() { using x = y; }`],
    ["`for await`", `async function f() { for await (const x of y) z(x); }`, `for (const x of y) z(x);`],
    ["recursion", `function f() { f(); }`, `function f() { g(); }`],
    ["a function that keeps its parameter", `function f(x) { this.x = x; }`, `function f(x) { const y = x; }`],
    ["overloads", `function f(a: string): void; function f(a: unknown): void {}`, `function f(a: unknown): void {}`],
    ["three.js", `import { Mesh } from "three/webgpu";`, `import { Mesh } from "threequarks";`],
  ])("%s, and nothing else for it", (name, shows, other) => {
    expect(shownBy({ "a.ts": shows })).toContain(name);
    expect(shownBy({ "a.ts": other })).not.toContain(name);
  });

  it("what only the whole program shows", () => {
    expect(shownBy({ "a.js": "/** @param {number} x */\nfunction f(x) {}", "b.js": "" })).toEqual(expect.arrayContaining(["another file", "plain JavaScript", "types in JSDoc"]));
    expect(shownBy({ "a.ts": "/** @param x */\nfunction f(x: number) {}" })).toEqual([]);
  });
});

it("names no construct twice in a group", () => {
  for (const { constructs } of CONSTRUCT_GROUPS) expect(new Set(constructs.map(({ name }) => name)).size).toBe(constructs.length);
});

it("every construct has a program in each family that it matters to", () => {
  const familiesOf = (code: string): readonly string[] => CATALOGUE.find((rule) => rule.code === code)?.families ?? [];
  expect(uncovered(coverage(listFixtures(root), familiesOf))).toEqual([]);
});
