/** What the rewrites of a run's findings would change, each by itself as a patch: for `fa show --fixes`. */
import type { Diagnostic, Fix } from "@framealloc/analysis";
import { applyFixes } from "./apply-fixes.ts";
import { diffText } from "./commands/fix.ts";
import { printable } from "./report/printable.ts";
import type { AnalysisRun } from "./run-analysis.ts";

/** In the order of the findings; says so when there is none. */
export function rewritesText({ diagnostics, sources }: Pick<AnalysisRun, "diagnostics" | "sources">, color: boolean): string {
  const blocks = diagnostics.flatMap((diagnostic) => diagnostic.fixes.map((fix) => rewriteText(diagnostic, fix, sources, color)));
  return blocks.length === 0 ? "no rewrites\n" : blocks.join("\n");
}

function rewriteText(diagnostic: Diagnostic, fix: Fix, sources: AnalysisRun["sources"], color: boolean): string {
  const textOf = (file: string): string | undefined => sources(file)?.text;
  const { texts } = applyFixes([{ ...diagnostic, fixes: [fix] }], { suggestions: true, isOpen: () => true, textOf });
  const place = sources(diagnostic.at.file)?.positionAt(diagnostic.at.span.start);
  const head = `${fix.safe ? "fix" : "suggestion"} for ${diagnostic.code} at ${printable(diagnostic.at.file)}:${place?.line ?? 1}:${place?.column ?? 1}: ${printable(fix.title)}\n`;
  return head + [...texts].map(([file, text]) => diffText(file, textOf(file) ?? "", text, color)).join("");
}
