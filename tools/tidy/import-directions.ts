/**
 * Which part may import which. Anything that the table does not list is a fault:
 *
 *   runtime        -> nothing (`testing/` and `adapters/` may use Node's modules, by dynamic import or for Node alone)
 *   analysis       -> the parser's types
 *   rules          -> analysis; rules/configuration, which reads .fa.toml, the dependencies of its package.json as well
 *   fa-cli, eslint-plugin -> rules, analysis, the dependencies of their package.json; files and processes in host files only
 *   tools, tests, examples, bench -> all
 *
 * Inside a package the folders of the analysis import only downwards, and no circle of imports leads through two folders; files of one folder may
 * recurse into each other, as the lowering of a grammar does. Types may be imported from anywhere in the package.
 */
import { posix } from "node:path";
import { areaOf, isShipped, SHIPPED_FOLDERS, type ShippedArea } from "./areas.ts";
import { HOST_FILES } from "./fenced-names.ts";
import type { Import, SourceText, TidyFault } from "./source-text.ts";

interface Allowed {
  readonly packages: readonly string[];
  readonly typesOf: readonly string[];
  /** Whose package.json names further packages. */
  readonly manifest: string | null;
}

const ALLOWED: Readonly<Record<ShippedArea, Allowed>> = {
  runtime: { packages: [], typesOf: [], manifest: null },
  analysis: { packages: [], typesOf: ["@oxc-project/types"], manifest: null },
  rules: { packages: ["@framealloc/analysis"], typesOf: [], manifest: "rules/package.json" },
  "fa-cli": { packages: ["@framealloc/analysis", "@framealloc/rules"], typesOf: [], manifest: "packages/fa-cli/package.json" },
  // The maker of rules is built into the plugin, which as a dependency would ask for a TypeScript with an API; ESLint itself is there, or nobody asks.
  "eslint-plugin": { packages: ["@framealloc/analysis", "@framealloc/rules", "@typescript-eslint/utils"], typesOf: ["eslint"], manifest: "packages/eslint-plugin/package.json" },
};

/** Of the rules: reads `.fa.toml` for every driver. */
const CONFIGURATION = "rules/configuration/";

/** Modules of Node that compute and touch nothing outside. */
const PURE_NODE_MODULES = new Set(["node:path", "node:path/posix", "node:url", "node:util", "node:crypto", "node:buffer", "node:assert", "node:module"]);

/** Folders of the runtime whose files run in Node alone. */
const NODE_FOLDERS = /^packages\/runtime\/src\/testing\//;

/** Folders of the analysis from the bottom up: a file imports from its own folder and from those before it. */
const ANALYSIS_LAYERS = ["knowledge", "source", "cfg", "dataflow", "facts"];

/** Checks every import of the shipped sources. `manifests` are the texts of the package.json files by path. */
export function checkImports(files: readonly SourceText[], manifests: ReadonlyMap<string, string>): TidyFault[] {
  const known = new Set(files.map(({ path }) => path));
  return [...files.flatMap((file) => checkFile(file, manifests)), ...findCycles(files, known)];
}

function checkFile(file: SourceText, manifests: ReadonlyMap<string, string>): TidyFault[] {
  const area = areaOf(file.path);
  if (!isShipped(area)) return [];
  return file.imports.flatMap((each) => {
    const problem = each.specifier.startsWith(".") ? relativeProblem(file.path, area, each) : packageProblem(file.path, area, each, manifests);
    return problem === null ? [] : [{ path: file.path, line: each.line, message: problem }];
  });
}

function relativeProblem(path: string, area: ShippedArea, { specifier, typeOnly }: Import): string | null {
  const target = posix.join(posix.dirname(path), specifier);
  const folder = SHIPPED_FOLDERS[area];
  if (!target.startsWith(folder) || areaOf(target) !== area) return `\`${specifier}\` leads out of ${folder}: ${area} imports ${listAllowed(area)}`;
  if (area === "analysis" && !typeOnly) return layerProblem(path, target);
  return null;
}

