/**
 * `fa --all` on each package that is installed here, as its own project: it ends by itself, without FA901. Takes many minutes, so only with
 * `SOAK=1`; `SOAK_PART=2/4` takes the second quarter of the packages. Runs the built command.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const COMMAND = fileURLToPath(new URL("../bin/fa.js", import.meta.url));
const MOST_MS = 300_000;

/** Folders of packages, those of a scope one by one; links to our own are left out. */
function installedPackages(): string[] {
  return readdirSync(MODULES)
    .flatMap((name) => (name.startsWith("@") ? readdirSync(join(MODULES, name)).map((each) => `${name}/${each}`) : name.startsWith(".") ? [] : [name]))
    .filter((name) => existsSync(join(MODULES, name, "package.json")) && realpathSync(join(MODULES, name)).includes("node_modules"))
    .sort();
}

function chosen(): string[] {
  const [part = 1, parts = 1] = (process.env["SOAK_PART"] ?? "1/1").split("/").map(Number);
  return installedPackages().filter((_name, index) => index % parts === part - 1);
}

describe.skipIf(process.env["SOAK"] === undefined)("installed packages", () => {
  test.each(chosen())("%s", (name) => {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [COMMAND, "--all", "-f", "compact"], { cwd: join(MODULES, name), encoding: "utf8", timeout: MOST_MS, maxBuffer: 1 << 28 });
    expect(signal).toBeNull();
    // A package of declarations or data alone has nothing to analyze.
    if (status === 2) expect(stderr).toContain("nothing to analyze");
    else expect([0, 1]).toContain(status);
    expect(stdout.split("\n").filter((line) => line.includes("(FA901)"))).toEqual([]);
  }, MOST_MS + 10_000);
});
