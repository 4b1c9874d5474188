/** Imports that lead from one project of a workspace to what another is built to: the sources are meant, built or not. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CATALOGUE } from "@framealloc/rules";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeHost } from "../src/host.ts";
import { moduleResolver } from "../src/resolve-module.ts";
import { runCommand } from "../src/run-command.ts";

let folder = "";

beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), "fa-references-"))); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** `packages/core` as package managers link it. */
function link(name = "@acme/core", to = "packages/core"): void {
  mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
  symlinkSync(join(folder, to), join(folder, "node_modules", name));
}

const lead = (specifier: string, from = "packages/app/src/main.ts"): string | null => moduleResolver({ ...nodeHost(), cwd: folder }, folder).target(from, specifier);

const APP = {
  "package.json": '{ "workspaces": ["packages/*"] }',
  "packages/app/tsconfig.json": '{ "references": [{ "path": "../core" }] }',
  "packages/app/src/main.ts": "",
  "packages/core/package.json": '{ "name": "@acme/core", "exports": { ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" }, "./math/*": "./dist/math/*.js" } }',
  "packages/core/src/index.ts": "export {};\n",
  "packages/core/src/math/vec.tsx": "export {};\n",
};
const CORE = { "packages/core/tsconfig.json": '{ "compilerOptions": { "composite": true, "rootDir": "src", "outDir": "./dist" } }' };

describe("an import of a project that is not built leads to its source", () => {
  test("by the package's exports", () => {
    put({ ...APP, ...CORE });
    link();
    expect([lead("@acme/core"), lead("@acme/core/math/vec"), lead("@acme/core/math/none"), lead("@acme/core/hidden")]).toEqual(["packages/core/src/index.ts", "packages/core/src/math/vec.tsx", null, null]);
  });

  test("by its main field, and by a path inside it", () => {
    put({ ...APP, ...CORE, "packages/core/package.json": '{ "name": "@acme/core", "main": "dist" }' });
    link();
    expect([lead("@acme/core"), lead("@acme/core/dist/math/vec")]).toEqual(["packages/core/src/index.ts", "packages/core/src/math/vec.tsx"]);
  });

  test("by a relative path into the output", () => {
    put({ ...APP, ...CORE });
    expect(["../../core/dist/index.js", "../../core/dist", "../../core/dist/math/vec"].map((specifier) => lead(specifier))).toEqual(["packages/core/src/index.ts", "packages/core/src/index.ts", "packages/core/src/math/vec.tsx"]);
  });

  test("by `paths` that name the output", () => {
    put({ ...APP, ...CORE, "packages/app/tsconfig.json": '{ "extends": "../../tsconfig.base.json", "references": [{ "path": "../core" }] }', "tsconfig.base.json": '{ "compilerOptions": { "paths": { "core/*": ["./packages/core/dist/*"] } } }' });
    expect([lead("core/index"), lead("core/math/vec.js"), lead("core/none")]).toEqual(["packages/core/src/index.ts", "packages/core/src/math/vec.tsx", null]);
  });

  test.each([
    ["a root that is left to TypeScript", { "tsconfig.json": '{ "compilerOptions": { "outDir": "dist" }, "include": ["src/**/*"] }' }],
    ["declarations beside the code", { "tsconfig.json": '{ "compilerOptions": { "rootDir": "src", "outDir": "out", "declarationDir": "dist" } }' }],
    ["a tsconfig that extends another, with comments", { "tsconfig.json": '{ "extends": "./base.json", /* all is there */ }', "base.json": '{ "compilerOptions": { "rootDir": "${configDir}/src", "outDir": "dist" } }' }],
    ["one that only refers to others", { "tsconfig.json": '{ "files": [], "references": [{ "path": "./tsconfig.lib.json" }, { "path": "." }] }', "tsconfig.lib.json": '{ "compilerOptions": { "rootDir": "src", "outDir": "dist" } }' }],
    ["a bundler, and no output in any tsconfig", { "tsconfig.json": '{ "compilerOptions": { "noEmit": true } }' }],
    ["a tsconfig that is broken", { "tsconfig.json": '{ "compilerOptions": ' }],
  ])("%s", (_title, configs: Readonly<Record<string, string>>) => {
    put({ ...APP, ...Object.fromEntries(Object.entries(configs).map(([name, text]) => [`packages/core/${name}`, text])) });
    link();
    expect(lead("@acme/core")).toBe("packages/core/src/index.ts");
  });
});

test("a project that is built is still read as it is written", () => {
  put({ ...APP, ...CORE, "packages/core/dist/index.d.ts": "export {};\n", "packages/core/dist/index.js": "", "packages/core/dist/extra.js": "" });
  link();
  expect([lead("@acme/core"), lead("../../core/dist/index.js"), lead("../../core/dist/extra.js")]).toEqual(["packages/core/src/index.ts", "packages/core/src/index.ts", "packages/core/dist/extra.js"]);
});

test("what is installed from elsewhere has no sources here", () => {
  put({ ...APP, "node_modules/far/package.json": '{ "name": "far", "main": "dist/index.js" }', "node_modules/far/src/index.ts": "", "node_modules/far/tsconfig.json": '{ "compilerOptions": { "rootDir": "src", "outDir": "dist" } }' });
  expect(lead("far")).toBeNull();
});

const POOL = `import { type SmartAlloc, f32 } from "@framealloc/runtime";
const kept: Float32Array[] = [];
export function keep(alloc: SmartAlloc): void {
  kept.push(alloc.frameSlice(f32, 4));
}
export const all = (): readonly Float32Array[] => kept;
`;
const GAME = `import { SmartAlloc } from "@framealloc/runtime";
import { keep } from "@acme/core";
const alloc = SmartAlloc.withDefaults();
export function tick(): void {
  alloc.beginFrame();
  keep(alloc);
  alloc.endFrame();
}
`;

async function found(...args: readonly string[]): Promise<readonly string[]> {
  let out = "";
  const stream = { isTerminal: false, columns: 80, write: (text: string) => { out += text; return Promise.resolve(); } };
  await runCommand({ ...nodeHost(), cwd: folder, args: ["-f", "compact", ...args], out: stream, err: { ...stream, write: () => Promise.resolve() }, setExitCode: () => {} }, CATALOGUE);
  return out.split("\n").flatMap((line) => /^(.*?): line (\d+).* \((FA\d+)\)$/.exec(line)?.slice(1, 4).join(" ") ?? []);
}

test("a finding follows the import, and the cache knows what it hangs on", async () => {
  put({ ...APP, ...CORE, "packages/core/src/index.ts": POOL, "packages/app/src/main.ts": GAME });
  link();
  expect(await found("-p", "packages/app", "-a")).toEqual([]);
  expect(await found("tsconfig.json", "-p", "packages/app")).toEqual(["../core/src/index.ts 4 FA002"]);
  put({ "packages/core/src/index.ts": POOL.replace("kept.push(", "void (") });
  expect(await found("tsconfig.json", "-p", "packages/app")).toEqual([]);
  // The project is not where it was said to be built from: then the import leads nowhere, until it does.
  put({ "packages/core/tsconfig.json": '{ "compilerOptions": { "rootDir": "lib", "outDir": "dist" } }', "packages/core/package.json": '{ "name": "@acme/core", "main": "dist/pool.js" }' });
  expect(await found("tsconfig.json", "-p", "packages/app")).toEqual([]);
  put({ "packages/core/lib/pool.ts": POOL });
  expect(await found("tsconfig.json", "-p", "packages/app")).toEqual(["../core/lib/pool.ts 4 FA002"]);
});