function layerProblem(path: string, target: string): string | null {
  const from = layerOf(path);
  const to = layerOf(target);
  return from === -1 || to <= from ? null : `${ANALYSIS_LAYERS[from]}/ must not import ${ANALYSIS_LAYERS[to]}/, which stands above it`;
}

/** Takes a parsed file through binding and the building of its graphs, so it stands above both. */
const LOWERING_DRIVER = "packages/analysis/src/source/lower-module.ts";

function layerOf(path: string): number {
  if (path === LOWERING_DRIVER) return ANALYSIS_LAYERS.indexOf("cfg");
  return ANALYSIS_LAYERS.indexOf(path.slice(SHIPPED_FOLDERS.analysis.length).split("/")[0] ?? "");
}

function packageProblem(path: string, area: ShippedArea, { specifier, typeOnly }: Import, manifests: ReadonlyMap<string, string>): string | null {
  const allowed = ALLOWED[area];
  if (specifier.startsWith("node:")) return nodeProblem(path, area, specifier);
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  if (allowed.packages.includes(name)) return null;
  if (allowed.typesOf.includes(name)) return typeOnly ? null : `only types may be imported from \`${name}\`: write \`import type\``;
  if (allowed.manifest === null || name.startsWith("@framealloc/")) return `${area} must not import \`${name}\`: it imports ${listAllowed(area)}`;
  if (area === "rules" && !path.startsWith(CONFIGURATION)) return `${area} must not import \`${name}\`: ${CONFIGURATION} alone has dependencies`;
  const { dependencies } = JSON.parse(manifests.get(allowed.manifest) ?? "{}") as { readonly dependencies?: Readonly<Record<string, string>> };
  return dependencies?.[name] === undefined ? `\`${name}\` is not among the dependencies of ${allowed.manifest}` : null;
}

function nodeProblem(path: string, area: ShippedArea, specifier: string): string | null {
  const pure = PURE_NODE_MODULES.has(specifier);
  if (area === "runtime") return NODE_FOLDERS.test(path) ? null : `the runtime must not import \`${specifier}\`: it runs in browsers`;
  if (area === "analysis" || (area === "rules" && !(pure && path.startsWith(CONFIGURATION)))) return `${area} must not import \`${specifier}\`: it is pure`;
  return pure || HOST_FILES.has(path) || area === "eslint-plugin" ? null : `\`${specifier}\` belongs in ${[...HOST_FILES].join(", ")}`;
}

function listAllowed(area: ShippedArea): string {
  const { packages, typesOf, manifest } = ALLOWED[area];
  const parts = [...packages, ...typesOf.map((name) => `types of ${name}`), ...(manifest === null ? [] : ["its declared dependencies"])];
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

function folderOf(path: string): string {
  const area = areaOf(path);
  return isShipped(area) ? SHIPPED_FOLDERS[area] : "";
}

/** Circles through several folders, of imports that remain when compiled: each at the file where it was entered. */
function findCycles(files: readonly SourceText[], known: ReadonlySet<string>): TidyFault[] {
  const shipped = files.filter(({ path }) => isShipped(areaOf(path)));
  const edges = new Map(shipped.map((file) => [file.path, file.imports.filter((each) => !each.typeOnly && each.specifier.startsWith(".")).map((each) => posix.join(posix.dirname(file.path), each.specifier)).filter((target) => known.has(target))]));
  const faults: TidyFault[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) {
      const circle = [...trail.slice(seenAt), path];
      if (new Set(circle.map((each) => posix.dirname(each))).size === 1) return;
      faults.push({ path, line: 1, message: `folders import each other in a circle: ${circle.map((each) => each.slice(folderOf(path).length)).join(" -> ")}` });
      return;
    }
    if (done.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of [...edges.keys()].sort()) visit(path, []);
  return faults;
}
