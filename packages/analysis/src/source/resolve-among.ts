/**
 * Resolves a relative import among files that are known already, by the rules that TypeScript and bundlers share: the written
 * name, the source behind a compiled name (`./a.js` -> `a.ts`), a missing ending, a folder's index. Pure, and much cheaper than
 * asking the disk. Paths have forward slashes and are all relative to one folder, or all absolute.
 */

const ENDINGS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts"];

const SOURCES_OF: readonly (readonly [compiled: RegExp, sources: readonly string[]])[] = [
  [/\.js$/, [".ts", ".tsx", ".js", ".jsx", ".d.ts"]],
  [/\.jsx$/, [".tsx", ".jsx", ".d.ts"]],
  [/\.mjs$/, [".mts", ".mjs", ".d.mts"]],
  [/\.cjs$/, [".cts", ".cjs", ".d.cts"]],
];

/** The file's path, or null for a bare specifier or when no known file fits. Bundlers' `?query` is not part of the path. */
export function resolveAmong(has: (path: string) => boolean, fromFile: string, specifier: string): string | null {
  if (!isRelative(specifier)) return null;
  const written = specifier.replace(/[?#].*$/, "");
  for (const candidate of candidatesOf(pathFrom(fromFile, written), /(?:^|\/)\.{0,2}$/.test(written))) if (has(candidate)) return candidate;
  return null;
}

/** A specifier that names a path and not a package. */
export function isRelative(specifier: string): boolean {
  return /^\.{1,2}\//.test(specifier) || specifier === "." || specifier === "..";
}

/** The path that `specifier` names from the folder of `file`, without `.` and with as few `..` as may be; "" for the folder of all. */
function pathFrom(file: string, specifier: string): string {
  const parts: string[] = [];
  const root = file.startsWith("/") ? "/" : "";
  for (const part of [...file.split("/").slice(0, -1), ...specifier.split("/")]) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push("..");
  }
  return root + parts.join("/");
}

/** `./`, `..` and `./a/` name a folder: only its index is meant. */
function* candidatesOf(target: string, isFolder: boolean): Generator<string> {
  if (!isFolder) {
    for (const [compiled, sources] of SOURCES_OF) {
      if (compiled.test(target)) for (const ending of sources) yield target.replace(compiled, ending);
    }
    yield target;
    for (const ending of ENDINGS) yield target + ending;
  }
  const folder = target === "" || target.endsWith("/") ? target : `${target}/`;
  for (const ending of ENDINGS) yield `${folder}index${ending}`;
}
