/**
 * Resolves a relative import among files that are known already, by the rules that TypeScript and bundlers share: the written
 * name, the source behind a compiled name (`./a.js` -> `a.ts`), a missing ending, a folder's index. Pure, and much cheaper than
 * asking the disk.
 */
import { posix } from "node:path";

const ENDINGS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts"];

const SOURCES_OF: readonly (readonly [compiled: RegExp, sources: readonly string[]])[] = [
  [/\.js$/, [".ts", ".tsx", ".d.ts", ".js", ".jsx"]],
  [/\.jsx$/, [".tsx", ".d.ts", ".jsx"]],
  [/\.mjs$/, [".mts", ".d.mts", ".mjs"]],
  [/\.cjs$/, [".cts", ".d.cts", ".cjs"]],
];

/** The file's path, or null for a bare specifier or when no known file fits. Bundlers' `?query` is not part of the path. */
export function resolveAmong(has: (path: string) => boolean, fromFile: string, specifier: string): string | null {
  if (!isRelative(specifier)) return null;
  const target = posix.join(posix.dirname(fromFile), specifier.replace(/[?#].*$/, ""));
  for (const candidate of candidatesOf(target)) if (has(candidate)) return candidate;
  return null;
}

/** A specifier that names a path and not a package. */
export function isRelative(specifier: string): boolean {
  return /^\.{1,2}\//.test(specifier) || specifier === "." || specifier === "..";
}

function* candidatesOf(target: string): Generator<string> {
  for (const [compiled, sources] of SOURCES_OF) {
    if (compiled.test(target)) for (const ending of sources) yield target.replace(compiled, ending);
  }
  yield target;
  for (const ending of ENDINGS) yield target + ending;
  for (const ending of ENDINGS) yield posix.join(target, `index${ending}`);
}
