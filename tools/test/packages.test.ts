/** What would be published: each package packed as npm packs it, judged by publint and by arethetypeswrong, and the runtime installed and used in an empty project. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, expect, it } from "vitest";
import { EXPECTED } from "./programs/exercise.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "framealloc-packed-"));
afterAll(() => { rmSync(scratch, { recursive: true }); });

interface Packed {
  readonly path: string;
  readonly files: readonly string[];
}

function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync("npm", [...args, "--loglevel=error"], { cwd, encoding: "utf8", shell: process.platform === "win32" });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** Packs the built package of a folder. */
function pack(folder: string): Packed {
  const [{ filename, files }] = JSON.parse(npm(["pack", "--json", "--pack-destination", scratch], join(root, folder)));
  return { path: join(scratch, filename), files: files.map(({ path }: { readonly path: string }) => path) };
}

// The packages are ESM alone: `require` and the resolution of before `exports` are not offered.
const OFFERED = new Set(["node16-esm", "bundler"]);

it.each(["packages/runtime", "packages/analysis", "rules", "packages/fa-cli", "packages/eslint-plugin"])("%s: its files, its exports and its types agree", async (folder) => {
  const { path, files } = pack(folder);
  const data = new Uint8Array(readFileSync(path));
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  expect(files).toEqual(expect.arrayContaining(["dist/index.js", "LICENSE-APACHE", "LICENSE-MIT"]));

  const { messages } = await publint({ pack: { tarball: data.buffer }, level: "suggestion", strict: true });
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);

  const checked = await checkPackage(createPackageFromTarballData(data));
  if (checked.types === false) throw new Error("it has no types");
  expect(Object.keys(checked.entrypoints)).toContain(".");
  const problems = checked.problems.filter((problem) => !("resolutionKind" in problem) || OFFERED.has(problem.resolutionKind));
  expect(problems).toEqual([]);
}, 120_000);

it("entries of the built runtime export what their sources do, and nothing of the modules that they share", async () => {
  const { exports } = JSON.parse(readFileSync(join(root, "packages/runtime/package.json"), "utf8")) as { readonly exports: Readonly<Record<string, { readonly default: string }>> };
  const entries = Object.entries(exports).filter(([entry]) => entry !== "./package.json");
  expect(entries.length).toBeGreaterThan(10);
  for (const [entry, { default: built }] of entries) {
    const name = entry.slice(2);
    const source = name === "" ? "index.ts" : name === "agents" ? "agents.ts" : name.startsWith("adapters/") ? `${name}.ts` : `${name}/index.ts`;
    const [found, meant] = await Promise.all([built.slice(2), `src/${source}`].map(async (file) => Object.keys(await import(pathToFileURL(join(root, "packages/runtime", file)).href)).sort()));
    expect(found, entry).toEqual(meant);
  }
}, 60_000);

it("importing the runtime does nothing by itself, so that bundlers take of it what is used", async () => {
  // Without its manifest, which says that modules may be left out whole.
  const bare = mkdtempSync(join(scratch, "bare-"));
  cpSync(join(root, "packages/runtime/dist"), bare, { recursive: true });
  const kept = async (program: string): Promise<string> => {
    const { outputFiles } = await build({ stdin: { contents: program, resolveDir: bare }, bundle: true, format: "esm", platform: "neutral", write: false, logLevel: "error" });
    return outputFiles[0]?.text ?? "";
  };
  const lines = (await kept(`import "./index.js";`)).split("\n").filter((line) => line !== "" && !line.startsWith("//"));
  // Bundlers keep what is computed from numbers, as they could be of the kind that cannot be mixed.
  expect(lines.filter((line) => !/^var [\w$]+ = (?:[A-Z_]+|2 \*\* \d+)(?: - \d+)?;$/.test(line))).toEqual([]);
  const classesOf = async (name: string): Promise<readonly string[]> => [...(await kept(`export { ${name} } from "./index.js";`)).matchAll(/^var (\w+) = /gm)].map(([, found = ""]) => found);
  expect(await classesOf("FrameBarrier")).toContain("FrameBarrier");
  for (const name of ["struct", "FrameBarrier", "TransferChannel", "TaskAlloc", "ObjectPool", "RetentionPolicy", "kilobytes"]) expect(await classesOf(name), name).not.toContain("FrameScope");
  expect(await classesOf("SmartAlloc")).toContain("FrameScope");
}, 60_000);

it("the packed runtime works in an empty project, in the main thread and in a worker", () => {
  const { path, files } = pack("packages/runtime");
  expect(files.filter((file) => !/^(dist\/(?:adapters\/)?[^/]+\.(js|d\.ts|js\.map|d\.ts\.map)|package\.json|README\.md|LICENSE-\w+)$/.test(file))).toEqual([]);
  const project = mkdtempSync(join(scratch, "project-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", path], project);
  for (const name of ["consumer.mjs", "exercise.mjs"]) cpSync(join(root, "tools/test/programs", name), join(project, name));

  const { stdout, stderr } = spawnSync(process.execPath, ["consumer.mjs"], { cwd: project, encoding: "utf8" });
  expect(stderr).toBe("");
  const found = JSON.parse(stdout);
  expect(found.main).toEqual({ ...EXPECTED, shared: true });
  const { received, names, ...worker } = found.worker;
  expect(worker).toEqual({ ...EXPECTED, shared: true });
  expect(received).toBe(2.5);
  expect(names).toEqual(found.names);
  const { exports } = JSON.parse(readFileSync(join(root, "packages/runtime/package.json"), "utf8"));
  expect(Object.keys(names).sort()).toEqual(Object.keys(exports).filter((entry) => entry !== "./package.json").sort());
  for (const [entry, count] of Object.entries(names)) expect(count, entry).toBeGreaterThan(0);
}, 120_000);
