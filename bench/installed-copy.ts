/**
 * A copy of the built runtime as npm would install it, with the cases beside it:
 *
 *   <copy>/node_modules/@framealloc/runtime/{package.json, dist}
 *   <copy>/bench/...
 *
 * What is measured is then what a user gets, by the same resolution, and a build that runs meanwhile cannot pull files from under a benchmark. The copy lies
 * below the checkout's `node_modules`, so the other packages are found there.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildStalePackages } from "../tools/build-packages.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

export interface InstalledCopy {
  readonly folder: string;
  /** The compiled baselines by name; undefined without a C compiler. */
  readonly programs: ReadonlyMap<string, string> | undefined;
  remove(): void;
}

/** Builds what is stale, then copies. `runtimeFolder`: a package with another build of the runtime, to measure that instead. */
export async function makeInstalledCopy(runtimeFolder: string | undefined): Promise<InstalledCopy> {
  if (runtimeFolder === undefined) await buildStalePackages(ROOT);
  const cache = join(ROOT, "node_modules/.cache/framealloc");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const source = runtimeFolder ?? join(ROOT, "packages/runtime");
    const target = join(folder, "node_modules/@framealloc/runtime");
    for (const part of ["package.json", "dist"]) cpSync(join(source, part), join(target, part), { recursive: true });
    for (const part of ["contestant.mjs", "cases", "probes"]) cpSync(join(ROOT, "bench", part), join(folder, "bench", part), { recursive: true });
    return { folder, programs: compileBaselines(folder), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The C baselines, compiled into a folder. Throws for one that does not compile; undefined when there is no compiler. */
export function compileBaselines(folder: string): ReadonlyMap<string, string> | undefined {
  if (spawnSync("cc", ["--version"]).status !== 0) return undefined;
  return new Map(["bump", "malloc"].map((name) => {
    const program = join(folder, name);
    const { status, stderr } = spawnSync("cc", ["-O3", "-std=c11", "-D_POSIX_C_SOURCE=200112L", "-o", program, join(ROOT, "bench/c", `${name}.c`)], { encoding: "utf8" });
    if (status !== 0) throw new Error(`bench/c/${name}.c does not compile: ${stderr}`);
    return [name, program];
  }));
}
