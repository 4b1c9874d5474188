/**
 * What a measured program imports that is no code: Node refuses it, and bundlers give a value for it. Shaders and `?raw` are their text, JSON its value, styles an empty text, and anything else (images, sounds,
 * models) where the file is.
 */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const CODE: ReadonlySet<string> = new Set(["", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".wasm", ".node"]);
const STYLES: ReadonlySet<string> = new Set([".css", ".scss", ".sass", ".less", ".styl", ".pcss"]);
const TEXTS: ReadonlySet<string> = new Set([".glsl", ".vert", ".frag", ".vs", ".fs", ".geom", ".comp", ".wgsl", ".hlsl", ".txt", ".md"]);

/** The source of a module that gives the value; null for what is Node's to load: code, and JSON with `with { type: "json" }`. `read` gives a file's text. Throws what that or `JSON.parse` throws. */
export function assetModule(url: string, hasType: boolean, read: (path: string) => string): string | null {
  if (!url.startsWith("file:")) return null;
  const { searchParams } = new URL(url);
  const path = fileURLToPath(url);
  const extension = extname(path).toLowerCase();
  if (searchParams.has("raw")) return defaultOf(read(path));
  if (searchParams.has("url")) return defaultOf(url);
  if (extension === ".json") return hasType ? null : jsonModule(read(path));
  if (CODE.has(extension)) return null;
  if (STYLES.has(extension)) return defaultOf("");
  return defaultOf(TEXTS.has(extension) ? read(path) : url);
}

function defaultOf(value: string): string {
  return `export default ${JSON.stringify(value)};\n`;
}

/** The value, and its members by name. */
function jsonModule(text: string): string {
  const value: unknown = JSON.parse(text);
  const names = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value).filter((name) => name !== "default" && !/\p{Surrogate}/u.test(name)) : [];
  const exports = names.map((name, index) => `const v${index} = value[${JSON.stringify(name)}];\nexport { v${index} as ${JSON.stringify(name)} };\n`);
  return `const value = JSON.parse(${JSON.stringify(text)});\nexport default value;\n${exports.join("")}`;
}
