/**
 * The build: one module for each entry of `exports`, with declarations and source maps; what entries share is split out.
 *
 * Importing costs by the module and by the kilobyte, whatever of it is used. So what frames need, which nearly all need, is one module, and what the main entry alone needs another; and documentation is in
 * the declarations, not in the code.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "tsdown";

/** Entries by their file under src. */
const ENTRIES = {
  index: "index.ts",
  frame: "frame/index.ts",
  pool: "pool/index.ts",
  handles: "handles/index.ts",
  streaming: "streaming/index.ts",
  malloc: "malloc/index.ts",
  agents: "shared/index.ts",
  diagnostics: "diagnostics/index.ts",
  testing: "testing/index.ts",
  ...Object.fromEntries(["three", "r3f", "babylon", "pixi", "playcanvas", "phaser", "bitecs"].map((engine) => [`adapters/${engine}`, `adapters/${engine}.ts`])),
  "index.development": "development/index.ts",
  "agents.development": "development/agents.ts",
};
/** Those that are imported by themselves: what one of them needs is not in one module with what it does not, unless several do. */
const PARTS = ["pool", "handles", "streaming", "malloc", "diagnostics", "testing"];
/** Those that need little of what frames need. */
const SMALL = ["streaming", "malloc", "diagnostics"];
/** As small as can be. */
const ADAPTER = "adapters/three";

/** @param {string} file */
const moduleOf = (file) => fileURLToPath(new URL(`src/${file}`, import.meta.url));
/** These export their names and nothing else. */
const entries = new Set(Object.values(ENTRIES).map(moduleOf));
/** @type {Map<string, Set<string>>} */
const reached = new Map();

/** Modules that an entry imports, directly or not. @param {string} entry @param {{ getModuleInfo(id: string): { importedIds: readonly string[] } | null }} context */
function reachedFrom(entry, context) {
  const known = reached.get(entry);
  if (known !== undefined) return known;
  const found = new Set();
  const pending = [moduleOf(ENTRIES[entry])];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    pending.push(...(context.getModuleInfo(id)?.importedIds ?? []));
  }
  reached.set(entry, found);
  return found;
}

export default defineConfig({
  entry: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, `src/${file}`])),
  format: "esm",
  platform: "neutral",
  target: "es2023",
  dts: true,
  sourcemap: true,
  // What the groups below ask for; a test sees that entries export what they say and nothing else.
  inputOptions: { preserveEntrySignatures: "allow-extension" },
  outputOptions: {
    comments: { annotation: true, jsdoc: false, legal: true },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{
        name: (id, context) => {
          if (entries.has(id)) return null;
          const parts = PARTS.filter((entry) => reachedFrom(entry, context).has(id));
          const isSmall = SMALL.some((entry) => reachedFrom(entry, context).has(id));
          if (reachedFrom("frame", context).has(id) || parts.length > 1) return isSmall ? "base" : "frames";
          return parts.length > 0 || !reachedFrom("index", context).has(id) || reachedFrom(ADAPTER, context).has(id) ? null : "allocator";
        },
      }],
    },
  },
  // Only testing imports them.
  deps: { neverBundle: [/^node:/] },
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
});
