/** The build: one module for each entry of `exports`, with declarations and source maps; what entries share is split out. */
import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    frame: "src/frame/index.ts",
    pool: "src/pool/index.ts",
    handles: "src/handles/index.ts",
    streaming: "src/streaming/index.ts",
    malloc: "src/malloc/index.ts",
    agents: "src/shared/index.ts",
    diagnostics: "src/diagnostics/index.ts",
    testing: "src/testing/index.ts",
    ...Object.fromEntries(["three", "r3f", "babylon", "pixi", "playcanvas", "phaser", "bitecs"].map((engine) => [`adapters/${engine}`, `src/adapters/${engine}.ts`])),
    "index.development": "src/development/index.ts",
    "agents.development": "src/development/agents.ts",
  },
  format: "esm",
  platform: "neutral",
  target: "es2023",
  dts: true,
  sourcemap: true,
  // Only testing imports them.
  deps: { neverBundle: [/^node:/] },
  outExtensions: () => ({ js: ".js", dts: ".d.ts" }),
});
