/** Lists the files below a folder of the checkout, sorted, without what is installed, built or cached. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "coverage", ".git", ".cache"]);

/**
 * Paths relative to `folder`, with forward slashes, in order of their text. Symbolic links are not followed.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function walkFiles(folder) {
  /** @type {string[]} */
  const found = [];
  collect(folder, "", found);
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * @param {string} folder
 * @param {string} prefix
 * @param {string[]} found
 */
function collect(folder, prefix, found) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = prefix + entry.name;
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) collect(join(folder, entry.name), `${path}/`, found);
  }
}
