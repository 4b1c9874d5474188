/** The one test configuration: tests run from source. Those that start `fa` as its users do need the build, and say so when it is out of date. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: "@framealloc/runtime/frame", replacement: source("packages/runtime/src/frame/index.ts") },
      { find: "@framealloc/runtime/pool", replacement: source("packages/runtime/src/pool/index.ts") },
      { find: "@framealloc/runtime/handles", replacement: source("packages/runtime/src/handles/index.ts") },
      { find: "@framealloc/runtime/streaming", replacement: source("packages/runtime/src/streaming/index.ts") },
      { find: "@framealloc/runtime/malloc", replacement: source("packages/runtime/src/malloc/index.ts") },
      { find: "@framealloc/runtime/agents", replacement: source("packages/runtime/src/agents.ts") },
      { find: "@framealloc/runtime/diagnostics", replacement: source("packages/runtime/src/diagnostics/index.ts") },
      { find: "@framealloc/runtime/testing", replacement: source("packages/runtime/src/testing/index.ts") },
      { find: /^@framealloc\/runtime\/adapters\/(.*)$/, replacement: source("packages/runtime/src/adapters/$1.ts") },
      { find: /^@framealloc\/runtime$/, replacement: source("packages/runtime/src/index.ts") },
      { find: "@framealloc/analysis/diagnostic", replacement: source("packages/analysis/src/diagnostic.ts") },
      { find: "@framealloc/analysis/settings", replacement: source("packages/analysis/src/settings.ts") },
      { find: "@framealloc/analysis", replacement: source("packages/analysis/src/index.ts") },
      { find: "@framealloc/rules/codes", replacement: source("rules/codes.ts") },
      { find: "@framealloc/rules/configuration", replacement: source("rules/configuration.ts") },
      { find: "@framealloc/rules/families", replacement: source("rules/families.ts") },
      { find: "@framealloc/rules/texts", replacement: source("rules/texts.ts") },
      { find: "@framealloc/rules", replacement: source("rules/index.ts") },
      { find: "@framealloc/fa-cli", replacement: source("packages/fa-cli/src/index.ts") },
      { find: "@framealloc/eslint-plugin", replacement: source("packages/eslint-plugin/src/index.ts") },
    ],
  },
  test: {
    // One worker a processor: the main process only waits for them.
    maxWorkers: "100%",
    testTimeout: 60_000,
    projects: [
      // Garbage, collections and memory are what these look at: each file has a process to itself.
      { extends: true, test: { name: "runtime", include: ["packages/runtime/test/**/*.test.ts"] } },
      // These compute results from texts: the files that a worker runs share what it has loaded.
      { extends: true, test: { name: "tools", isolate: false, include: ["packages/{analysis,eslint-plugin,fa-cli}/test/**/*.test.ts", "{rules,tools}/test/**/*.test.ts", "fixtures/*.test.ts", "examples/**/*.test.ts"] } },
    ],
  },
});
