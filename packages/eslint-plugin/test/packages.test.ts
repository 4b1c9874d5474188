/**
 * Over packages with hot paths of their own: typed ESLint and `fa` say the same of each, to the column and the word. Takes minutes and fetches what is not
 * installed here, so only with `SOAK=1`; `SOAK_PACKAGES=<node_modules>` names a folder that has them.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { clearCaches } from "@typescript-eslint/parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogueOf } from "../../fa-cli/src/catalogue.ts";
import { nodeHost } from "../../fa-cli/src/host.ts";
import { parseArgs } from "../../fa-cli/src/parse-args.ts";
import { runAnalysis } from "../../fa-cli/src/run-analysis.ts";
import { type Finding, fromFa, lint, placeAndCode, project, typed } from "./lint-project.ts";

const INSTALLED = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const MINUTES = 60_000;

/** Package, version where it is fetched, folders that hold sources, and what its users call every frame where the tables do not know it. */
const CORPUS: readonly (readonly [name: string, version: string | null, folders: readonly string[], entries: readonly string[]])[] = [
  ["three", null, ["src"], []],
  ["three", null, ["examples/jsm"], []],
  ["planck", null, ["src"], []],
  ["three.quarks", null, ["src"], []],
  ["matter-js", "0.20.0", ["src"], ["src/core/Engine.js#Engine.update"]],
  ["littlejsengine", "1.20.0", ["src", "plugins"], []],
  ["three-mesh-bvh", "0.9.17", ["src"], ["src/core/MeshBVH.js#MeshBVH.raycast", "src/core/MeshBVH.js#MeshBVH.shapecast"]],
  ["@react-three/drei", "10.7.9", ["core", "helpers", "materials", "web"], []],
  ["ogl", "1.0.11", ["src"], ["src/core/Renderer.js#Renderer.render"]],
];

const TSCONFIG = JSON.stringify({ compilerOptions: { allowJs: true, checkJs: false, noEmit: true, skipLibCheck: true, target: "esnext", module: "esnext", moduleResolution: "bundler", jsx: "preserve", lib: ["esnext", "dom", "webworker"], types: [], experimentalDecorators: true } });

describe.skipIf(process.env["SOAK"] === undefined)("packages", () => {
  let modules = "";
  const figures: string[] = [];

  beforeAll(() => {
    modules = process.env["SOAK_PACKAGES"] ?? fetched();
  }, 10 * MINUTES);
  afterAll(() => { console.log(figures.join("\n")); });

  it.each(CORPUS.map(([name, version, folders, entries]) => [`${name}: ${folders.join(", ")}`, name, version, folders, entries] as const))("%s", async (title, name, version, folders, entries) => {
    clearCaches();
    const from = version === null ? INSTALLED : modules;
    const folder = join(project({}), name);
    mkdirSync(folder, { recursive: true });
    // A `jsconfig.json` of a folder makes it a program of its own for TypeScript's service, without its callers in other folders; ours is one program.
    for (const each of ["package.json", ...folders]) cpSync(join(realpathSync(join(from, name)), each), join(folder, each), { recursive: true, filter: (path) => !/node_modules|[/\\]jsconfig\.json$/.test(path.slice(from.length + name.length + 1)) });
    writeFileSync(join(folder, "tsconfig.json"), TSCONFIG);
    writeFileSync(join(folder, ".fa.toml"), `[hot]\nentries = ${JSON.stringify(entries)}\n`);
    symlinkSync(from, join(folder, "node_modules"), "junction");
    const all = await fa(folder);
    const { findings, others } = await lint(folder, ["."], typed(folder), { linterOptions: { noInlineConfig: true } });
    // What TypeScript leaves out (`*.min.js`), or its parser refuses, ESLint cannot lint, and says so.
    const refused = others.flatMap((message) => (message.includes("Parsing error") ? [message.slice(0, message.indexOf(":") + 1)] : []));
    const expected = all.filter((finding) => !refused.some((file) => finding.startsWith(file)));
    figures.push(`${title}: ${new Set(expected.map(placeAndCode)).size} places of fa, ${new Set(findings.map(placeAndCode)).size} of ESLint, ${expected.length} and ${findings.length} findings, ${refused.length} files refused by TypeScript`);
    // Comments to other linters are theirs.
    expect(others.filter((message) => message.includes("FA901"))).toEqual([]);
    expect({ missing: expected.filter((each) => !findings.includes(each)), more: findings.filter((each) => !expected.includes(each)) }).toEqual({ missing: [], more: [] });
  }, 20 * MINUTES);
});

async function fa(folder: string): Promise<Finding[]> {
  const parsed = parseArgs(["--all", "--no-cache"], "0.0.0");
  if (parsed.command !== "analyze") throw new Error("not an analysis");
  const { diagnostics, sources } = await runAnalysis({ ...nodeHost(), cwd: folder }, { options: parsed.options, catalogue: catalogueOf(CATALOGUE) });
  return fromFa(diagnostics, (file) => sources(file)?.text ?? "");
}

/** The packages that are not installed here, by npm in a folder of their own. */
function fetched(): string {
  const folder = project({ "package.json": '{ "private": true }' });
  const wanted = CORPUS.flatMap(([name, version]) => (version === null ? [] : [`${name}@${version}`]));
  const { status, stderr } = spawnSync("npm", ["install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", ...wanted], { cwd: folder, encoding: "utf8" });
  if (status !== 0 || !existsSync(join(folder, "node_modules"))) throw new Error(stderr);
  return join(folder, "node_modules");
}
