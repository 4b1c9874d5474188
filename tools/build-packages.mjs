/**
 * Builds the packages of the workspace by tsdown, each into its `dist`, in the order of their dependencies, and only those whose
 * inputs changed since their last build. What to build is read from each package.json: every `dist/x.js` that `exports` or `bin`
 * names is built from the source file of the same name, or from the one that the package's `tsdown.config.mjs` gives, which also says how the package is bundled where that matters.
 *
 * A build is fresh while its stamp (a hash of its inputs and of its dependencies' stamps) is unchanged and every file that it
 * promises exists. Stamps are kept in `node_modules/.cache/framealloc`. The licences lie at the root and are copied beside each build: every
 * published package carries them.
 */
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { walkFiles } from "./walk-files.mjs";

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} folder relative to the root
 * @property {string[]} dependencies names of packages of this workspace
 * @property {string[]} outputs files of `dist` that package.json names, as `dist/index.js`
 * @property {string[]} commands those of them that `bin` names
 * @property {string[]} evaluated those of them that are replaced by the data that they export (`framealloc.evaluated` in package.json)
 */

/** @param {string} root */
export async function buildStalePackages(root) {
  /** @type {Map<string, string>} */
  const stamps = new Map();
  for (const pack of inDependencyOrder(readPackages(root))) {
    // A package that is only planned has a manifest and nothing to build.
    if (!walkFiles(join(root, pack.folder)).some((path) => path.endsWith(".ts"))) continue;
    const stamp = stampOf(root, pack, stamps);
    stamps.set(pack.name, stamp);
    if (isFresh(root, pack, stamp)) continue;
    const startedMs = performance.now();
    await build(root, pack);
    const missing = pack.outputs.filter((output) => !existsSync(join(root, pack.folder, output)));
    if (missing.length > 0) throw new Error(`building ${pack.name} did not make ${missing.join(", ")}`);
    for (const output of pack.evaluated) await evaluate(join(root, pack.folder, output));
    for (const command of pack.commands) chmodSync(join(root, pack.folder, command), 0o755);
    for (const name of readdirSync(root)) if (name.startsWith("LICENSE-")) copyFileSync(join(root, name), join(root, pack.folder, name));
    writeStamp(root, pack, stamp);
    console.error(`built ${pack.name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
  }
}

/**
 * Throws unless the package, and what it depends on, is built from the sources as they are: for tests that run what was built.
 *
 * @param {string} root
 * @param {string} name
 */
export function expectBuilt(root, name) {
  /** @type {Map<string, string>} */
  const stamps = new Map();
  for (const pack of inDependencyOrder(readPackages(root))) {
    const stamp = stampOf(root, pack, stamps);
    stamps.set(pack.name, stamp);
    if (pack.name === name && !isFresh(root, pack, stamp)) throw new Error(`${name} is not built from these sources; \`npm run build\` does it`);
  }
}

/**
 * @param {string} root
 * @returns {Package[]}
 */
function readPackages(root) {
  const { workspaces } = readJson(join(root, "package.json"));
  const folders = walkFiles(root)
    .filter((path) => path.endsWith("/package.json"))
    .map((path) => path.slice(0, -"/package.json".length))
    .filter((folder) => workspaces.some((/** @type {string} */ glob) => isWorkspace(glob, folder)));
  const packages = folders.map((folder) => toPackage(folder, readJson(join(root, folder, "package.json"))));
  const names = new Set(packages.map(({ name }) => name));
  return packages.map((pack) => ({ ...pack, dependencies: pack.dependencies.filter((name) => names.has(name)) }));
}

/**
 * Workspaces here are plain folders or `folder/*`.
 *
 * @param {string} glob
 * @param {string} folder
 */
function isWorkspace(glob, folder) {
  if (!glob.endsWith("/*")) return glob === folder;
  return folder.startsWith(glob.slice(0, -1)) && !folder.slice(glob.length - 1).includes("/");
}

/**
 * @param {string} folder
 * @param {any} manifest
 * @returns {Package}
 */
function toPackage(folder, manifest) {
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const isBuilt = (/** @type {string} */ path) => /^dist\/.+\.(d\.ts|js)$/.test(path);
  const commands = stringsIn(manifest.bin).filter(isBuilt);
  const outputs = [...new Set([...stringsIn(manifest.exports).filter(isBuilt), ...commands])];
  return { name: manifest.name, folder, dependencies, outputs, commands, evaluated: manifest.framealloc?.evaluated ?? [] };
}

/**
 * The paths named anywhere in an `exports` or `bin` value.
 *
 * @param {unknown} value
 * @returns {string[]}
 */
