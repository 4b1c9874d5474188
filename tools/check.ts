/**
 * `npm run check`: everything that must hold before a change is merged, one step after the other, each with its time. All steps run,
 * also after a failure, so that one run shows all that is wrong.
 *
 *   --after-tests   leaves out the tests, for a caller that has just run them
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { walkFiles } from "./walk-files.mjs";

interface Step {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

main();

function main(): void {
  const steps = listSteps(!process.argv.includes("--after-tests"));
  const failed: string[] = [];
  for (const step of steps) if (!runStep(step)) failed.push(step.name);
  if (failed.length > 0) console.error(`\ncheck failed: ${failed.join(", ")}`);
  else console.error(`\ncheck passed: ${steps.length} steps`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function listSteps(withTests: boolean): Step[] {
  const typed = walkFiles(root).filter((path) => path === "tsconfig.json" || path.endsWith("/tsconfig.json"));
  const types = typed
    .filter((path) => !path.startsWith("fixtures/") && !path.includes("/test/"))
    .map((path) => ({ name: `types of ${path === "tsconfig.json" ? "tests and tools" : path.replace(/\/tsconfig\.json$/, "")}`, args: [commandOf("typescript", "tsc"), "-p", path] }));
  const fa = join("packages/fa-cli", manifestOf(join(root, "packages/fa-cli")).bin?.["fa"] ?? "dist/main.js");
  return [
    ...types,
    { name: "lint", args: [commandOf("eslint", "eslint"), ".", "--max-warnings", "0", "--cache", "--cache-location", "node_modules/.cache/eslint/"] },
    { name: "tidy", args: [commandOf("tsx", "tsx"), "tools/tidy.ts"] },
    { name: "generated files", args: [commandOf("tsx", "tsx"), "tools/generate.ts", "--check"] },
    ...(withTests ? [{ name: "tests", args: [commandOf("vitest", "vitest"), "run"] }] : []),
    { name: "fa on the mended example and on our own code", args: [fa, "--all", "examples/asteroids", "packages"] },
  ];
}

/** Runs one step with our own streams; true when it ended with 0. */
function runStep({ name, args }: Step): boolean {
  const startedMs = performance.now();
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error) console.error(error.message);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.error(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  return status === 0;
}

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
}

/** The entry file of an installed package's command, so that it runs without a shell on every platform. */
function commandOf(packageName: string, command: string): string {
  const folder = packageFolder(packageName);
  const { bin } = manifestOf(folder) as { readonly bin?: string | Record<string, string> };
  const path = typeof bin === "string" ? bin : bin?.[command];
  if (path === undefined) throw new Error(`package ${packageName} has no command ${command}`);
  return join(folder, path);
}

/** Not every package lets its package.json be resolved, so the folders that Node would search are looked through. */
function packageFolder(packageName: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const candidate = join(folder, packageName);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  throw new Error(`package ${packageName} is not installed`);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
