/** `fa show <file>`: the findings of one file, seen with the whole project around it, and a code frame for each step of their paths. */
import { posix } from "node:path";
import type { Catalogue } from "../catalogue.ts";
import type { Host } from "../host.ts";
import type { AnalyzeOptions } from "../parse-args.ts";
import { reportRun } from "../report-run.ts";
import { rootOf, runAnalysis } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";
import { useColor } from "../use-color.ts";

/** Returns the exit code. Callers of the file count too, so the project is analyzed and the rest left out of the report. */
export async function showCommand(host: Host, file: string, fixes: boolean, options: AnalyzeOptions, catalogue: Catalogue): Promise<number> {
  const root = rootOf(host, options.path);
  const path = host.realPath(posix.resolve(root, file));
  if (host.kindOf(path) !== "file") throw new UsageError(`no such file: \`${file}\``);
  const run = await runAnalysis(host, { options: { ...options, paths: [".", path] }, catalogue, focus: path });
  const code = await reportRun(host, options, run, catalogue, { context: 2, stepFrames: true });
  if (fixes) await host.out.write((await import("../rewrites-text.ts")).rewritesText(run, useColor(host, options.color)));
  return code;
}
