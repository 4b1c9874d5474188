/**
 * Globs over paths with forward slashes, by picomatch. A pattern without a slash fits at any depth, as in a `.gitignore`; one that fits
 * a folder fits all that is in it.
 */
import picomatch from "picomatch";

export type PathMatcher = (path: string) => boolean;

/** Throws a `SyntaxError` in words for a pattern that cannot be meant (see `globFault`). */
export function pathMatcher(patterns: readonly string[]): PathMatcher {
  if (patterns.length === 0) return () => false;
  for (const pattern of patterns) {
    const fault = globFault(pattern);
    if (fault !== null) throw new SyntaxError(`bad glob \`${pattern}\`: ${fault}`);
  }
  return picomatch(patterns.flatMap(expand), { dot: true, strictBrackets: true });
}

/** What is wrong with a pattern, in words; null for a good one. */
export function globFault(pattern: string): string | null {
  if (pattern.trim() === "") return "it is empty";
  if (pattern.startsWith("!")) return "a pattern cannot be negated";
  if (pattern.includes("\\") && !/\\[*?[\]{}()!+@\\]/.test(pattern)) return "folders are separated by `/`";
  try {
    picomatch(pattern, { strictBrackets: true });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a path as given on the command line is a pattern. */
export function isGlob(path: string): boolean {
  return /[*?[\]{}]|[!+@]\(/.test(path);
}

/** The folder in which all that a pattern fits must lie: `src` of `src/**` + `/*.ts`. */
export function globBase(pattern: string): string {
  return picomatch.scan(pattern).base || ".";
}

function expand(pattern: string): string[] {
  const plain = pattern.replace(/^\.\//, "").replace(/\/+$/, "");
  const anywhere = plain.includes("/") ? [plain.replace(/^\//, "")] : [plain, `**/${plain}`];
  return anywhere.flatMap((form) => [form, `${form}/**`]);
}
