/**
 * The build: one module for each entry of `exports`, with declarations and source maps; what entries share is split out.
 *
 * Importing costs by the module and by the kilobyte, whatever of it is used. So what frames need, which nearly all need, is one module, what the other parts that stand alone need another, and what the
 * main entry alone needs is in the module of the entry itself; documentation is in the declarations, not in the code. Bundlers take of each what is used.
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
  agents: "agents.ts",
  diagnostics: "diagnostics/index.ts",
  testing: "testing/index.ts",
  ...Object.fromEntries(["three", "r3f", "babylon", "pixi", "playcanvas", "phaser", "bitecs"].map((engine) => [`adapters/${engine}`, `adapters/${engine}.ts`])),
  "index.development": "development/index.ts",
  "agents.development": "development/agents.ts",
};
/** Those whose users have no need of an allocator. */
const PARTS = ["pool", "handles", "streaming", "malloc", "diagnostics", "testing"];
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

/** @param {{ body: { body: readonly { computed?: boolean }[] } }} node */
const hasComputedMember = (node) => node.body.body.some(({ computed }) => computed);

/**
 * Bundlers keep each class with a member whose name is computed, here the symbol of `using`, whether it is used or not: reading the name could do anything. A call
 * that is marked as pure they drop with what it makes. The lines stay as they are, so that the source maps are true.
 *
 * @this {{ parse(code: string): { body: readonly any[] } }}
 * @param {unknown} _
 * @param {Record<string, { type: string, fileName: string, code?: string }>} bundle
 */
function markDroppableClasses(_, bundle) {
  for (const chunk of Object.values(bundle)) {
    if (!chunk.fileName.endsWith(".js") || chunk.code === undefined) continue;
    let { code } = chunk;
    const classes = this.parse(code).body.flatMap(({ declarations = [] }) => declarations).filter(({ init }) => init?.type === "ClassExpression" && hasComputedMember(init));
    for (const { id, init } of classes.toReversed()) {
      // What is not assigned to a name has only the one that it says.
      const head = init.id === null ? `class ${id.name}${code.slice(init.start + "class".length, init.body.start)}` : code.slice(init.start, init.body.start);
      code = `${code.slice(0, init.start)}/* @__PURE__ */ (() => ${head}${code.slice(init.body.start, init.end)})()${code.slice(init.end)}`;
    }
    chunk.code = code;
  }
}

export default defineConfig({
  entry: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, `src/${file}`])),
  format: "esm",
  platform: "neutral",
  target: "es2023",
  dts: true,
  sourcemap: true,
  // Names of classes and functions stay, and the lines: stack traces, profiles and the places that reports name are read by them.
  minify: { mangle: { toplevel: false, keepNames: true }, compress: true, codegen: { removeWhitespace: false } },
  plugins: [{ name: "droppable-classes", generateBundle: markDroppableClasses }],
  // What the groups below ask for; a test sees that entries export what they say and nothing else.
  inputOptions: { preserveEntrySignatures: "allow-extension" },
  outputOptions: {
    comments: { annotation: true, jsdoc: false, legal: true },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{
        name: (id, context) => {
          if (entries.has(id)) return null;
          const isReached = (/** @type {string} */ entry) => reachedFrom(entry, context).has(id);
          if (isReached("frame")) return "frames";
          if (isReached(ADAPTER) || !isReached("index")) return null;
          // The rest is in the main entry's own module, which exports no more than its names: what a development entry asks for besides is not there.
          const isForDevelopment = context.getModuleInfo(id)?.importers.some((importer) => importer.includes("/src/development/"));
          return isForDevelopment || PARTS.some(isReached) ? "parts" : null;
        },
      }],
    },
  },
  // Only testing imports them.
  deps: { neverBundle: [/^node:/] },
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
});
