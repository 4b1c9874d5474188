/** Which files are analyzed: paths of every kind, what is left out and when it is not. */
import { describe, expect, test } from "vitest";
import { discover, type Discovery } from "../src/discover.ts";
import { memoryHost } from "../src/memory-host.ts";
import { pathMatcher } from "../../../rules/configuration/path-matcher.ts";

function discovered(files: Readonly<Record<string, string>> | readonly string[], paths: readonly string[] = [], exclude: readonly string[] = []): Discovery {
  const texts = Array.isArray(files) ? files.map((file): [string, string] => [file, ""]) : Object.entries(files);
  const host = memoryHost(new Map(texts), { cwd: "/game" });
  const fits = pathMatcher(exclude);
  return discover(host, paths, { root: "/game", isExcluded: (path) => fits(path.replace(/^\/game\//, "")) });
}

const files = (...args: Parameters<typeof discovered>): string[] => discovered(...args).files.map((file) => file.replace(/^\/game\//, ""));

const KINDS = ["a.js", "a.mjs", "a.cjs", "a.jsx", "a.ts", "a.mts", "a.cts", "a.tsx"];

test("without a path every source under the root, of eight kinds, sorted", () => {
  expect(files([...KINDS].reverse().concat("a.json", "a.css", "ats", "README.md"))).toEqual([...KINDS].sort());
});

test("folders of packages, hidden folders and what is excluded are left out, and said so", () => {
  const found = discovered(["src/a.ts", "node_modules/b/b.js", "src/node_modules/c/c.js", ".next/d.js", "gen/e.ts", "src/f.gen.ts"], [], ["gen", "*.gen.ts"]);
  expect(found.files).toEqual(["/game/src/a.ts"]);
  expect(found.skipped.map(({ path, why }) => `${path} ${why}`)).toEqual(["/game/.next hidden folder", "/game/gen excluded", "/game/node_modules node_modules", "/game/src/f.gen.ts excluded", "/game/src/node_modules node_modules"]);
});

describe("paths", () => {
  const all = ["src/a.ts", "src/b.js", "src/deep/c.ts", "test/d.ts", "node_modules/p/e.js", "node_modules/p/node_modules/q/f.js", "src/[id].ts", "README.md"];

  test("a file, a folder, both, twice", () => {
    expect(files(all, ["src/a.ts"])).toEqual(["src/a.ts"]);
    expect(files(all, ["./src/deep/", "/game/test", "src/deep/c.ts"])).toEqual(["src/deep/c.ts", "test/d.ts"]);
  });

  test("a path inside node_modules brings it in, but not the packages inside that", () => {
    expect(files(all, ["node_modules/p"])).toEqual(["node_modules/p/e.js"]);
  });

  test("globs", () => {
    expect(files(all, ["src/*.ts"])).toEqual(["src/[id].ts", "src/a.ts"]);
    expect(files(all, ["src/**/*.ts"])).toEqual(["src/[id].ts", "src/a.ts", "src/deep/c.ts"]);
    expect(files(all, ["**/{a,d}.ts"])).toEqual(["src/a.ts", "test/d.ts"]);
    expect(files(all, ["*/d.ts"])).toEqual(["test/d.ts"]);
  });

  test("a file whose name looks like a glob is that file", () => {
    expect(files(all, ["src/[id].ts"])).toEqual(["src/[id].ts"]);
  });

  test.each([
    ["nowhere", "no such file or folder: `nowhere`"],
    ["nowhere/*.ts", "no source file fits `nowhere/*.ts`"],
    ["src/*.py", "no source file fits `src/*.py`"],
    ["src/[a", "bad glob `src/[a`"],
    ["README.md", "`README.md` is not a source file"],
  ])("%s is a fault", (path, message) => {
    expect(() => files(all, [path])).toThrow(message);
  });

  test("what is excluded stays out when named", () => {
    expect(files(all, ["src/a.ts", "src/b.js"], ["a.ts"])).toEqual(["src/b.js"]);
  });
});

describe(".gitignore", () => {
  test("counts from the repository down, the inner one over the outer", () => {
    expect(files({ ".git/HEAD": "", ".gitignore": "dist\n*.gen.ts\n", "src/.gitignore": "!keep.gen.ts\nlocal/", "dist/a.js": "", "src/b.gen.ts": "", "src/keep.gen.ts": "", "src/local/c.ts": "", "src/d.ts": "" })).toEqual(["src/d.ts", "src/keep.gen.ts"]);
  });

  test("of the repository above the root counts too", () => {
    expect(files({ "/.git/HEAD": "", "/.gitignore": "/game/out", "out/a.js": "", "b.js": "" })).toEqual(["b.js"]);
  });

  test("does not keep out what is named", () => {
    const repository = { ".git/HEAD": "", ".gitignore": "dist", "dist/a.js": "", "dist/deep/b.js": "" };
    expect(files(repository, ["dist/a.js"])).toEqual(["dist/a.js"]);
    expect(files(repository, ["dist"])).toEqual(["dist/a.js", "dist/deep/b.js"]);
  });
});

describe("tsconfig", () => {
  test("what it builds is left out", () => {
    expect(files({ "tsconfig.json": '{ "compilerOptions": { "outDir": "./lib" } }', "lib/a.js": "", "src/a.ts": "" })).toEqual(["src/a.ts"]);
    const core = { "core/tsconfig.json": '{ "files": [], "references": [{ "path": "tsconfig.lib.json" }] }', "core/tsconfig.lib.json": '{ "compilerOptions": { "outDir": "lib", "declarationDir": "types" } }' };
    expect(files({ ...core, "core/lib/a.js": "", "core/types/a.d.ts": "", "core/src/a.ts": "", "lib/b.js": "", "broken/tsconfig.json": "{", "broken/lib/c.js": "" })).toEqual(["broken/lib/c.js", "core/src/a.ts", "lib/b.js"]);
  });

  test("include, exclude and files, with comments and trailing commas", () => {
    const project = { "tsconfig.json": '{ // ours\n "include": ["src", "tools/*.ts",], "exclude": ["src/old"], "files": ["main.ts"], }', "src/a.ts": "", "src/deep/b.tsx": "", "src/old/c.ts": "", "tools/d.ts": "", "tools/deep/e.ts": "", "main.ts": "", "other.ts": "" };
    expect(files(project, ["tsconfig.json"])).toEqual(["main.ts", "src/a.ts", "src/deep/b.tsx", "tools/d.ts"]);
  });

  test("one that extends another: its paths stay relative to where they are written", () => {
    const project = { "tsconfig.json": '{ "extends": "./config/base" }', "config/base.json": '{ "include": ["../src"], "compilerOptions": { "outDir": "../out" } }', "src/a.ts": "", "config/b.ts": "", "out/c.js": "" };
    expect(files(project, ["tsconfig.json"])).toEqual(["src/a.ts"]);
  });

  test("references are followed once, also in a circle", () => {
    const project = { "tsconfig.json": '{ "files": [], "references": [{ "path": "a" }, { "path": "b/tsconfig.lib.json" }] }', "a/tsconfig.json": '{ "references": [{ "path": "../tsconfig.json" }] }', "a/a.ts": "", "b/tsconfig.lib.json": '{ "include": ["../shared/**/*"] }', "b/b.ts": "", "shared/c.ts": "" };
    expect(files(project, ["tsconfig.json"])).toEqual(["a/a.ts", "shared/c.ts"]);
  });

  test("one with a byte-order mark, one that is empty", () => {
    const project = { "src/a.ts": "", "b.ts": "" };
    expect(files({ ...project, "tsconfig.json": '\uFEFF{ "include": ["src"] }' }, ["tsconfig.json"])).toEqual(["src/a.ts"]);
    for (const empty of ["", " // nothing yet\n"]) expect(files({ ...project, "tsconfig.json": empty }, ["tsconfig.json"])).toEqual(["b.ts", "src/a.ts"]);
    expect(() => files({ ...project, "tsconfig.json": "null" }, ["tsconfig.json"])).toThrow("does not hold an object");
  });

  test("one that extends a file of a package, its ending left out", () => {
    const texts = { "/game/tsconfig.json": '{ "extends": "@acme/ts/base" }', "/game/node_modules/@acme/ts/base.json": '{ "include": ["${configDir}/src"] }', "/game/src/a.ts": "", "/game/b.ts": "" };
    const memory = memoryHost(new Map(Object.entries(texts)), { cwd: "/game" });
    const host = { ...memory, resolveImport: (_from: string, specifier: string) => Object.keys(texts).find((path) => path === `/game/node_modules/${specifier}`) ?? null };
    expect(discover(host, ["tsconfig.json"], { root: "/game", isExcluded: () => false }).files).toEqual(["/game/src/a.ts"]);
  });

  test("one that is no JSON is a fault", () => {
    expect(() => files({ "tsconfig.json": "{ include: ]" }, ["tsconfig.json"])).toThrow("tsconfig `tsconfig.json` is not JSON");
  });
});
