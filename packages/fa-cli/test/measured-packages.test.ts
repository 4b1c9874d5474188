/**
 * Prediction and measurement on real packages, line by line: `fixtures/real/drive` holds programs that drive a package as its users do, and a table of lines: those that are predicted and
 * measured, and those of which one is wrong, each with its reason. With `SOAK=1` three.quarks is driven, too, and the packages that are not installed here, which
 * `SOAK_PACKAGES=<node_modules>` names a folder of.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectBuilt } from "../../../tools/build-packages.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const DRIVERS = join(ROOT, "fixtures/real/drive");

interface Row {
  readonly driver: string;
  readonly package: string;
  readonly version: string;
  readonly file: string;
  readonly line: number;
  readonly status: "measured and predicted" | "measured only" | "predicted only";
  /** Why the two disagree. */
  readonly why?: string;
}

interface Package {
  readonly name: string;
  readonly type: "module" | "commonjs";
  readonly main: string;
}

const THREE: Package = { name: "three", type: "module", main: "src/Three.js" };
const PACKAGES: Readonly<Record<string, readonly Package[]>> = {
  planck: [{ name: "planck", type: "module", main: "src/main.ts" }],
  "three-math": [THREE],
  quarks: [THREE, { name: "three.quarks", type: "module", main: "src/index.ts" }, { name: "quarks.core", type: "module", main: "src/index.ts" }],
  matter: [{ name: "matter-js", type: "commonjs", main: "src/module/main.js" }],
  bvh: [THREE, { name: "three-mesh-bvh", type: "module", main: "src/index.js" }],
  ogl: [{ name: "ogl", type: "module", main: "src/index.js" }],
};

const table = JSON.parse(readFileSync(join(DRIVERS, "table.json"), "utf8")) as readonly Row[];
const folderOf = (name: string): string | undefined => [join(ROOT, "node_modules"), process.env["SOAK_PACKAGES"] ?? ""].map((modules) => join(modules, name)).find((folder) => existsSync(folder));
let stage = "";

beforeAll(() => {
  expectBuilt(ROOT, "@framealloc/fa-cli");
  stage = realpathSync(mkdtempSync(join(tmpdir(), "fa-driven-")));
  mkdirSync(join(stage, "node_modules"));
  writeFileSync(join(stage, "package.json"), JSON.stringify({ private: true, type: "module" }));
});
afterAll(() => rmSync(stage, { recursive: true, force: true }));

/** As sources of the project: what lies under `node_modules` is not analyzed. */
function put({ name, type, main }: Package): void {
  const target = join(stage, "packages", name);
  if (existsSync(target)) return;
  cpSync(join(realpathSync(folderOf(name) ?? ""), "src"), join(target, "src"), { recursive: true });
  writeFileSync(join(target, "package.json"), JSON.stringify({ name, type, exports: { ".": `./${main}` } }));
  symlinkSync(target, join(stage, "node_modules", name), "junction");
}

function measured(driver: string): ReadonlySet<string> {
  for (const each of PACKAGES[driver] ?? []) put(each);
  copyFileSync(join(DRIVERS, `${driver}.js`), join(stage, `${driver}.js`));
  const flags = ["--no-config", "--format", "json", "--frames", "30", "--warmup", "300", "--timeout", "300"];
  const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "packages/fa-cli/bin/fa.js"), "measure", `${driver}.js`, ...flags], { cwd: stage, encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" } });
  expect(stderr).toBe("");
  const { lines } = JSON.parse(stdout) as { readonly lines: readonly { readonly file: string; readonly line: number; readonly status: string }[] };
  return new Set(lines.map(({ file, line, status }) => `${file}:${line} ${status}`));
}

/** The others take as long again. */
const ALWAYS: ReadonlySet<string> = new Set(["planck", "three-math"]);
const isSoak = process.env["SOAK"] !== undefined;

const rowsOf = (driver: string): readonly Row[] => table.filter((row) => row.driver === driver);

describe.each(Object.entries(PACKAGES))("%s", (driver, packages) => {
  it.skipIf((!isSoak && !ALWAYS.has(driver)) || packages.some(({ name }) => folderOf(name) === undefined))("allocates where the table says", () => {
    for (const { package: name, version } of rowsOf(driver)) {
      expect(JSON.parse(readFileSync(join(folderOf(name) ?? "", "package.json"), "utf8")), name).toMatchObject({ version });
    }
    const lines = measured(driver);
    expect(rowsOf(driver).map(({ package: name, file, line, status }) => `packages/${name}/${file}:${line} ${status}`).filter((row) => !lines.has(row))).toEqual([]);
  }, 300_000);
});

it("the table has forty lines that are predicted and measured, and a reason for each of the others", () => {
  expect(table.filter(({ status }) => status === "measured and predicted").length).toBeGreaterThanOrEqual(40);
  expect(table.filter(({ status, why }) => (status === "measured and predicted") === (why !== undefined))).toEqual([]);
  expect(new Set(table.map(({ driver }) => driver))).toEqual(new Set(Object.keys(PACKAGES)));
});