function stringsIn(value) {
  if (typeof value === "string") return [value.replace(/^\.\//, "")];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/**
 * @param {Package[]} packages
 * @returns {Package[]}
 */
function inDependencyOrder(packages) {
  const byName = new Map(packages.map((pack) => [pack.name, pack]));
  /** @type {Package[]} */
  const ordered = [];
  const visit = (/** @type {Package} */ pack, /** @type {string[]} */ path) => {
    if (path.includes(pack.name)) throw new Error(`packages depend on each other: ${[...path, pack.name].join(" -> ")}`);
    if (ordered.includes(pack)) return;
    for (const name of pack.dependencies) {
      const dependency = byName.get(name);
      if (dependency !== undefined) visit(dependency, [...path, pack.name]);
    }
    ordered.push(pack);
  };
  for (const pack of packages) visit(pack, []);
  return ordered;
}

/**
 * @param {string} root
 * @param {Package} pack
 * @param {ReadonlyMap<string, string>} stamps
 */
function stampOf(root, pack, stamps) {
  const hash = createHash("sha256");
  const add = (/** @type {string} */ path) => hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  for (const path of ["tsconfig.base.json", "package-lock.json", "tools/build-packages.mjs"]) add(path);
  for (const path of walkFiles(join(root, pack.folder))) {
    if (!/^(test|bench)\//.test(path) && /\.(ts|js|mjs|json)$/.test(path)) add(`${pack.folder}/${path}`);
  }
  for (const name of pack.dependencies) hash.update(stamps.get(name) ?? "");
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {Package} pack
 * @param {string} stamp
 */
function isFresh(root, pack, stamp) {
  const path = stampPath(root, pack);
  if (!existsSync(path) || readFileSync(path, "utf8") !== stamp) return false;
  return pack.outputs.every((output) => existsSync(join(root, pack.folder, output)));
}

/**
 * @param {string} root
 * @param {Package} pack
 * @param {string} stamp
 */
function writeStamp(root, pack, stamp) {
  const path = stampPath(root, pack);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, stamp);
  renameSync(`${path}.${process.pid}`, path);
}

/**
 * @param {string} root
 * @param {Package} pack
 */
function stampPath(root, pack) {
  return join(root, "node_modules/.cache/framealloc", `${pack.name.replace(/\W+/g, "-")}.stamp`);
}

/**
 * @param {string} root
 * @param {Package} pack
 */
async function build(root, pack) {
  const folder = join(root, pack.folder);
  const own = await ownConfig(folder);
  rmSync(stampPath(root, pack), { force: true });
  const { build: bundle } = await import("tsdown");
  await bundle({
    target: "node20.19",
    platform: "neutral",
    // What only Node has stays an import, in files that only Node reads.
    deps: { neverBundle: [/^node:/] },
    fixedExtension: false,
    ...own,
    inputOptions: { ...own.inputOptions, checks: { pluginTimings: false } },
    config: false,
    cwd: folder,
    entry: own.entry ?? entriesOf(folder, pack),
    format: "esm",
    sourcemap: true,
    dts: pack.outputs.some((output) => output.endsWith(".d.ts")) ? { sourcemap: true } : false,
    clean: true,
    logLevel: "warn",
  });
}

/**
 * Replaces a built module by what it exports, as data: whoever imports it then loads nothing else.
 *
 * @param {string} path
 */
async function evaluate(path) {
  const exports = await import(`${pathToFileURL(path).href}?${performance.now()}`);
  const lines = Object.entries(exports).map(([name, value]) => `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(value))});\n`);
  writeFileSync(path, lines.join(""));
  rmSync(`${path}.map`, { force: true });
}

/**
 * What a package's own `tsdown.config.mjs` says: how it is bundled where that matters, and its entries where a source is not called after its output.
 *
 * @param {string} folder
 * @returns {Promise<any>}
 */
async function ownConfig(folder) {
  const config = join(folder, "tsdown.config.mjs");
  return existsSync(config) ? (await import(pathToFileURL(config).href)).default : {};
}

/**
 * The entries by output name.
 *
 * @param {string} folder
 * @param {Package} pack
 * @returns {Record<string, string>}
 */
function entriesOf(folder, pack) {
  const sources = existsSync(join(folder, "src")) ? "src/" : "";
  /** @type {Record<string, string>} */
  const entry = {};
  for (const output of pack.outputs) {
    const name = output.replace(/^dist\//, "").replace(/(\.d\.ts|\.js)$/, "");
    const source = `${sources}${name}.ts`;
    if (!existsSync(join(folder, source))) throw new Error(`${pack.name}: package.json names ${output}, but ${source} does not exist`);
    entry[name] = source;
  }
  return entry;
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
