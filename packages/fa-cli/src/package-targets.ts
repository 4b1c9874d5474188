/** The files of a package that an import of it may mean, by its manifest, whether they are there or not. The rules are those of Node, and of bundlers where there are no `exports`. */
import type { ReadResult } from "./host.ts";

/** Under which of its conditions a package is looked at; the same as in `disk-resolver.ts`. */
export const CONDITIONS = ["source", "types", "import", "module", "browser", "require", "node", "default"] as const;
export const MAIN_FIELDS = ["source", "types", "module", "browser", "main"] as const;

/** Relative to the package's folder, the likeliest first. `subpath` is what follows the package's name: empty, or with its slash. */
export function packageTargets(manifest: ReadResult, subpath: string): readonly string[] {
  const content = manifest.ok ? objectIn(manifest.text) : null;
  if (content === null) return [];
  const { exports } = content;
  if (exports !== undefined && exports !== null) return exportTargets(exports, `.${subpath}`);
  if (subpath !== "") return [subpath.slice(1)];
  return [...MAIN_FIELDS.flatMap((field) => { const value = content[field]; return typeof value === "string" ? [value] : []; }), "index"];
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const content: unknown = JSON.parse(text);
    return isTable(content) ? content : null;
  } catch {
    // All that `JSON.parse` throws for is a text that is none: such a package exports nothing.
    return null;
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function exportTargets(exports: unknown, wanted: string): readonly string[] {
  const hasPaths = isTable(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  if (!hasPaths) return wanted === "." ? conditional(exports, "") : [];
  if (wanted in exports) return conditional(exports[wanted], "");
  // The longest pattern wins.
  const patterns = Object.keys(exports).filter((key) => key.includes("*")).sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const pattern of patterns) {
    const [before = "", after = ""] = pattern.split("*");
    if (wanted.length <= before.length + after.length - 1 || !wanted.startsWith(before) || !wanted.endsWith(after)) continue;
    return conditional(exports[pattern], wanted.slice(before.length, wanted.length - after.length));
  }
  return [];
}

function conditional(target: unknown, star: string): readonly string[] {
  if (typeof target === "string") return [target.replaceAll("*", () => star)];
  if (Array.isArray(target)) return target.flatMap((each) => conditional(each, star));
  if (!isTable(target)) return [];
  return Object.entries(target).flatMap(([condition, inner]) => (CONDITIONS.some((each) => each === condition) ? conditional(inner, star) : []));
}
