/**
 * Installs the engines that the runtime has adapters for beside the checkout, in versions that are written here, so that `packages/runtime/test/engines.test.ts` runs with them. They are 440 MB, which
 * nothing else needs.
 *
 *   node tools/install-engines.mjs
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ENGINES = {
  "@babylonjs/core": "9.34.0",
  "@react-three/fiber": "9.8.2",
  "@types/react": "19.3.0",
  "@types/three": "0.185.4",
  bitecs: "0.4.0",
  phaser: "4.2.1",
  "pixi.js": "8.22.0",
  playcanvas: "2.23.3",
  react: "19.3.1",
  three: "0.187.0",
};

const folder = fileURLToPath(new URL("../node_modules/.cache/framealloc/engines", import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/package.json`, `${JSON.stringify({ private: true, type: "module", dependencies: ENGINES }, null, 2)}\n`);
const { status } = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
process.exitCode = status ?? 1;
