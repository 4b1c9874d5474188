/** Before the tests: builds the packages whose sources changed, for the tests that start `fa` in a process of its own. */
import { fileURLToPath } from "node:url";
import { buildStalePackages } from "./build-packages.mjs";

export default async function buildBeforeTests(): Promise<void> {
  await buildStalePackages(fileURLToPath(new URL("..", import.meta.url)));
}
