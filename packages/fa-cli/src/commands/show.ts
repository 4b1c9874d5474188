/** `fa show <file>`: the findings of one file, seen with the whole project around it, and a code frame for each step of their paths. */
import { posix } from "node:path";
import type { Rule } from "@framealloc/analysis";
import { codeTexts } from "../code-texts.ts";
import { exitCodeOf } from "../exit-code.ts";
import type { Host } from "../host.ts";
import type { AnalyzeOptions } from "../parse-args.ts";
import { prefixesOf } from "../repository-folder.ts";
import { rootOf, runAnalysis } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";
import { VERSION } from "../version.ts";
import { writeReports } from "../write-reports.ts";
import { projectName } from "./analyze.ts";

/** Returns the exit code. Callers of the file count too, so the project is analyzed and the rest left out of the report. */
export async function showCommand(host: Host, file: string, options: AnalyzeOptions, catalogue: readonly Rule[]): Promise<number> {
  const root = rootOf(host, options.path);
  const path = host.realPath(posix.resolve(root, file));
  if (host.kindOf(path) !== "file") throw new UsageError(`no such file: \`${file}\``);
  const run = runAnalysis(host, { ...options, paths: [".", path] }, catalogue);
  const name = posix.relative(root, path);
  const diagnostics = run.diagnostics.filter(({ at }) => at.file === name);
  const suppressed = run.suppressed.filter(({ diagnostic }) => diagnostic.at.file === name);
  const input = { ...run, diagnostics, suppressed, files: [name], codes: codeTexts(catalogue), version: VERSION, project: projectName(host, root), prefixes: prefixesOf(host, root) };
  await writeReports(host, options, input, { context: 2, stepFrames: true });
  return exitCodeOf(diagnostics, { denyWarnings: options.denyWarnings || run.config.denyWarnings, maxWarnings: options.maxWarnings });
}
