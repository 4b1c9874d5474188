/** Findings of each file together: they are sorted by file already, so one pass suffices. */
import type { Diagnostic } from "@framealloc/analysis";

/** By file; a file of `files` without findings has none. In the order of the names. */
export function groupByFile(diagnostics: readonly Diagnostic[], files: readonly string[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const groups = new Map<string, Diagnostic[]>(files.map((file) => [file, []]));
  for (const diagnostic of diagnostics) {
    const group = groups.get(diagnostic.at.file);
    if (group === undefined) groups.set(diagnostic.at.file, [diagnostic]);
    else group.push(diagnostic);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
