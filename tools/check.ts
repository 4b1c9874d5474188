/**
 * `npm run check`: everything that must hold before a change is merged, each step with its time. All steps run, also after a failure, so that one
 * run shows all that is wrong. Steps of one thread run side by side, as many as there are processors; the tests use all of these themselves and run
 * alone.
 *
 *   --after-tests   leaves out the tests, for a caller that has just run them
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { walkFiles } from "./walk-files.mjs";

interface Step {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

await main();

async function main(): Promise<void> {
  const failed: string[] = [];
  await runAll(singleThreadedSteps(), availableParallelism(), failed);
  if (!process.argv.includes("--after-tests")) await runAll([{ name: "tests", args: [commandOf("vitest", "vitest"), "run"] }], 1, failed);
  if (failed.length > 0) console.error(`\ncheck failed: ${failed.join(", ")}`);
  else console.error("\ncheck passed");
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** The longest first, so that none is left alone at the end. */
function singleThreadedSteps(): Step[] {
  const projects = walkFiles(root).filter((path) => /(^|\/)tsconfig\.json$/.test(path) && !path.startsWith("fixtures/") && !path.includes("/test/"));
  const fa = manifestOf(join(root, "packages/fa-cli")).bin?.["fa"] ?? "dist/main.js";
  // Tests of an allocator use it wrongly on purpose.
  const sources = ["examples/asteroids/src", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/src`), "rules"];
  return [
    { name: "fa on the mended example and on our own code", args: [join("packages/fa-cli", fa), "--all", ...sources] },
    { name: "lint", args: [commandOf("oxlint", "oxlint"), "--deny-warnings"] },
    // Each project by itself, with its own libraries. The native compiler takes a tenth of the time of the one that builds and that the tests ask.
    ...projects.map((path) => ({ name: `types of ${path === "tsconfig.json" ? "everything" : dirname(path)}`, args: [commandOf("typescript-native", "tsc"), "-p", path] })),
    { name: "tidy", args: [commandOf("tsx", "tsx"), "tools/tidy.ts"] },
    { name: "generated files", args: [commandOf("tsx", "tsx"), "tools/generate.ts", "--check"] },
  ];
}

/** Runs the steps, at most `atOnce` at a time, and adds the names of those that fail. */
async function runAll(steps: readonly Step[], atOnce: number, failed: string[]): Promise<void> {
  const queue = [...steps];
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const passed = await runStep(step, atOnce > 1);
      if (!passed) failed.push(step.name);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** True when the step ended with 0. Its output is shown in one piece, or as it comes when nothing runs beside it. */
function runStep({ name, args }: Step, inOnePiece: boolean): Promise<boolean> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", inOnePiece ? "pipe" : "inherit", inOnePiece ? "pipe" : "inherit"] });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on("close", (exitCode) => {
      process.stderr.write(Buffer.concat(output));
      console.error(`${exitCode === 0 ? "ok    " : "FAILED"} ${name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
      resolve(exitCode === 0);
    });
  });
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
