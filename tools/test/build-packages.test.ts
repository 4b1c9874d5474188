/** Building: in order of dependencies, what is stale and nothing else, in a workspace made for the test. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { buildStalePackages } from "../build-packages.mjs";

const EXPORTS = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };

/** Two packages, the first by name depending on the other. */
function workspace(): string {
  const root = mkdtempSync(join(tmpdir(), "framealloc-build-"));
  onTestFinished(() => { rmSync(root, { recursive: true }); });
  write(root, "package.json", { workspaces: ["packages/*"] });
  write(root, "package-lock.json", {});
  write(root, "tsconfig.base.json", {});
  write(root, "LICENSE-MIT", "Do as you like.");
  write(root, "tools/build-packages.mjs", {});
  for (const [name, dependencies] of [["above", { below: "1.0.0" }], ["below", {}]] as const) {
    write(root, `packages/${name}/package.json`, { name, version: "1.0.0", type: "module", exports: EXPORTS, dependencies, ...(name === "above" ? { bin: { above: "./dist/main.js" } } : {}) });
    write(root, `packages/${name}/tsconfig.json`, { compilerOptions: { module: "NodeNext", target: "ES2023", strict: true, types: [] }, include: ["src"] });
  }
  write(root, "packages/below/src/index.ts", "export const one: number = 1;\n");
  write(root, "packages/above/src/index.ts", "export const two: number = 2;\n");
  write(root, "packages/above/src/main.ts", '#!/usr/bin/env node\nimport { one } from "below";\nexport const three: number = one + 2;\n');
  return root;
}

function write(root: string, path: string, content: string | object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
}

/** The names of what was built. */
async function built(root: string): Promise<string[]> {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  try {
    await buildStalePackages(root);
    return said.mock.calls.flatMap(([line]) => /^built (\S+)/.exec(String(line))?.[1] ?? []);
  } finally {
    said.mockRestore();
  }
}

it("builds each package once, and again what a change reaches", async () => {
  const root = workspace();
  expect(await built(root)).toEqual(["below", "above"]);
  expect(existsSync(join(root, "packages/below/dist/index.d.ts"))).toBe(true);
  const command = readFileSync(join(root, "packages/above/dist/main.js"), "utf8");
  expect(command).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(command).toContain('from "below"');
  expect(readFileSync(join(root, "packages/above/LICENSE-MIT"), "utf8")).toBe("Do as you like.");
  expect(await built(root)).toEqual([]);

  write(root, "packages/above/src/index.ts", "export const two: number = 4;\n");
  expect(await built(root)).toEqual(["above"]);
  write(root, "packages/below/src/index.ts", "export const one: number = 5;\n");
  expect(await built(root)).toEqual(["below", "above"]);
  rmSync(join(root, "packages/above/dist/index.js"));
  expect(await built(root)).toEqual(["above"]);
});

it("says which source a promised file lacks", async () => {
  const root = workspace();
  rmSync(join(root, "packages/above/src/main.ts"));
  await expect(built(root)).rejects.toThrow("above: package.json names dist/main.js, but src/main.ts does not exist");
});

it("passes over a package without sources", async () => {
  const root = workspace();
  rmSync(join(root, "packages/above/src"), { recursive: true });
  expect(await built(root)).toEqual(["below"]);
});

it("refuses packages that depend on each other", async () => {
  const root = workspace();
  write(root, "packages/below/package.json", { name: "below", exports: EXPORTS, dependencies: { above: "1.0.0" } });
  await expect(built(root)).rejects.toThrow("packages depend on each other: above -> below -> above");
});
