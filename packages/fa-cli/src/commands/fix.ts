/**
 * `--fix` and `--fix-suggestions`: rewrites, analyzes again, until nothing is left to rewrite, and writes each file once, when all is known. A rewrite after which
 * a file no longer parses is taken back. With `--dry-run` the difference is shown instead.
 */
import { posix } from "node:path";
import type { Catalogue } from "../catalogue.ts";
import { createTwoFilesPatch } from "diff";
import { applyFixes } from "../apply-fixes.ts";
import type { Host } from "../host.ts";
import type { OpenedFiles } from "../open-program.ts";
import type { AnalyzeOptions } from "../parse-args.ts";
import { plural } from "../report/count-findings.ts";
import { painter } from "../report/painter.ts";
import { printable } from "../report/printable.ts";
import { reportRun } from "../report-run.ts";
import { type AnalysisRun, rootOf, runAnalysis } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";
import { useColor } from "../use-color.ts";

/** Rewrites that undo each other would go on for ever. */
const MAX_PASSES = 10;

/** Returns the exit code: that of the program as it is after the rewrites, or as it is with `--dry-run`. */
export async function fixCommand(host: Host, options: AnalyzeOptions, catalogue: Catalogue): Promise<number> {
  const startedMs = host.nowMs();
  const root = rootOf(host, options.path);
  const fixed = await fixUntilDone(host, root, options, catalogue);
  const changes = [...fixed.texts].filter(([path, text]) => text !== fixed.originals.get(path)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (options.dryRun) return showDiff(host, root, options, catalogue, fixed, changes);
  const failures = writeAll(host, changes, fixed.originals);
  const written = changes.length - failures.length;
  if (changes.length > 0) await host.err.write(`rewrote ${plural(fixed.count, "finding")} in ${plural(written, "file")}\n`);
  const code = await reportRun(host, options, fixed.last, catalogue, { elapsedMs: host.nowMs() - startedMs });
  if (failures.length === 0) return code;
  throw new UsageError(failures.map(({ path, why }) => `\`${posix.relative(root, path)}\` was not rewritten: ${why}`).join("\n"));
}

interface Fixed {
  /** Of the program as it was, and as it is with all texts. */
  readonly first: AnalysisRun;
  readonly last: AnalysisRun;
  /** By absolute path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly originals: ReadonlyMap<string, string>;
  readonly count: number;
}

async function fixUntilDone(host: Host, root: string, options: AnalyzeOptions, catalogue: Catalogue): Promise<Fixed> {
  const texts = new Map<string, string>();
  const originals = new Map<string, string>();
  const closed = new Set<string>();
  let count = 0;
  const kept: OpenedFiles = new Map();
  const first = await runAnalysis(host, { options, catalogue, kept });
  let last = first;
  let analyzed = textsOf(kept);
  for (let pass = 0; pass < MAX_PASSES && last.stopped === null; pass += 1) {
    const files = new Set(last.files);
    const pathOf = (file: string): string => posix.join(root, file);
    const { texts: changed, applied } = applyFixes(last.diagnostics, {
      suggestions: options.fix === "suggestions",
      isOpen: (file) => files.has(file) && !closed.has(file) && isOfProject(host, root, file) && survives(host, pathOf(file), analyzed.get(file) ?? ""),
      textOf: (file) => analyzed.get(file),
    });
    if (changed.size === 0) break;
    const before = new Map(texts);
    for (const [file, text] of changed) {
      if (!originals.has(pathOf(file))) originals.set(pathOf(file), analyzed.get(file) ?? "");
      texts.set(pathOf(file), text);
    }
    const next = await runAnalysis(host, { options, catalogue, texts, kept });
    const broken = next.unparsed.filter((file) => changed.has(file));
    if (broken.length > 0) {
      texts.clear();
      for (const [path, text] of before) texts.set(path, text);
      // What is fixed in the other files is found again in the next pass.
      for (const file of broken) closed.add(file);
      continue;
    }
    count += applied.length;
    last = next;
    analyzed = textsOf(kept);
  }
  return { first, last, texts, originals, count };
}

/** The project's files by name as they were analyzed: what is on the disk by now may be something else. */
function textsOf(kept: OpenedFiles): ReadonlyMap<string, string> {
  return new Map([...kept].filter(([key]) => key.startsWith("project ")).map(([key, { text }]) => [key.slice("project ".length), text]));
}

/** In the project's folder, by its real path, and nobody else's package. */
function isOfProject(host: Host, root: string, file: string): boolean {
  const path = posix.join(root, file);
  return !file.startsWith("../") && !file.includes("node_modules/") && host.realPath(path) === path;
}

/** What is no UTF-8 was read as replacement marks, and would be written as such. */
function survives(host: Host, path: string, text: string): boolean {
  return !text.includes("\uFFFD") || host.isUtf8(path);
}

/** Each file whole or not at all. What changed under our hands is left alone. */
function writeAll(host: Host, changes: readonly (readonly [string, string])[], originals: ReadonlyMap<string, string>): readonly { readonly path: string; readonly why: string }[] {
  const failures: { path: string; why: string }[] = [];
  for (const [path, text] of changes) {
    const now = host.read(path);
    if (!now.ok || now.text !== originals.get(path)) {
      failures.push({ path, why: "it changed while it was analyzed" });
      continue;
    }
    try {
      host.write(path, text);
    } catch (error) {
      failures.push({ path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return failures;
}

/** A patch that `git apply` takes, on standard output, or on standard error where a report has that. */
async function showDiff(host: Host, root: string, options: AnalyzeOptions, catalogue: Catalogue, fixed: Fixed, changes: readonly (readonly [string, string])[]): Promise<number> {
  const isOutTaken = options.reports.every(({ format, file }) => file !== null || format === "terminal");
  const stream = isOutTaken ? host.out : host.err;
  const color = useColor(host, options.color);
  for (const [path, text] of changes) await stream.write(diffText(posix.relative(root, path), fixed.originals.get(path) ?? "", text, color && isOutTaken));
  await host.err.write(changes.length === 0 ? "nothing to rewrite\n" : `${plural(fixed.count, "finding")} in ${plural(changes.length, "file")} would be rewritten\n`);
  return reportRun(host, options, fixed.first, catalogue, { isOutTaken });
}

/** The difference as a patch; with colour, control characters are spelt out as everywhere on a terminal. */
export function diffText(file: string, before: string, after: string, color: boolean): string {
  const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, "", "", { context: 3 }).replace(/^=+\n/, "").replace(/^(---|\+\+\+) (.*?)\t$/gm, "$1 $2");
  if (!color) return patch;
  const { paint } = painter(true);
  const lines = patch.split("\n").map((line) => {
    const text = printable(line);
    if (/^(?:---|\+\+\+|@@)/.test(line)) return paint(text, "strong", "hint");
    return line.startsWith("+") ? paint(text, "primary", "hint") : line.startsWith("-") ? paint(text, "primary", "error") : text;
  });
  return lines.join("\n");
}
