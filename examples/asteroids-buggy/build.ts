/** Bundles the page's two scripts into `dist/`: the game, and the sound that runs on the audio agent. */
import { fileURLToPath } from "node:url";
import { build } from "tsdown";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

await build({
  config: false,
  entry: { main: here("./src/main.ts"), synth: here("./src/synth.worklet.ts") },
  outDir: here("./dist"),
  format: "esm",
  platform: "browser",
  target: "es2022",
  dts: false,
  fixedExtension: false,
  deps: { alwaysBundle: [/^@framealloc\//] },
  alias: { "@framealloc/runtime": here("../../packages/runtime/src/index.ts") },
});
