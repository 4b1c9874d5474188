/**
 * Makes a checkout ready to run: installs what the lockfile names, then builds the packages whose sources changed. Plain JavaScript,
 * because it runs before anything is installed.
 *
 *   node tools/bootstrap.mjs [--install-only]
 *
 * When nothing is to be done it prints nothing and takes a fraction of a second.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = [20, 19];
const root = fileURLToPath(new URL("..", import.meta.url));

await main();

async function main() {
  refuseOldNode();
  if (!isInstalled()) install();
  if (process.argv.includes("--install-only")) return;
  // Loaded only now: it needs what was just installed.
  const { buildStalePackages } = await import("./build-packages.mjs");
  try {
    await buildStalePackages(root);
  } catch (error) {
    console.error(`the packages could not be built: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(`framealloc needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}`);
  process.exit(2);
}

/**
 * True when `node_modules` holds each package of the lockfile in the lockfile's version. npm leaves a record of what it installed as
 * its last step, so an interrupted install counts as none. Packages for other platforms are optional and may be absent.
 */
function isInstalled() {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.optional || entry.devOptional || entry.peer) continue;
    if (installed[path]?.version !== entry.version) return false;
  }
  return true;
}

function install() {
  console.error("installing the packages of package-lock.json (npm ci) ...");
  // npm names its own entry file to the scripts that it runs; without one, `npm` is found on the path.
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--include=dev", "--loglevel=error"];
  /** @type {import("node:child_process").SpawnSyncOptions} */
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  const result =
    npm !== undefined && /npm-cli\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (result.status === 0) return;
  console.error(`npm ci failed${result.error ? `: ${result.error.message}` : ` with exit code ${result.status}`}`);
  process.exit(1);
}
